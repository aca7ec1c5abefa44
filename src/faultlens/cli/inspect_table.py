"""What the terminal shows of inspected pictures: one in full, many as a table."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from faultlens.cli.table_parts import (
    print_in_full,
    print_shared_warnings,
    printed_plainly,
    score_rows,
    table_of,
)
from faultlens.inference.inspection import Inspection
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import place_of, score_words, size_words

COLOURS = {"defect": "red", "unknown": "yellow", "no_defect": "green"}


def print_inspections(results: Sequence[Inspection], *, seconds: float) -> None:
    """Print one result in full, or many as a table with their throughput.

    Args:
        results: in the order of the pictures.
        seconds: time that they took together.
    """
    with printed_plainly() as console:
        if len(results) == 1:
            _print_one(console, results[0])
        elif results:
            _print_table(console, results, seconds)


def _print_one(console: Console, result: Inspection) -> None:
    colour = _colour(result)
    rows = score_rows(result.view.findings, result.view.verdict, colour=colour)
    print_in_full(console, result.sentence, rows, _facts(result), result.warnings, colour=colour)


def _facts(result: Inspection) -> Iterator[tuple[str, str]]:
    view, lang = result.view, result.lang
    alarm = "alarm" if result.alarm else "no_alarm"
    yield (
        inspection_phrase(alarm, lang),
        f"{inspection_phrase('any_defect', lang)} {score_words(result.alarm_score)}; "
        f"{inspection_phrase('alarm_from', lang, threshold=score_words(result.threshold))}; "
        f"{result.model}",
    )
    for number, (finding, region) in enumerate(view.spotted[:5], start=1):
        place = inspection_phrase(place_of(region, view.width_px, view.height_px), lang)
        size = size_words(region, view.mm_per_pixel, lang)
        yield (
            inspection_phrase("regions_title", lang) if number == 1 else "",
            f"{number}  {finding.label}: {size}, {place}",
        )
    if len(view.spotted) > 5:
        yield "", inspection_phrase("more", lang, count=len(view.spotted) - 5)
    for finding in view.findings:
        for each in finding.conditions:
            key = {True: "held", False: "failed", None: "unmeasured"}[each.holds]
            told = inspection_phrase(key, lang, stated=each.stated, measured=each.measured)
            yield inspection_phrase("conditions", lang), told


def _print_table(console: Console, results: Sequence[Inspection], seconds: float) -> None:
    lang = results[0].lang
    columns = (("file", 2), ("verdict", 2), ("score", None), ("size", 2), ("place", 2))
    table = table_of([(inspection_phrase(key, lang), share) for key, share in columns])
    shared = _shared_folder([x.view.name for x in results])
    for result in results:
        table.add_row(
            "●" if result.alarm else "",
            result.view.name[shared:],
            result.view.verdict,
            f"{result.best.score:.3f}",
            *_worst(result),
            style=_colour(result),
        )
    console.print(table)
    alarms = sum(x.alarm for x in results)
    rate = inspection_phrase(
        "throughput", lang, count=len(results), seconds=f"{seconds:.1f}",
        rate=f"{len(results) / max(seconds, 1e-9):.3g}",
    )  # fmt: skip
    console.print(f"\n● {inspection_phrase('alarm', lang)}: {alarms}/{len(results)}; {rate}\n")
    print_shared_warnings(console, [x.warnings for x in results], lang)


def _shared_folder(names: Sequence[str]) -> int:
    """Length of the folders that all names begin with: they tell no name from another."""
    folders = [x.split("/")[:-1] for x in names]
    shared = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        shared += len(level[0]) + 1
    return shared if len(names) > 1 else 0


def _worst(result: Inspection) -> tuple[str, str]:
    view = result.view
    if not result.best.regions or not result.best.is_defect:
        return "", ""
    region = result.best.regions[0]
    place = inspection_phrase(place_of(region, view.width_px, view.height_px), result.lang)
    return size_words(region, view.mm_per_pixel, result.lang), place


def _colour(result: Inspection) -> str:
    return "red" if result.alarm else COLOURS[result.best.kind].replace("red", "yellow")
