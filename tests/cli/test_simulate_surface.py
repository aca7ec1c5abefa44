"""`faultlens simulate surface` writes pictures of the defects asked for, with their truth."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faultlens.images.simulator.render import render_surface

SMALL = ("--size", "64x48", "--quiet")


def pixels(path: Path) -> Any:
    with Image.open(path) as picture:
        return np.asarray(picture)


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "captions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pictures_masks_captions_and_annotations_agree(run: Any, tmp_path: Path) -> None:
    asked = ("--defect", "rust, 划痕, no defect", "--process", "hot-rolled", "--count", 6)
    said = run("simulate", "surface", *asked, *SMALL, "--out", tmp_path)
    assert (said.code, said.out, said.err) == (0, "", "")
    rows = rows_of(tmp_path)
    assert [x["label"] for x in rows] == ["corrosion", "scratch", "no_defect"] * 2
    assert [x["defective"] for x in rows] == ["1", "1", "0"] * 2
    assert {x["process"] for x in rows} == {"hot_rolled"}
    coco = json.loads((tmp_path / "annotations.json").read_text(encoding="utf-8"))
    assert {x["image_id"] for x in coco["annotations"]} == {1, 2, 4, 5}
    for row in rows:
        mask = pixels(tmp_path / row["mask"]) > 127
        assert pixels(tmp_path / row["image"]).shape[:2] == (48, 64)
        assert int(mask.sum()) == int(row["area_px"])
        assert (row["label"] == "no_defect") == (not mask.any())
    assert set(json.loads((tmp_path / "settings.json").read_text())) == {
        Path(x["image"]).name for x in rows
    }


def test_a_row_tells_how_its_picture_is_rendered_again(run: Any, tmp_path: Path) -> None:
    asked = ("--defect", "dent", "--count", 2, "--seed", 40)
    run("simulate", "surface", *asked, *SMALL, "--out", tmp_path)
    for row in rows_of(tmp_path):
        again = render_surface(
            seed=int(row["seed"]), concept="dent", height_px=48, width_px=64, alone=True
        )
        assert np.array_equal(pixels(tmp_path / row["image"]), again.pixels)


def test_the_look_and_the_direction_that_the_words_name_are_drawn(run: Any, tmp_path: Path) -> None:
    asked = ("--defect", "vertical hairline crack", "--count", 4)
    run("simulate", "surface", *asked, *SMALL, "--out", tmp_path)
    captions = [x["caption_en"] for x in rows_of(tmp_path)]
    assert len(captions) == 4
    assert all("hairline" in x and "vertical" in x for x in captions)


def test_without_a_defect_any_is_drawn_and_each_picture_is_told(run: Any, tmp_path: Path) -> None:
    said = run("simulate", "surface", "--count", 8, "--size", 32, "--grey", "--out", tmp_path)
    assert len(said.out.splitlines()) == 8
    assert len({x["label"] for x in rows_of(tmp_path)}) > 3
    assert {pixels(tmp_path / x["image"]).ndim for x in rows_of(tmp_path)} == {2}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("surface", "--defect", "purple slime"), "Unknown defect 'purple slime'"),
        (("surface", "--defect", "crack 2 mm long"), "no scale"),
        (("surface", "--process", "knitted"), "Unknown process 'knitted'"),
        (("surface", "--part", "moon"), "Unknown part 'moon'"),
        (("surface", "--size", "large"), "--size is 'large'"),
        (("surface", "--size", "4"), "4 x 4 px"),
        (("surfaces",), "Nearest: surface"),
        (("--defect", "crack"), "take no --defect"),
    ],
)
def test_what_cannot_be_rendered_is_said_and_nothing_written(
    run: Any, tmp_path: Path, options: tuple[object, ...], words: str
) -> None:
    said = run("simulate", *options, "--out", tmp_path / "sim")
    assert said.code == 2
    assert words in said.err
    assert not list((tmp_path / "sim").rglob("*.*"))
