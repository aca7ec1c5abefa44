"""The trial of a model that was trained on windows: those held out then, or simulated ones.

What its classes are only its user knows, so that no truth can be simulated. Of simulated windows
the share that keeps its name is a bound: accuracy cannot fall by more than what changed.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.inputs.vibration import WINDOWS
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.inputs.windowed import recording_windows
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.trial import Trial
from faultlens.runtimes.window_bundle import window_facts, window_points
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.settings import Resonance, SimulationSettings
from faultlens.signals.simulator.simulate import simulate

BEARING = FaultOrders(bpfo=3.585, bpfi=5.415, bsf=2.357, ftf=0.398)
"""Orders of a 6205."""

STRUCK: tuple[tuple[str, ...], ...] = ((), ("outer",), ("inner",), ("ball",))
SNR_DB = (20.0, 0.0, 10.0)
RINGS = ((0.16, 0.04), (0.3, 0.03))
"""Modes that strikes excite: share of the rate, so that any rate shows them; damping."""

SAMPLES_PER_TURN, TURNS = 400, 12
"""Of the shaft: samples at most, and turns of a window at least, so that lines can be read."""

HELD_OUT_SEED, CALIBRATION_SEED = 8_000_000, 8_500_000
HELD_OUT, CALIBRATION = 1000, 200
"""Windows."""

WINDOWS_EACH = 10
"""Of a recording."""


def window_trial(
    model: Model,
    own: Sequence[Signal | Recording] = (),
    *,
    held_out: int = HELD_OUT,
    calibration: int = CALIBRATION,
) -> Trial:
    """What a model of windows is calibrated with and measured on.

    Args:
        model: a bundle of windows, in single precision.
        own: recordings of the user's to calibrate with; none takes simulated ones.
        held_out: simulated windows to measure on.
        calibration: simulated windows to calibrate with.

    Raises:
        InputError: a recording that cannot be read, or is shorter than a window.
        BundleError: the model does not say how windows are judged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> window_trial(load_model("builtin/bearing"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/bearing@... is a damaged bundle: ...
    """
    preparation = window_facts(model).preparation
    shown = [recording_windows(x, preparation).arrays for x in own]
    arrays = (
        np.concatenate(shown)
        if shown
        else simulated_windows(preparation, CALIBRATION_SEED, calibration)
    )
    held = simulated_windows(preparation, HELD_OUT_SEED, held_out)
    before = _named(model, held)

    def figures(judging: Model) -> Mapping[str, float]:
        return {"named as in single precision": float((_named(judging, held) == before).mean())}

    told = f"{len(own)} recordings of its user's" if own else f"{calibration} simulated windows"
    return Trial(
        what=f"{held_out} simulated windows",
        figures=figures,
        calibration={WINDOWS: [{"x": arrays}]},
        calibrated_on=f"calibrated on {told}",
    )


def labelled_trial(
    learned: NDArray[np.float32], held: NDArray[np.float32], target: NDArray[np.int64]
) -> Trial:
    """A trial on the windows that the training of a model held out.

    Args:
        learned: (window, channel, time), or as the preparation makes them, to calibrate with.
        held: (window, channel, time) that it did not learn from.
        target: (window,) class of each of `held`.

    Example:
        >>> windows = np.zeros((40, 1, 64), np.float32)
        >>> labelled_trial(windows, windows, np.zeros(40, np.int64)).what
        '40 windows that its training held out'
    """
    every = max(1, len(learned) // CALIBRATION)
    shown = learned[::every]

    def figures(judging: Model) -> Mapping[str, float]:
        return {"accuracy": float((_named(judging, held) == target).mean())}

    return Trial(
        what=f"{len(held)} windows that its training held out",
        figures=figures,
        calibration={WINDOWS: [{"x": shown}]},
        calibrated_on=f"calibrated on {len(shown)} windows that it learned from",
    )


def simulated_windows(
    preparation: WindowPreparation, first_seed: int, count: int
) -> NDArray[np.float32]:
    """Windows of simulated bearings, sound and struck, prepared as a model takes them.

    Args:
        preparation: of the model.
        first_seed: of the first recording; the others follow.
        count: windows.

    Returns:
        (window, channel, time), or as the preparation makes them behind the first axis.

    Example:
        >>> simulated_windows(WindowPreparation("waveform", 1024, 5120.0), 0, 12).shape
        (12, 1, 1024)
    """
    recordings = _recordings(preparation, first_seed, -(-count // WINDOWS_EACH))
    cut = [recording_windows(x, preparation).arrays[:WINDOWS_EACH] for x in recordings]
    return np.concatenate(cut)[:count]


def _recordings(preparation: WindowPreparation, first_seed: int, count: int) -> Iterator[Signal]:
    rate_hz, size = preparation.sample_rate_hz, preparation.window
    shaft_hz = max(rate_hz / SAMPLES_PER_TURN, TURNS * rate_hz / size)
    rings = tuple(Resonance(share * rate_hz, damping) for share, damping in RINGS)
    for at in range(count):
        yield simulate(
            STRUCK[at % len(STRUCK)],
            bearing=BEARING,
            shaft_rpm=60 * shaft_hz,
            sample_rate_hz=rate_hz,
            seconds=(WINDOWS_EACH + 0.5) * size / rate_hz,
            seed=first_seed + at,
            snr_db=SNR_DB[at // len(STRUCK) % len(SNR_DB)],
            settings=SimulationSettings(resonances=rings),
        ).signal


def _named(model: Model, arrays: NDArray[np.float32]) -> NDArray[np.intp]:
    nearest: NDArray[np.intp] = (
        window_points(model, arrays) @ window_facts(model).classes.T
    ).argmax(axis=1)
    return nearest
