"""What the terminal shows: one result in full, many as a table; failures on standard error."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from faultlens.cli.table_parts import (
    print_in_full,
    print_shared_warnings,
    printed_plainly,
    score_rows,
    table_of,
)
from faultlens.inference.findings import Diagnosis
from faultlens.reports.machine_words import machine_words
from faultlens.reports.phrases import phrase
from faultlens.reports.second_opinion import opinion_remark, opinion_sentence
from faultlens.signals.evidence import FamilyEvidence


def print_results(results: Sequence[Diagnosis]) -> None:
    """Print one result in full, or many as a table."""
    with printed_plainly() as console:
        if len(results) == 1:
            _print_one(console, results[0])
        elif results:
            _print_table(console, results)


def _print_one(console: Console, result: Diagnosis) -> None:
    colour = _colour(result)
    rows = score_rows(result.view.findings, result.view.verdict, colour=colour)
    print_in_full(console, result.sentence, rows, _facts(result), result.warnings, colour=colour)


def _facts(result: Diagnosis) -> Iterator[tuple[str, str]]:
    """Name and words of what an engineer checks next, in the language of the result."""
    lang = result.lang
    limit = phrase("threshold", lang)
    yield (
        phrase("alarm" if result.alarm else "no_alarm", lang),
        f"{phrase('any_fault', lang)} {result.alarm_score:.3f}; {limit} {result.threshold:.3f}; "
        f"{result.model}",
    )
    for family in result.best.evidence:
        yield phrase("evidence", lang), _family(family, lang, fitted=_fitted(result))
    if result.second_opinion is not None:
        yield phrase("second_opinion", lang), opinion_sentence(result.second_opinion, lang)
    yield phrase("bearing", lang), _bearing(result)
    if told := _severity(result):
        yield phrase("severity", lang), told
    yield phrase("action", lang), result.action


def _bearing(result: Diagnosis) -> str:
    bearing, *speed = machine_words(result.view, result.lang)
    return "; ".join([result.view.bearing or bearing, *speed])


def _fitted(result: Diagnosis) -> bool:
    return result.view.fitted_elements is not None


def _family(family: FamilyEvidence, lang: str, *, fitted: bool) -> str:
    matched = ", ".join(str(x) for x in family.matched_harmonics)
    found = f"{phrase('harmonics', lang)} {matched}" if matched else phrase("no_peaks", lang)
    # Where the geometry is a fit, a slip against it says nothing.
    beside = phrase("best_fit", lang) if fitted else f"{phrase('slip', lang)} {_slip(family)}"
    return (
        f"{phrase(family.family, lang)} {family.measured_order:.3f} x: {found}; {beside}; "
        f"{phrase('windows', lang).lower()} {family.windows_present}/{family.windows}"
    )


def _slip(family: FamilyEvidence) -> str:
    return f"{round(family.slip_percent, 1) or 0.0:+.1f} %"  # never "-0.0 %"


def _severity(result: Diagnosis) -> str:
    view, lang = result.view, result.lang
    told = []
    if view.velocity_rms_mm_s is not None:
        told.append(f"{phrase('velocity_rms', lang)} {view.velocity_rms_mm_s:.2f} mm/s")
    if view.zone is not None:
        told.append(f"{phrase('iso_zone', lang)} {view.zone} ({view.machine_group})")
    for key, value in (("kurtosis", view.kurtosis), ("crest_factor", view.crest_factor)):
        if value is not None:
            told.append(f"{phrase(key, lang)} {value:.1f}")
    return "; ".join(told)


def _print_table(console: Console, results: Sequence[Diagnosis]) -> None:
    lang = results[0].lang
    columns = (("file", 2), ("verdict", 2), ("score", None), ("evidence", 3))
    table = table_of([(phrase(key, lang), share) for key, share in columns])
    for result in results:
        table.add_row(
            "●" if result.alarm else "",
            result.view.file,
            result.view.verdict,
            f"{result.best.score:.3f}",
            "\n".join(_brief(result)),
            style=_colour(result),
        )
    console.print(table)
    console.print(f"\n● {phrase('alarm', lang)}: {sum(x.alarm for x in results)}/{len(results)}\n")
    print_shared_warnings(console, [x.warnings for x in results], lang)


def _brief(result: Diagnosis) -> Iterator[str]:
    """What speaks for a verdict, a line each, and a dissent of the rule."""
    lang = result.lang
    for family in result.best.evidence:
        count = len(family.matched_harmonics)
        beside = phrase("best_fit", lang) if _fitted(result) else _slip(family)
        yield f"{count} {phrase('harmonics', lang)}, {family.measured_order:.2f} x, {beside}"
    if result.second_opinion and (remark := opinion_remark(result.second_opinion, lang)):
        yield remark


def _colour(result: Diagnosis) -> str:
    if result.alarm:
        return "red"
    return "green" if result.view.verdict_fault == "healthy" else "yellow"
