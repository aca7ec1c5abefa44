"""A batch as JSON lines, as a table without formulas, and as COCO whose masks are exact."""

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.reports.inspection_coco import coco_picture, write_coco
from faultlens.reports.inspection_tables import (
    COLUMNS,
    write_findings_table,
    write_json_lines,
)
from faultlens.reports.inspection_view import (
    CheckedCondition,
    PictureFinding,
    PictureView,
    SpottedRegion,
)
from faultlens.reports.page import FailedFile
from tests.inspected_pictures import bar, inspected


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table, as a spreadsheet reads them."""
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def decoded(segmentation: dict[str, Any]) -> np.ndarray:
    """The mask of run lengths, as pycocotools decodes them: down the columns, zeros first."""
    height, width = segmentation["size"]
    counts = segmentation["counts"]
    values = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    assert values.size == height * width
    return values.reshape(width, height).T


def coco(path: Path, *views: PictureView) -> dict[str, Any]:
    """The COCO file of a batch, read back."""
    write_coco(path, [coco_picture(x) for x in views])
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_a_row_for_every_sentence_and_every_failed_file(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    view = inspected(mm_per_pixel=0.1)
    write_findings_table(path, [view], failed=[FailedFile("cut.jpg", "It is cut off.")])
    rows = table(path)
    assert [x["Sentence asked for"] for x in rows[:-1]] == [x.label for x in view.findings]
    first = rows[0]
    assert (first["File"], first["Verdict"], first["Alarm"]) == ("plate.png", "scratch", "yes")
    assert (first["Score"], first["Alarm threshold"]) == ("0.8", "0.62")
    assert (first["Length (px)"], first["Length (mm)"]) == ("50.0", "5.0")
    assert (first["Area (px²)"], first["Area (mm²)"]) == ("600.0", "6.0")
    assert first["Place"] == "upper left"
    assert rows[1]["Place"] == "" and rows[1]["Meaning"] == "defect"
    assert (rows[-1]["File"], rows[-1]["Why not inspected"]) == ("cut.jpg", "It is cut off.")


def test_without_a_scale_there_are_no_millimetres(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    write_findings_table(path, [inspected()])
    assert table(path)[0]["Length (mm)"] == "" and table(path)[0]["Length (px)"] == "50.0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_runs_as_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "findings.csv"
    evil = f'{start}HYPERLINK("http://x","y")'
    view = inspected(label=evil, name=evil, model=evil, profile=evil)
    write_findings_table(path, [view], failed=[FailedFile(evil, evil)])
    cells = [x for row in table(path) for x in row.values()]
    assert not any(x.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for x in cells)
    assert cells.count(f"'{evil}") >= 7


def test_the_worst_of_the_conditions_is_told(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    for held, told in (((True, True), "yes"), ((True, None), "cannot be measured"),
                       ((None, False), "no"), ((), "")):  # fmt: skip
        conditions = tuple(CheckedCondition("a", "b", x) for x in held)
        write_findings_table(path, [inspected(conditions=conditions)])
        assert table(path)[0]["Conditions hold"] == told


def test_the_headings_are_chinese_too(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    write_findings_table(path, [inspected(lang="zh")], lang="zh")
    row = table(path)[0]
    assert len(row) == len(COLUMNS)
    assert (row["文件"], row["结论"], row["是否报警"], row["位置"]) == (
        "plate.png",
        "划痕",
        "是",
        "左上",
    )
    with pytest.raises(UnknownNameError, match="en, zh"):
        write_findings_table(path, [], lang="fr")


def test_json_lines_hold_an_object_each_and_no_nan(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    write_json_lines(path, [{"verdict": "a\nb"}, {"verdict": "划痕"}])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(x)["verdict"] for x in lines] == ["a\nb", "划痕"]
    with pytest.raises(ValueError, match="JSON"):
        write_json_lines(path, [{"score": float("nan")}])
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_coco_numbers_point_to_each_other(tmp_path: Path) -> None:
    views = (
        inspected(name="a.png"),
        inspected("no_defect", name="b.png"),
        inspected("unknown", name="c.png"),
        inspected(name="d.png", label="dent", boxes=((1, 2, 30, 20), (100, 90, 9, 9))),
    )
    read = coco(tmp_path / "coco.json", *views)
    assert [x["file_name"] for x in read["images"]] == ["a.png", "b.png", "c.png", "d.png"]
    assert all((x["width"], x["height"]) == (200, 150) for x in read["images"])
    images = {x["id"] for x in read["images"]}
    names = {x["id"]: x["name"] for x in read["categories"]}
    # Every sentence that names a defect is a category, found or not; "no defect" is none.
    assert {"scratch", "dent", "unknown"} <= set(names.values())
    assert "no defect" not in names.values()
    told = read["annotations"]
    assert [x["id"] for x in told] == [1, 2, 3, 4]
    assert [names[x["category_id"]] for x in told] == ["scratch", "unknown", "dent", "dent"]
    assert all(x["image_id"] in images for x in told)
    for x in told:
        assert set(x) == {
            "id", "image_id", "category_id", "bbox", "area", "segmentation", "iscrowd", "score",
        }  # fmt: skip
        assert len(x["bbox"]) == 4 and x["iscrowd"] == 0 and 0 <= x["score"] <= 1


def test_the_mask_of_each_region_is_exact(tmp_path: Path) -> None:
    boxes = ((10, 20, 40, 12), (120, 90, 9, 30), (0, 0, 3, 3), (190, 140, 10, 10))
    read = coco(tmp_path / "coco.json", inspected(boxes=boxes))
    for annotation, box in zip(read["annotations"], boxes, strict=True):
        own = bar(200, 150, box)
        assert np.array_equal(decoded(annotation["segmentation"]), own)
        assert annotation["area"] == own.sum() and annotation["bbox"] == list(box)


def test_regions_whose_boxes_overlap_keep_their_own_points(tmp_path: Path) -> None:
    # A small spot within the box of a long diagonal scratch.
    diagonal = np.zeros((150, 200), dtype=bool)
    steps = np.arange(100)
    diagonal[20 + steps, 30 + steps] = True
    spot = bar(200, 150, (100, 40, 6, 5))
    regions = (
        SpottedRegion((30.0, 20.0, 100.0, 100.0), 0.9, 100.0),
        SpottedRegion((100.0, 40.0, 6.0, 5.0), 0.8, 30.0),
    )
    finding = PictureFinding("scratch", 0.9, "defect", regions, diagonal | spot)
    read = coco(tmp_path / "coco.json", replace(inspected(), findings=(finding,)))
    first, second = (decoded(x["segmentation"]) for x in read["annotations"])
    assert np.array_equal(first, diagonal) and np.array_equal(second, spot)


def test_a_coarse_mask_is_told_in_the_pixels_of_the_picture(tmp_path: Path) -> None:
    coarse = np.zeros((15, 20), dtype=bool)
    coarse[2:4, 5:9] = True
    finding = PictureFinding(
        "scratch", 0.9, "defect", (SpottedRegion((50.0, 20.0, 40.0, 20.0), 0.9),), coarse
    )
    read = coco(tmp_path / "coco.json", replace(inspected(), findings=(finding,)))
    mask = decoded(read["annotations"][0]["segmentation"])
    assert np.array_equal(mask, bar(200, 150, (50, 20, 40, 20)))


def test_a_region_without_a_mask_is_its_box(tmp_path: Path) -> None:
    view = inspected(boxes=((10, 20, 40, 12),))
    bare = replace(view, findings=tuple(replace(x, mask=None) for x in view.findings))
    (annotation,) = coco(tmp_path / "coco.json", bare)["annotations"]
    assert annotation["segmentation"] == [[10, 20, 50, 20, 50, 32, 10, 32]]
    assert annotation["area"] == 480


def test_a_mask_that_fills_the_picture_has_no_zeros_at_its_ends(tmp_path: Path) -> None:
    view = inspected(boxes=((0, 0, 200, 150),))
    (annotation,) = coco(tmp_path / "coco.json", view)["annotations"]
    assert annotation["segmentation"]["counts"] == [0, 30000]
