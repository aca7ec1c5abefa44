"""The guide's picture of where the time goes (推理时间分布), drawn from what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultlens.core.notice import Notice
from faultlens.core.stages import DECODE, MODEL, POST, PREPARE, STAGES
from faultlens.reports.lettering import fit, text_width_in
from faultlens.reports.palette import FAINT, INK, RULE
from faultlens.reports.sheet import Sheet, new_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GUIDE = {PREPARE: 15.0, MODEL: 65.0, POST: 20.0}
"""Shares of the guide's pie, %: 图像预处理, 模型推理, 后处理 (and decoding)."""

GUIDE_NAME = "推理时间分布"
"""What the guide calls its pie."""

COLOURS = {DECODE: "#7fb8dd", PREPARE: "#0072b2", MODEL: "#d55e00", POST: "#00805f"}
"""Of the stages; what the guide calls preprocessing, decoding and preparing, has one hue."""

WORDS = {
    "title": Notice("Where the time goes", "推理时间分布"),
    "note": Notice(
        "From a file on disk to the JSON of its result; median of each stage, measured here. "
        "Below it the pie of the guide, stated without a measurement.",
        "从磁盘文件到结果 JSON；各阶段取中位数，均为本机实测。下方对照为指南中的饼图，"
        "其数值未说明测量方法。",
    ),
    DECODE: Notice("decode", "解码"),
    PREPARE: Notice("prepare", "预处理"),
    MODEL: Notice("model", "模型推理"),
    POST: Notice("post", "后处理"),
    "diagnose": Notice("diagnose", "诊断"),
    "inspect": Notice("inspect", "检测"),
    "guide": Notice("the guide's pie", "指南饼图"),
    "stated": Notice("stated, not measured", "给定值，非实测"),
    "files": Notice("files", "个文件"),
}
"""Key -> fixed words of the picture and of the table on the terminal."""

WIDTH_IN, MARGIN_IN = 8.6, 0.3
BAR_LEFT_IN, BAR_IN = 1.85, 0.42
BAR_WIDTH_IN = WIDTH_IN - MARGIN_IN - BAR_LEFT_IN
TOP_IN, ROW_IN, LEGEND_IN = 1.45, 0.92, 1.12


@dataclass(frozen=True)
class StageTimes:
    """What the stages of one verb took.

    Args:
        verb: "diagnose" or "inspect".
        what: the kind of file, in few words.
        files: measured; each counts once.
        seconds: of each of `core.stages.STAGES`, median, s.
    """

    verb: str
    what: Notice
    files: int
    seconds: Mapping[str, float]

    @property
    def total_s(self) -> float:
        """All stages together, s."""
        return sum(self.seconds.values())

    def share(self, name: str) -> float:
        """The part of one stage, 0 to 1."""
        return self.seconds[name] / self.total_s if self.total_s else 0.0


def stage_word(key: str, lang: str) -> str:
    """The fixed words for `key`.

    Args:
        key: of `WORDS`.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> stage_word("model", "zh")
        '模型推理'
    """
    return WORDS[key].of(lang)


