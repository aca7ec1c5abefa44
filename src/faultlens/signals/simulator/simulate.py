"""Recordings with known truth: a bearing, a speed, a fault in; a recording as a sensor hears it.

Strikes come at the angles that kinematics gives, ring the structure, and are heard among noise,
tones and shocks that are no fault. The same seed gives the same recording, and the same background
whatever the fault: the machine before and after.

Source: Antoni and Randall, J. Vib. Acoust. 125 (2003); McFadden and Smith, J. Sound Vib. 96 (1984).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from faultlens.core.errors import UnknownNameError, UnusableSignalError, UsageError
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.background import noise, shocks, tones
from faultlens.signals.simulator.path import (
    Spectrum,
    converted,
    lead_samples,
    mount_response,
    rms,
    structure_response,
    unit_power,
)
from faultlens.signals.simulator.settings import Resonance, SimulationSettings
from faultlens.signals.simulator.sources import Array, Rotation, family_strikes

FAULTS = ("outer", "inner", "ball", "cage")
"""The families of faults that can be simulated, alone or together."""

_MOST_SAMPLES = 20_000_000
"""Longest simulation: about 2 GB of memory while it is made."""


@dataclass(frozen=True, eq=False)
class SimulationTruth:
    """What was simulated, exactly.

    Args:
        families: faults in the recording, in the order of `FAULTS`; none is healthy.
        shaft_rpm: (time,) true shaft speed at each sample.
        orders: fault orders at which the strikes came, slip included.
        impact_times_s: family -> (strike,) when the contact left the defect, s.
        snr_db: power of the fault over power of the background, before the converter; None when
            healthy.
        settings: machine, background and sensor.
        sample_rate_hz: samples per second.
        seed: the seed.
    """

    families: tuple[str, ...]
    shaft_rpm: Array
    orders: FaultOrders
    impact_times_s: Mapping[str, Array]
    snr_db: float | None
    settings: SimulationSettings
    sample_rate_hz: float
    seed: int

    @property
    def resonances(self) -> tuple[Resonance, ...]:
        """Modes of the structure that every strike rings."""
        return self.settings.resonances

    @property
    def slip_percent(self) -> float:
        """How much faster (+) or slower (-) than by kinematics the cage turned."""
        return self.settings.defect.slip_percent

    @property
    def negatives(self) -> tuple[str, ...]:
        """Names of all in the recording that could be taken for a fault and is none."""
        return self.settings.negatives


@dataclass(frozen=True, eq=False)
class SimulatedRecording:
    """A recording and its truth.

    Args:
        signal: what the sensor gave out.
        truth: what was simulated.
    """

    signal: Signal
    truth: SimulationTruth


def simulate(
    fault_families: tuple[str, ...],
    *,
    bearing: BearingGeometry | FaultOrders,
    shaft_rpm: float | ArrayLike,
    sample_rate_hz: float,
    seconds: float,
    seed: int,
    snr_db: float = 10.0,
    settings: SimulationSettings | None = None,
    stated_rpm: float | None = None,
) -> SimulatedRecording:
    """Simulate the vibration of one bearing.

    Args:
        fault_families: any of "outer", "inner", "ball", "cage"; () is healthy. Several faults
            together have equal shares of the fault's power in the excitation.
        bearing: geometry, or fault orders.
        shaft_rpm: shaft speed, or (time,) speeds evenly spread from the first sample to the last.
        sample_rate_hz: samples per second.
        seconds: length, s.
        seed: 0 or positive; the same seed gives the same recording.
        snr_db: power of the fault over power of the background, dB; infinite leaves the
            background out.
        settings: machine, background and sensor; None is the usual one, whose resonances move down
            where the rate is too low for them.
        stated_rpm: speed that the recording claims; None states the true mean.

    Returns:
        the recording (unit "m/s2") and what is true of it.

    Raises:
        UnknownNameError: no such fault family.
        UsageError: a speed, rate, length or resonance that cannot be.
        UnusableSignalError: the defect never meets a load in so short a time.

    Example:
        >>> orders = FaultOrders(bpfo=3.585, bpfi=5.415, bsf=2.357, ftf=0.3983)
        >>> made = simulate(("outer",), bearing=orders, shaft_rpm=1800, sample_rate_hz=12000,
        ...                 seconds=1.0, seed=1)
        >>> len(made.truth.impact_times_s["outer"])  # 3.585 x 30 turns
        107
    """
    settings = settings or _usual_machine(sample_rate_hz)
    length = _checked(fault_families, settings, sample_rate_hz, seconds, seed)
    families = tuple(name for name in FAULTS if name in fault_families)
    orders = slipped_orders(
        bearing.fault_orders() if isinstance(bearing, BearingGeometry) else bearing,
        settings.defect.slip_percent,
    )
    rpm = _speed_profile(shaft_rpm, length)
    lead = lead_samples(settings.resonances, settings.sensor, sample_rate_hz)
    rotation = _rotation(rpm, sample_rate_hz, lead, _dice(seed, "rotation"))
    total = len(rotation.shaft_angle_rad)
    frequency_hz = np.fft.rfftfreq(total, 1 / sample_rate_hz).astype(np.float64)
    mount = mount_response(settings.sensor, frequency_hz)
    structure = structure_response(settings.resonances, frequency_hz) * mount

    def heard(spectrum: Spectrum) -> Array:
        # The circular tail falls into the lead, which is cut off.
        out: Array = fft.irfft(spectrum, n=total)[lead : lead + length]
        return out

    if families and snr_db == np.inf:
        background = np.zeros(length)
    else:
        background = heard(_background_spectrum(settings, rotation, structure, mount, seed))
        background *= settings.background_rms_m_s2 / rms(background)
    impacts: dict[str, Array] = {}
    samples = background
    if families:
        excitation = np.zeros(total)
        for family in families:
            strikes = family_strikes(family, orders, settings.defect, rotation, _dice(seed, family))
            excitation += strikes.excitation
            times = (strikes.at_samples - lead) / sample_rate_hz
            impacts[family] = times[(times >= 0) & (times < length / sample_rate_hz)]
        fault = heard(fft.rfft(excitation) * structure)
        if rms(fault) == 0:
            raise UnusableSignalError(
                f"In {seconds} s the defect never passes the load zone (extent "
                f"{settings.defect.load_zone_extent}); simulate a longer stretch."
            )
        level = settings.background_rms_m_s2 / rms(fault)
        level *= 1.0 if snr_db == np.inf else 10 ** (snr_db / 20)
        samples = background + level * fault
    mean_rpm = float(np.mean(rpm))
    signal = Signal(
        samples=converted(samples, settings.sensor, sample_rate_hz, _dice(seed, "sensor")),
        sample_rate_hz=float(sample_rate_hz),
        shaft_rpm=mean_rpm if stated_rpm is None else float(stated_rpm),
        bearing=bearing,
        unit="m/s2",
        history=(f"simulated: {' + '.join(families) or 'healthy'}, seed {seed}",),
    )
    truth = SimulationTruth(
        families=families,
        shaft_rpm=rpm,
        orders=orders,
        impact_times_s=MappingProxyType(impacts),
        snr_db=float(snr_db) if families else None,
        settings=settings,
        sample_rate_hz=float(sample_rate_hz),
        seed=seed,
    )
    return SimulatedRecording(signal, truth)


def slipped_orders(orders: FaultOrders, slip_percent: float) -> FaultOrders:
    """Fault orders of a bearing whose cage turns faster or slower than by kinematics.

    Args:
        orders: without slip.
        slip_percent: how much faster (+) or slower (-) the cage turns.

    Source: BPFO = n FTF and BPFI = n (1 - FTF), so that their sum stays n; the balls are taken to
    roll on the outer race, so that their spin follows the cage.

    Example:
        >>> slipped = slipped_orders(FaultOrders(bpfo=3.6, bpfi=5.4, bsf=2.4, ftf=0.4), -1.0)
        >>> round(slipped.bpfo, 4), round(slipped.bpfi, 4)
        (3.564, 5.436)
    """
    factor = 1 + slip_percent / 100
    return FaultOrders(
        bpfo=orders.bpfo * factor,
        bpfi=orders.bpfi + orders.bpfo * (1 - factor),
        bsf=orders.bsf * factor,
        ftf=orders.ftf * factor,
    )


def _checked(
    families: tuple[str, ...],
    settings: SimulationSettings,
    rate_hz: float,
    seconds: float,
    seed: int,
) -> int:
    if seed < 0:
        raise UsageError(f"Seed {seed}; it must be 0 or a positive whole number.")
    for name in families:
        if name not in FAULTS:
            raise UnknownNameError("fault family", name, FAULTS, advice="() simulates healthy.")
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise UsageError(f"Sampling rate {rate_hz} Hz; it must be a positive number.")
    if not 64 <= seconds * rate_hz <= _MOST_SAMPLES:
        raise UsageError(
            f"{seconds} s at {rate_hz} Hz; a simulation has 64 to {_MOST_SAMPLES} samples. "
            "Choose another length."
        )
    for mode in settings.resonances:
        if mode.frequency_hz >= rate_hz / 2:
            raise UsageError(
                f"Resonance at {mode.frequency_hz} Hz, sampled at {rate_hz} Hz; it must lie below "
                f"half the rate ({rate_hz / 2} Hz). Choose lower resonances or a higher rate."
            )
    if not settings.resonances:
        raise UsageError("No resonances; a strike needs at least one to be heard.")
    return round(seconds * rate_hz)


def _usual_machine(rate_hz: float) -> SimulationSettings:
    usual = SimulationSettings()
    highest = max(mode.frequency_hz for mode in usual.resonances)
    if not 0 < rate_hz <= 2 * highest:
        return usual
    # As far below half the rate as the usual ones lie at 12 kHz.
    lower = rate_hz / 12_000
    return replace(usual, resonances=tuple(
        replace(mode, frequency_hz=lower * mode.frequency_hz) for mode in usual.resonances
    ))  # fmt: skip


def _speed_profile(shaft_rpm: float | ArrayLike, length: int) -> Array:
    given = np.atleast_1d(np.asarray(shaft_rpm, dtype=np.float64))
    if given.ndim != 1 or given.size == 0 or not (np.isfinite(given) & (given > 0)).all():
        raise UsageError(
            "The shaft speed must be one positive number of rpm, or a list of them evenly spread "
            "over the recording; it turns one way and never stands still."
        )
    if given.size == 1:
        return np.broadcast_to(given, (length,))
    places = np.linspace(0, length - 1, given.size)
    profile: Array = np.interp(np.arange(length), places, given)
    return profile


def _rotation(rpm: Array, rate_hz: float, lead: int, rng: np.random.Generator) -> Rotation:
    total = fft.next_fast_len(lead + len(rpm) + 64, real=True)
    step = rpm * (2 * np.pi / 60 / rate_hz)
    steps = np.concatenate(
        [np.full(lead, step[0]), step, np.full(total - lead - len(step), step[-1])]
    )
    middle = 0.5 * (steps[1:] + steps[:-1])
    angle = np.concatenate([[0.0], np.cumsum(middle)])
    return Rotation(rate_hz, angle + 2 * np.pi * rng.random())


def _background_spectrum(
    settings: SimulationSettings,
    rotation: Rotation,
    structure: Spectrum,
    mount: Spectrum,
    seed: int,
) -> Spectrum:
    background = settings.background
    total = len(rotation.shaft_angle_rad)
    coefficients = np.ones(1)
    for radius, share in background.noise_poles:
        pair = [1.0, -2 * radius * np.cos(2 * np.pi * share), radius**2]
        coefficients = np.convolve(coefficients, pair)
    coloured = fft.rfft(noise(background, rotation, _dice(seed, "noise")))
    coloured = unit_power(coloured * mount / fft.rfft(coefficients, n=total), total)
    spectrum: Spectrum = coloured + fft.rfft(tones(background, rotation, _dice(seed, "tones")))
    struck = shocks(background, rotation, _dice(seed, "shocks"))
    if struck is not None:
        wanted = float(np.sqrt(np.mean(struck**2)))
        spectrum += wanted * unit_power(fft.rfft(struck) * structure, total)
    return spectrum


def _dice(seed: int, part: str) -> np.random.Generator:
    # One stream per part, so that adding a fault leaves the background as it was.
    parts = (*FAULTS, "rotation", "noise", "tones", "shocks", "sensor")
    return np.random.Generator(np.random.PCG64([seed, parts.index(part)]))
