"""`faultlens data` lists what is known, and shows what it recognised and what failed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "bearingset" / "train_set"
    place.mkdir(parents=True)
    for seed, name in enumerate(("inner20_0", "comb20_0", "health30_2")):
        table = np.random.default_rng(seed).normal(size=(64, 4))
        np.savetxt(place / f"{name}_train.csv", table, delimiter=",", fmt="%.6f")
    return place.parent


def test_the_list_says_layout_terms_citation_and_split_rule(run: Any) -> None:
    said = run("data")
    assert said.code == 0 and said.err == ""
    for name in ("bearingset", "cwru", "femto", "folders", "ims", "manifest", "mfpt", "packs"):
        assert f"\n{name}\n" in f"\n{said.out}"
    for row in ("layout", "terms", "citation", "split rule"):
        assert said.out.count(f"\n{row} ") >= 8
    rows = json.loads(run("data", "--json").out)
    assert {x["name"]: x["terms"] for x in rows}["mfpt"] == "CC BY-NC-SA 4.0"


def test_one_data_set_is_shown_with_its_traps(run: Any) -> None:
    said = run("data", "--dataset", "cwru")
    assert said.out.startswith("cwru\n") and "\ntrap " in said.out and "mfpt" not in said.out
    said = run("data", "--dataset", "crwu")
    assert said.code == 2 and "Unknown data set 'crwu'. Nearest: cwru" in said.err


def test_a_folder_is_shown_by_class_with_what_to_know_of_it(run: Any, folder: Path) -> None:
    said = run("data", folder)
    assert said.code == 0 and said.out.startswith("bearingset\n")
    assert "5120 Hz, by inference" in said.err
    rows = [x.split() for x in said.out.splitlines()]
    assert ["inner", "and", "outer", "race", "fault", "1", "0", "1", "0"] in rows
    assert ["conditions", "20", "Hz", "0", "V", "(2),", "30", "Hz", "2", "V", "(1)"] in rows
    assert ["windows", "64", "samples", "(3)"] in rows
    said = run("data", folder, "--sample-rate", "8192", "--lang", "zh")
    assert "by inference" not in said.err


def test_a_file_that_failed_is_named_and_the_exit_code_says_so(run: Any, folder: Path) -> None:
    (folder / "train_set" / "outer.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    said = run("data", folder)
    assert said.code == 3 and "healthy" in said.out
    assert "train_set/outer.csv: 'outer.csv' does not say class, speed and voltage" in said.err


def test_json_holds_every_recording_and_nothing_else_stands_there(run: Any, folder: Path) -> None:
    (folder / "train_set" / "outer.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    said = run("data", folder, "--json")
    told = json.loads(said.out)
    assert told["name"] == "bearingset" and told["labels"]["healthy"] == 1
    one = next(x for x in told["recordings"] if x["label"] == "healthy")
    assert (one["condition"], one["samples"], one["window"]) == ("30 Hz 2 V", 256, 64)
    assert (one["sample_rate_hz"], one["shaft_rpm"]) == (5120, 1800)
    assert one["attributes"]["split"] == "train" and len(one["sha256"]) == 64
    assert [x["file"] for x in told["failed"]] == ["train_set/outer.csv"] and said.code == 3
    assert any("5120 Hz" in x for x in told["warnings"])


def test_a_folder_of_no_known_layout_says_what_was_looked_for(run: Any, tmp_path: Path) -> None:
    said = run("data", tmp_path)
    assert (said.code, said.out) == (3, "")
    assert "laid out as no data set that is known" in said.err and "cwru: MATLAB" in said.err


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    from PIL import Image

    for name in ("ok_front", "crack"):
        (tmp_path / "castings" / name).mkdir(parents=True)
        for i in range(2):
            Image.new("L", (6, 4), i).save(tmp_path / "castings" / name / f"{i}.png")
    (tmp_path / "castings" / "crack" / "torn.png").write_bytes(b"\x89PNG")
    return tmp_path / "castings"


def test_a_folder_of_pictures_is_shown_by_label(run: Any, pictures: Path) -> None:
    said = run("data", pictures)
    assert said.code == 3 and said.out.startswith("image folders\n")
    rows = [x.split() for x in said.out.splitlines()]
    assert ["crack", "2", "0", "0", "0"] in rows and ["sizes", "6", "x", "4", "(4)"] in rows
    assert "crack/torn.png: " in said.err and "No groups are stated" in said.err
    told = json.loads(run("data", pictures, "--json").out)
    assert told["labels"] == {"no defect": 2, "crack": 2} and told["kind"] == "pictures"
    assert told["pictures"][0]["file"] == "crack/0.png"
    assert "没有" not in run("data", pictures).err
    assert "未给出分组" in run("data", pictures, "--lang", "zh").err


def test_the_list_has_sets_of_pictures_too(run: Any) -> None:
    said = run("data")
    for name in ("coco", "image folders", "magnetic_tile", "mvtec", "neu_det", "visa"):
        assert f"\n{name}\n" in f"\n{said.out}"
    assert run("data", "--dataset", "mvtec").out.startswith("mvtec\n")
