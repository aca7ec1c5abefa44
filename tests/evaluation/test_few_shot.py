"""Shots never share a recording with the test, and the figures are those of the draws."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benches.few_shot import (
    AIMS,
    DRAWS,
    TUNED,
    accuracy_name,
    few_shot_section,
)
from faultlens.core.errors import UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.packs import read_packs
from faultlens.evaluation.few_shot import Draw, FewShot, few_shot, over_draws
from faultlens.evaluation.figures import tables
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal

HUM = {"outer race fault": 10, "inner race fault": 25, "rolling element fault": 40}
"""Band in which each fault hums: all that tells it."""


def machine(count: int = 4, *, telling: bool = True) -> list[LabelledRecording]:
    """Recordings of 4 s without a line; each has a hum of its own where nothing tells the fault."""
    rng = np.random.default_rng(0)
    bearing = BearingGeometry(9, 7.94, 39.04)
    made = []
    for label, band in HUM.items():
        for number in range(count):
            place = band if telling else int(rng.integers(5, 60))
            hum = 2 * np.sin(np.pi * (place + 0.5) / 64 * np.arange(16000))
            signal = Signal(hum + rng.normal(size=16000), 4000.0, shaft_rpm=1500, bearing=bearing)
            made.append(LabelledRecording("fan", f"{label} {number}", label, signal))
    return made


def test_a_machine_that_its_bands_tell_is_told_from_two_shots() -> None:
    found = few_shot("builtin/bearing", machine(), shots=2, draws=4)
    assert found.after.value > 0.95 > found.before.value + 0.2
    assert found.difference.is_better
    assert [x.seed for x in found.draws] == [0, 1, 2, 3]
    # Two of four recordings per class are left, with two windows each.
    assert {(x.recordings, x.windows) for x in found.draws} == {(6, 12)}
    assert "4 draws" in found.in_words and "no better" not in found.in_words


def test_what_only_the_recording_itself_tells_is_not_told() -> None:
    """A window of a shot's own recording in the test would be told with ease."""
    found = few_shot("builtin/bearing", machine(telling=False), shots=3, draws=6)
    assert found.after.value < 0.75
    assert np.mean([x.expected for x in found.draws]) < 0.75


def test_pieces_of_one_recording_stay_together() -> None:
    pieces = [
        replace(x, key=x.key.rpartition(" ")[0] + f" {i % 2}") for i, x in enumerate(machine())
    ]
    with pytest.raises(UsageError, match=r"has 2 recordings; 2 shots .* leave none to be tested"):
        few_shot("builtin/bearing", pieces, shots=2)


def test_the_same_seed_gives_the_same_figures() -> None:
    given = machine()
    one, two = (few_shot("builtin/bearing", given, shots=2, draws=2, seed=5) for _ in range(2))
    assert one == two
    assert one.to_dict()["draws"][0]["seed"] == 5


@pytest.mark.parametrize(
    ("count", "shots", "draws", "words"),
    [
        (3, 3, 1, r"'outer race fault' has 3 recordings; 3 shots .* Ask for 2 shots or fewer"),
        (3, 2, 0, r"0 draws"),
        (3, 1, 1, r"give 2 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(count: int, shots: int, draws: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        few_shot("builtin/bearing", machine(count), shots=shots, draws=draws)


def test_the_interval_is_student_s() -> None:
    # 2.776 is the quantile of four degrees of freedom.
    found = over_draws([0.5, 0.6, 0.7, 0.8, 0.9])
    half = 2.776 * np.std([0.5, 0.6, 0.7, 0.8, 0.9], ddof=1) / np.sqrt(5)
    assert (found.value, found.high - found.value) == pytest.approx((0.7, half), rel=1e-3)
    assert over_draws([0.5]).low == 0.5


def record(after: list[float], before: float = 0.75) -> FewShot:
    draws = tuple(Draw(i, before, x, {"a": x, "b": x}, x, 10, 5) for i, x in enumerate(after))
    return FewShot("builtin/bearing@1", ("a", "b"), 5, 2.0, draws)


def test_figures_stand_in_a_table_with_what_they_are_held_to() -> None:
    made = record([0.9, 1.0] * 5)
    assert made.after.high <= 1.0
    assert made.to_dict()["balanced_accuracy"]["after"]["value"] == pytest.approx(0.95)
    section = few_shot_section({"CWRU fan end": [made]})
    assert [(x.how, x.value) for x in section.figures[:2]] == [("", 0.75), (TUNED, 0.95)]
    page = tables([section], AIMS)
    assert f"| CWRU fan end | {accuracy_name(DRAWS[0])} | 10 | 0.750" in page
    assert "| 0.95 |" in page
    assert "no better beyond the interval" in record([0.75, 0.75]).in_words


def test_five_windows_per_class_of_a_real_bearing_help(shared_data: Path) -> None:
    folder = shared_data / "bearing"
    recordings = list(read_packs(folder, {"cwru_12k_fe": "CWRU fan end"}))
    # The first 4 s of each, so that the test is quick.
    short = [
        replace(x, signal=replace(x.signal, samples=x.signal.samples[: 2 * 24000]))
        for x in recordings
    ]
    found = few_shot("builtin/bearing", short, shots=5, draws=10)
    assert found.after.value > 0.88
    assert found.difference.is_better
