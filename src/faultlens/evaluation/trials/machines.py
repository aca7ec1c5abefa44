"""Simulated machines as a model sees them: one drawn recording, read in three ways, with its truth.

The priors are a vibration analyst's: faults of a race strike hard and are seldom faint; a damaged
rolling element is often faint, marks the races it rolls over, and shows at the cage's rate; sound
bearings show their cage and their races faintly too.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faultlens.inputs.line_array import line_array
from faultlens.inputs.order_array import last_order, order_array
from faultlens.inputs.waveform_array import waveform_array
from faultlens.models.training_free import CLASSES, HEALTHY, PAIRS, SINGLES, UNKNOWN, Families
from faultlens.signals.catalogue.tables import built_in_tables
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.lines import highest_order, measured_spectrum, read_evidence, window_seconds
from faultlens.signals.modulation import contrast_spectrum, mean_spectrum
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.draw import draw_recording

RACE_SNR_DB = (-6.0, 25.0)
"""Power of a race fault over its background, dB: real ones are stronger than one thinks."""

BALL_SNR_DB = (-24.0, 12.0)
"""Of a rolling element's: its lines are weak or absent in many real recordings."""

CAGE_SNR_DB = (6.0, 25.0)
FAINT_CAGE_SNR_DB = (-14.0, 4.0)
FAINT_RACE_SNR_DB = (-26.0, -14.0)
"""No two rolling elements are quite alike, and no race is quite round: sound bearings show it."""

FAINT_CAGE, FAINT_RACE = 0.45, 0.2
"""Shares of the healthy machines that do."""

WHEEL: tuple[Families, ...] = tuple(
    families
    for families, share in {
        HEALTHY: 8,
        **dict.fromkeys(SINGLES, 3),
        **dict.fromkeys(PAIRS, 1),
        UNKNOWN: 3,
    }.items()
    for _ in range(share)
)
"""Classes in turn. Unknown is a fault of another bearing than the one stated."""

SECONDS = ((0.15, 1.0), (0.8, 2.0), (1.0, 6.0))
"""Cumulative share of the recordings, and their length, s."""

KNOWN_SHARE = 0.8
"""Share of the machines whose bearing is a real one; the others are drawn freely."""

FACT_WEIGHT = 30
"""How much oftener a catalogued fact is drawn than an estimate: test rigs and papers use few
bearings, and those are the ones with published orders."""

SPEED_ERROR = 0.01
"""How far the true speed lies from the stated one at most, share."""

SPEED_TOLERANCE = 0.02
"""Of the speed search, as users have it by default."""

SHARED_LINE = 0.03
"""Orders closer than this share of each other: the stated bearing would claim the other's fault."""

_STREAM = 77
"""Keeps these dice apart from those of the simulator with the same seed."""


@dataclass(frozen=True, eq=False)
class Example:
    """One recording, read in three ways.

    Args:
        told: index into `CLASSES` of the truth, given the bearing that was stated.
        actual: index into `CLASSES` of the truth, whatever bearing was stated.
        lines: (feature,) see `inputs.line_array`.
        orders: (channel, order) see `inputs.order_array`.
        waveform: (time,) see `inputs.waveform_array`.
    """

    told: int
    actual: int
    lines: NDArray[np.float32]
    orders: NDArray[np.float32]
    waveform: NDArray[np.float32]


