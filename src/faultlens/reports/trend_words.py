"""The words of a trend: what moved, what follows from it, and the fixed words of its picture."""

from datetime import datetime, timedelta

from faultlens.core.notice import Notice
from faultlens.reports.phrases import phrase
from faultlens.reports.trend_view import DATED, ELAPSED, Moved, TrendMark, TrendView
from faultlens.signals.health import KURTOSIS, LEVEL, Measure

WORDS = {
    "title": Notice("Health over time", "健康趋势"),
    "indicator": Notice("Health indicator", "健康指标"),
    "indicator_note": Notice("1 warns, 2 alarms; 95 % band", "1 预警，2 报警；95 % 区间"),
    "moved": Notice("What moved", "变化的指标"),
    "moved_note": Notice("distance from the healthy start, smoothed", "偏离健康初期的平滑距离"),
    "healthy_phase": Notice("taken as healthy", "作为健康基准"),
    "warning": Notice("Warning", "预警"),
    "alarm": Notice("Alarm", "报警"),
    "no_warning": Notice("No warning", "无预警"),
    "recording": Notice("recording", "记录序号"),
    "spreads": Notice("spreads", "倍离散度"),
}
"""Key -> fixed words of the picture and the terminal."""


NAMED = 2
"""Measures that a sentence names; picture, CSV and JSON have the others."""


def trend_word(key: str, lang: str) -> str:
    """The fixed words for `key`.

    Example:
        >>> trend_word("alarm", "zh")
        '报警'
    """
    return WORDS[key].of(lang)


def band_name(band_hz: tuple[float, float]) -> str:
    """A band in few characters.

    Example:
        >>> band_name((6400.3, 12800.6)), band_name((0.0, 400.0))
        ('6.4–12.8 kHz', '0–400 Hz')
    """
    low, high = band_hz
    if high >= 1000:
        return f"{low / 1000:.3g}–{high / 1000:.3g} kHz"
    return f"{low:.3g}–{high:.3g} Hz"


def measure_name(measure: Measure, lang: str) -> str:
    """A measure in words, with its channel where there are several.

    Example:
        >>> measure_name(Measure("DE", "level", "octave 1", (3000.0, 6000.0)), "en")
        'level 3–6 kHz, DE'
        >>> measure_name(Measure("", "line", "inner"), "zh")
        '内圈谱线'
    """
    if measure.kind == LEVEL:
        name = Notice("level", "振动级").of(lang)
    elif measure.kind == KURTOSIS:
        name = phrase("kurtosis", lang)
    else:
        family = phrase(measure.part, lang)
        name = f"{family} lines" if lang == "en" else f"{family}谱线"
    band = f" {band_name(measure.band_hz)}" if measure.band_hz else ""
    comma = ", " if lang == "en" else "，"
    return f"{name}{band}{comma}{measure.channel}" if measure.channel else f"{name}{band}"


def moved_words(moved: Moved, lang: str) -> str:
    """By how much a measure moved, in its own unit.

    Example:
        >>> from faultlens.reports.trend_view import Moved
        >>> moved_words(Moved(Measure("", "level", "whole"), -3.0, 6.5, 4.0), "en")
        'level +9.5 dB'
        >>> moved_words(Moved(Measure("", "kurtosis", "whole"), 0.0, 1.0, 4.0), "en")
        'kurtosis 3.0 → 8.2'
    """
    from math import exp

    name = measure_name(moved.measure, lang)
    if moved.measure.kind == KURTOSIS:
        return f"{name} {3 * exp(moved.healthy):.1f} → {3 * exp(moved.now):.1f}"
    unit = "dB" if moved.measure.kind == LEVEL else "nat"
    return f"{name} {moved.now - moved.healthy:+.1f} {unit}"