def stage_share_figure(measured: Sequence[StageTimes], lang: str = "en") -> "Figure":
    """One bar for each verb, cut where its stages end, above the shares that the guide states.

    Args:
        measured: one or more.
        lang: language of the words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> times = dict(zip(STAGES, (0.001, 0.002, 0.006, 0.001)))
        >>> one = StageTimes("diagnose", Notice("1 s, wav", "1 s，wav"), 20, times)
        >>> stage_share_figure([one]).get_size_inches().tolist()
        [8.6, 3.31]
    """
    height = TOP_IN + ROW_IN * (len(measured) + 1) + 0.02
    sheet = new_sheet(WIDTH_IN, height, lang)
    sheet.say(MARGIN_IN, 0.24, stage_word("title", lang), fontsize=13, weight="bold")
    note = sheet.say(MARGIN_IN, 0.53, stage_word("note", lang), fontsize=7.5, color=FAINT)
    fit(sheet.figure, note, WIDTH_IN - 2 * MARGIN_IN, 2)
    _write_legend(sheet)
    for row, each in enumerate(measured):
        top = TOP_IN + ROW_IN * row
        told = f"{each.what.of(lang)}"
        _write_name(sheet, top, stage_word(each.verb, lang), told)
        _draw_bar(sheet, top, {x: each.share(x) for x in STAGES})
        parts = (
            f"{stage_word(x, lang)} {milliseconds(each.seconds[x])} ms ({each.share(x):.0%})"
            for x in STAGES
        )
        total = f"{milliseconds(each.total_s)} ms  =  {'  +  '.join(parts)}"
        under = f"{total}  ·  n = {each.files}"
        sheet.say(BAR_LEFT_IN, top + BAR_IN + 0.07, under, fontsize=7, color=INK)
    top = TOP_IN + ROW_IN * len(measured)
    sheet.paper.hlines(top - 0.14, MARGIN_IN, WIDTH_IN - MARGIN_IN, color=RULE, lw=0.8)
    _write_name(
        sheet, top, stage_word("guide", lang), f"{GUIDE_NAME} · {stage_word('stated', lang)}"
    )
    _draw_bar(sheet, top, {x: GUIDE.get(x, 0.0) / 100 for x in STAGES}, faint=True)
    stated = "  +  ".join(f"{stage_word(x, lang)} {share:.0f} %" for x, share in GUIDE.items())
    sheet.say(BAR_LEFT_IN, top + BAR_IN + 0.07, stated, fontsize=7, color=FAINT)
    return sheet.figure


def milliseconds(seconds: float) -> str:
    """A time in ms with three digits, and never in powers of ten.

    Args:
        seconds: s.

    Example:
        >>> [milliseconds(x) for x in (0.00001234, 0.0123456, 1.23456)]
        ['0.012', '12.3', '1235']
    """
    value = 1000 * seconds
    digits = 3 if value < 0.1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"


def _write_legend(sheet: Sheet) -> None:
    x = BAR_LEFT_IN
    for name in STAGES:
        sheet.paper.barh(LEGEND_IN, 0.13, left=x, height=0.13, color=COLOURS[name])
        word = sheet.say(x + 0.19, LEGEND_IN, stage_word(name, sheet.lang), fontsize=8, va="center")
        x += 0.19 + text_width_in(sheet.figure, word) + 0.3


def _write_name(sheet: Sheet, top_in: float, name: str, under: str) -> None:
    middle = top_in + BAR_IN / 2
    room = BAR_LEFT_IN - MARGIN_IN - 0.12
    title = sheet.say(
        MARGIN_IN, middle - 0.01, name, fontsize=9.5, weight="bold", va="bottom"
    )  # fmt: skip
    fit(sheet.figure, title, room)
    small = sheet.say(MARGIN_IN, middle + 0.05, under, fontsize=7, color=FAINT)
    fit(sheet.figure, small, room, 2)


def _draw_bar(
    sheet: Sheet, top_in: float, shares: Mapping[str, float], *, faint: bool = False
) -> None:
    left, middle = BAR_LEFT_IN, top_in + BAR_IN / 2
    for name, share in shares.items():
        width = share * BAR_WIDTH_IN
        sheet.paper.barh(
            middle, width, left=left, height=BAR_IN, color=COLOURS[name], edgecolor="white",
            linewidth=0.8 if width > 0.03 else 0, alpha=0.45 if faint else 1.0, label=name,
        )  # fmt: skip
        told = f"{share:.0%}"
        if width > 0.42:
            ink = INK if faint or name == DECODE else "white"
            sheet.say(left + width / 2, middle, told, fontsize=9, weight="bold", ha="center",
                      va="center_baseline", color=ink)  # fmt: skip
        left += width
