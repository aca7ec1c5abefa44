"""What is written of many scans: pictures as they come; page and tables at the end."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, final

import numpy as np

from faultlens.core.files import write_text
from faultlens.inference.batch import Outcome
from faultlens.inference.measurement import Measurement
from faultlens.inference.output_names import output_name
from faultlens.inference.resume import written_by_way
from faultlens.profiles.severity_rules import SIZES

if TYPE_CHECKING:
    from faultlens.reports.measurement_page import MeasurementEntry
    from faultlens.reports.measurement_view import MeasurementView

PAGE, LINES, TABLE = "report.html", "results.jsonl", "defects.csv"
"""Files beside the pictures."""

COLUMNS = (
    "file", "verdict", "alarm", "part_severity", "number", "label", "score", "counts", "kind",
    *(y for x in SIZES for y in (x, f"{x}_u95")),
    "x_mm", "y_mm", "z_mm", "orientation_deg", "significance", "at_border", "severity", "rule",
    "reason",
)  # fmt: skip
"""Columns of the table, in both languages alike: a program reads them, by the names of the JSON."""


@dataclass(frozen=True, eq=False)
class MeasuredScan:
    """What a batch keeps of one scan.

    Args:
        name: of its picture, without the suffix.
        result: without its map.
        told: the result as plain values.
        entry: what the page shows of it.
    """

    name: str
    result: Measurement
    told: dict[str, Any]
    entry: "MeasurementEntry"


@final
class MeasuredBatch:
    """A batch on its way: what was written, and what is kept of each scan to tell at the end.

    Args:
        folder: where everything goes; None writes nothing.
        lang: language of the page, "en" or "zh".
        scans: how many there will be; the more, the fewer points of each the page holds.
    """

    def __init__(self, folder: Path | None, *, lang: str = "en", scans: int = 1) -> None:
        self.results: list[Measurement] = []
        self.failed: list[Outcome[Measurement]] = []
        self._folder, self._lang, self._scans = folder, lang, scans
        self.taken = {Path(x).stem for x in (PAGE, LINES, TABLE)}
        self._rows: list[MeasuredScan] = []
        # What draws takes half a second to load: done while the first scan is measured.
        self._ahead = Thread(target=_load_drawing, daemon=True)
        if folder is not None:
            self._ahead.start()

    def add(self, outcome: Outcome[Measurement]) -> MeasuredScan | None:
        """Take one scan: its picture is written at once, and its arrays are let go.

        Args:
            outcome: its result, or why there is none.

        Returns:
            what to keep of it; None where it failed, or nothing is written.

        Raises:
            OSError: the folder cannot be written.
        """
        if outcome.result is None:
            self.failed.append(outcome)
            return None
        result = outcome.result
        small = replace(result, view=_light(result.view))
        if self._folder is None:
            self.results.append(small)
            return None
        self._ahead.join()
        from faultlens.reports.measurement_page import measurement_entry
        from faultlens.reports.measurement_scene import points_for

        name = output_name(outcome.file, self.taken)
        written_by_way(self._folder, f"{name}.png", result.save)
        entry = measurement_entry(result.view, points=points_for(self._scans))
        row = MeasuredScan(name, small, result.to_dict(), replace(entry, view=small.view))
        self.keep(row)
        return row

    def keep(self, row: MeasuredScan) -> None:
        """Take one scan that is judged and written, now or before the batch was cut."""
        self.results.append(row.result)
        self._rows.append(row)

    def write(self, *, seconds: float) -> Path | None:
        """Write page, JSON lines and CSV of all that was taken so far.

        Args:
            seconds: time that the batch took.

        Returns:
            the page; None where nothing is written.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._folder is None:
            return None
        from faultlens.reports.inspection_tables import BYTE_ORDER_MARK, harmless, write_json_lines
        from faultlens.reports.measurement_page import write_measurement_page
        from faultlens.reports.page import FailedFile

        failed = [FailedFile(str(x.file), x.reason or "") for x in self.failed]
        told = [x.told for x in self._rows]
        write_json_lines(self._folder / LINES, told)
        text = StringIO()
        # Rows end as a spreadsheet expects them (RFC 4180).
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        rows = [y for x in told for y in _rows(x)]
        rows += [{"file": x.file, "reason": x.reason} for x in failed]
        for row in rows:
            cells = [row.get(x) for x in COLUMNS]
            writer.writerow([harmless(x) if isinstance(x, str) else x for x in cells])
        write_text(self._folder / TABLE, BYTE_ORDER_MARK + text.getvalue())
        page = self._folder / PAGE
        write_measurement_page(
            page,
            [x.entry for x in self._rows],
            title="faultlens",
            lang=self._lang,
            failed=failed,
            seconds=seconds,
        )
        return page


def _light(view: "MeasurementView") -> "MeasurementView":
    """The view without its map, and without the golden mesh that every scan was held against."""
    from faultlens.surfaces.reference.frame import Frame
    from faultlens.surfaces.reference.plane import Plane

    small = view.light()
    nowhere = Plane(Frame(np.zeros(3), np.eye(3)), 0.0)
    return replace(small, deviations=replace(small.deviations, reference=nowhere))


def _load_drawing() -> None:
    # What is missing is told where it is used.
    with suppress(ImportError):
        import jinja2  # noqa: F401
        import matplotlib.backends.backend_agg
        import matplotlib.figure  # noqa: F401


def _rows(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row per defect, and one for a scan without any."""
    scan = {
        "file": told["file"],
        "verdict": told["verdict"],
        "alarm": told["alarm"],
        "part_severity": told["severity"],
    }
    defects: list[dict[str, Any]] = told["defects"] or [{}]
    for each in defects:
        x, y, z = each.get("position_mm", (None, None, None))
        yield {**each, **scan, "x_mm": x, "y_mm": y, "z_mm": z}
