"""Whatever stands in a table, a JSON or an XML: pictures are read, or it is refused by name."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faultlens.core.errors import FaultlensError
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.registry import open_pictures

SHAPE = {"size": [4, 6], "counts": "4320"}
CRACK = {"image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2], "area": 4, "segmentation": SHAPE}
COCO = json.dumps(
    {
        "images": [{"id": 1, "file_name": "a.png", "height": 4, "width": 6}],
        "categories": [{"id": 1, "name": "crack"}],
        "annotations": [CRACK],
    }
).encode()
TABLE = b"image,label,defective,mask,boxes,group\na.png,crack,1,m.png,a.xml,g\nm.png,free,0,,,\n"
XML = (
    b"<annotation><size><width>6</width><height>4</height></size><object><name>crack</name>"
    b"<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object>"
    b"</annotation>"
)

Damage = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fuzzed")
    for name in ("a", "m"):
        Image.fromarray(np.eye(4, 6, dtype=np.uint8) * 255).save(place / f"{name}.png")
    return place


def damaged(whole: bytes, damage: list[tuple[int, int]], cut: int) -> bytes:
    values = bytearray(whole[: len(whole) - cut])
    for place, value in damage:
        if values:
            values[place % len(values)] = value
    return bytes(values)


def read_or_refused(path: Path, name: str) -> None:
    try:
        found = open_pictures(path, name=name)
    except FaultlensError as error:
        assert str(error)
        return
    for each in found.pictures:
        assert each.path.resolve().parent == path.parent.resolve()
        try:
            mask = defect_mask(each)
        except FaultlensError:
            continue
        assert mask is None or mask.shape == (each.height_px, each.width_px)


@pytest.mark.parametrize(
    ("file", "whole", "name"),
    [("i.json", COCO, "coco"), ("t.csv", TABLE, "picture manifest")],
)
def test_damaged_tables_are_read_or_refused(
    folder: Path, file: str, whole: bytes, name: str
) -> None:
    (folder / "a.xml").write_bytes(XML)

    @settings(max_examples=60)
    @given(Damage, st.integers(0, 40))
    def check(damage: list[tuple[int, int]], cut: int) -> None:
        (folder / file).write_bytes(damaged(whole, damage, cut))
        read_or_refused(folder / file, name)

    check()


def test_damaged_boxes_are_read_or_refused(folder: Path) -> None:
    (folder / "t.csv").write_bytes(TABLE)

    @settings(max_examples=60)
    @given(Damage, st.integers(0, 40))
    def check(damage: list[tuple[int, int]], cut: int) -> None:
        (folder / "a.xml").write_bytes(damaged(XML, damage, cut))
        read_or_refused(folder / "t.csv", "picture manifest")

    check()
