"""`faultlens evaluate` on pictures: inspect held against labelled ones, figures and a report."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("model") / "colours").folder


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MVTec's layout: 6 clean to train, 6 clean, 5 cracked (red) and 4 scratched (blue) to test."""
    root = tmp_path_factory.mktemp("pictures") / "tile"

    def write(name: str, pixels: np.ndarray) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(root / name)

    for seed in range(12):
        split = "train" if seed < 6 else "test"
        write(f"{split}/good/{seed}.png", picture(seed, height=48, width=48).pixels)
    for label, colour, count in (("crack", CRACKED, 5), ("scratches", SCRATCHED, 4)):
        for i in range(count):
            top, left = (int(x) for x in np.random.default_rng(i).integers(0, 24, 2))
            made = picture(20 + i, height=48, width=48, spots=((colour, top, left, 24, 24),))
            write(f"test/{label}/{i}.png", made.pixels)
            mask = np.zeros((48, 48), np.uint8)
            mask[top : top + 24, left : left + 24] = 255
            write(f"ground_truth/{label}/{i}_mask.png", mask)
    return root


def test_words_alone_find_name_and_place_the_defects(
    run: Any, model: Path, tiles: Path, tmp_path: Path
) -> None:
    said = run("evaluate", "--model", model, "--test-data", tiles, "--out", tmp_path)
    assert said.code == 0, said.err
    assert "stated split: 15 pictures." in said.out and "Report: " in said.out
    assert "No groups are stated" in said.err
    record = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert record["image"]["auroc"] == 1 and record["naming"]["accuracy"] == 1
    assert record["pixel"]["auroc"] > 0.95 and record["pixel"]["region_overlap_area"] > 0.9
    assert record["alarms"]["missed"] == 0
    assert record["settings"]["defects"] == "crack, scratches"
    assert record["data"]["name"] == "mvtec" and len(record["data"]["sha256"]) == 64
    assert record["model"]["reference"].startswith("mine/colours@")
    with (tmp_path / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = {x["file"]: x["prediction"] for x in csv.DictReader(file)}
    assert rows["test/crack/0.png"] == "crack" and rows["test/good/7.png"] == "no defect"
    assert "缺陷" not in (tmp_path / "report.html").read_text("utf-8")


def test_references_set_the_threshold_and_draws_have_seeds(
    run: Any, model: Path, tiles: Path, tmp_path: Path
) -> None:
    said = run(
        "evaluate", "--model", model, "--test-data", tiles, "--references", "5", "--draws", "2",
        "--seed", "3", "--part", "magnetic tile", "--out", tmp_path, "--json", "--lang", "zh",
    )  # fmt: skip
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert told["pictures"] == 15 and told["image_auroc"] > 0.9
    record = json.loads((tmp_path / "metrics.json").read_text("utf-8"))
    assert record["seeds"] == [3, 4] and record["settings"]["part"] == "magnetic tile"
    assert [x["references"] for x in record["draws"]] == [5, 5]
    assert "image" in record["floors"]["nearest grey thumbnail"]
    assert "区域重叠面积" in (tmp_path / "report.html").read_text("utf-8")


def test_a_profile_judges_and_other_words_are_matched_to_the_labels(
    run: Any, model: Path, tiles: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "tile.profile"
    made = run("calibrate", tiles / "train" / "good", "--model", model, "--out", profile)
    assert made.code == 0, made.err
    said = run(
        "evaluate", "--model", model, "--test-data", tiles, "--profile", profile,
        "--defects", "hairline crack, scratch marks", "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    assert said.code == 0, said.err
    record = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert record["naming"]["confusion"]["classes"] == ["crack", "scratches"]
    assert record["naming"]["accuracy"] == 1
    both = run(
        "evaluate", "--model", model, "--test-data", tiles, "--profile", profile,
        "--references", "3", "--out", tmp_path / "both",
    )  # fmt: skip
    assert both.code == 2 and "Give one of them" in both.err


def test_a_torn_picture_is_named_and_the_exit_code_says_so(
    run: Any, model: Path, tmp_path: Path
) -> None:
    for label in ("good", "crack"):
        (tmp_path / "data" / label).mkdir(parents=True)
        for seed in range(3):
            spots = ((CRACKED, 10, 10, 24, 24),) if label == "crack" else ()
            made = picture(seed, height=48, width=48, spots=spots)
            Image.fromarray(made.pixels).save(tmp_path / "data" / label / f"{seed}.png")
    torn = tmp_path / "data" / "crack" / "0.png"
    torn.write_bytes(torn.read_bytes()[:-200])
    said = run("evaluate", "--model", model, "--test-data", tmp_path / "data", "--out", tmp_path)
    assert said.code == 3 and "crack/0.png" in said.err
    assert "all pictures: 5 pictures." in said.out
    wrong = run("evaluate", "--model", model, "--test-data", tmp_path / "data", "--where", "x")
    assert wrong.code == 2 and "write field=value" in wrong.err
    few = run(
        "evaluate", "--model", model, "--test-data", tmp_path / "data", "--references", "9",
        "--out", tmp_path,
    )  # fmt: skip
    assert few.code == 2 and "3 clean pictures in" in few.err


def test_several_objects_are_judged_one_by_one(
    run: Any, model: Path, tiles: Path, tmp_path: Path
) -> None:
    for name in ("tile", "metal_plate"):
        shutil.copytree(tiles, tmp_path / "data" / name)
    out = tmp_path / "out"
    said = run("evaluate", "--model", model, "--test-data", tmp_path / "data", "--out", out)
    assert said.code == 0, said.err
    assert "metal_plate, stated split: 15 pictures." in said.out
    told = json.loads((out / "subsets.json").read_text("utf-8"))
    assert told["mean"]["image_auroc"] == 1
    assert [x["subset"] for x in told["subsets"]] == ["metal_plate", "tile"]
    record = json.loads((out / "metal_plate" / "metrics.json").read_text("utf-8"))
    assert record["settings"]["part"] == "metal plate" and record["pictures"] == 15
    one = run(
        "evaluate", "--model", model, "--test-data", tmp_path / "data", "--out", out / "one",
        "--where", "subset=tile", "--json",
    )  # fmt: skip
    assert json.loads(one.out)["subset"] == "tile"


def test_options_of_the_other_kind_of_data_are_refused(
    run: Any, model: Path, tiles: Path, tmp_path: Path
) -> None:
    said = run("evaluate", "--model", model, "--test-data", tiles, "--snr", "10", "--adapt")
    assert said.code == 2 and "are pictures, which take no --snr, --adapt" in said.err
    (tmp_path / "a.csv").write_text("acc (g)\n0.1\n")
    said = run("evaluate", "--test-data", tmp_path, "--references", "3", "--part", "tile")
    assert said.code == 2 and "are recordings, which take no --references, --part" in said.err
