"""A bundle in fewer bits says what that cost, works like its source, or is refused."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")

from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.inference.diagnose import diagnose
from faultlens.runtimes.devices import on_device
from faultlens.runtimes.golden import check_golden, golden_run
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.reduced import Reduced, reduced_bundle
from faultlens.runtimes.trial import Trial
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate

READINGS = ("lines", "orders", "waveform")
GEOMETRY = BearingGeometry(9, 7.94, 39.04)


def figures(model: Model) -> Mapping[str, float]:
    """Half a point lost, as if it had been measured."""
    return {"accuracy": 0.9 if model.bundle.name == "builtin/bearing" else 0.895}


@pytest.fixture(scope="module")
def source() -> Model:
    return load_model("builtin/bearing")


@pytest.fixture(scope="module")
def trial(source: Model) -> Trial:
    """Golden inputs, and some between them, show the ranges."""
    draw = np.random.default_rng(0)
    passes = {}
    for reading in READINGS:
        rows = golden_run(source.bundle, reading)[0]["x"]
        mixed = draw.random((60, len(rows), *[1] * (rows.ndim - 1))).astype(np.float32)
        between = (mixed / mixed.sum(axis=1, keepdims=True) * rows).sum(axis=1)
        passes[reading] = [{"x": np.concatenate([rows, between])}]
    return Trial("ten recordings", figures, passes, "calibrated on mixtures")


@pytest.fixture(scope="module")
def made(
    source: Model, trial: Trial, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Reduced]:
    top = tmp_path_factory.mktemp("reduced")
    return {
        x: reduced_bundle(source, top / x, precision=x, trial=trial, command="faultlens export")
        for x in ("fp16", "int8")
    }


@pytest.mark.parametrize(("precision", "share"), [("fp16", 0.7), ("int8", 0.45)])
def test_it_is_smaller_and_says_on_its_card_what_was_lost(
    made: dict[str, Reduced], source: Model, precision: str, share: float
) -> None:
    bundle = made[precision].bundle
    sizes = [
        sum(x.path(f"{reading}.onnx").stat().st_size for reading in READINGS)
        for x in (bundle, source.bundle)
    ]
    assert sizes[0] < share * sizes[1]
    first, second, third = bundle.card.results[:3]
    assert first.what == f"{precision} against single precision, ten recordings"
    assert first.value == "accuracy 0.9000 to 0.8950 (-0.50 points)"
    assert first.command == "faultlens export"
    assert "calibrated on mixtures" in second.what and "orders" in second.value
    lowest = min(made[precision].lowest_cosines.values())
    assert (0.98 if precision == "int8" else 0.999999) < lowest < 1
    assert third.what.startswith("in single precision, Fault type")
    assert f"In {precision}, from {source.reference}" in bundle.card.summary
    assert bundle.card.sources[0].sha256 == source.bundle.sha256


def test_it_is_asked_in_the_same_words_and_gives_the_same_verdict(
    made: dict[str, Reduced], source: Model
) -> None:
    recording = simulate(
        ("outer",), bearing=GEOMETRY, shaft_rpm=1772, sample_rate_hz=12000, seconds=2.0, seed=1,
    ).signal  # fmt: skip
    single = diagnose(recording)
    for reduced in made.values():
        assert reduced.bundle.text == source.bundle.text
        found = diagnose(recording, model=str(reduced.bundle.folder))
        assert found.verdict == single.verdict
        assert found.model == reduced.bundle.reference
        assert found.findings[0].score == pytest.approx(single.findings[0].score, abs=0.05)


@pytest.mark.parametrize("precision", ["fp16", "int8"])
@pytest.mark.parametrize("reading", READINGS)
def test_any_batch_gives_the_rows_of_single_precision(
    made: dict[str, Reduced], source: Model, trial: Trial, precision: str, reading: str
) -> None:
    model = load_model(made[precision].bundle.folder)
    rows = trial.calibration[reading][0]["x"]
    for count in (1, 7, 30):
        found = model.runtime(reading).run({"x": rows[:count]})
        expected = source.runtime(reading).run({"x": rows[:count]})
        assert (found * expected).sum(axis=1).min() > 0.98


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_openvino_computes_the_same_in_any_batch(
    made: dict[str, Reduced], trial: Trial, precision: str
) -> None:
    pytest.importorskip("openvino", reason="pip install 'faultlens[openvino]'")
    with on_device("openvino"):
        for reading in READINGS:
            assert check_golden(made[precision].bundle, reading) < 0.03
    model = load_model(made[precision].bundle.folder)
    rows = trial.calibration["waveform"][0]["x"][:5]
    expected = model.runtime("waveform").run({"x": rows})
    with on_device("openvino"):
        found = model.runtime("waveform").run({"x": rows})
    assert (found * expected).sum(axis=1).min() > 0.998


def test_a_drop_above_the_bound_is_refused_and_nothing_is_written(
    source: Model, trial: Trial, tmp_path: Path
) -> None:
    with pytest.raises(
        BundleError,
        match=r"In fp16 it loses too much on ten recordings: accuracy .*0.4 points are let pass. "
        r"Export it as fp32",
    ):
        reduced_bundle(source, tmp_path / "x", precision="fp16", trial=trial, largest_drop=0.004)
    assert not (tmp_path / "x").exists()


def test_ranges_of_other_inputs_make_other_rows_which_are_refused(
    source: Model, trial: Trial, tmp_path: Path
) -> None:
    narrow = {x: [{"x": y[0]["x"] * 1e-3}] for x, y in trial.calibration.items()}
    wrong = Trial("ten recordings", figures, {**narrow, "orders": trial.calibration["orders"]})
    # Held against inputs that it will see, and not those that it was calibrated with.
    with pytest.raises(BundleError, match=r"'(lines|waveform)' has a cosine of .*--calibration"):
        reduced_bundle(source, tmp_path / "x", precision="int8", trial=wrong)


def test_what_has_fewer_bits_already_is_no_source(
    made: dict[str, Reduced], trial: Trial, tmp_path: Path, source: Model
) -> None:
    model = load_model(made["int8"].bundle.folder)
    with pytest.raises(UsageError, match=r"bearing-int8@.* is in int8 already"):
        reduced_bundle(model, tmp_path / "x", precision="fp16", trial=trial)
    with pytest.raises(UnknownNameError, match="Unknown precision 'int4'"):
        reduced_bundle(source, tmp_path / "x", precision="int4", trial=trial)
