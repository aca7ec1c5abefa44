"""`coco`: pictures with the instances of COCO: boxes, polygons and run lengths per category.

Data card. Layout: a JSON with images, annotations and categories, in the folder, in `annotations/`,
or `_annotations.coco.json` in the folder of each split; the pictures beside it, in `images/`, or in
a folder named as the JSON's split. A picture is named by the category that takes the largest area;
a picture without an annotation has no defect. Captions are annotations with a caption, in a JSON of
their own or beside the instances, or stated with the image; where there is no instance in the whole
JSON, they name the picture. Terms and citation are the owner's. Split rule: by
file name of the JSON; near-duplicates are looked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import DataCard
from faultlens.datasets.folders import SPLITS
from faultlens.datasets.pictures.captions import checked_captions, label_said
from faultlens.datasets.pictures.labels import label_of
from faultlens.datasets.pictures.outlines import outline_of
from faultlens.datasets.pictures.picture import (
    NO_DEFECT,
    Box,
    FoundPictures,
    LabelledPicture,
    Outline,
    PictureLayout,
)
from faultlens.datasets.pictures.reading import picture_at, read_pictures, subfolders
from faultlens.datasets.pictures.stated import inside, read_json

CARD = DataCard(
    title="coco: pictures with a JSON of instances, as COCO and most labelling tools write it",
    terms="yours",
    citation="Lin et al., ECCV 2014, for the format",
    split_rule="by the names of the JSON files; near-duplicates are looked for",
    traps=(
        "A picture without an annotation counts as clean: one that nobody labelled would too.",
        "An instance with a box and no outline leaves its picture without pixel figures.",
    ),
)

_SPLIT = re.compile(r"(?<![a-z])(train|test|val)", re.IGNORECASE)
_HEAD_BYTES = 1 << 16


def recognises_coco(path: Path) -> bool:
    """Whether it is a JSON of instances, or a folder that holds one where COCO puts it.

    Args:
        path: the folder, or the JSON itself.

    Example:
        >>> recognises_coco(Path("/nowhere"))
        False
    """
    return bool(_tables(path))


def read_coco(path: Path) -> FoundPictures:
    """Every picture that the JSON files list, with the outlines and boxes of its instances.

    Args:
        path: the folder, or the JSON itself.

    Raises:
        UnreadableFileError: no JSON of instances, or one that is damaged.

    Example:
        >>> import json, tempfile
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> Image.new("L", (3, 2)).save(folder / "a.png")
        >>> _ = (folder / "instances.json").write_text(json.dumps({
        ...     "images": [{"id": 7, "file_name": "a.png", "height": 2, "width": 3}],
        ...     "categories": [{"id": 1, "name": "Crack"}],
        ...     "annotations": [{"image_id": 7, "category_id": 1, "bbox": [0, 0, 2, 1],
        ...                      "segmentation": [[0, 0, 2, 0, 2, 1, 0, 1]]}]}))
        >>> one = read_coco(folder).pictures[0]
        >>> one.label, len(one.outlines), one.boxes[0].width_px
        ('crack', 1, 2.0)
    """
    tables = _tables(path)
    if not tables:
        raise UnreadableFileError(
            f"{path} holds no JSON of instances; it needs the keys images, annotations and "
            "categories."
        )
    root = _root(path)
    read = [_pictures(x, root, _split(x)) for x in tables]
    # Captions in a JSON of their own are of pictures whose instances another one may hold.
    read.sort(key=lambda x: x.only_captions)
    pictures: dict[str, LabelledPicture] = {}
    for table in read:
        for each in table.found.pictures:
            known = pictures.get(each.file)
            if known is not None and table.only_captions:
                each = replace(known, captions=(*known.captions, *each.captions))
            pictures[each.file] = each
    failed = [x for table in read for x in table.found.failed]
    return FoundPictures(tuple(pictures.values()), tuple(failed))


@dataclass(frozen=True)
class _Table:
    """What one JSON holds, and whether that is captions and no instances."""

    found: FoundPictures
    only_captions: bool


def _root(path: Path) -> Path:
    if path.is_dir():
        return path
    return path.parent.parent if path.parent.name == "annotations" else path.parent


def _tables(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.casefold() == ".json" and _is_coco(path) else []
    homes = [path, *(x for x in subfolders(path))]
    files = [x for home in homes for x in sorted(home.glob("*.json")) if x.is_file()]
    return [x for x in files if not x.name.startswith(".") and _is_coco(x)]


def _is_coco(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    keys = (b'"images"', b'"annotations"', b'"categories"', b'"file_name"', b'"image_id"')
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and sum(x in head for x in keys) > 1


def _pictures(table: Path, root: Path, split: str) -> _Table:
    stated = read_json(table)
    lists = [stated.get(x) if isinstance(stated, dict) else None for x in _KEYS]
    annotations = lists[1] if isinstance(lists[1], list) else []
    instances = [x for x in annotations if isinstance(x, dict) and "category_id" in x]
    said = [x for x in annotations if isinstance(x, dict) and "category_id" not in x]
    if said and not instances and lists[2] is None:
        lists[2] = []
    if not all(isinstance(x, list) for x in lists):
        raise UnreadableFileError(f"{table} needs the lists {', '.join(_KEYS)}.")
    images, _, categories = lists
    names = {_id(x): str(x.get("name", "")) for x in categories or () if isinstance(x, dict)}
    of_image: dict[Any, list[Mapping[str, Any]]] = {}
    for each in instances:
        of_image.setdefault(_id(each, "image_id"), []).append(each)
    captions_of: dict[Any, list[object]] = {}
    for each in said:
        captions_of.setdefault(_id(each, "image_id"), []).append(each.get("caption"))

    def read(stated: Any) -> LabelledPicture:
        if not isinstance(stated, dict) or not isinstance(stated.get("file_name"), str):
            raise UnreadableFileError("an entry of images has no file_name.")
        file = _file(table, root, stated["file_name"])
        given = [stated.get("caption"), *captions_of.get(_id(stated), [])]
        captions = checked_captions(given, file.name)
        if captions and not instances:
            return picture_at(file, root, label_said(captions), split=split, captions=captions)
        found = _picture(file, root, stated, of_image.get(_id(stated), []), names, split)
        return replace(found, captions=captions)

    listed = ((f"{table.name}: {_name(x)}", x) for x in images or ())
    return _Table(read_pictures(listed, read), bool(said) and not instances)


def _picture(
    file: Path,
    root: Path,
    stated: Mapping[str, Any],
    instances: list[Mapping[str, Any]],
    names: Mapping[Any, str],
    split: str,
) -> LabelledPicture:
    bare = picture_at(file, root, NO_DEFECT, split=split)
    height = stated.get("height") or bare.height_px
    width = stated.get("width") or bare.width_px
    if not (isinstance(height, int) and isinstance(width, int) and height > 0 and width > 0):
        raise UnreadableFileError(f"its size is stated as {width} x {height}.")
    areas: dict[str, float] = {}
    outlines: list[Outline | None] = []
    boxes = []
    for each in instances:
        category = each.get("category_id")
        if category not in names:
            raise UnreadableFileError(
                f"an annotation is of the category {category}, which is none."
            )
        if label_of(names[category]) == NO_DEFECT:
            continue
        box = _box(each.get("bbox"), label_of(names[category]))
        area = each.get("area")
        known = isinstance(area, int | float) and isfinite(area) and area > 0
        size = float(area) if known else (box.width_px * box.height_px if box else 0.0)  # type: ignore[arg-type]
        areas[names[category]] = areas.get(names[category], 0.0) + size
        outlines.append(outline_of(each.get("segmentation"), height, width))
        if box:
            across, down = bare.width_px / width, bare.height_px / height
            boxes.append(
                Box(box.label, box.left_px * across, box.top_px * down,
                    box.width_px * across, box.height_px * down)
            )  # fmt: skip
    if not areas:
        return bare
    called = max(areas, key=lambda x: areas[x])
    whole = tuple(x for x in outlines if x is not None)
    return replace(
        bare,
        label=label_of(called),
        called=called,
        defective=True,
        # One instance without an outline would count as clean pixels.
        outlines=whole if len(whole) == len(outlines) else (),
        boxes=tuple(boxes),
    )


def _box(stated: Any, label: str) -> Box | None:
    if stated is None or stated == []:
        return None
    numbers = isinstance(stated, list) and len(stated) == 4
    if not numbers or not all(isinstance(x, int | float) and isfinite(x) for x in stated):
        raise UnreadableFileError("a box of it is not four numbers: left, top, width, height.")
    left, top, width, height = map(float, stated)
    return Box(label, left, top, width, height)


def _file(table: Path, root: Path, name: str) -> Path:
    """The picture, wherever tools put it beside their JSON."""
    for home in _homes(table, root):
        try:
            return inside(root, str((home / name).relative_to(root)))
        except (UnreadableFileError, ValueError):
            continue
    # None of the places has it: the first says why, and an absolute name is refused by it too.
    return inside(root, name)


def _homes(table: Path, root: Path) -> Iterator[Path]:
    stem = table.stem.rpartition("_")[2]
    for home in (table.parent, root):
        yield home
        for name in ("images", stem, f"images/{stem}"):
            yield home / name


def _split(table: Path) -> str:
    if found := _SPLIT.search(table.stem):
        return SPLITS[found[1].casefold()]
    return SPLITS.get(table.parent.name.casefold(), "")


def _id(entry: Mapping[str, Any], key: str = "id") -> Any:
    value = entry.get(key)
    # Anything else may not be hashable, and is no id of COCO.
    return value if isinstance(value, int | str) else None


def _name(entry: Any) -> str:
    return str(entry.get("file_name", ""))[:200] if isinstance(entry, dict) else "no entry"


_KEYS = ("images", "annotations", "categories")

LAYOUT = PictureLayout(
    CARD,
    "a JSON with images, annotations and categories, beside its pictures or in annotations/",
    recognises_coco,
    read_coco,
)
