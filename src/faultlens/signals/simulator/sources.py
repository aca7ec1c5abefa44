"""What shakes the simulated machine: the strikes of a defect, at the angles that kinematics gives.

An excitation is an array over one stretch of time, before structure and sensor filter it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.simulator.settings import Defect

Array = NDArray[np.float64]

_TAPS = 32
"""Length of the fractional delay, samples: flat to 1 % up to .45 of the sample rate."""
_STEPS = 512
"""Positions between two samples that it knows; the timing error stays below .001 samples."""
_MARGIN = _TAPS // 2
_WIDEST_SPALL = 0.3
"""Entry to exit at severity 1, share of the spacing of two strikes."""


@dataclass(frozen=True, eq=False)
class Rotation:
    """How the shaft turns over the simulated stretch.

    Args:
        sample_rate_hz: samples per second.
        shaft_angle_rad: (time,) angle of the shaft at each sample, rising.
    """

    sample_rate_hz: float
    shaft_angle_rad: Array

    def samples_at(self, angles_rad: Array) -> Array:
        """When the shaft passes each angle, in samples (not whole)."""
        steps = np.arange(len(self.shaft_angle_rad), dtype=np.float64)
        return np.interp(angles_rad, self.shaft_angle_rad, steps)


@dataclass(frozen=True, eq=False)
class Strikes:
    """What one family does to the structure.

    Args:
        excitation: (time,) force on the structure, mean square 1.
        at_samples: (strike,) when the rolling contact leaves the defect, in samples.
    """

    excitation: Array
    at_samples: Array


def load_share(angle_rad: Array, extent: float) -> Array:
    """Load on a contact at an angle from the direction of load, 1 at the centre of the zone.

    Args:
        angle_rad: (strike,) angle from the direction of load, rad.
        extent: Stribeck's epsilon; .5 loads half the race.

    Source: Stribeck's load distribution, as in McFadden and Smith, J. Sound Vib. 96 (1984), eq 2:
    q = (1 - (1 - cos psi) / (2 epsilon))^1.5.

    Example:
        >>> load_share(np.array([0.0, np.pi]), 0.4)
        array([1., 0.])
    """
    share: Array = np.maximum(0.0, 1 - (1 - np.cos(angle_rad)) / (2 * extent)) ** 1.5
    return share


def strike_angles(
    order: float, first_rad: float, last_rad: float, jitter: float, rng: np.random.Generator
) -> Array:
    """Shaft angles of strikes that come `order` times per turn, each a little early or late.

    Args:
        order: strikes per turn of the shaft.
        first_rad: angle at which the stretch begins, rad.
        last_rad: angle at which it ends, rad.
        jitter: standard deviation of the spacing, share of the spacing.
        rng: source of chance.

    Returns:
        (strike,) angles, rad, rising.

    Source: Antoni and Randall, J. Vib. Acoust. 125 (2003): the spacings are independent, so the
    errors add up, phi_{k+1} = phi_k + (2 pi / o)(1 + jitter e_k).

    Example:
        >>> strike_angles(4.0, 0.0, 7.0, 0.0, np.random.default_rng(0)).size
        4
    """
    spacing = 2 * np.pi / order
    count = int((last_rad - first_rad) / spacing * 1.2) + 10
    steps = spacing * np.maximum(0.1, 1 + jitter * rng.standard_normal(count))
    angles: Array = first_rad - spacing * rng.random() + np.cumsum(steps)
    return angles[angles < last_rad]


def impulse_train(at_samples: Array, amplitudes: Array, length: int) -> Array:
    """Impulses at any time between samples, band-limited, on a grid of `length` samples.

    Args:
        at_samples: (strike,) when, in samples; need not be whole.
        amplitudes: (strike,) how strong.
        length: samples of the result.

    Returns:
        (time,) the train; impulses closer than 16 samples to either end are left out.

    Source: fractional delay by windowed sinc, Laakso et al., IEEE Signal Process. Mag. 13 (1996).

    Example:
        >>> train = impulse_train(np.array([40.5]), np.array([2.0]), 100)
        >>> round(float(train.sum()), 2), bool(np.isclose(train[40], train[41]))
        (2.0, True)
    """
    inside = (at_samples >= _MARGIN) & (at_samples < length - _MARGIN - 1)
    ticks = np.rint(at_samples[inside] * _STEPS).astype(np.int64)
    whole, part = np.divmod(ticks, _STEPS)
    places = whole[:, None] + np.arange(1 - _MARGIN, _MARGIN + 1)
    weights = _fractional_delays()[part] * amplitudes[inside, None]
    train: Array = np.bincount(places.ravel(), weights.ravel(), minlength=length).astype(float)
    return train


@cache
def _fractional_delays() -> Array:
    distance = np.arange(1 - _MARGIN, _MARGIN + 1) - np.arange(_STEPS)[:, None] / _STEPS
    # Kaiser window, beta 3.4: 40 dB, with a transition narrow enough to keep .45 fs flat.
    window = np.i0(3.4 * np.sqrt(np.maximum(0, 1 - (distance / _MARGIN) ** 2)))
    taps: Array = np.sinc(distance) * window
    taps /= taps.sum(axis=1, keepdims=True)
    return taps


def family_strikes(
    family: str,
    orders: FaultOrders,
    defect: Defect,
    rotation: Rotation,
    rng: np.random.Generator,
) -> Strikes:
    """Strikes of one fault family on the structure.

    Args:
        family: "outer", "inner", "ball" or "cage".
        orders: the orders at which they come, slip included.
        defect: how they strike.
        rotation: how the shaft turns.
        rng: source of chance.

    Source: McFadden and Smith, J. Sound Vib. 96 (1984) (load zone and path); Sawalha and Randall,
    Mech. Syst. Signal Process. 25 (2011) (entry and exit of a spall as two pulses).

    Example:
        >>> rotation = Rotation(1000.0, np.linspace(0, 20 * np.pi, 1000))
        >>> orders = FaultOrders(bpfo=3.6, bpfi=5.4, bsf=2.4, ftf=0.4)
        >>> strikes = family_strikes("outer", orders, Defect(), rotation, np.random.default_rng(1))
        >>> round(len(strikes.at_samples) / 10, 1)  # per turn
        3.6
    """
    order = orders.by_family[family]
    turned = rotation.shaft_angle_rad
    jitter = max(defect.jitter, defect.spin_jitter) if family == "ball" else defect.jitter
    angles = strike_angles(order, float(turned[0]), float(turned[-1]), jitter, rng)
    phase = 2 * np.pi * rng.random()
    amplitudes = _pass_gain(family, angles, phase, orders, defect)
    amplitudes = amplitudes * (1 + defect.amplitude_scatter * rng.standard_normal(len(angles)))
    if defect.element_scatter > 0 and family in ("outer", "inner"):
        elements = max(1, round(orders.bpfo / orders.ftf))
        own = 1 + defect.element_scatter * rng.standard_normal(elements)
        amplitudes = amplitudes * own[np.arange(len(angles)) % elements]
    at_samples = rotation.samples_at(angles)
    train = impulse_train(at_samples, amplitudes, len(turned))
    if defect.severity > 0 and family != "cage":
        entry = angles - _WIDEST_SPALL * defect.severity * 2 * np.pi / order
        # Opposite in sign: on entry the contact is relieved, on exit it is struck.
        entry_gain = -0.6 * defect.severity * amplitudes
        train += impulse_train(rotation.samples_at(entry), entry_gain, len(turned))
    train = normalised(train)
    if family == "cage" and defect.cage_friction > 0:
        # The cage rubs while its damaged pocket passes the load zone, where it also strikes.
        rubbing = np.square(np.cos(0.5 * orders.ftf * (turned - angles[0])))
        rubbing = rubbing**defect.cage_sharpness
        friction = normalised(rubbing * rng.standard_normal(len(turned)))
        share = defect.cage_friction
        train = np.sqrt(1 - share) * train + np.sqrt(share) * friction
    if family == "ball" and defect.ball_friction > 0:
        loaded = _element_load(turned, phase, orders, defect)
        friction = normalised(loaded * rng.standard_normal(len(turned)))
        share = defect.ball_friction
        train = np.sqrt(1 - share) * train + np.sqrt(share) * friction
    if family == "ball" and defect.race_marks > 0:
        for race in ("outer", "inner"):
            marks = family_strikes(race, orders, defect, rotation, rng)
            train = train + defect.race_marks * rng.random() * marks.excitation
        train = normalised(train)
    return Strikes(train, at_samples)


def _element_load(angles: Array, phase: float, orders: FaultOrders, defect: Defect) -> Array:
    """(angle,) load on one rolling element as it travels: a fixed load, and one that turns."""
    extent = defect.load_zone_extent
    fixed = load_share(orders.ftf * angles + phase, extent)
    turning = load_share((orders.ftf - 1) * angles + phase, extent)
    load: Array = (1 - defect.rotating_load) * fixed + defect.rotating_load * turning
    return load


def _pass_gain(
    family: str, angles: Array, phase: float, orders: FaultOrders, defect: Defect
) -> Array:
    if family == "outer":
        return 1 + defect.shaft_modulation * np.cos(angles + phase)
    if family == "cage":
        return np.ones(len(angles))
    if family == "inner":
        travelling = angles
        gain = load_share(travelling + phase, defect.load_zone_extent)
    else:
        travelling = orders.ftf * angles
        gain = _element_load(angles, phase, orders, defect)
    gain = gain * (1 + defect.path_modulation * np.cos(travelling + phase))
    if family == "ball":
        gain[1::2] *= defect.ball_race_ratio
    return gain


def normalised(samples: Array) -> Array:
    """Samples scaled to mean square 1; silence stays silence.

    Example:
        >>> normalised(np.array([3.0, -3.0]))
        array([ 1., -1.])
    """
    power = float(np.mean(samples**2))
    return samples / np.sqrt(power) if power > 0 else samples
