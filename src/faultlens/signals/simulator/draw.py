"""Recordings drawn at random over all that machines differ in: what a model learns from."""

from collections.abc import Sequence
from math import log

import numpy as np

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.simulator.settings import (
    Background,
    Defect,
    Resonance,
    Sensor,
    SimulationSettings,
)
from faultlens.signals.simulator.simulate import FAULTS, SimulatedRecording, simulate
from faultlens.signals.simulator.sources import Array

SAMPLE_RATES_HZ = (
    *(5120.0, 8192.0, 10000.0, 12000.0, 12800.0, 16000.0, 20000.0, 20480.0, 24000.0, 25600.0),
    *(32000.0, 40000.0, 44100.0, 48000.0, 50000.0, 51200.0, 64000.0),
)
"""Rates of common vibration recorders, Hz."""

_SHAFT_RPM = (300.0, 6000.0)
_SNR_DB = (-14.0, 25.0)
_HEALTHY, _COMPOUND = 0.2, 0.15
"""Shares of healthy and of compound recordings where the faults are not given."""
_DRAW_STREAM = 1000
"""Keeps the draw's own dice apart from those of the simulation with the same seed."""


def draw_recording(
    seed: int,
    *,
    fault_families: tuple[str, ...] | None = None,
    known_bearings: Sequence[BearingGeometry | FaultOrders] = (),
    known_share: float = 0.5,
    sample_rate_hz: float | None = None,
    seconds: float = 2.0,
    snr_db: tuple[float, float] = _SNR_DB,
    speed_tolerance: float = 0.02,
    speed_variation: float = 0.01,
) -> SimulatedRecording:
    """Simulate a recording of a machine drawn at random.

    Hard negatives come with faulty and healthy machines alike, so that they never give a fault
    away. The signal states a nominal speed; the truth holds the true one.

    Args:
        seed: the same seed gives the same recording.
        fault_families: faults to simulate, () for healthy; None draws them too.
        known_bearings: real bearings; some of the draws take one of them, the others a plausible
            one (6 to 24 elements, d/D of .1 to .35).
        known_share: share of the draws that take a real one, where there are any.
        sample_rate_hz: samples per second; None draws one of `SAMPLE_RATES_HZ`.
        seconds: length, s.
        snr_db: lowest and highest power of the fault over power of the background, dB.
        speed_tolerance: how far the true mean speed may be from the stated one, share.
        speed_variation: how far the speed may move within the recording, share; 3 in 10 do.

    Returns:
        the recording and what is true of it.

    Raises:
        UsageError: a tolerance or variation that is not in 0 to .5.

    Example:
        >>> made = draw_recording(7, fault_families=("inner",), sample_rate_hz=12800)
        >>> made.truth.families, len(made.signal.samples)
        (('inner',), 25600)
    """
    if not (0 <= speed_tolerance <= 0.5 and 0 <= speed_variation <= 0.5):
        raise UsageError(
            f"Speed tolerance {speed_tolerance} and variation {speed_variation}; each is a share "
            "between 0 and .5 (.02 is 2 %)."
        )
    rng = np.random.Generator(np.random.PCG64([seed, _DRAW_STREAM]))
    families = _draw_families(rng)
    bearing = _draw_bearing(rng, known_bearings, known_share)
    rate = float(rng.choice(SAMPLE_RATES_HZ)) if sample_rate_hz is None else sample_rate_hz
    stated = _log_uniform(rng, *_SHAFT_RPM)
    true = stated * (1 + speed_tolerance * rng.uniform(-1, 1))
    return simulate(
        families if fault_families is None else fault_families,
        bearing=bearing,
        shaft_rpm=true * _draw_profile(rng, speed_variation),
        sample_rate_hz=rate,
        seconds=seconds,
        seed=seed,
        snr_db=float(rng.uniform(*snr_db)),
        settings=SimulationSettings(
            defect=_draw_defect(rng),
            resonances=_draw_resonances(rng, rate),
            background=_draw_background(rng, rate),
            background_rms_m_s2=_log_uniform(rng, 0.05, 20.0),
            sensor=_draw_sensor(rng, rate),
        ),
        stated_rpm=stated,
    )


def _draw_families(rng: np.random.Generator) -> tuple[str, ...]:
    kind = rng.random()
    order = [str(name) for name in rng.permutation(FAULTS)]
    if kind < _HEALTHY:
        return ()
    return tuple(order[:2] if kind < _HEALTHY + _COMPOUND else order[:1])


def _draw_bearing(
    rng: np.random.Generator,
    known: Sequence[BearingGeometry | FaultOrders],
    known_share: float,
) -> BearingGeometry | FaultOrders:
    place, real = rng.random(), rng.random() < known_share
    elements = int(rng.integers(6, 25))
    # The elements must have room beside each other on the pitch circle.
    widest = min(0.35, 0.95 * float(np.sin(np.pi / elements)))
    ratio = rng.uniform(0.1, widest)
    angle = float(rng.choice((0.0, rng.uniform(5, 40))))
    if known and real:
        return known[int(place * len(known))]
    return BearingGeometry(elements, 100 * ratio, 100.0, angle)


