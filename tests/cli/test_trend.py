"""`faultlens trend` on folders as they are published: a picture, a table, one bad file told."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from faultlens.signals.signal import Signal
from faultlens.signals.write import write_signal

ONSET, COUNT = 24, 36


def samples(number: int, size: int = 2560) -> np.ndarray:
    """Noise; from the onset on three times as loud in both channels."""
    loud = 4.0 if number >= ONSET else 1.0
    noise: np.ndarray = loud * np.random.default_rng(number).normal(size=(size, 2))
    return noise


@pytest.fixture
def femto(tmp_path: Path) -> Path:
    """A folder as FEMTO publishes it."""
    folder = tmp_path / "Bearing1_1"
    folder.mkdir()
    for number in range(COUNT):
        time_s = 34779.065664 + 10 * number + np.arange(2560) / 25600
        clock = [time_s // 3600, time_s % 3600 // 60, time_s % 60 // 1, time_s % 1 * 1e6]
        table = np.column_stack([*clock, samples(number)])
        np.savetxt(folder / f"acc_{number + 1:05d}.csv", table, delimiter=",",
                   fmt=["%d", "%d", "%d", "%.5g", "%.3f", "%.3f"])  # fmt: skip
    (folder / "temp_00001.csv").write_text("9,39,39,1,25.3\n")
    return folder


@pytest.fixture
def dated(tmp_path: Path) -> Path:
    """One channel per day in ordinary files, dated by their names."""
    folder = tmp_path / "pump7"
    for number in range(COUNT):
        day = datetime(2024, 3, 1) + timedelta(days=number)
        signal = Signal(samples(number)[:, 0], 12800.0, unit="g")
        write_signal(folder / f"{day:%Y%m%d}.npz", signal)
    return folder


def test_the_published_layout_is_followed_with_one_bad_file_told(
    run: Callable, femto: Path, tmp_path: Path
) -> None:
    (femto / "acc_00050.csv").write_text("")
    said = run("trend", femto, "--out", tmp_path / "out", "--healthy", 15)
    assert said.code == 3
    assert "acc_00050.csv is empty" in said.err
    assert "First warning at" in said.out
    assert "(recording 26)" in said.out  # two of three recordings are loud
    assert "temp_*.csv" in said.out
    assert {x.name for x in (tmp_path / "out").iterdir()} == {
        "trend.png", "trend.csv", "trend.json",
    }  # fmt: skip
    rows = (tmp_path / "out" / "trend.csv").read_text().splitlines()
    assert len(rows) == COUNT + 1
    assert rows[2].split(",")[2] == "10"  # seconds since the first


def test_json_is_one_object_with_dates_and_reasons(run: Callable, dated: Path) -> None:
    said = run("trend", dated, "--json", "--healthy", 15)
    assert said.code == 0
    found = json.loads(said.out)
    assert found["time_known_by"] == "date"
    assert found["warning"]["time"] == "2024-03-26 00:00:00"
    assert found["alarm"]["recording"] == 26
    assert found["warning"]["moved"][0]["kind"] == "level"
    assert found["failed"] == []


def test_quiet_says_nothing_and_chinese_is_chinese(run: Callable, dated: Path) -> None:
    assert run("trend", dated, "--quiet").out == ""
    told = run("trend", dated, "--lang", "zh").out
    assert "首次预警" in told
    assert "前 12 条作为健康基准" in told


def test_files_of_ims_need_no_suffix(run: Callable, tmp_path: Path) -> None:
    for number in range(12):
        rows = "\n".join(f"{a:.3f}\t{b:.3f}" for a, b in samples(number, 1024))
        (tmp_path / f"2004.02.12.10.{number:02d}.39").write_text(rows + "\n")
    said = run("trend", tmp_path, "--sample-rate", 20000, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["recordings"][1]["elapsed_s"] == 60
    assert found["warning"] is None


def test_what_cannot_be_is_said_before_the_work(run: Callable, dated: Path, tmp_path: Path) -> None:
    assert run("trend", dated, "--false-alarms", 0.9).code == 2
    assert run("trend", dated, "--healthy", 2).code == 2
    assert run("trend", dated, "--healthy", 36).code == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    said = run("trend", empty)
    assert said.code == 3
    assert "holds no recording" in said.err


def test_a_folder_of_bad_files_gives_no_trend(run: Callable, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text("")
    said = run("trend", tmp_path)
    assert said.code == 3
    assert "there is no trend" in said.err
