"""The streams of the bench of drift change as they are asked to, and its table counts right."""

import numpy as np
import pytest

from benches.line.drift import AIMS, CHANGES, Case, Outcome, figures_of
from benches.line.drift_streams import (
    STEADY,
    STEP,
    blur_of,
    drawn_stations,
    lamp,
    pictures,
    walk,
    windows,
)
from benches.line.wandering import drawn_machines
from faultlens.line.monitoring.quality_picture import picture_quality

STATION = drawn_stations(1, 81_000)[0]


def steps(change: str) -> dict[str, float]:
    """Change of each measure of twelve pictures, dB."""
    wandered = lamp(STATION, 12)
    seen = [
        [picture_quality(x) for x in pictures(STATION, wandered, range(12), kind)]
        for kind in ("", change)
    ]
    before, after = ({name: np.mean([x[name] for x in its]) for name in its[0]} for its in seen)
    light = 20 * np.log10(after["brightness"] / before["brightness"])
    return {**{name: after[name] - before[name] for name in before}, "brightness": float(light)}


def test_the_gain_of_a_camera_is_ten_per_cent() -> None:
    assert steps("gain")["brightness"] == pytest.approx(20 * np.log10(1 + STEP), abs=0.05)


def test_blur_takes_a_tenth_of_the_detail_and_no_light() -> None:
    found = steps("blur")
    fallen = min(found[f"detail_{x}"] for x in (1, 2, 4))
    assert fallen == pytest.approx(20 * np.log10(1 - STEP), abs=0.25)
    assert abs(found["brightness"]) < 0.05
    assert 0.1 < blur_of(STATION) < 2


def test_a_load_moves_the_level_and_less_than_a_gain_does() -> None:
    machine = drawn_machines(1, 81_000)[0]
    walked = walk(machine, STEADY, 4)
    plain, load, gain = (
        np.array([x.samples.std() for x in windows(machine, walked, range(4), change)])
        for change in ("", "load", "gain")
    )
    assert gain / plain == pytest.approx(1.1)
    assert ((load / plain > 1.02) & (load / plain < 1.1)).all()


def test_the_table_counts_what_was_told_and_what_was_not() -> None:
    cases = (Case("gain", 60, "gain"), Case("gain", 90, "process"), Case("gain", None, ""))
    made = Outcome("a", "vibration", 1000, ((3, "process"),), True, cases, 2e-4)
    (section,) = figures_of([made])
    values = {x.name: x.value for x in section.figures}
    assert values["gain, told within 200 frames"] == pytest.approx(2 / 3)
    assert values["gain, told as what it is"] == pytest.approx(1 / 2)
    assert values["gain, median delay"] == 75
    assert values["false drift alarms"] == 1
    assert values["share of a core at 100 frames per second"] == pytest.approx(0.02)


def test_what_the_issue_asks_for_has_an_aim() -> None:
    names = {(kind, name.split(",")[0]) for _, kind, name in AIMS if kind in CHANGES}
    assert names == {
        (kind, change) for kind in CHANGES for change in CHANGES[kind] if change != "grain"
    }
