"""A tuned bundle keeps its base's answer as a whole, and shares it out by its own scores."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UnusableSignalError
from faultlens.inference.diagnose import diagnose
from faultlens.inputs.line_windows import WindowGrid
from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.models.line_gate import FLOORS
from faultlens.models.training_free import HEALTHY, UNKNOWN, Families
from faultlens.models.tuning import LinearScores, Tuning
from faultlens.runtimes.bundle import write_bundle
from faultlens.runtimes.judges import judge_named
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.tuned_bundle import (
    TUNED,
    WEIGHTS,
    TunedBearing,
    TunedFacts,
    is_tuned,
    tuned_facts,
)
from faultlens.runtimes.tuned_judge import TunedJudge
from faultlens.signals.catalogue import resolve_bearing
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.text.knowledge import fault, load_faults

BASE = "builtin/bearing"
BEARING = BearingGeometry(9, 7.94, 39.04)
RACES: tuple[Families, ...] = (("outer",), ("inner",))
HIGH_BAND = 50
"""Band that rings where the bundle was taught "inner"; silent it means "outer"."""

Write = Callable[..., str]


def recorded(*families: str, high: bool = False, seconds: float = 4.5) -> Signal:
    """Weak lines; with or without a hum of its own far above them."""
    signal = simulate(
        families, bearing=BEARING, shaft_rpm=1772, sample_rate_hz=8000, seconds=seconds, seed=1,
        snr_db=-12.0,
    ).signal  # fmt: skip
    time = np.arange(len(signal.samples))
    hum = np.sin(2 * np.pi * (HIGH_BAND + 0.5) / (2 * BANDS) * time)
    return replace(signal, samples=signal.samples + 2 * high * signal.samples.std() * hum)


def tuning(classes: int = 2) -> Tuning:
    """Scores that ask one band alone."""
    weights = np.zeros((len(FLOORS) * BANDS, classes))
    weights[HIGH_BAND, :2] = -1.0, 1.0
    centre = np.full(len(weights), np.log(4.0))
    lines = LinearScores(np.zeros(CONTRASTS), np.zeros((CONTRASTS, classes)))
    return Tuning(LinearScores(centre, weights), lines)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a tuned bundle; what a test wants otherwise by name."""

    def made(classes: tuple[Families, ...] = RACES, **changes: Any) -> str:
        base = load_model(BASE).bundle
        bearing = TunedBearing.of(resolve_bearing(BEARING))
        facts = TunedFacts(
            BASE, WindowGrid(8000.0, 2.0), classes, (bearing,), 2.0, tuning(len(classes))
        )
        table = {**facts.preparation(), **changes.get("preparation", {})}
        files: dict[str, Path | bytes] = {x: base.path(x) for x in base.files}
        files[WEIGHTS] = changes.get("weights", facts.weights())
        calibration = {TUNED: {"sharpness": changes.get("sharpness", 2.0)}}
        folder = tmp_path / "tuned"
        write_bundle(
            folder, name="mine/tuned", kind="vibration", card=base.card,
            preparation={**base.preparation, TUNED: table}, classes=base.classes,
            calibration={**base.calibration, **calibration}, text=base.text, files=files,
        )  # fmt: skip
        return str(folder)

    return made


def test_a_bundle_says_again_what_it_was_written_with(write: Write) -> None:
    model = load_model(write())
    assert is_tuned(model) and isinstance(judge_named(str(model.bundle.folder)), TunedJudge)
    facts = tuned_facts(model)
    assert (facts.classes, facts.grid, facts.sharpness) == (RACES, WindowGrid(8000.0, 2.0), 2.0)
    assert facts.bearings[0].bpfo == pytest.approx(BEARING.fault_orders().bpfo)
    assert facts.tuning.bands.weights == pytest.approx(tuning().bands.weights)
    assert model.reference != load_model(BASE).reference


@pytest.mark.parametrize(("high", "winner"), [(False, ("outer",)), (True, ("inner",))])
def test_the_probability_of_the_group_is_the_base_s_and_the_share_its_own(
    write: Write, high: bool, winner: Families
) -> None:
    judge, base = judge_named(write()), judge_named(BASE)
    signal = recorded("outer", high=high)
    found = judge.judge(judge.prepare(signal), load_faults())
    before = base.judge(base.prepare(signal), load_faults())
    assert sum(found.odds.values()) == pytest.approx(1)
    group = [sum(x.odds[y] for y in RACES) for x in (found, before)]
    assert group[0] == pytest.approx(group[1])
    others = set(before.odds) - set(RACES)
    assert {x: found.odds[x] for x in others} == {x: before.odds[x] for x in others}
    assert max(RACES, key=lambda x: found.odds[x]) == winner
    assert found.alarm_threshold == before.alarm_threshold
    assert found.fault_probability == pytest.approx(before.fault_probability)


def test_its_embedding_is_that_of_its_base(write: Write) -> None:
    """So that drift is still told after a model was tuned."""
    signal = recorded("outer")
    tuned, base = (diagnose(signal, model=x).embedding for x in (write(), BASE))
    assert tuned is not None
    assert base is not None
    assert float(tuned @ base) == pytest.approx(1, abs=1e-5)


