"""The seam of sinks: one step of an alarm, sent."""

from abc import ABC, abstractmethod

from faultlens.store.records import AlarmRecord


class AbstractSink(ABC):
    """A place that alarms are sent to.

    It is called in a thread of its own, one alarm at a time, oldest first. What it raises is
    written down, and the alarm is sent again later: a sink never stops the line.
    """

    @abstractmethod
    def send(self, alarm: AlarmRecord) -> None:
        """Deliver one step of an alarm; returns when it is delivered.

        Args:
            alarm: `alarm.id` is the key by which a receiver knows one that comes twice.

        Raises:
            FaultlensError: it could not be delivered now; the message says why.
            OSError: likewise, from the network.
        """
