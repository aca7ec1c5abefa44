"""Real bearings are named as well as before, healthy ones left alone, and the tables say so."""

from itertools import islice
from pathlib import Path

import pytest

from faultlens.datasets.packs import LabelledRecording, read_packs
from faultlens.evaluation.bench_bearing import (
    RATES_HZ,
    WindowResult,
    bearing_tables,
    judge_windows,
)
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate


def judged(folder: Path, pack: str, every: int = 1, most: int | None = None) -> list[WindowResult]:
    recordings = read_packs(folder, {pack: pack}, sample_rate_hz=RATES_HZ)
    return judge_windows(islice(recordings, 0, most, every))


def test_every_mfpt_recording_is_named_rightly(shared_data: Path) -> None:
    results = judged(shared_data / "bearing", "mfpt")
    assert len({x.recording for x in results}) == 14
    assert [x for x in results if x.forced != x.label] == []


def test_outer_and_inner_faults_of_cwru_are_named_rightly(shared_data: Path) -> None:
    results = judged(shared_data / "bearing", "cwru_12k_de", every=6)
    races = [x for x in results if x.label in ("outer", "inner")]
    # Measured 2026-11: 27 of these 28 windows, 164 of the 176 of all 44 recordings.
    assert len(races) >= 20
    assert sum(x.forced == x.label for x in races) >= 0.9 * len(races)


@pytest.mark.parametrize(("pack", "every"), [("ims_subset", 4), ("cwru_normal_48k", 1)])
def test_healthy_bearings_stay_quiet(pack: str, every: int, shared_data: Path) -> None:
    results = judged(shared_data / "bearing", pack, every)
    assert {x.label for x in results} == {"healthy"} and len(results) >= 8
    assert sum(x.alarm for x in results) <= 0.03 * len(results)


def test_a_long_recording_gives_four_windows_and_a_short_one_itself() -> None:
    def made(seconds: float) -> LabelledRecording:
        signal = simulate(
            ("inner",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
            sample_rate_hz=12000, seconds=seconds, seed=1,
        ).signal  # fmt: skip
        return LabelledRecording("rig", f"{seconds} s", "inner", signal)

    results = judge_windows([made(11.0), made(1.2)])
    assert [x.recording for x in results] == ["rig/11.0 s"] * 4 + ["rig/1.2 s"]
    assert all((x.forced, x.best) == ("inner", "inner_race") for x in results)


def result(
    rig: str, key: str, label: str, forced: str, *, alarm: bool, score: float = 0.5
) -> WindowResult:
    best = {"outer": "outer_race", "inner": "inner_race"}.get(forced, "rolling_element")
    verdict = best if alarm else "healthy"
    return WindowResult(rig, f"{rig}/{key}", label, forced, best, verdict, score, alarm, 0.6)


def test_the_tables_count_what_a_hand_counts() -> None:
    page = bearing_tables(
        [
            result("A", "1", "outer", "outer", alarm=True, score=0.9),
            result("A", "2", "outer", "inner", alarm=False, score=0.2),
            result("A", "3", "inner", "inner", alarm=True, score=0.8),
            result("quiet", "4", "healthy", "outer", alarm=False, score=0.3),
            result("quiet", "5", "healthy", "outer", alarm=True, score=0.7),
        ]
    )
    # Balanced: (1/2 + 1) / 2; with recordings drawn again the outer recall is 0, 1/2 or 1.
    assert "| A | 3 | 0.750 [0.500, 1.000] | 0.500 | 1.000 | - | 0.750 |" in page
    assert "threshold 0.6000, from simulation): 1 of 2 alarm (50.0 % [9.5, 90.5])" in page
    assert "1 have a fault as verdict" in page
    assert "| quiet | healthy | 2 | 0.500 | |" in page
    assert "| A | outer | 2 | 0.500 | 0.500 |" in page
    assert "| A | inner | 1 | 1.000 | 1.000 |" in page


def test_without_healthy_recordings_the_tables_say_so() -> None:
    page = bearing_tables([result("A", "1", "outer", "outer", alarm=True)])
    assert page.rstrip().endswith("No healthy recordings.")
