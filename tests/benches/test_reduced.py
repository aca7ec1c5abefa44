"""A smaller model is compared with its source on the same windows, figure by figure."""

from dataclasses import replace

import pytest

from benches.reduced import bearing_drops, page_of
from benches.windows import BOTH, LEARNED, Judged, judge_recordings
from faultlens.datasets.labelled import LabelledRecording
from faultlens.runtimes.trial import Drop
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

SOUND = Judged("rig", "rig/1", "healthy", "ours@1", BOTH, False, "outer", "outer_race", "healthy",
               0.9, 0.1, alarm=False, threshold=0.5)  # fmt: skip
OUTER = replace(SOUND, label="outer", first="outer_race", fault_score=0.9, alarm=True)


def test_two_models_on_the_same_windows_are_told_apart() -> None:
    rows = [
        SOUND,
        replace(OUTER, fault_score=0.8),
        OUTER,
        replace(OUTER, label="inner", forced="inner"),
    ]
    worse = [replace(x, model="small@2") for x in rows[:-1]]
    worse += [replace(rows[-1], model="small@2", forced="ball", alarm=False)]
    told = {x.name.partition(" (")[0]: x.drop for x in bearing_drops([*rows, *worse])}
    assert told == {
        "speed and bearing known: fault type, balanced accuracy": 0.5,
        "speed and bearing known: fault against healthy, AUROC": 0.0,
        "speed and bearing known: healthy without alarm": 0.0,
        "speed and bearing known: faults that alarm": pytest.approx(1 / 3),
    }


def test_whoever_is_named_judges() -> None:
    made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
                    sample_rate_hz=12000, seconds=2.0, seed=1, snr_db=10.0).signal  # fmt: skip
    rig = LabelledRecording("our rig", "first", "outer", made)
    found = judge_recordings([rig], models=dict.fromkeys((BOTH, "speed", "nothing"), (LEARNED,)))
    assert len(found) == 4 and {x.model.partition("@")[0] for x in found} == {LEARNED}


def test_the_page_counts_what_stays_within_a_point() -> None:
    page = page_of([Drop("a", 0.9, 0.91), Drop("b", 0.9, 0.87)], "int8")
    assert "| a | 0.9000 | 0.9100 | +1.00 |" in page
    assert page.endswith("1 of 2 figures within one point; most lost: 3.00 points.\n")
