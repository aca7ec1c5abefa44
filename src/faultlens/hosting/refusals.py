"""Why a host takes no task: too many wait, or it is stopping."""

from typing import final

from faultlens.core.errors import FaultlensError


@final
class Busy(FaultlensError):
    """More work waits than can be done in time; the client is told when to come again.

    Args:
        retry_after_s: whole seconds after which there should be room.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"More work waits than can be done in time; try again in {retry_after_s} s."
        )
        self.retry_after_s = retry_after_s


@final
class Stopping(FaultlensError):
    """The service is shutting down and takes nothing new."""

    def __init__(self) -> None:
        super().__init__("The service is shutting down; try again in a moment.")
