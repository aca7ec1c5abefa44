"""What one recording says of an asset's health: levels, impulsiveness and lines, as plain numbers.

Levels and kurtosis are read per octave below half the sampling rate, since an early fault is heard
in one band long before the whole level moves. Every measure grows as a fault does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice
from faultlens.signals.evidence import LineEvidence
from faultlens.signals.quality import Flaws, count_flaws, filled, judged, merged
from faultlens.signals.recording import Recording

LEVEL, KURTOSIS, LINE = "level", "kurtosis", "line"
"""Kinds of measures: dB, ln(kurtosis / 3), nats."""

SPREAD_FLOORS: Mapping[str, float] = {LEVEL: 1.0, KURTOSIS: 0.1, LINE: 0.15}
"""Kind -> spread below which a measure's scatter is not believed: a sensor that is taken off and
put back moves a level by 1 dB, and a tenth of a second of Gaussian noise the kurtosis by 10 %."""

OCTAVES = 6
"""Bands: five octaves below half the sampling rate, and all below them."""

IMPULSIVE_OCTAVES = 4
"""Octaves from above of which the kurtosis is read: strikes ring high."""

WINDOW_SAMPLES = 65_536
"""Longest piece that is transformed at once."""

MOST_WINDOWS = 32
"""Pieces of a long recording, evenly spread: two million samples say what an hour says."""

SHORTEST = 512
"""Samples below which the lowest octave holds no frequency to speak of."""

FAMILIES = ("outer", "inner", "ball", "cage")
"""Families of lines that are followed; those of the shaft are no sign of a bearing's age."""

_SILENCE = 1e-12  # of the whole power: below that a band holds rounding errors


@dataclass(frozen=True)
class Measure:
    """One number that is followed from recording to recording.

    Args:
        channel: name of the channel; "" where there is one alone.
        kind: `LEVEL`, `KURTOSIS` or `LINE`.
        part: "whole", "octave 1" (the highest) and so on, or a family of lines.
        band_hz: lowest and highest frequency, Hz; None for the whole and for lines.
    """

    channel: str
    kind: str
    part: str
    band_hz: tuple[float, float] | None = field(default=None, compare=False)

    @property
    def is_band(self) -> bool:
        """Whether it is the level of one octave."""
        return self.kind == LEVEL and self.band_hz is not None

    @property
    def spread_floor(self) -> float:
        """Spread below which its scatter is not believed, in its own unit."""
        return SPREAD_FLOORS[self.kind]


@dataclass(frozen=True, eq=False)
class Health:
    """The measures of one channel of one recording.

    Args:
        measures: what was measured.
        values: (measure,) dB, ln(kurtosis / 3) or nats.
        warnings: what a careful engineer would want to know.
    """

    measures: tuple[Measure, ...]
    values: NDArray[np.float64]
    warnings: tuple[Notice, ...] = ()


def octave_bands(sample_rate_hz: float) -> tuple[tuple[float, float], ...]:
    """Bands that are followed, highest first, Hz.

    Example:
        >>> octave_bands(25600.0)[0], octave_bands(25600.0)[-1]
        ((6400.0, 12800.0), (0.0, 400.0))
    """
    half = sample_rate_hz / 2
    edges = [half / 2**octave for octave in range(OCTAVES)]
    return (*zip(edges[1:], edges[:-1], strict=True), (0.0, edges[-1]))


