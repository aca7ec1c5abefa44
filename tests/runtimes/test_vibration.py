"""Recordings become unit points of one space, whatever of them is known."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.vibration import prepare_vibration
from faultlens.runtimes.loaded import Model, builtin_folders, load_model
from faultlens.runtimes.vibration import encode_vibration, mixture, points_of
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.recording import in_memory
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model("builtin/bearing")


@pytest.fixture(scope="module")
def signal() -> Signal:
    return recorded("inner", seed=1)


def recorded(*families: str, seed: int) -> Signal:
    return simulate(
        families, bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772, sample_rate_hz=12000,
        seconds=2.0, seed=seed, snr_db=12.0,
    ).signal  # fmt: skip


def known_less(signal: Signal) -> list[Signal]:
    """The recording with all, without its bearing, without its speed."""
    return [signal, replace(signal, bearing=None), replace(signal, shaft_rpm=None)]


def test_points_are_unit_rows_in_the_order_of_the_recordings(model: Model, signal: Signal) -> None:
    mixed = known_less(signal)
    rows = encode_vibration(model, mixed)
    assert (rows.shape, rows.dtype) == ((3, 256), np.float32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    for row, one in zip(rows, mixed, strict=True):
        assert row == pytest.approx(encode_vibration(model, [one])[0], abs=1e-5)


def test_a_signal_its_recording_and_what_was_read_of_it_are_one_point(
    model: Model, signal: Signal
) -> None:
    rows = model.encode([signal, in_memory(signal), prepare_vibration(signal)])
    assert rows[1] == pytest.approx(rows[0], abs=1e-6)
    assert rows[2] == pytest.approx(rows[0], abs=1e-6)
    assert model.encode(signal) == pytest.approx(rows[:1], abs=1e-6)  # one alone is one row
    assert model.encode((signal,)).shape == (1, 256)


@pytest.mark.parametrize("less", [0, 1])
def test_machines_with_one_fault_are_nearer_than_machines_with_another(
    model: Model, less: int
) -> None:
    inner, again, outer = (
        model.encode(known_less(recorded(family, seed=seed))[less])[0]
        for family, seed in (("inner", 1), ("inner", 2), ("outer", 3))
    )
    assert inner @ again > inner @ outer + 0.2


def test_the_gain_of_the_sensor_does_not_matter(model: Model, signal: Signal) -> None:
    louder = replace(signal, samples=1000 * signal.samples)
    for one, other in zip(known_less(signal), known_less(louder), strict=True):
        assert model.encode(one) == pytest.approx(model.encode(other), abs=0.01)


def test_where_the_bearing_is_known_both_readings_count(model: Model, signal: Signal) -> None:
    ready = prepare_vibration(signal)
    weights = mixture(model, "lines")
    assert set(weights) == {"lines", "orders"} and min(weights.values()) > 0
    both = points_of(model, "lines", [ready.arrays])
    parts = {x: model.runtime(x).run({"x": ready.arrays[x][None]}) for x in weights}
    total = sum(weights[x] * part for x, part in parts.items())
    assert both == pytest.approx(total / np.linalg.norm(total), abs=1e-5)
    assert mixture(model, "orders") == {"orders": 1.0}
    assert mixture(model, "waveform") == {"waveform": 1.0}


def test_what_is_no_recording_is_said(model: Model) -> None:
    with pytest.raises(UsageError, match="No recording to encode; give at least one"):
        model.encode([])
    with pytest.raises(UsageError, match="A recording is a Signal, not a str: read a file with"):
        model.encode(["pump.csv"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="not a float"):
        model.encode(np.zeros(3))  # type: ignore[arg-type]


def test_a_text_tower_takes_no_recordings(signal: Signal) -> None:
    with pytest.raises(UsageError, match=r"takes text, not recordings; ask it with encode_text"):
        load_model("builtin/text").encode(signal)


def test_a_manifest_that_does_not_say_how_to_mix_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(builtin_folders()["builtin/bearing"], folder)
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "preparation": {}}))
    with pytest.raises(BundleError, match="how recordings read by lines are encoded"):
        mixture(load_model(folder), "lines")
