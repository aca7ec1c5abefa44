"""Figures on joined verdicts: simulated sensors with known truth, independent and dependent ones.

`python -m benches.fuse` measures them in two minutes on one core:
sensors as numbers here, and machines from end to end (`fused_machines`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benches.fused_machines import COMMAND, machines_section, measured_machines
from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.inference.verdict.pooling import SURE, Assumptions, Belief, pooled
from faultlens.metrics.calibration import expected_calibration_error
from faultlens.metrics.conformal import conformal_threshold

TOPIC = "Joined verdicts, simulated sensors"
CALIBRATION, FALSE = "calibration error of the joined score", "false alarms, sound assets"
FOUND = "faults found"
OURS, TOLD = "fuse", "fuse told how much is shared"
ODDS, NOISY_OR, HIGHEST, MEAN = "odds multiplied", "noisy-or", "highest", "mean"
BY_SENSORS, BY_VISITS, ALONE = "own thresholds", "healthy visits", "best sensor alone"

PRIOR = 0.5
"""Share of assets on which a sensor's own fault is there."""

DRAWS, ASSETS = 20, 1500
"""Draws of every plant, and assets in each."""

RATE = 0.01
"""False-alarm rate of each sensor's own threshold; two sensors may alarm twice as often."""

PROFILE, VISITS = 400, 200
"""Healthy recordings behind a sensor's threshold, and healthy visits behind the joined one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plant:
    """Assets whose truth is known, each looked at by the same sensors.

    Args:
        name: in tables.
        kinds: (sensor,) kind of each.
        strengths: (sensor,) distance of sound and faulty, in standard deviations of its noise.
        shared: share of assets on which all sensors look at one and the same fault.
        errors: correlation of noise between sensors of different kinds.
        errors_of_kind: the same between sensors of one kind.
    """

    name: str
    kinds: tuple[str, ...]
    strengths: tuple[float, ...]
    shared: float
    errors: float = 0.0
    errors_of_kind: float = 0.0


TWO, THREE = ("vibration", "picture"), ("vibration", "vibration", "picture")
PLANTS = (
    *(Plant(f"two kinds, one fault in {x:.0%}", TWO, (2.5, 2.0), x) for x in (0.0, 0.5, 1.0)),
    *(
        Plant(f"two kinds, one fault in {x:.0%}, errors go together .5", TWO, (2.5, 2.0), x, 0.5)
        for x in (0.0, 0.5, 1.0)
    ),
    Plant("two of a kind and a picture, errors of the kind .5", THREE, (2.5, 2.5, 2.0), 0.5,
          errors_of_kind=0.5),
    Plant("two of a kind and a picture, errors of the kind .9", THREE, (2.5, 2.5, 2.0), 0.5,
          errors_of_kind=0.9),
    Plant("two of a kind, one fault in 100%, errors .5", ("vibration",) * 2, (2.5, 2.5), 1.0,
          errors_of_kind=0.5),
)  # fmt: skip
"""What is measured; written down before anything was."""


@dataclass(frozen=True, eq=False)
class Looked:
    """What sensors believe of assets, and what is true of them.

    Args:
        truth: (asset, sensor) whether the sensor's own fault is there.
        beliefs: (asset, sensor) probability that the sensor gives it; calibrated for each sensor.
    """

    truth: NDArray[np.bool_]
    beliefs: Floats

    @property
    def faulty(self) -> NDArray[np.bool_]:
        """(asset,) whether any fault is there."""
        return np.asarray(self.truth.any(axis=1))


def looked_at(
    plant: Plant, assets: int, rng: np.random.Generator, *, healthy: bool = False
) -> Looked:
    """Draw assets and let the sensors look at them.

    Args:
        plant: how faults and errors go together.
        assets: number of assets.
        rng: chance.
        healthy: whether all of them are sound.

    Example:
        >>> seen = looked_at(PLANTS[2], 1000, np.random.default_rng(0))
        >>> bool((seen.truth[:, 0] == seen.truth[:, 1]).all()), round(float(seen.truth.mean()), 1)
        (True, 0.5)
    """
    sensors = len(plant.kinds)
    own = rng.random((assets, sensors)) < PRIOR
    one = np.repeat(rng.random((assets, 1)) < PRIOR, sensors, axis=1)
    truth = np.where(rng.random((assets, 1)) < plant.shared, one, own) & (not healthy)
    alike = np.array(plant.kinds)[:, None] == np.array(plant.kinds)
    spread = np.where(alike, plant.errors_of_kind, plant.errors)
    np.fill_diagonal(spread, 1.0)
    noise = rng.multivariate_normal(np.zeros(sensors), spread, size=assets)
    strength = np.array(plant.strengths)
    seen = strength * np.where(truth, 0.5, -0.5) + noise
    # The likelihood ratio of two Gaussians of spread 1 at a distance d is exp(d x).
    odds = PRIOR / (1 - PRIOR) * np.exp(strength * seen)
    return Looked(truth, odds / (1 + odds))


def joined(plant: Plant, beliefs: Floats, *, told: bool = False) -> Floats:
    """The joined probability of a fault of each asset, as `fuse` computes it.

    Args:
        plant: says the kinds of the sensors.
        beliefs: (asset, sensor) probabilities.
        told: whether the rule is told how much is shared; else it assumes what it always does.

    Example:
        >>> joined(PLANTS[0], np.array([[0.9, 0.9]])).round(3)
        array([0.989])
    """
    assumed = Assumptions(shared=plant.shared) if told else Assumptions()
    return np.array(
        [
            pooled([Belief(k, p) for k, p in zip(plant.kinds, row, strict=True)], assumed).fault
            for row in beliefs.tolist()
        ]
    )


def _odds_multiplied(beliefs: Floats) -> Floats:
    bounded = np.clip(beliefs, SURE, 1 - SURE)
    ratio = np.log(bounded / (1 - bounded)) - np.log(PRIOR / (1 - PRIOR))
    return np.asarray(1 / (1 + np.exp(-(ratio.sum(axis=1) + np.log(PRIOR / (1 - PRIOR))))))


RULES: Mapping[str, Callable[[Floats], Floats]] = {
    ODDS: _odds_multiplied,
    NOISY_OR: lambda p: np.asarray(1 - (1 - p).prod(axis=1)),
    HIGHEST: lambda p: np.asarray(p.max(axis=1)),
    MEAN: lambda p: np.asarray(p.mean(axis=1)),
}
"""What is usually done, beside ours."""


def calibration_of(plant: Plant, *, assets: int = ASSETS, draws: int = DRAWS) -> tuple[Figure, ...]:
    """How far each rule's joined probability is from the share of assets with a fault.

    Args:
        plant: what is simulated.
        assets: in each draw.
        draws: number of draws.

    Example:
        >>> [x.how for x in calibration_of(PLANTS[0], assets=50, draws=1)]
        ['fuse', 'fuse told how much is shared', 'odds multiplied', 'noisy-or', 'highest', 'mean']
    """
    errors: dict[str, list[float]] = {x: [] for x in (OURS, TOLD, *RULES)}
    for seed in range(draws):
        seen = looked_at(plant, assets, np.random.default_rng(seed))
        scores = {OURS: joined(plant, seen.beliefs)}
        scores[TOLD] = joined(plant, seen.beliefs, told=True)
        scores |= {name: rule(seen.beliefs) for name, rule in RULES.items()}
        for name, score in scores.items():
            errors[name].append(expected_calibration_error(score, seen.faulty))
    return tuple(_figure(plant, CALIBRATION, how, x, assets) for how, x in errors.items())


def alarms_of(plant: Plant, *, assets: int = ASSETS, draws: int = DRAWS) -> tuple[Figure, ...]:
    """How often sound and faulty assets alarm: by own thresholds, by healthy visits, one alone.

    Each way is allowed the same rate: the sum of the rates of the sensors' own thresholds.

    Args:
        plant: what is simulated.
        assets: in each draw.
        draws: number of draws.

    Example:
        >>> [x.how for x in alarms_of(PLANTS[0], assets=50, draws=1)][:3]
        ['own thresholds', 'healthy visits', 'best sensor alone']
    """
    sensors = len(plant.kinds)
    allowed = sensors * RATE
    shares: dict[tuple[str, str], list[float]] = {}
    for seed in range(draws):
        rng = np.random.default_rng(1000 + seed)
        healthy = looked_at(plant, PROFILE, rng, healthy=True).beliefs
        own = [_threshold(healthy[:, i], RATE) for i in range(sensors)]
        alone = _threshold(healthy[:, 0], allowed)
        visits = looked_at(plant, VISITS, rng, healthy=True).beliefs
        together = _threshold(joined(plant, visits), allowed)
        for name in (FALSE, FOUND):
            seen = looked_at(plant, assets, rng, healthy=name == FALSE)
            counted = seen.beliefs if name == FALSE else seen.beliefs[seen.faulty]
            for how, alarm in (
                (BY_SENSORS, (counted > np.array(own)).any(axis=1)),
                (BY_VISITS, joined(plant, counted) > together),
                (ALONE, counted[:, 0] > alone),
            ):
                shares.setdefault((name, how), []).append(float(alarm.mean()))
    return tuple(_figure(plant, name, how, x, assets) for (name, how), x in shares.items())


def fuse_section(plants: Sequence[Plant] = PLANTS) -> Section:
    """All figures on joined verdicts.

    Args:
        plants: what is simulated.

    Example:
        >>> fuse_section([]).figures
        ()
    """
    figures = [x for plant in plants for x in (*calibration_of(plant), *alarms_of(plant))]
    note = (
        f"Each sensor's own probability is calibrated; a fault of its own is there on {PRIOR:.0%} "
        f"of the assets, the same for all sensors or each its own. Mean of {DRAWS} draws of "
        f"{ASSETS} assets with the range of the draws. False alarms are allowed at {RATE:.0%} per "
        f"sensor in all three ways: own thresholds from {PROFILE} healthy recordings each, one on "
        f"the joined probability from {VISITS} healthy visits, or all of it for the best sensor "
        "alone."
    )
    return Section(TOPIC, note, tuple(figures))


def _threshold(healthy: Floats, rate: float) -> float:
    return conformal_threshold(healthy, false_alarms=rate).threshold


def _figure(plant: Plant, name: str, how: str, values: Sequence[float], assets: int) -> Figure:
    mean, low, high = float(np.mean(values)), min(values), max(values)
    return Figure(
        TOPIC, plant.name, name, "", mean, assets * len(values), low, high, how=how, command=COMMAND
    )


if __name__ == "__main__":
    print(tables([fuse_section(), machines_section(measured_machines())], {}))
