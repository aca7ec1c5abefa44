"""From which fault probability a trained model alarms, and where that number comes from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from faultlens.core.notice import Notice

DEFAULT_THRESHOLD = 0.5
"""Where nothing was measured, and the lowest that is taken: below it healthy is the likelier."""

HELD_OUT = "held out"
"""Origin of a threshold that was measured; every other origin says why it was not."""

_WHY_NOT = {
    "no healthy class": Notice(
        "the model was trained without healthy recordings", "模型训练时没有健康样本"
    ),
    "too few healthy windows": Notice(
        "too few healthy windows were held out of its training", "训练中留出的健康窗口过少"
    ),
    "nothing held out": Notice(
        "no windows were held out of its training", "训练时没有留出验证窗口"
    ),
    "no training data": Notice(
        "its training data were not there when it was exported", "导出时找不到训练数据"
    ),
}
NO_HEALTHY, TOO_FEW, NOTHING_HELD, NO_DATA = _WHY_NOT
"""Why a threshold is the default."""

ORIGINS = (HELD_OUT, *_WHY_NOT)


@dataclass(frozen=True)
class WindowThreshold:
    """The alarm threshold of a model of windows.

    Args:
        alarm_threshold: fault probability above which a recording alarms, 0 to 1.
        false_alarm_rate: share of healthy windows that exceed it at most; None where nobody
            measured it.
        healthy_windows: number of healthy windows behind it.
        origin: one of `ORIGINS`.

    Example:
        >>> print(WindowThreshold(0.5, None, 0, NO_DATA).told)
        The alarm threshold is a default of 0.5, since its training data were not there when ...
    """

    alarm_threshold: float
    false_alarm_rate: float | None
    healthy_windows: int
    origin: str

    def to_dict(self) -> dict[str, Any]:
        """As a table for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "WindowThreshold":
        """From such a table.

        Args:
            table: what `to_dict` gave, other keys beside them.

        Raises:
            KeyError: a number is missing, or the origin is none that is known.
            TypeError: one is of another kind.
            ValueError: one lies where it cannot.

        Example:
            >>> made = WindowThreshold(0.8, 0.01, 120, HELD_OUT)
            >>> WindowThreshold.from_dict(made.to_dict()) == made
            True
        """
        rate = table["false_alarm_rate"]
        made = cls(
            alarm_threshold=float(table["alarm_threshold"]),
            false_alarm_rate=None if rate is None else float(rate),
            healthy_windows=int(table["healthy_windows"]),
            origin=str(table["origin"]),
        )
        if made.origin not in ORIGINS:
            raise KeyError(f"origin '{made.origin}'")
        if not (0 <= made.alarm_threshold <= 1 and 0 <= (made.false_alarm_rate or 0) <= 1):
            raise ValueError("its alarm threshold or false-alarm rate lies outside 0 to 1")
        return made

    @property
    def told(self) -> Notice:
        """Where it comes from, and how to get a better one."""
        if self.origin == HELD_OUT:
            return Notice(
                en=f"The alarm threshold comes from {self.healthy_windows} healthy windows held "
                "out of the model's own training, not from this asset; of such windows a share of "
                f"{self.false_alarm_rate:.2g} exceeds it at most. {_ADVICE.en}",
                zh=f"报警阈值来自模型自身训练中留出的 {self.healthy_windows} 个健康窗口，"
                "而非本设备；"
                f"此类窗口超过阈值的比例不高于 {self.false_alarm_rate:.2g}。{_ADVICE.zh}",
            )
        why = _WHY_NOT[self.origin]
        return Notice(
            en=f"The alarm threshold is a default of {self.alarm_threshold:g}, since {why.en}; no "
            f"false-alarm rate is known. {_ADVICE.en}",
            zh=f"报警阈值为默认值 {self.alarm_threshold:g}，因为{why.zh}；误报率未知。{_ADVICE.zh}",
        )


_ADVICE = Notice(
    en="Calibrate a profile on the asset's own healthy recordings (faultlens calibrate --model) "
    "for a rate that holds for it.",
    zh="请用本设备的健康记录建立标定档案（faultlens calibrate --model），"
    "以得到对本设备成立的误报率。",
)
