"""Findings of a batch in the COCO format, as tools for labels and for scores read it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.files import write_text
from faultlens.reports.inspection_view import Box, PictureFinding, PictureView

EIGHT = np.ones((3, 3), dtype=bool)
"""Points that meet at a corner belong together: a hairline is one thing."""


@dataclass(frozen=True, eq=False)
class CocoPicture:
    """One inspected picture as COCO tells it, without the numbers that only a whole file has.

    Args:
        image: file name, width, height and verdict.
        labels: what was asked for of it: the categories that it needs.
        annotations: label of the category and annotation of each region.
    """

    image: dict[str, Any]
    labels: tuple[str, ...]
    annotations: tuple[tuple[str, dict[str, Any]], ...]


def coco_picture(view: PictureView) -> CocoPicture:
    """What COCO tells of one picture; the masks are read here, and need not be kept after.

    A region is told by its mask as uncompressed run lengths, by its box where there is none.

    Args:
        view: the inspected picture, with its masks.

    Source: COCO data format, cocodataset.org; masks as in pycocotools' mask.py: runs of zeros and
        ones in turn, down the columns, zeros first.

    Example:
        >>> from faultlens.reports.inspection_view import SpottedRegion
        >>> mask = np.zeros((3, 4), bool)
        >>> mask[1, 1:3] = True
        >>> pit = PictureFinding("pit", 0.9, "defect", (SpottedRegion((1, 1, 2, 1), 0.8),), mask)
        >>> view = PictureView("a.png", np.zeros((3, 4), np.uint8), 4, 3, "pit", "defect", True,
        ...                    0.9, 0.5, (pit,))
        >>> coco_picture(view).annotations[0][1]["segmentation"]
        {'size': [3, 4], 'counts': [4, 1, 2, 1, 4]}
    """
    told = [x for x in view.findings if x.kind != "no_defect"]
    return CocoPicture(
        image={
            "file_name": view.name,
            "width": view.width_px,
            "height": view.height_px,
            "verdict": view.verdict,
            "alarm": view.alarm,
            "alarm_score": round(view.alarm_score, 6),
        },
        labels=tuple(x.label for x in told),
        annotations=tuple((x.label, row) for x in told for row in _annotations(x, view)),
    )


def write_coco(path: str | Path, pictures: Iterable[CocoPicture]) -> None:
    """Write a batch as one COCO file, whole or not at all.

    Args:
        path: the JSON file to write.
        pictures: the inspected pictures, in the order wanted.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "coco.json"
        >>> write_coco(target, [])
        >>> sorted(json.loads(target.read_text()))
        ['annotations', 'categories', 'images', 'info', 'licenses']
    """
    told = tuple(pictures)
    labels = dict.fromkeys(label for picture in told for label in picture.labels)
    numbers = {label: number for number, label in enumerate(labels, start=1)}
    annotations: list[dict[str, Any]] = []
    for image_id, picture in enumerate(told, start=1):
        for label, annotation in picture.annotations:
            row = {"id": len(annotations) + 1, "image_id": image_id, "category_id": numbers[label]}
            annotations.append(row | annotation)
    written = {
        "info": {"description": "faultlens", "version": "1.0"},
        "licenses": [],
        "images": [{"id": x} | picture.image for x, picture in enumerate(told, start=1)],
        "categories": [
            {"id": number, "name": label, "supercategory": "defect"}
            for label, number in numbers.items()
        ],
        "annotations": annotations,
    }
    write_text(path, json.dumps(written, ensure_ascii=False, allow_nan=False) + "\n")


def _annotations(finding: PictureFinding, view: PictureView) -> list[dict[str, Any]]:
    points = _points_of_regions(finding, view)
    rows = []
    for region, own in zip(finding.regions, points, strict=True):
        x, y, width, height = (float(value) for value in region.box)
        row: dict[str, Any] = {
            "bbox": [round(value, 2) for value in (x, y, width, height)],
            "score": round(region.score, 6),
            "iscrowd": 0,
        }
        if own.size:
            row["area"] = int(own.size)
            size = [view.height_px, view.width_px]
            row["segmentation"] = {"size": size, "counts": _runs(own, size[0] * size[1])}
        else:
            right, bottom = x + width, y + height
            corners = (x, y, right, y, right, bottom, x, bottom)
            row["area"] = round(width * height, 2)
            row["segmentation"] = [[round(value, 2) for value in corners]]
        rows.append(row)
    return rows


def _points_of_regions(finding: PictureFinding, view: PictureView) -> list[NDArray[np.int64]]:
    """Points of each region, counted down the columns of the picture, ascending."""
    nothing = np.empty(0, dtype=np.int64)
    if finding.mask is None or not finding.mask.any():
        return [nothing for _ in finding.regions]
    from scipy.ndimage import find_objects, label

    # Of any resolution; COCO wants that of the picture.
    rows = np.arange(view.height_px) * finding.mask.shape[0] // view.height_px
    columns = np.arange(view.width_px) * finding.mask.shape[1] // view.width_px
    full = finding.mask
    if full.shape != (view.height_px, view.width_px):
        full = full[np.ix_(rows, columns)]
    pieces, _ = label(full, EIGHT)
    points: list[list[NDArray[np.int64]]] = [[] for _ in finding.regions]
    for number, place in enumerate(find_objects(pieces), start=1):
        owner = _owner(place, finding.boxes)
        if owner is not None:
            row, column = np.nonzero(pieces[place] == number)
            column, row = column + place[1].start, row + place[0].start
            points[owner].append((column * view.height_px + row).astype(np.int64))
    return [np.sort(np.concatenate(x)) if x else nothing for x in points]


def _owner(place: tuple[slice, slice], boxes: tuple[Box, ...]) -> int | None:
    """The region that a piece of the mask belongs to: the smallest box that covers it most."""
    covered = []
    for x, y, width, height in boxes:
        across = min(place[1].stop, x + width) - max(place[1].start, x)
        down = min(place[0].stop, y + height) - max(place[0].start, y)
        covered.append((max(across, 0) * max(down, 0), -width * height))
    if not covered:
        return None
    best = max(range(len(covered)), key=covered.__getitem__)
    return best if covered[best][0] > 0 else None


def _runs(points: NDArray[np.int64], total: int) -> list[int]:
    """Lengths of the runs of zeros and of ones in turn, zeros first.

    From the points alone: a mask of the whole picture for each of many regions is slow.
    """
    breaks = np.flatnonzero(np.diff(points) > 1)
    starts = np.concatenate([points[:1], points[breaks + 1]])
    ends = np.concatenate([points[breaks], points[-1:]]) + 1
    edges = np.concatenate([[0], np.stack([starts, ends], axis=1).ravel(), [total]])
    lengths = [int(x) for x in np.diff(edges)]
    return lengths if lengths[-1] else lengths[:-1]