def test_what_nobody_asked_for_counts_as_unknown(write: Write) -> None:
    judge = judge_named(write())
    ready = judge.prepare(recorded("outer"))
    whole = judge.judge(ready, load_faults()).odds
    inner = judge.judge(ready, [fault("inner_race")]).odds
    assert set(inner) == {("inner",), HEALTHY, UNKNOWN}
    assert sum(inner.values()) == pytest.approx(1)
    # Asked for alone, the inner race must not take what the outer one has.
    assert inner["inner",] == pytest.approx(whole["inner",], abs=0.05)
    assert inner[UNKNOWN] > whole["outer",] - 0.05


def test_of_two_faults_at_once_either_answer_is_right(write: Write) -> None:
    classes = (("outer",), ("outer", "inner"))
    judge = judge_named(write(classes))
    ready = judge.prepare(recorded("outer", high=True))
    whole = judge.judge(ready, load_faults()).odds
    assert whole["outer", "inner"] > whole["outer",]
    alone = judge.judge(ready, [fault("outer_race")]).odds
    assert set(alone) == {("outer",), HEALTHY, UNKNOWN}
    assert alone["outer",] == pytest.approx(whole["outer",] + whole["outer", "inner"], abs=0.1)


def test_with_healthy_windows_healthy_is_shared_out_too_and_no_rate_is_promised(
    write: Write,
) -> None:
    judge = judge_named(write((HEALTHY, ("outer",))))
    quiet, humming = (
        judge.judge(judge.prepare(recorded(high=x)), load_faults()) for x in (False, True)
    )
    assert quiet.odds[HEALTHY] > humming.odds[HEALTHY]
    assert humming.odds["outer",] > quiet.odds["outer",]
    assert quiet.false_alarm_rate is None
    assert quiet.threshold_from is not None and "calibrate" in quiet.threshold_from.en


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shaft_rpm": None}, "shaft speed is not stated"),
        ({"bearing": None}, "bearing is not stated"),
        ({"sample_rate_hz": 6000.0}, "sampled at 6000 Hz, and 8000 Hz are needed"),
    ],
)
def test_where_its_windows_cannot_be_read_the_base_judges_and_that_is_said(
    write: Write, changes: dict[str, Any], words: str
) -> None:
    judge, base = judge_named(write()), judge_named(BASE)
    signal = replace(recorded("outer"), **changes)
    ready = judge.prepare(signal)
    assert judge.judge(ready, load_faults()) == base.judge(base.prepare(signal), load_faults())
    assert any("The base model judged alone" in x.en and words in x.en for x in ready.warnings)


def test_where_no_window_is_usable_by_itself_the_base_judges(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, base = judge_named(write()), judge_named(BASE)

    def none(*_: Any, **__: Any) -> None:
        raise UnusableSignalError("No window. Check the sensor.")

    monkeypatch.setattr("faultlens.runtimes.tuned_judge.line_windows", none)
    signal = recorded("outer")
    ready = judge.prepare(signal)
    assert judge.judge(ready, load_faults()) == base.judge(base.prepare(signal), load_faults())
    assert (
        "tuned on: no window of it can be used: No window. Check the sensor."
        in ready.warnings[0].en
    )


def test_a_higher_rate_is_judged_and_another_bearing_is_told(write: Write) -> None:
    judge = judge_named(write())
    assert not any("tuned" in x.en for x in judge.prepare(recorded("outer")).warnings)
    fast = simulate(
        ("outer",), bearing=BEARING, shaft_rpm=1772, sample_rate_hz=16000, seconds=2.5, seed=1
    ).signal
    assert "each bands" in judge.prepare(fast).arrays
    other = judge.prepare(fast, bearing="6310")
    assert any("tuned on n=9" in x.en and "this is 6310" in x.en for x in other.warnings)


def test_a_recording_that_the_base_prepared_is_judged_by_the_base(write: Write) -> None:
    judge, base = judge_named(write()), judge_named(BASE)
    ready = base.prepare(recorded("outer", high=True))
    assert judge.judge(ready, load_faults()) == base.judge(ready, load_faults())


def damaged_weights(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    return packed.getvalue()


NAN = {
    f"{name}/{part}": np.full(shape, np.nan)
    for name, width in (("bands", 192), ("lines", CONTRASTS))
    for part, shape in (("centre", (width,)), ("weights", (width, 2)))
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": b"no zip"}, "tuned.npz cannot be read"),
        (
            {"weights": damaged_weights(a=np.zeros(3))},
            "does not hold 192 numbers for each of its 2",
        ),
        ({"weights": damaged_weights(**NAN)}, "does not hold 192 numbers"),
        (
            {"weights": damaged_weights(**{"bands/centre": np.array([object()])})},
            "tuned.npz cannot be read",
        ),
        ({"weights": damaged_weights(a=np.zeros(2_000_000))}, "unpacks to more than 10 MB"),
        ({"preparation": {"classes": ["outer", "outer"]}}, "does not say how it was tuned"),
        ({"preparation": {"classes": ["outer", "loose belt"]}}, "does not say how it was tuned"),
        ({"preparation": {"window_s": -1.0}}, "one is not positive"),
        ({"preparation": {"bearings": [{"label": "x"}]}}, "does not say how it was tuned"),
        ({"sharpness": 0.0}, "one is not positive"),
    ],
)
def test_a_bundle_that_is_not_what_it_must_be_is_refused(
    write: Write, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BundleError, match=words):
        judge_named(write(**changes))