def draw_example(seed: int) -> Example:
    """Draw a machine, record it and read the recording; the same seed gives the same example.

    Args:
        seed: 0 or positive; it also decides the class, which `WHEEL` takes in turn.

    Example:
        >>> first = draw_example(9)
        >>> CLASSES[first.told], first.orders.shape
        (('outer',), (12, 586))
    """
    rng = np.random.Generator(np.random.PCG64([seed, _STREAM]))
    told = WHEEL[seed % len(WHEEL)]
    struck, snr_db = _struck(told, rng)
    seconds = next(length for share, length in SECONDS if rng.random() <= share)
    signal = _recorded(seed, struck, snr_db, seconds)
    assert signal.shaft_rpm is not None and not isinstance(signal.bearing, str | None)
    orders = _orders_of(signal.bearing)
    if told == UNKNOWN:
        orders = _other_bearing(orders, rng)
    shaft_hz = signal.shaft_rpm / 60
    size = min(len(signal.samples), round(window_seconds(shaft_hz) * signal.sample_rate_hz))
    windows = [
        signal.samples[start : start + size]
        for start in range(0, len(signal.samples) - size + 1, size)
    ]

    end = max(highest_order(orders, SPEED_TOLERANCE), last_order(signal.sample_rate_hz, shaft_hz))
    spectra = [
        contrast_spectrum(x, signal.sample_rate_hz, shaft_hz=shaft_hz, highest_order=end)
        for x in windows
    ]
    evidence, _ = read_evidence(
        spectra, [orders], stated_shaft_hz=shaft_hz, tolerance=SPEED_TOLERANCE
    )
    return Example(
        told=CLASSES.index(told),
        actual=CLASSES.index(HEALTHY if told == HEALTHY else struck),
        lines=line_array(
            measured_spectrum(evidence, spectra[0]),
            orders,
            revolutions=size / signal.sample_rate_hz * shaft_hz,
        ),
        orders=order_array(mean_spectrum(spectra)),
        waveform=waveform_array(signal.samples, signal.sample_rate_hz),
    )


def _struck(told: Families, rng: np.random.Generator) -> tuple[Families, tuple[float, float]]:
    """What strikes in the simulated machine, and how strongly (dB)."""
    if told == HEALTHY:
        kind = rng.random()
        if kind < FAINT_CAGE:
            return ("cage",), FAINT_CAGE_SNR_DB
        if kind < FAINT_CAGE + FAINT_RACE:
            return (("outer",) if rng.random() < 0.5 else ("inner",)), FAINT_RACE_SNR_DB
        return (), RACE_SNR_DB
    struck = SINGLES[int(rng.integers(3))] if told == UNKNOWN else told
    if struck == ("cage",):
        return struck, CAGE_SNR_DB
    return struck, BALL_SNR_DB if struck == ("ball",) else RACE_SNR_DB


def _recorded(seed: int, struck: Families, snr_db: tuple[float, float], seconds: float) -> Signal:
    def draw(length: float) -> Signal:
        return draw_recording(
            seed,
            fault_families=struck,
            snr_db=snr_db,
            known_bearings=_known_bearings(),
            known_share=KNOWN_SHARE,
            speed_tolerance=SPEED_ERROR,
            seconds=length,
        ).signal

    signal = draw(seconds)
    assert signal.shaft_rpm is not None
    # A slow machine is recorded for longer, as `diagnose` asks for.
    needed = window_seconds(signal.shaft_rpm / 60)
    return signal if needed <= max(seconds, 2.0) else draw(needed)


@cache
def _known_bearings() -> tuple[BearingGeometry, ...]:
    """Real geometries; bearings that somebody published weigh more than the many estimates."""
    facts, estimates = built_in_tables()
    known = FACT_WEIGHT * tuple(facts.values()) + tuple(estimates.values())
    return tuple(x.geometry for x in known)


def _orders_of(bearing: BearingGeometry | FaultOrders) -> FaultOrders:
    return bearing.fault_orders() if isinstance(bearing, BearingGeometry) else bearing


def _other_bearing(orders: FaultOrders, rng: np.random.Generator) -> FaultOrders:
    known = _known_bearings()
    while True:
        other = known[int(rng.integers(len(known)))].fault_orders()
        own = np.array([orders.bpfo, orders.bpfi, orders.ball])
        its = np.array([other.bpfo, other.bpfi, other.ball])
        if not (np.abs(own[:, None] / its - 1) < SHARED_LINE).any():
            return other
