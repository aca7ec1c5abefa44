"""A folder of which much is known of some files and little of others is diagnosed whole."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folder(record: Any, tmp_path: Path) -> Path:
    """Three recordings: one with speed and bearing, one with the speed, one with neither."""
    record("in/a-known.wav", "outer")
    record("in/b-speed.wav", "outer", sidecar=False).with_suffix(".toml").write_text(
        "shaft_rpm = 1772\n"
    )
    record("in/c-bare.wav", "outer", sidecar=False)
    return tmp_path / "in"


def test_each_file_is_judged_by_what_is_known_of_it(run: Any, folder: Path) -> None:
    said = run("diagnose", folder, "--json")
    assert (said.code, said.err) == (0, "")
    known, speed, bare = map(json.loads, said.out.splitlines())
    assert (known["verdict"], speed["verdict"]) == ("outer race fault", "outer race fault")
    assert known["second_opinion"]["agrees"] is True
    assert speed["second_opinion"] is bare["second_opinion"] is None
    assert (known["best_fit"], bare["best_fit"]) == (None, None)
    assert speed["best_fit"] is not None
    assert len({x["model"] for x in (known, speed, bare)}) == 1


def test_table_and_report_tell_them_apart(run: Any, folder: Path, tmp_path: Path) -> None:
    said = run("diagnose", folder, "--out", tmp_path / "out")
    assert said.code == 0
    told = " ".join(said.out.split())
    assert "4 harmonics, 3.5" in told or "4 harmonics, 3.6" in told
    assert "best fit" in told
    assert "have warnings of their own" in told
    page = html.unescape((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert page.count("bearing not stated; best fit n=") == 1
    assert page.count("The training-free rule agrees: outer race fault") == 1
    assert page.count("No fault lines could be placed: they need the shaft speed.") == 1
    assert len(list((tmp_path / "out").glob("*.png"))) == 3


def test_one_file_alone_tells_its_second_opinion_or_what_it_lacks(run: Any, folder: Path) -> None:
    told = " ".join(run("diagnose", folder / "a-known.wav").out.split())
    assert "Second opinion The training-free rule agrees: outer race fault, 0." in told
    told = " ".join(run("diagnose", folder / "b-speed.wav").out.split())
    assert "Bearing bearing not stated; best fit n=" in told and "best fit; windows" in told
    assert "Second opinion" not in told and "slip" not in told
    told = " ".join(run("diagnose", folder / "c-bare.wav").out.split())
    assert "Bearing bearing unknown; speed unknown" in told
    told = run("diagnose", folder / "a-known.wav", "--lang", "zh").out
    assert re.search(r"规则复核\s+免训练规则的结论一致：外圈故障", told)


def test_the_rule_judges_on_request_what_it_can(run: Any, folder: Path) -> None:
    said = run("diagnose", folder, "--model", "builtin/physics", "--json")
    assert said.code == 3
    (table,) = map(json.loads, said.out.splitlines())
    assert table["model"].startswith("builtin/physics@") and table["second_opinion"] is None
    speed, bare = said.err.splitlines()
    assert "b-speed.wav: builtin/physics" in speed and "--bearing" in speed and "--rpm" not in speed
    assert "c-bare.wav" in bare and "--rpm" in bare and "--bearing" in bare


def test_a_damaged_model_is_bad_input(run: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "manifest.json").write_text("{}")
    said = run("diagnose", folder, "--model", tmp_path / "model")
    assert (said.code, said.out) == (3, "")
    assert f"{tmp_path}/model is a damaged bundle" in said.err
