"""What the terminal shows of measured scans: one with all its defects, many as a table."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultlens.cli.table_parts import (
    SHOWN_FROM,
    print_in_full,
    print_shared_warnings,
    printed_plainly,
    table_of,
)
from faultlens.inference.measured_conditions import HeldSize
from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.inference.measurement import Measurement
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import score_words
from faultlens.reports.measurement_phrases import measurement_phrase
from faultlens.reports.measurement_view import DefectMark
from faultlens.reports.measurement_words import (
    length_of,
    size_clause,
    three_digits,
    with_uncertainty,
)

COLOURS = {"scrap": "red", "rework": "yellow", "accept": "green", None: "red"}
"""Severity -> colour; without rules a defect that counts is red."""

MOST_ROWS = 20
"""Defects of one scan that the terminal shows; the files hold all."""

LEAST_WIDTH = 12
"""Columns of a name: narrower, it would be cut letter by letter."""

LEAST_VOLUME_MM3 = 1e-4
"""Volumes below it are told in cubic micrometres."""

WORDS = {
    "no": {"en": "no.", "zh": "序号"},
    "defect": {"en": "defect", "zh": "缺陷"},
    "depth": {"en": "depth/height", "zh": "深度/高度"},
    "size": {"en": "length × width", "zh": "长×宽"},
    "volume": {"en": "volume", "zh": "体积"},
    "severity": {"en": "severity", "zh": "判定"},
    "reference": {"en": "Reference", "zh": "基准"},
    "rules": {"en": "Decided", "zh": "依据"},
    "sizes": {"en": "Sizes", "zh": "条件"},
    "named": {"en": "Named", "zh": "命名"},
    "file": {"en": "file", "zh": "文件"},
    "verdict": {"en": "verdict", "zh": "结论"},
    "worst": {"en": "worst", "zh": "最严重处"},
    "defects": {"en": "defects", "zh": "缺陷数"},
    "throughput": {
        "en": "{count} scans in {seconds} s: {rate} per second",
        "zh": "{count} 个扫描用时 {seconds} s，每秒 {rate} 个",
    },
    "more": {"en": "and {count} more", "zh": "另有 {count} 处"},
}
"""Words of the table."""


def print_measurements(results: Sequence[Measurement], *, seconds: float) -> None:
    """Print one result in full, or many as a table with their throughput.

    Args:
        results: in the order of the scans.
        seconds: time that they took together.
    """
    with printed_plainly() as console:
        if len(results) == 1:
            _print_one(console, results[0])
        elif results:
            _print_table(console, results, seconds)


def _print_one(console: Console, result: Measurement) -> None:
    rows = _defects(result) if result.defects else None
    print_in_full(
        console, result.sentence, rows, _facts(result), result.warnings, colour=_colour(result)
    )


def _defects(result: Measurement) -> Table:
    lang = result.lang
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for key in ("no", "defect", "depth", "size", "volume", "severity"):
        table.add_column(
            WORDS[key][lang],
            overflow="fold",
            no_wrap=key != "defect",
            min_width=LEAST_WIDTH if key == "defect" else None,
        )
    for each, mark in list(zip(result.defects, result.view.defects, strict=True))[:MOST_ROWS]:
        table.add_row(
            str(each.number), _named(each, mark), *_sizes(each), _severity(each, mark, lang),
            style=_colour_of(each),
        )  # fmt: skip
    if (rest := len(result.defects) - MOST_ROWS) > 0:
        table.add_row("", Text(WORDS["more"][lang].format(count=rest), "dim"))
    return table


def _named(each: MeasuredDefect, mark: DefectMark) -> str:
    return f"{mark.label} {each.score:.2f}"


def _sizes(each: MeasuredDefect) -> tuple[str, ...]:
    at = each.defect
    sign = "+" if each.kind == "protrusion" else "−"
    return (
        f"{sign}{length_of(at.depth_mm, at.depth_mm_u95)}",
        f"{three_digits(at.length_mm)} × {three_digits(at.width_mm)} mm",
        volume_words(at.volume_mm3, at.volume_mm3_u95),
    )


def volume_words(volume_mm3: float, u95_mm3: float) -> str:
    """A volume with its uncertainty, in mm³ or, where that would be all zeros, in µm³.

    Args:
        volume_mm3: mm3.
        u95_mm3: half of its 95 % interval, mm3.

    Example:
        >>> volume_words(0.31, 0.02), volume_words(1.3e-6, 5e-7)
        ('0.310 ± 0.020 mm³', '1300 ± 500 µm³')
    """
    if volume_mm3 >= LEAST_VOLUME_MM3:
        return f"{with_uncertainty(volume_mm3, u95_mm3)} mm³"
    return f"{with_uncertainty(1e9 * volume_mm3, 1e9 * u95_mm3)} µm³"


def _severity(each: MeasuredDefect, mark: DefectMark, lang: str) -> str:
    if mark.severity is None:
        return "" if each.counts else "–"
    doubt = each.severity is not None and each.severity.within_uncertainty
    return f"{measurement_phrase(mark.severity, lang)}{' ?' if doubt else ''}"


def _decided(result: Measurement) -> Iterator[tuple[str, str]]:
    """Why each defect is judged so: the rule that decided, or why it does not count."""
    lang = result.lang
    first = True
    for each, mark in list(zip(result.defects, result.view.defects, strict=True))[:MOST_ROWS]:
        if mark.rule:
            yield WORDS["rules"][lang] if first else "", f"{each.number}  {mark.rule}"
            first = False


def _facts(result: Measurement) -> Iterator[tuple[str, str]]:
    lang = result.lang
    alarm = "alarm" if result.alarm else "no_alarm"
    yield (
        inspection_phrase(alarm, lang),
        f"{inspection_phrase('any_defect', lang)} {score_words(result.alarm_score)}; "
        f"{inspection_phrase('alarm_from', lang, threshold=score_words(result.threshold))}; "
        f"{result.model}",
    )
    comma = inspection_phrase("comma", lang)
    named = [f"{x.label} {x.score:.3f}" for x in result.view.findings if x.score >= SHOWN_FROM]
    yield WORDS["named"][lang], comma.join(named)
    scatter = "" if result.roughness_mm is None else f" ± {length_of(result.roughness_mm, 0.0)}"
    yield WORDS["reference"][lang], f"{result.view.reference}{scatter}"
    yield from _decided(result)
    for finding in result.findings:
        for each in finding.conditions:
            yield WORDS["sizes"][lang], _condition(each, lang)


def _condition(held: HeldSize, lang: str) -> str:
    key = {True: "held", False: "failed", None: "unmeasured"}[held.holds]
    return inspection_phrase(key, lang, stated=held.condition.words, measured=held.told(lang))


def _print_table(console: Console, results: Sequence[Measurement], seconds: float) -> None:
    lang = results[0].lang
    columns = (("file", 2), ("verdict", 2), ("defects", None), ("worst", 3), ("severity", None))
    table = table_of([(WORDS[key][lang], share) for key, share in columns])
    for result in results:
        counted = [x for x in result.view.defects if x.counts]
        table.add_row(
            "●" if result.alarm else "",
            result.view.name,
            result.view.verdict,
            str(len(counted)),
            size_clause(counted[0], lang) if counted else "",
            "" if result.severity is None else measurement_phrase(result.severity, lang),
            style=_colour(result),
        )
    console.print(table)
    alarms = sum(x.alarm for x in results)
    rate = WORDS["throughput"][lang].format(
        count=len(results),
        seconds=f"{seconds:.1f}",
        rate=f"{len(results) / max(seconds, 1e-9):.3g}",
    )
    console.print(f"\n● {inspection_phrase('alarm', lang)}: {alarms}/{len(results)}; {rate}\n")
    print_shared_warnings(console, [x.warnings for x in results], lang)


def _colour_of(each: MeasuredDefect) -> str:
    if not each.counts:
        return "dim"
    return COLOURS[None if each.severity is None else each.severity.severity]


def _colour(result: Measurement) -> str:
    if not result.alarm:
        return "green" if result.best.kind == "no_defect" else "yellow"
    return COLOURS[result.severity]
