"""That a receiver will not take this one alarm, however often it is sent."""

from typing import final

from faultlens.core.errors import FaultlensError


@final
class AlarmRefused(FaultlensError):
    """A receiver is there and refuses this alarm itself; others may go through."""
