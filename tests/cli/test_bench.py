"""`faultlens bench` shows measured stages beside the guide's pie, and refuses what cannot be."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from faultlens.cli.main import app
from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.stages import STAGES
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["bench", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_simulated_files_are_timed_and_drawn(tmp_path: Path) -> None:
    found = json.loads(run("--count", "2", "--json", "--out", str(tmp_path)))
    assert [x["verb"] for x in found["measured"]] == ["diagnose", "inspect"]
    for each in found["measured"]:
        assert each["files"] == 2 and list(each["shares"]) == list(STAGES)
        assert sum(each["shares"].values()) == pytest.approx(1, abs=0.01)
        assert all(each["milliseconds"][x] > 0 for x in STAGES)
    assert found["guide_shares"] == {"prepare": 0.15, "model": 0.65, "post": 0.2}
    assert json.loads((tmp_path / "stages.json").read_text()) == found
    with Image.open(tmp_path / "stages.png") as picture:
        assert picture.width > 1000


def test_own_files_are_timed_in_either_language(tmp_path: Path) -> None:
    made = simulate(
        ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772, sample_rate_hz=12000,
        seconds=1.0, seed=1,
    )  # fmt: skip
    path = write_signal(tmp_path / "pump.csv", made.signal, sidecar=False)
    said = run(str(path), "--rpm", "1772", "--bearing", "6205", "--lang", "zh")
    assert "诊断: 所给文件" in said and "解码, ms" in said and "(65%)" in said
    picture = tmp_path / "part.png"
    Image.fromarray(np.full((64, 64), 128, np.uint8)).save(picture)
    assert "inspect: files given" in run(str(picture))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["service", "--rpm", "1772"], "A bench of the service takes no --rpm"),
        (["--only", "match"], "A bench of files takes no --only"),
        (["--bearing", "6205"], "A bench of simulated files takes no --bearing"),
    ],
)
def test_options_of_the_other_bench_are_refused(arguments: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run(*arguments)


def test_an_unknown_part_of_the_service_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Known: diagnose, kills, match"):
        run("service", "--only", "speed", "--out", str(tmp_path))
