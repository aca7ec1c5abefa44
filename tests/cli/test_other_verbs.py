"""`demo`, `knowledge`, `doctor` and `--version` do what they say, and what they advise runs."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

import faultlens


def test_the_demo_finds_what_it_simulated_and_its_advice_runs(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("demo", "--save_path", "a demo")
    out = tmp_path / "a demo"
    assert said.code == 0
    csv = sorted(x.stem for x in (out / "recordings").glob("*.csv"))
    assert len(csv) == 6
    assert sorted(x.stem for x in out.glob("*.png")) == csv
    assert (out / "report.html").is_file()
    rows = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found = {Path(x["file"]).stem: x["verdict"] for x in map(json.loads, rows)}
    assert found["pump-1-healthy"] == "healthy"
    assert found["pump-2-outer-race"] == "outer race fault"
    assert found["pump-3-inner-race"] == "inner race fault"
    assert found["pump-4-ball"] == "rolling element fault"
    advice = (out / "NEXT.txt").read_text(encoding="utf-8")
    assert advice.strip() in said.out
    commands = [x[x.index("faultlens ") :] for x in advice.splitlines() if "faultlens " in x]
    ready = [x for x in commands if "YOUR" not in x and "HEALTHY" not in x]
    assert len(ready) >= 2
    for command in ready:
        assert run(*shlex.split(command)[1:]).code == 0


def test_a_demo_in_an_unknown_language_writes_nothing(run: Any, tmp_path: Path) -> None:
    said = run("demo", "--lang", "fr", "--out", tmp_path / "demo")
    assert said.code == 2
    assert not [*tmp_path.rglob("*.csv")]


def test_knowledge_lists_the_faults_in_both_languages(run: Any) -> None:
    assert "outer race fault" in run("knowledge").out
    assert "外圈故障" in run("knowledge", "--lang", "zh").out
    rows = json.loads(run("knowledge", "--json").out)
    assert len(rows) == 8
    assert run("knowledge", "--lang", "fr").code == 2


def test_knowledge_finds_a_fault_by_any_sentence(run: Any) -> None:
    told = run("knowledge", "外圈剥落").out
    assert told.startswith("outer race fault\n")
    assert "plan: " in told
    said = run("knowledge", "banana")
    assert (said.code, said.out) == (2, "")
    assert "Known: cage fault" in said.err


def test_knowledge_lists_and_finds_defects_of_surfaces(run: Any) -> None:
    told = run("knowledge", "--surface").out
    assert "hot-rolled strip\n" in told and "rolled-in scale" in told
    assert "磁瓦\n" in run("knowledge", "--surface", "--lang", "zh").out
    assert len(json.loads(run("knowledge", "--surface", "--json").out)) == 42
    assert "thread damage" in run("knowledge", "--part", "rear axle").out
    assert run("knowledge", "hairline cracks").out.startswith("crack\n")
    assert "易混淆: 划痕" in run("knowledge", "表面裂纹", "--lang", "zh").out
    said = run("knowledge", "banana", "--surface")
    assert (said.code, said.out) == (2, "")
    assert "Known: blowhole" in said.err


def test_doctor_names_versions_and_what_is_missing(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = json.loads(run("doctor", "--json").out)
    assert table["faultlens"] == faultlens.__version__
    assert set(table["models"]) >= {"builtin/bearing", "builtin/physics", "builtin/text"}
    assert all(x.startswith(f"{name}@") for name, x in table["models"].items() if "built" in name)
    assert table["packages"]["numpy"] and table["packages"]["onnxruntime"]
    assert set(table["extras"]["train"]) >= {"torch", "onnx"}
    assert {"serve", "telemetry", "openvino"} <= set(table["extras"])
    assert table["devices"][0] == "cpu"
    shown = run("doctor").out
    assert "builtin/bearing@" in shown and "tokenizers" in shown
    monkeypatch.setattr("faultlens.cli.doctor.EXTRAS", {"formats": ("no-such-package",)})
    assert "pip install 'faultlens[formats]'" in run("doctor").out


def test_version_is_the_packages(run: Any) -> None:
    assert run("--version").out == f"faultlens {faultlens.__version__}\n"


@pytest.mark.parametrize("verb", ["demo", "diagnose", "calibrate", "simulate", "knowledge"])
def test_every_verb_has_help(run: Any, verb: str) -> None:
    said = run(verb, "--help")
    assert said.code == 0
    assert "Usage:" in said.out
