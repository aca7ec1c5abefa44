"""How a sink stands: what it has sent, what waits, and since when it fails."""

from dataclasses import dataclass
from datetime import datetime

from faultlens.core.notice import Notice


@dataclass(frozen=True)
class SinkState:
    """One sink at this moment.

    Args:
        name: of the sink.
        kind: of the registry.
        delivered: steps of alarms sent since the start.
        given_up: steps that it would not take, since the start.
        waiting: steps in the journal, or for want of disk in memory, that it has not had.
        failing_since: time of the first failure in a row; None while it works.
        error: the last failure in words; "" while it works.
    """

    name: str
    kind: str
    delivered: int = 0
    given_up: int = 0
    waiting: int = 0
    failing_since: datetime | None = None
    error: str = ""

    @property
    def condition(self) -> tuple[str, str, str] | None:
        """What the live page shows of it: severity, English, Chinese; None while it works."""
        if self.failing_since is None:
            return None
        notice = failing(self.name, self.waiting, self.error)
        return "warning", notice.en, notice.zh


def failing(name: str, waiting: int, error: str) -> Notice:
    """That a sink cannot send now.

    Args:
        name: of the sink.
        waiting: steps that it has not had.
        error: why, in words.

    Example:
        >>> print(failing("mes", 2, "http://mes does not answer."))
        The sink 'mes' cannot send; 2 steps of alarms wait for it. http://mes does not answer.
    """
    return Notice(
        f"The sink '{name}' cannot send; {waiting:d} steps of alarms wait for it. {error}",
        f"报警输出“{name}”无法发送；{waiting:d} 条报警信息在等待。{error}",
    )


def sending_again(name: str) -> Notice:
    """That a sink works again.

    Args:
        name: of the sink.

    Example:
        >>> print(sending_again("mes"))
        The sink 'mes' sends again.
    """
    return Notice(f"The sink '{name}' sends again.", f"报警输出“{name}”已恢复发送。")


def given_up(name: str, alarm: str, step: str, error: str) -> Notice:
    """That one step of an alarm will never be sent to a sink.

    Args:
        name: of the sink.
        alarm: id of the alarm.
        step: of the alarm.
        error: why, in words.

    Example:
        >>> print(given_up("mes", "a1", "raised", "http://mes answered 422."))
        The sink 'mes' never took the step 'raised' of alarm a1; ... http://mes answered 422.
    """
    return Notice(
        f"The sink '{name}' never took the step '{step}' of alarm {alarm}; it is given up there. "
        f"{error}",
        f"报警输出“{name}”始终不接收报警 {alarm} 的“{step}”；已放弃发送。{error}",
    )
