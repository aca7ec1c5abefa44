"""What is written of many pictures: overlays as they come; page, tables and masks at the end."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from faultlens.core.files import written_whole
from faultlens.inference.inspect_batch import PictureOutcome, name_of
from faultlens.inference.inspection import Inspection
from faultlens.inference.output_names import output_name
from faultlens.inference.resume import written_by_way

if TYPE_CHECKING:
    from faultlens.reports.inspection_coco import CocoPicture
    from faultlens.reports.inspection_gallery import GalleryEntry
    from faultlens.reports.inspection_view import PictureView

PAGE, LINES, TABLE, COCO = "report.html", "results.jsonl", "results.csv", "coco.json"
"""Files beside the overlays."""

GALLERY = "gallery"
"""Folder of the pictures that the page shows."""


@dataclass(frozen=True, eq=False)
class InspectedPicture:
    """What a batch keeps of one picture.

    Args:
        name: of its overlay, without the suffix.
        result: without its arrays.
        told: the result as plain values.
        entry: what the page shows of it.
        mask: what COCO tells of it.
    """

    name: str
    result: Inspection
    told: dict[str, Any]
    entry: "GalleryEntry"
    mask: "CocoPicture"


@final
class InspectedBatch:
    """A batch on its way: what was written, and what is kept of each picture to tell at the end.

    Args:
        folder: where everything goes; None writes nothing.
        lang: language of the page, "en" or "zh".
    """

    def __init__(self, folder: Path | None, *, lang: str = "en") -> None:
        self.results: list[Inspection] = []
        self.failed: list[PictureOutcome] = []
        self._folder, self._lang = folder, lang
        self.taken = {Path(x).stem for x in (PAGE, LINES, TABLE, COCO)} | {GALLERY}
        self._rows: list[InspectedPicture] = []

    def add(self, outcome: PictureOutcome) -> InspectedPicture | None:
        """Take one picture: its overlay is written at once, and its arrays are let go.

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
        if self._folder is None:
            self.results.append(light(result))
            return None
        from faultlens.reports.inspection_coco import coco_picture
        from faultlens.reports.inspection_gallery import add_to_gallery

        name = output_name(name_of(outcome.file), self.taken)
        written_by_way(self._folder, f"{name}.png", lambda file: write_overlay(file, result.view))
        row = InspectedPicture(
            name,
            light(result),
            result.to_dict(),
            add_to_gallery(self._folder / GALLERY, name, result.view),
            coco_picture(result.view),
        )
        self.keep(row)
        return row

    def keep(self, row: InspectedPicture) -> None:
        """Take one picture that is judged and written, now or before the batch was cut."""
        self.results.append(row.result)
        self._rows.append(row)

    def write(self, *, seconds: float) -> Path | None:
        """Write page, JSON lines, CSV and COCO of all that was taken so far.

        Args:
            seconds: time that the batch took.

        Returns:
            the page; None where nothing is written.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._folder is None:
            return None
        from faultlens.reports.inspection_coco import write_coco
        from faultlens.reports.inspection_page import write_inspection_page
        from faultlens.reports.inspection_tables import write_findings_table, write_json_lines
        from faultlens.reports.page import FailedFile

        failed = [FailedFile(x.file, x.reason or "") for x in self.failed]
        views = [x.view for x in self.results]
        write_json_lines(self._folder / LINES, [x.told for x in self._rows])
        write_findings_table(self._folder / TABLE, views, failed=failed, lang=self._lang)
        write_coco(self._folder / COCO, [x.mask for x in self._rows])
        page = self._folder / PAGE
        write_inspection_page(
            page,
            [x.entry for x in self._rows],
            title="faultlens",
            lang=self._lang,
            failed=failed,
            seconds=seconds,
        )
        return page


def write_overlay(path: Path, view: "PictureView") -> None:
    """Write the picture with heat, outlines and numbers as PNG, whole or not at all.

    Args:
        path: the file.
        view: the inspected picture.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.reports.inspection_view import PictureView
        >>> view = PictureView("a.png", np.zeros((30, 40), np.uint8), 40, 30, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> target = Path(tempfile.mkdtemp()) / "a.png"
        >>> write_overlay(target, view)
        >>> target.stat().st_size > 0
        True
    """
    from PIL import Image as Pillow

    from faultlens.reports.inspection_overlay import overlay_pixels

    with written_whole(path) as temporary:
        Pillow.fromarray(overlay_pixels(view)).save(temporary, format="PNG")


def light(result: Inspection) -> Inspection:
    """A result without its arrays, so that a thousand can be kept and told.

    Args:
        result: of one picture.

    Example:
        >>> light.__name__  # `InspectedBatch` shows it at work
        'light'
    """
    view = replace(
        result.view,
        pixels=np.zeros((0, 0), np.uint8),
        heat=None,
        findings=tuple(replace(x, mask=None) for x in result.view.findings),
    )
    findings = tuple(replace(x, mask=None, heat=None) for x in result.findings)
    return replace(result, findings=findings, view=view)