def _draw_profile(rng: np.random.Generator, variation: float) -> float | Array:
    """Speed over its mean: constant, a ramp or a slow swing."""
    kind = rng.random()
    depth, swings, phase = variation * rng.uniform(-1, 1), rng.uniform(0.2, 3), rng.random()
    if kind < 0.7:
        return 1.0
    if kind < 0.85:
        return np.linspace(1 - depth, 1 + depth, 2)
    way = np.linspace(0, 1, 201)
    swing = np.sin(2 * np.pi * (swings * way + phase))
    profile: Array = 1 + depth * (swing - swing.mean())
    return profile


def _draw_defect(rng: np.random.Generator) -> Defect:
    return Defect(
        severity=float(rng.choice((0.0, rng.uniform(0.05, 1.0)))),
        slip_percent=rng.uniform(-1.5, 1.0),
        jitter=_log_uniform(rng, 0.002, 0.02),
        amplitude_scatter=rng.uniform(0.02, 0.4),
        # Beyond .5 the bearing is preloaded, and a defect is struck all the way round.
        load_zone_extent=_log_uniform(rng, 0.25, 3.0),
        path_modulation=rng.uniform(0, 0.8),
        # Outer faults often carry it: an unbalanced or bent shaft turns the load round.
        shaft_modulation=float(rng.choice((0.0, rng.uniform(0.1, 0.9)))),
        ball_race_ratio=rng.uniform(0.2, 1.0),
        cage_friction=float(rng.choice((1.0, rng.uniform(0.1, 0.9)))),
        cage_sharpness=_log_uniform(rng, 0.7, 6.0),
        element_scatter=rng.uniform(0.0, 0.5),
        spin_jitter=_log_uniform(rng, 0.002, 0.05),
        rotating_load=float(rng.choice((0.0, rng.uniform(0, 1)))),
        ball_friction=rng.uniform(0.0, 0.8),
        race_marks=float(rng.choice((0.0, rng.uniform(0.1, 1.0)))),
    )


def _draw_resonances(rng: np.random.Generator, rate_hz: float) -> tuple[Resonance, ...]:
    highest = 0.45 * rate_hz
    lowest = min(1200.0, 0.5 * highest)
    return tuple(
        Resonance(
            _log_uniform(rng, lowest, highest),
            damping_ratio=_log_uniform(rng, 0.01, 0.08),
            gain=rng.uniform(0.3, 1.0),
        )
        for _ in range(int(rng.integers(1, 4)))
    )


def _draw_background(rng: np.random.Generator, rate_hz: float) -> Background:
    def sometimes(lowest_db: float, highest_db: float, share: float = 0.3) -> float | None:
        level = rng.uniform(lowest_db, highest_db)
        return level if rng.random() < share else None

    poles = tuple(
        (rng.uniform(0.2, 0.95), rng.uniform(0.0, 0.5)) for _ in range(int(rng.integers(0, 4)))
    )
    tones = tuple(rng.uniform(-25, 5) - 4 * k for k in range(int(rng.integers(0, 4))))
    return Background(
        noise_poles=poles,
        noise_shaft_modulation=rng.uniform(0.05, 0.8) if rng.random() < 0.5 else 0.0,
        noise_shaft_weights=tuple(rng.uniform(0.05, 1.0, 4) * 0.7 ** np.arange(4)),
        shaft_tones_db=tones,
        gear_db=sometimes(-15, 8),
        gear_teeth=int(rng.integers(13, 80)),
        looseness_db=sometimes(-10, 8),
        random_impulses_db=sometimes(-10, 5),
        random_impulses_hz=_log_uniform(rng, 0.5, 30.0),
        drive_comb_db=sometimes(-15, 5),
        drive_hz=rng.uniform(10, 80),
        drive_carrier_hz=rng.uniform(0.1, 0.4) * rate_hz,
    )


def _draw_sensor(rng: np.random.Generator, rate_hz: float) -> Sensor:
    mount, clipped, transient = rng.random(3)
    return Sensor(
        mount_resonance_hz=_log_uniform(rng, 0.25, 1.5) * rate_hz if mount < 0.7 else None,
        mount_damping_ratio=_log_uniform(rng, 0.03, 0.5),
        gain=_log_uniform(rng, 0.1, 10.0),
        dc_transient=_log_uniform(rng, 0.5, 10.0) if transient < 0.1 else 0.0,
        dc_transient_decay_s=_log_uniform(rng, 0.02, 1.0),
        clip_rms=rng.uniform(2.5, 8.0) if clipped < 0.1 else None,
        bits=int(rng.choice((10, 12, 16, 24))),
    )


def _log_uniform(rng: np.random.Generator, lowest: float, highest: float) -> float:
    return float(np.exp(rng.uniform(log(lowest), log(highest))))