def when(view: TrendView, index: int) -> str:
    """When a recording was made, as exactly as its dates are known.

    Example:
        >>> import numpy as np
        >>> flat = [np.zeros(2)] * 3
        >>> view = TrendView("", ("a", "b"), np.array([0.0, 7200.0]), ELAPSED, None, *flat, 1, None,
        ...                  None, (), np.zeros((2, 0)), "")
        >>> when(view, 1)
        '2 h'
    """
    seconds = float(view.times_s[index])
    if view.time_kind == DATED and view.start is not None:
        return f"{datetime.fromisoformat(view.start) + timedelta(seconds=seconds):%Y-%m-%d %H:%M}"
    if view.time_kind == ELAPSED:
        unit, length = elapsed_unit(float(view.times_s[-1]))
        return f"{seconds / length:.3g} {unit}"
    return f"#{index + 1}"


def elapsed_unit(seconds: float) -> tuple[str, float]:
    """The unit in which a span is told, and its length in seconds.

    Example:
        >>> elapsed_unit(90.0), elapsed_unit(28000.0)
        (('s', 1.0), ('h', 3600.0))
    """
    for unit, length, from_ in (("d", 86400.0, 2), ("h", 3600.0, 2), ("min", 60.0, 5)):
        if seconds >= from_ * length:
            return unit, length
    return "s", 1.0


def mark_words(mark: TrendMark, lang: str) -> str:
    """What moved at a warning or an alarm, in one line.

    Example:
        >>> from faultlens.reports.trend_view import Moved
        >>> moved = Moved(Measure("", "level", "whole"), 0.0, 12.0, 3.0)
        >>> mark_words(TrendMark(0, (moved,), broad_db=11.0), "en")
        'half of all bands +11.0 dB; level +12.0 dB'
    """
    told = [moved_words(x, lang) for x in mark.moved[:NAMED]]
    if mark.broad_db is not None:
        broad = Notice("half of all bands", "半数频带")
        told.insert(0, f"{broad.of(lang)} {mark.broad_db:+.1f} dB")
    return ("; " if lang == "en" else "；").join(told)


def trend_sentence(view: TrendView, lang: str) -> str:
    """The whole trend in a sentence or two, with what to do.

    Args:
        view: the trend.
        lang: "en" or "zh".

    Example:
        >>> import numpy as np
        >>> view = TrendView("", ("a",) * 9, np.arange(9.0), ELAPSED, None, *[np.zeros(9)] * 3, 5,
        ...                  None, None, (), np.zeros((9, 0)), "")
        >>> trend_sentence(view, "en")
        'No warning in 4 recordings after the 5 taken as healthy. Keep measuring.'
    """
    watched = len(view.files) - view.healthy
    if view.warning is None:
        return Notice(
            en=f"No warning in {watched} recordings after the {view.healthy} taken as healthy. "
            "Keep measuring.",
            zh=f"在作为健康基准的 {view.healthy} 条记录之后，{watched} 条记录均无预警。"
            "请继续监测。",
        ).of(lang)
    reasons = mark_words(view.warning, lang)
    first = when(view, view.warning.index)
    warned = Notice(
        en=f"First warning at {first} (recording {view.warning.index + 1}): {reasons}.",
        zh=f"首次预警：{first}（第 {view.warning.index + 1} 条记录）：{reasons}。",
    ).of(lang)
    if view.alarm is None:
        action = Notice(
            en="Diagnose these recordings and measure more often.",
            zh="请对这些记录进行诊断，并缩短监测间隔。",
        )
    else:
        action = Notice(
            en=f"Alarm at {when(view, view.alarm.index)} (recording {view.alarm.index + 1}): "
            f"{mark_words(view.alarm, 'en')}. Inspect now.",
            zh=f"报警：{when(view, view.alarm.index)}（第 {view.alarm.index + 1} 条记录）："
            f"{mark_words(view.alarm, 'zh')}。请立即检查。",
        )
    return f"{warned} {action.of(lang)}" if lang == "en" else f"{warned}{action.of(lang)}"
