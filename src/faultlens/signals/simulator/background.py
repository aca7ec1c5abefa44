"""What the simulated sensor hears besides the defect: noise, tones, shocks that are no fault."""

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.simulator.settings import Background
from faultlens.signals.simulator.sources import (
    Array,
    Rotation,
    impulse_train,
    normalised,
    strike_angles,
)


def shocks(background: Background, rotation: Rotation, rng: np.random.Generator) -> Array | None:
    """Looseness and random shocks, which ring the structure as a defect does.

    Returns:
        (time,) force with the powers asked for, or None where there are none.

    Example:
        >>> rotation = Rotation(1000.0, np.linspace(0, 20 * np.pi, 1000))
        >>> shocks(Background(), rotation, np.random.default_rng(0)) is None
        True
    """
    turned = rotation.shaft_angle_rad
    length = len(turned)
    # The dice are thrown whether used or not, so that one source does not move the others.
    angles = strike_angles(1.0, float(turned[0]), float(turned[-1]), 0.01, rng)
    loose = rng.exponential(0.3, len(angles)) + 0.7
    count = max(1, rng.poisson(background.random_impulses_hz * length / rotation.sample_rate_hz))
    random_at = np.sort(rng.uniform(0, length, count))
    random_height = rng.exponential(1.0, count) * rng.choice((-1.0, 1.0), count)
    total = None
    if background.looseness_db is not None:
        train = normalised(impulse_train(rotation.samples_at(angles), loose, length))
        total = _amplitude(background.looseness_db) * train
    if background.random_impulses_db is not None:
        train = normalised(impulse_train(random_at, random_height, length))
        train *= _amplitude(background.random_impulses_db)
        total = train if total is None else total + train
    return total


def noise(background: Background, rotation: Rotation, rng: np.random.Generator) -> Array:
    """White noise, modulated by the turning shaft where asked; its colour comes later.

    Returns:
        (time,) noise of mean square 1.

    Example:
        >>> rotation = Rotation(1000.0, np.linspace(0, 20 * np.pi, 1000))
        >>> noise(Background(), rotation, np.random.default_rng(0)).shape
        (1000,)
    """
    white = rng.standard_normal(len(rotation.shaft_angle_rad))
    depth = background.noise_shaft_modulation
    if depth > 0:
        weights = background.noise_shaft_weights
        whole = sum(map(abs, weights))
        turning = sum(
            weight / whole * np.cos(times * rotation.shaft_angle_rad + times)
            for times, weight in enumerate(weights, start=1)
        )
        white *= 1 + depth * turning
    return normalised(white)


def tones(background: Background, rotation: Rotation, rng: np.random.Generator) -> Array:
    """Tones of shaft, gear and frequency converter; none above .45 of the sample rate.

    Returns:
        (time,) tones with the powers asked for.

    Example:
        >>> rotation = Rotation(1000.0, np.linspace(0, 20 * np.pi, 1000))
        >>> two = tones(Background(shaft_tones_db=(0.0, 0.0)), rotation, np.random.default_rng(0))
        >>> round(float(np.mean(two**2)), 1)
        2.0
    """
    turned = rotation.shaft_angle_rad
    phases = np.exp(2j * np.pi * rng.random(16))
    highest = 0.45 * 2 * np.pi / float(np.max(np.diff(turned)))
    shaft = _turning(turned)
    total = np.zeros(len(turned), dtype=np.complex128)
    # Horner's scheme: one exponential for all harmonics.
    for number, level in reversed(list(enumerate(background.shaft_tones_db, start=1))):
        if number < highest:
            total += _amplitude(level) * np.sqrt(2) * phases[number % 4]
        total *= shaft
    if background.gear_db is not None and background.gear_teeth < highest:
        total += _amplitude(background.gear_db) * _gear(background, turned, shaft, highest, phases)
    if background.drive_comb_db is not None:
        total += _amplitude(background.drive_comb_db) * _drive_comb(background, rotation, phases)
    return np.ascontiguousarray(total.real)


def _gear(
    background: Background,
    turned: Array,
    shaft: NDArray[np.complex128],
    highest: float,
    phases: NDArray[np.complex128],
) -> NDArray[np.complex128]:
    mesh = _turning(background.gear_teeth * turned)
    count = min(3, int(highest / background.gear_teeth))
    total = np.zeros_like(mesh)
    for number in range(count, 0, -1):
        total += 0.6 ** (number - 1) * phases[4 + number]
        total *= mesh
    # An eccentric wheel: the mesh carries sidebands at shaft speed.
    total *= 1 + 0.3 * shaft.real
    total *= np.sqrt(2 / np.mean(np.abs(total) ** 2))
    return total


def _drive_comb(
    background: Background, rotation: Rotation, phases: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    rate = rotation.sample_rate_hz
    numbers = np.arange(-3, 4)
    teeth = background.drive_carrier_hz + 2 * background.drive_hz * numbers
    heights = 0.7 ** np.abs(numbers) * (np.abs(teeth) < 0.45 * rate) * phases[8:15]
    time_s = np.arange(len(rotation.shaft_angle_rad)) / rate
    step = _turning(4 * np.pi * background.drive_hz * time_s)
    total = np.zeros_like(step)
    for height in heights[::-1]:
        total *= step
        total += height
    total *= _turning(2 * np.pi * teeth[0] * time_s)
    power = np.mean(np.abs(total) ** 2)
    return total * np.sqrt(2 / power) if power > 0 else total


def _turning(angle_rad: Array) -> NDArray[np.complex128]:
    # exp(i angle), several times faster than numpy's complex exponential.
    out = np.empty(len(angle_rad), dtype=np.complex128)
    out.real = np.cos(angle_rad)
    out.imag = np.sin(angle_rad)
    return out


def _amplitude(level_db: float) -> float:
    return float(10 ** (level_db / 20))
