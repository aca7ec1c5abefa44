"""What is shipped to judge with: the numbers of the training-free rule, its name and its hash."""

import hashlib
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from faultlens.core.errors import FaultlensError

NAME = "builtin/physics"
"""The training-free rule."""

DEFAULT = "builtin/bearing"
"""What judges bearings unless the user says otherwise: the learned model."""


@dataclass(frozen=True)
class RuleCalibration:
    """From strengths to probabilities; all slopes per nat.

    Args:
        slope: of a family's strength.
        cage_slope: the same of the cage, whose lines are sharper.
        spread_slope: of the spectrum's spread: in a noisy spectrum strengths are high by chance.
        offset: of outer, inner and ball faults.
        cage_offset: of cage faults.
        ball_by_cage: slope of the cage's strength for a ball fault: balls travel with the cage.
        cage_by_ball: slope of the ball's strength for a cage fault: ball lines explain the cage's.
        pair_slope: of the weaker family of a compound, above `pair_margin`.
        pair_margin: strength that the weaker family must have, nats.
        stray_slope: of the peaks that belong to no known line.
        stray_offset: of the class unknown.
        alarm_threshold: fault probability that simulated healthy machines exceed with
            `false_alarm_rate`.
        false_alarm_rate: rate on simulated healthy recordings.
        healthy_recordings: simulated healthy recordings behind the threshold.
        first_seed: seed of the first simulated recording.
    """

    slope: float
    cage_slope: float
    spread_slope: float
    offset: float
    cage_offset: float
    ball_by_cage: float
    cage_by_ball: float
    pair_slope: float
    pair_margin: float
    stray_slope: float
    stray_offset: float
    alarm_threshold: float = 0.5
    false_alarm_rate: float = 0.01
    healthy_recordings: int = 0
    first_seed: int = 0


@cache
def load_calibration() -> RuleCalibration:
    """The calibration that is shipped, made from simulated recordings alone.

    Raises:
        FaultlensError: the file of this installation is damaged.

    Example:
        >>> 0 < load_calibration().alarm_threshold < 1
        True
    """
    table = tomllib.loads(_shipped().decode("utf-8"))
    known = {field.name for field in fields(RuleCalibration)}
    if set(table) != known:
        raise FaultlensError(
            f"{NAME}: its calibration has the fields {sorted(table)}; {sorted(known)} are needed. "
            "Install faultlens again."
        )
    return RuleCalibration(**table)


@cache
def reference() -> str:
    """Name and hash of this model, as results and profiles state it.

    Example:
        >>> reference()
        'builtin/physics@...'
    """
    return f"{NAME}@{hashlib.sha256(_shipped()).hexdigest()[:12]}"


def _shipped() -> bytes:
    return (files("faultlens") / "builtin" / "physics" / "calibration.toml").read_bytes()
