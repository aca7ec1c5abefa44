"""Findings of a batch as lines of JSON and as a table that a spreadsheet opens."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.reports.hot_spot_panel import HotSpotMark
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import place_of
from faultlens.reports.inspection_view import PictureFinding, PictureView
from faultlens.reports.page import FailedFile

COLUMNS = (
    "file",
    "verdict",
    "alarms",
    "alarm_score",
    "alarm_threshold",
    "alarm_rate",
    "label",
    "meaning",
    "score",
    "region_count",
    "place",
    "left_px",
    "top_px",
    "width_px",
    "height_px",
    "long_px",
    "wide_px",
    "area_px",
    "long_mm",
    "wide_mm",
    "area_mm2",
    "holds",
    "mm_per_pixel",
    "model",
    "profile_name",
    "judged_s",
    "reason",
    "celsius",
    "delta_celsius",
)
"""Columns of the table, as keys of the phrases; sizes are those of a finding's worst region."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What spreadsheets take for the start of a formula. Source: OWASP, CSV Injection."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets read Chinese as gibberish."""

Cell = str | float | int | None


def write_json_lines(path: str | Path, results: Iterable[Mapping[str, object]]) -> None:
    """Write one JSON object per line, the whole file or none of it.

    Args:
        path: the file to write.
        results: the results as plain values.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "results.jsonl"
        >>> write_json_lines(target, [{"verdict": "裂纹"}, {"verdict": "crack"}])
        >>> target.read_text(encoding="utf-8").splitlines()[0]
        '{"verdict": "裂纹"}'
    """
    lines = [json.dumps(x, ensure_ascii=False, allow_nan=False) + "\n" for x in results]
    write_text(path, "".join(lines))


def write_findings_table(
    path: str | Path,
    views: Iterable[PictureView],
    *,
    failed: Iterable[FailedFile] = (),
    lang: str = "en",
) -> None:
    """Write a batch as CSV: a row per sentence and picture, the worst region's sizes beside it.

    Hot spots of the infrared have rows of their own, below those of their picture.

    Text that a spreadsheet would run as a formula is written as text. A file that could not be
    inspected has a row with the reason.

    Args:
        path: the file to write, whole or not at all.
        views: the inspected pictures.
        failed: files that could not be inspected, with the reason.
        lang: language of the headings, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "findings.csv"
        >>> write_findings_table(target, [], failed=[FailedFile("=a.png", "It is empty.")])
        >>> target.read_text(encoding="utf-8").splitlines()[1][:8]
        "'=a.png,"
    """
    language = checked_language(lang)
    text = StringIO()
    # Rows end as a spreadsheet expects them (RFC 4180).
    writer = csv.writer(text)
    writer.writerow([inspection_phrase(f"column_{x}", language) for x in COLUMNS])
    for view in views:
        for finding in view.findings:
            writer.writerow(_in_order(_finding(view, finding, language)))
        for spot in view.hot_spots:
            writer.writerow(_in_order(_hot_spot(view, spot, language)))
    for item in failed:
        writer.writerow(_in_order({"file": item.file, "reason": item.reason}))
    write_text(path, BYTE_ORDER_MARK + text.getvalue())


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula.

    Args:
        text: a cell.

    Example:
        >>> harmless("=HYPERLINK(0)"), harmless("crack")
        ("'=HYPERLINK(0)", 'crack')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _in_order(cells: Mapping[str, Cell]) -> Sequence[Cell]:
    row = [cells.get(x) for x in COLUMNS]
    return [harmless(x) if isinstance(x, str) else x for x in row]


def _hot_spot(view: PictureView, spot: HotSpotMark, lang: str) -> dict[str, Cell]:
    names = ("left_px", "top_px", "width_px", "height_px")
    return {
        "file": view.name,
        "verdict": view.verdict,
        "label": inspection_phrase("hot_spot_label", lang),
        "meaning": inspection_phrase("hot_spot_label", lang),
        "score": round(spot.score, 6),
        "place": spot.place,
        **{name: round(value, 2) for name, value in zip(names, spot.box, strict=True)},
        "celsius": _tenths(spot.celsius),
        "delta_celsius": _tenths(spot.delta_celsius),
    }


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _finding(view: PictureView, finding: PictureFinding, lang: str) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "file": view.name,
        "verdict": view.verdict,
        "alarms": inspection_phrase("yes" if view.alarm else "no", lang),
        "alarm_score": round(view.alarm_score, 6),
        "alarm_threshold": round(view.threshold, 6),
        "alarm_rate": view.false_alarm_rate,
        "label": finding.label,
        "meaning": inspection_phrase(finding.kind, lang),
        "score": round(finding.score, 6),
        "region_count": len(finding.regions),
        "holds": _holds(finding, lang),
        "mm_per_pixel": view.mm_per_pixel,
        "model": view.model,
        "profile_name": view.profile,
        "judged_s": round(view.seconds, 4),
    }
    return row | _worst(view, finding, lang) if finding.regions else row


def _worst(view: PictureView, finding: PictureFinding, lang: str) -> dict[str, Cell]:
    worst = finding.regions[0]
    names = ("left_px", "top_px", "width_px", "height_px")
    row: dict[str, Cell] = {
        name: round(value, 2) for name, value in zip(names, worst.box, strict=True)
    }
    row["place"] = inspection_phrase(place_of(worst, view.width_px, view.height_px), lang)
    scale = view.mm_per_pixel
    for pixels, millimetres, value, power in (
        ("long_px", "long_mm", worst.length_px, 1),
        ("wide_px", "wide_mm", worst.width_px, 1),
        ("area_px", "area_mm2", worst.area_px, 2),
    ):
        if value is not None:
            row[pixels] = round(value, 2)
            row[millimetres] = None if scale is None else round(value * scale**power, 5)
    return row


def _holds(finding: PictureFinding, lang: str) -> str | None:
    """Whether all conditions of a sentence hold; the worst of them is told."""
    if not finding.conditions:
        return None
    held = [x.holds for x in finding.conditions]
    key = "no" if False in held else "cannot_say" if None in held else "yes"
    return inspection_phrase(key, lang)