def measure_health(recording: Recording, *, channel: str = "") -> Health:
    """Level and kurtosis of a recording, whole and by octaves.

    Args:
        recording: one channel; read piece by piece, so that hours fit into memory.
        channel: what to call it in the measures.

    Raises:
        MissingMetadataError: the sampling rate is not known.
        UnusableSignalError: too short, constant, or too many values missing.

    Source: Randall, Vibration-based Condition Monitoring (2011), chapter 5; kurtosis by bands as in
    Dwyer (1983), Antoni, Mech. Syst. Signal Process. 20 (2006).

    Example:
        >>> from faultlens.signals.recording import in_memory
        >>> from faultlens.signals.signal import Signal
        >>> noise = np.random.default_rng(0).normal(size=25600)
        >>> health = measure_health(in_memory(Signal(noise, sample_rate_hz=25600)))
        >>> whole = [x for x in health.measures if x.part == "whole"]
        >>> [x.kind for x in whole], health.values[:2].round(1) + 0.0
        (['level', 'kurtosis'], array([0., 0.]))
    """
    bands = octave_bands(recording.rate_hz)
    if recording.length < SHORTEST:
        raise UnusableSignalError(
            f"{recording.path} holds {recording.length} samples; a trend needs {SHORTEST} at least "
            "of each recording. Record for longer."
        )
    size = min(recording.length, WINDOW_SAMPLES)
    count = min(MOST_WINDOWS, -(-recording.length // size))
    flaws, moments = Flaws(), []
    for start in np.rint(np.linspace(0, recording.length - size, count)).astype(int):
        raw = recording.read(int(start), int(start) + size)
        found = count_flaws(raw)
        flaws = merged(flaws, found)
        if found.nan + found.infinite < found.samples:
            moments.append(_moments(filled(raw), recording.rate_hz, bands))
    warnings = judged(flaws, name=str(recording.path))
    square, fourth = np.mean(moments, axis=0)
    square = np.maximum(square, _SILENCE * square[0])
    heard = slice(0, 1 + IMPULSIVE_OCTAVES)
    kurtosis = np.log(np.maximum(fourth[heard] / square[heard] ** 2 / 3, 1 / 3))
    parts = [("whole", None), *((f"octave {i + 1}", band) for i, band in enumerate(bands))]
    measures = [Measure(channel, LEVEL, *part) for part in parts]
    measures += [Measure(channel, KURTOSIS, *part) for part in parts[heard]]
    order = [0, len(parts), *range(1, len(parts)), *range(len(parts) + 1, len(measures))]
    values = np.concatenate([10 * np.log10(square), kurtosis])
    return Health(tuple(measures[i] for i in order), values[order], warnings)


def line_health(evidence: LineEvidence, *, channel: str = "") -> Health:
    """How strongly each part's lines stand out, as measures beside the others.

    Args:
        evidence: what was read at the bearing's orders.
        channel: what to call the channel in the measures.

    Example:
        >>> from faultlens.signals.evidence import FamilyEvidence
        >>> rows = tuple(FamilyEvidence(x, 1.0, 1.0, 0.0, 0.5, (), 1, 1)
        ...              for x in (*FAMILIES, "shaft"))
        >>> line_health(LineEvidence(30.0, 1.0, rows, np.zeros(1), np.zeros(1), 0.25)).values
        array([0.5, 0.5, 0.5, 0.5])
    """
    rows = [evidence.family(name) for name in FAMILIES]
    measures = tuple(Measure(channel, LINE, x.family) for x in rows)
    return Health(measures, np.array([x.strength for x in rows]))


def _moments(
    samples: NDArray[np.floating], rate_hz: float, bands: tuple[tuple[float, float], ...]
) -> NDArray[np.float64]:
    """(2, part) mean square and mean fourth power: of the whole, then of each band."""
    centred = np.asarray(samples, dtype=np.float64) - np.mean(samples)
    length = len(centred)
    spectrum = fft.rfft(centred)
    hertz = fft.rfftfreq(length, 1 / rate_hz)
    # A Hann taper keeps a strong low tone out of the quiet bands above it.
    taper = np.hanning(length)
    tapered = np.abs(fft.rfft(centred * taper)) ** 2 * (2 / (length * np.sum(taper**2)))
    square, fourth = [np.mean(centred**2)], [np.mean(centred**4)]
    for number, (low, high) in enumerate(bands):
        inside = (hertz >= low) & ((hertz < high) | (number == 0))
        power = float(tapered[inside].sum())
        square.append(power)
        if number < IMPULSIVE_OCTAVES:
            band = fft.irfft(np.where(inside, spectrum, 0), n=length)
            flat = max(float(np.mean(band**2)), np.finfo(float).tiny)
            # The ratio is that of the band as it is, carried by the tapered power.
            fourth.append(float(np.mean(band**4)) / flat / flat * power**2)
        else:
            fourth.append(3 * power**2)
    return np.array([square, fourth])
