"""`faultlens inspect`: files, folders, globs and URLs in; verdicts, pictures and tables out."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.images.write import write_image
from faultlens.profiles.surface_profile import read_surface_profile
from tests.coloured_model import CRACKED, SCRATCHED, picture, write_coloured_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the model that reads colours."""
    return write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Two bad parts and a good one, and a text that calls itself a picture."""
    folder = tmp_path / "shots"
    for name, spots in (
        ("a.png", ((CRACKED, 40, 80, 24, 64),)),
        ("b.tif", ((SCRATCHED, 100, 20, 16, 80),)),
        ("c.bmp", ()),
    ):
        write_image(folder / name, picture(3, spots=spots).pixels)
    return folder


@pytest.fixture
def normal(tmp_path: Path) -> Path:
    """Twelve good parts."""
    for seed in range(12):
        write_image(tmp_path / "normal" / f"{seed:02}.png", picture(100 + seed).pixels)
    return tmp_path / "normal"


def test_one_picture_is_told_in_full(run: Any, shots: Path, model: Path) -> None:
    said = run("inspect", shots / "a.png", "--model", model, "--defects", "crack, scratch")
    assert said.code == 0
    assert "Crack, certain: 6" in said.out
    assert "no defect" in said.out
    assert "rendered pictures" in " ".join(said.out.split())


def test_a_folder_is_a_batch_with_page_and_tables(
    run: Any, shots: Path, model: Path, tmp_path: Path
) -> None:
    (shots / "d.jpg").write_text("this is text", encoding="utf-8")
    out = tmp_path / "out"
    said = run("inspect", shots, "--model", model, "--defects", "crack,scratch", "--out", out)
    assert said.code == 3
    assert "d.jpg" in said.err
    assert "2/3" in said.out
    assert {x.name for x in out.iterdir()} == {
        "a.png", "b.png", "c.png", "report.html", "results.jsonl", "results.csv", "coco.json",
        "gallery",
    }  # fmt: skip
    lines = [json.loads(x) for x in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert [x["verdict"] for x in lines] == ["crack", "scratch", "no defect"]
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 1 + 3 * 4 + 1
    coco = json.loads((out / "coco.json").read_text("utf-8"))
    assert [x["file_name"] for x in coco["images"]] == [x["file"] for x in lines]
    assert {x["image_id"] for x in coco["annotations"]} == {1, 2}
    page = (out / "report.html").read_text("utf-8")
    assert "d.jpg" in page
    assert "crack" in page


def test_json_is_all_that_stands_on_standard_output(run: Any, shots: Path, model: Path) -> None:
    said = run("inspect", shots / "*", "--model", model, "--json")
    told = [json.loads(x) for x in said.out.splitlines()]
    assert [Path(x["file"]).name for x in told] == ["a.png", "b.tif", "c.bmp"]
    assert told[0]["model"].startswith("mine/colours@")
    assert all(abs(sum(y["score"] for y in x["findings"]) - 1) < 1e-4 for x in told)


def test_a_fault_fails_the_build_where_it_is_asked_to(run: Any, shots: Path, model: Path) -> None:
    bad = run("inspect", shots / "a.png", "--model", model, "--fail-on-fault", "--quiet")
    good = run("inspect", shots / "c.bmp", "--model", model, "--fail-on-fault", "--quiet")
    assert (bad.code, bad.out, good.code, good.out) == (10, "", 0, "")


def test_a_profile_is_made_of_normal_pictures_and_used(
    run: Any, shots: Path, normal: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plates.profile"
    (normal / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    said = run(
        "calibrate", normal, "--out", out, "--model", model, "--false-alarms", 0.1,
        "--part", "bracket", "--mm-per-pixel", 0.1, "--defects", "crack,scratch",
    )  # fmt: skip
    assert said.code == 3
    assert "broken.png" in said.err
    assert "from 12 parts, false-alarm rate 0.1." in said.out
    assert f"faultlens inspect FILES --profile {out} --model {model}" in said.out
    profile = read_surface_profile(out)
    assert (profile.name, profile.part, profile.parts) == ("plates", "bracket", 12)
    used = run("inspect", shots / "a.png", "--profile", out, "--model", model, "--json")
    told = json.loads(used.out)
    assert (told["verdict"], told["profile"], told["part"]) == ("crack", "plates", "bracket")
    assert told["threshold"] == profile.threshold
    assert told["references"] == 12
    assert told["picture"]["mm_per_pixel"] == 0.1
    assert told["warnings"] == []


def test_too_few_normal_pictures_are_told(
    run: Any, normal: Path, model: Path, tmp_path: Path
) -> None:
    said = run("calibrate", normal, "--out", tmp_path / "p.profile", "--model", model)
    assert said.code == 0
    assert "12 normal parts, too few for 0.01 false alarms: 0.0769 is promised" in said.err


def test_references_are_a_folder(run: Any, shots: Path, normal: Path, model: Path) -> None:
    said = run("inspect", shots / "c.bmp", "--references", normal, "--model", model, "--json")
    assert json.loads(said.out)["references"] == 12
    one = run(
        "inspect", shots / "a.png", "--references", normal / "00.png", "--model", model, "--json"
    )
    assert any("how parts vary cannot be known" in x for x in json.loads(one.out)["warnings"])


def test_a_reference_that_is_inspected_is_told(run: Any, normal: Path, model: Path) -> None:
    said = run("inspect", normal / "00.png", "--references", normal, "--model", model, "--quiet")
    assert said.code == 0
    assert "1 of the pictures are references as well" in said.err


def test_an_interrupted_batch_leaves_whole_files(
    run: Any, shots: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faultlens.cli import inspect as verb

    everything = verb.inspect_shots

    def interrupted(*given: Any, **options: Any) -> Any:
        stream = everything(*given, **options)
        yield next(stream)
        raise KeyboardInterrupt

    monkeypatch.setattr(verb, "inspect_shots", interrupted)
    said = run("inspect", shots, "--model", model, "--out", tmp_path / "out", "--quiet")
    assert said.code == 130
    lines = (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()
    assert [Path(json.loads(x)["file"]).name for x in lines] == ["a.png"]
    assert (tmp_path / "out" / "a.png").is_file()
    assert not [x for x in (tmp_path / "out").rglob(".*") if x.is_file()]


def test_sentences_may_stand_in_a_file(run: Any, shots: Path, model: Path, tmp_path: Path) -> None:
    listed = tmp_path / "asked.txt"
    listed.write_text("crack longer than 0,5 mm\n\n# a remark\nscratch\n", encoding="utf-8")
    said = run("inspect", shots / "a.png", "--model", model, "--defects", f"@{listed}", "--json")
    labels = {x["label"] for x in json.loads(said.out)["findings"]}
    assert labels == {"crack longer than 0,5 mm", "scratch", "no defect", "unknown"}
    missing = run("inspect", shots / "a.png", "--model", model, "--defects", "@/nowhere.txt")
    assert missing.code == 3
    assert "No such file" in missing.err


def test_chinese_is_told_in_chinese(run: Any, shots: Path, model: Path) -> None:
    said = run(
        "inspect", shots / "a.png", "--model", model, "--defects", "裂纹、划痕", "--lang", "zh"
    )
    assert "裂纹（确定）" in said.out
    assert "无缺陷" in said.out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--scales", "big"), 2, "give numbers with commas"),
        (("--scales", "0"), 2, "from 0.1 to 4"),
        (("--mm-per-pixel", "0"), 2, "must be a positive number of mm"),
        (("--defects", ","), 2, "No sentence given"),
        (("--roi", "0,0,5"), 2, "a polygon x,y;x,y;x,y"),
        (("--roi", "0,0,5,5"), 3, "16 x 16 are needed"),
        (("--roi", "/nowhere.png"), 3, "/nowhere.png"),
        (("--enhance", "sharper"), 2, "Unknown enhancement 'sharper'"),
        (("--fusion", "feature:2"), 2, "it lies from 0 to 1"),
        (("--views", "/nowhere/*"), 3, "No file matches"),
        (("--zoom", "1000"), 2, "from 0 (none) to 100"),
        (("--profile", "/nowhere.profile"), 3, "is not a profile of pictures"),
        (("--references", "/nowhere/*"), 3, "No file matches"),
        (("--model", "builtin/text"), 2, "takes text, not pictures"),
    ],
)
def test_wrong_usage_is_told(
    run: Any, shots: Path, model: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    given = ("--model", model) if "--model" not in options else ()
    said = run("inspect", shots / "a.png", *given, *options)
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_options_of_the_other_kind_are_refused(
    run: Any, normal: Path, record: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "p.profile"
    pictures = run("calibrate", normal, "--out", out, "--rpm", 1772)
    assert pictures.code == 2
    assert "The files are pictures, which take no --rpm" in pictures.err
    recordings = run("calibrate", record("a.csv"), "--out", out, "--part", "shaft")
    assert recordings.code == 2
    assert "The files are recordings, which take no --part" in recordings.err


def test_a_url_to_the_own_network_is_a_bad_file(run: Any, shots: Path, model: Path) -> None:
    said = run("inspect", "http://127.0.0.1:9/a.png", shots / "a.png", "--model", model, "--json")
    assert said.code == 3
    assert json.loads(said.out)["verdict"] == "crack"
    assert "127.0.0.1" in said.err


def test_a_picture_that_is_too_small_stops_nothing(run: Any, shots: Path, model: Path) -> None:
    write_image(shots / "aa.png", np.zeros((1, 1), np.uint8))
    said = run("inspect", shots, "--model", model, "--json")
    assert said.code == 3
    assert len(said.out.splitlines()) == 3
    assert "1 x 1 pixels: too small to judge" in said.err
