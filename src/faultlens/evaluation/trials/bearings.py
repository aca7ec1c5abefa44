"""The trial of builtin/bearing: simulated machines, read in three ways."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.evaluation.trials.simulated_set import SimulatedSet, simulated_set
from faultlens.inputs.vibration import LINES, READINGS, VibrationInput
from faultlens.metrics.classification import auroc
from faultlens.models.training_free import (
    CLASSES,
    HEALTHY,
    PAIRS,
    SINGLES,
    allotted,
    fault_probability,
)
from faultlens.runtimes.judge import PROTOTYPES
from faultlens.runtimes.judges import RULE_SHARE, log_odds, with_rule
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.trial import Trial
from faultlens.runtimes.vibration import points_of

HELD_OUT_SEED, CALIBRATION_SEED = 7_000_000, 7_500_000
"""Apart from each other, and from what builtin/bearing learned from and was calibrated on."""

HELD_OUT, CALIBRATION = 500, 100
"""Recordings; a tenth of a second each to simulate and read."""


def bearing_trial(
    own: Sequence[VibrationInput] = (),
    *,
    held_out: int = HELD_OUT,
    calibration: int = CALIBRATION,
) -> Trial:
    """What a model of bearings is calibrated with and measured on.

    Args:
        own: recordings of the user's to calibrate with, read as `prepare_vibration` does; an
            encoder that none of them is for is calibrated with simulated ones.
        held_out: simulated recordings to measure on.
        calibration: simulated recordings to calibrate with.

    Example:
        >>> trial = bearing_trial(held_out=2, calibration=2)
        >>> sorted(trial.calibration), trial.what
        (['lines', 'orders', 'waveform'], '2 simulated recordings that nothing was learned from')
    """
    passes: dict[str, list[dict[str, NDArray[np.float32]]]] = {}
    for reading in READINGS:
        rows = [x.arrays[reading] for x in own if reading in x.arrays]
        if not rows:
            rows = list(getattr(_simulated(CALIBRATION_SEED, calibration), reading))
        passes[reading] = [{"x": np.stack(rows).astype(np.float32)}]

    def figures(judging: Model) -> Mapping[str, float]:
        held = _simulated(HELD_OUT_SEED, held_out)
        return {
            name: value
            for reading in READINGS
            for name, value in _figures(judging, reading, held).items()
        }

    told = f"{len(own)} recordings of its user's" if own else f"{calibration} simulated recordings"
    return Trial(
        what=f"{held_out} simulated recordings that nothing was learned from",
        figures=figures,
        calibration=passes,
        calibrated_on=f"calibrated on {told}",
    )


@cache
def _simulated(first_seed: int, count: int) -> SimulatedSet:
    with tempfile.TemporaryDirectory() as folder:
        return simulated_set(first_seed, count, folder=Path(folder), quiet=True)


def _figures(model: Model, reading: str, held: SimulatedSet) -> dict[str, float]:
    arrays = [
        dict(zip(READINGS, rows, strict=True))
        for rows in zip(*(getattr(held, x).astype(np.float32) for x in READINGS), strict=True)
    ]
    points = points_of(model, reading, arrays)
    with np.load(model.bundle.path(PROTOTYPES), allow_pickle=False) as stored:
        odds = log_odds(points, stored["classes"], model.bundle.calibration[reading])
    truth = held.told if reading == LINES else held.actual
    if RULE_SHARE in model.bundle.calibration[reading]:
        odds = with_rule(odds, held.lines, model.bundle.calibration[reading])
    asked = frozenset({*SINGLES, *PAIRS})
    scores = np.array([fault_probability(allotted(x, asked=asked)) for x in odds])
    faulty = truth != CLASSES.index(HEALTHY)
    return {
        f"{reading}: accuracy": float((odds.argmax(axis=1) == truth).mean()),
        f"{reading}: fault against healthy, AUROC": auroc(scores[faulty], scores[~faulty]),
    }
