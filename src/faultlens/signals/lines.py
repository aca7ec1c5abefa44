"""Reads contrast spectra at a bearing's fault orders: one speed factor first, then each line.

All families share one speed factor. With a factor of its own each family finds a coincidence (3 x
BPFO and 2 x BPFI of a 6205 lie 0.7 % apart), and outer faults are called inner ones.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.evidence import FamilyEvidence, Line, LineEvidence
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.modulation import ContrastSpectrum

HARMONICS = 4
"""Harmonics read of each family: in our trials 3 lost inner faults, 5 and more added noise."""

READ_WITHIN = 0.0035
"""Relative half-width in which a line is looked for once the speed factor is known (slip)."""

SHAFT_WEIGHT = 0.5
"""Weight of the shaft's own harmonics in the search for the speed factor."""

STATED_SPEED_WEIGHT = 0.3
"""Nats that a speed at the end of the tolerance must win to beat the stated one."""

FLOOR_SPREADS = 3.0
"""A line is matched at this many robust standard deviations of the spectrum."""

FLOOR_NATS = 0.25
"""... and at this contrast at least: weaker lines persuade nobody who looks at the picture."""

AMBIGUITY_MARGIN = 0.02
"""Nats by which the measured speed must beat the one that turns a fault line into a harmonic."""

WINDOW_S = 2.0
"""Length of a window, s: long enough to part lines, short enough for a steady speed."""

WINDOW_REVOLUTIONS = 40
"""... and of a slow machine: enough revolutions to part a line from its sidebands."""

_TEETH = np.arange(1, HARMONICS + 1)

FITS_AT_ONCE = 1 << 14
"""Pairs of geometry and speed that are tried at once: 4 MB."""

SIDEBANDS = {"inner": "shaft", "ball": "cage"}
"""What modulates a family: the inner race turns with the shaft, a ball travels with the cage."""


def family_orders(orders: FaultOrders) -> dict[str, float]:
    """Order of each family's fundamental, in the order of `FAMILIES`.

    Example:
        >>> family_orders(FaultOrders(bpfo=3.6, bpfi=5.4, bsf=2.4, ftf=0.4))
        {'outer': 3.6, 'inner': 5.4, 'ball': 4.8, 'cage': 0.4, 'shaft': 1.0}
    """
    return {**orders.by_family, "shaft": 1.0}


def window_seconds(shaft_hz: float) -> float:
    """Length of the windows that `read_evidence` is made for, s.

    Example:
        >>> window_seconds(30.0), window_seconds(2.0)
        (2.0, 20.0)
    """
    return max(WINDOW_S, WINDOW_REVOLUTIONS / shaft_hz)


def highest_order(orders: FaultOrders, tolerance: float) -> float:
    """End of the order axis that `read_evidence` needs, shaft orders.

    Example:
        >>> round(highest_order(FaultOrders(3.6, 5.4, 2.4, 0.4), tolerance=0.02), 1)
        23.1
    """
    fastest = HARMONICS * max(orders.bpfi, orders.ball) + 1
    return fastest * (1 + tolerance) * (1 + READ_WITHIN)


def read_evidence(
    spectra: Sequence[ContrastSpectrum],
    candidates: Sequence[FaultOrders],
    *,
    stated_shaft_hz: float,
    tolerance: float,
) -> tuple[LineEvidence, FaultOrders]:
    """Find the speed (and, of several candidates, the geometry) and read every line.

    Args:
        spectra: one contrast spectrum per window, all on the same axis of stated shaft orders.
        candidates: possible fault orders, most likely first; one when the geometry is known.
        stated_shaft_hz: shaft speed that the axis was made with, Hz.
        tolerance: largest relative error of the stated speed.

    Returns:
        The evidence, and the candidate that it was read with.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> contrast = rng.normal(0, 0.1, 4000).astype(np.float32)
        >>> contrast[[606, 1212, 1818]] += 2  # 3.6 x at a speed 1 % above the stated one
        >>> spectrum = ContrastSpectrum(contrast, bin_orders=0.006, resolution_orders=0.02)
        >>> evidence, _ = read_evidence(
        ...     [spectrum], [FaultOrders(3.6, 5.4, 2.38, 0.4)], stated_shaft_hz=30, tolerance=0.02
        ... )
        >>> evidence.family("outer").matched_harmonics
        (1, 2, 3)
        >>> round(evidence.shaft_hz, 1)
        30.3
    """
    factors = _speed_factors(spectra[0], candidates[0], tolerance)
    prior = _speed_prior(factors, tolerance)
    orders = candidates[0] if len(candidates) == 1 else _best(spectra, candidates, factors, prior)
    fits = np.stack([_speed_fits(x, [orders], factors)[0] for x in spectra]) + prior
    # Each window may run at a speed of its own, but a weak one follows the others.
    per_window = factors[(fits + fits.mean(axis=0)).argmax(axis=1)]
    average = _average(spectra, per_window)
    factor = float(factors[fits.mean(axis=0).argmax()])
    floor = max(FLOOR_NATS, FLOOR_SPREADS * spread(average.contrast))
    families = _read_families(orders, average, floor, _windows_present(spectra, orders, per_window))

    return (
        LineEvidence(
            shaft_hz=stated_shaft_hz * factor,
            speed_factor=factor,
            families=families,
            orders=average.orders,
            contrast=average.contrast.astype(np.float64),
            floor=floor,
            ambiguities=_ambiguities(families, average, factor, tolerance),
        ),
        orders,
    )


def measured_spectrum(evidence: LineEvidence, axis: ContrastSpectrum) -> ContrastSpectrum:
    """The mean spectrum that evidence was read from, over orders of the measured speed.

    Args:
        evidence: what was read.
        axis: a window that it was read from.

    Example:
        >>> axis = ContrastSpectrum(np.zeros(4, np.float32), 0.01, 0.03)
        >>> evidence = LineEvidence(30, 1.0, (), np.arange(4) * 0.01, np.zeros(4), 0.2)
        >>> measured_spectrum(evidence, axis).resolution_orders
        0.03
    """
    return ContrastSpectrum(
        evidence.contrast.astype(np.float32), axis.bin_orders, axis.resolution_orders
    )


def spread(contrast: NDArray[np.floating]) -> float:
    """Robust standard deviation of a contrast spectrum (nats): lines do not raise it.

    Args:
        contrast: (bin,) contrast, nats.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.2, 10000)
        >>> noise[:50] = 5
        >>> round(spread(noise), 1)
        0.2
    """
    # One standard deviation of a normal distribution lies below its median: the quiet side, which
    # the many sidebands of a strong fault do not widen.
    quiet, middle = _percentiles(contrast, (15.87, 50.0))
    return middle - quiet


def _percentiles(values: NDArray[np.floating], wanted: Sequence[float]) -> list[float]:
    """As `numpy.percentile` has them, in a third of its time for the 1500 bins of a spectrum."""
    places = [percent / 100 * (len(values) - 1) for percent in wanted]
    below = [min(int(place), max(len(values) - 2, 0)) for place in places]
    above = [min(rank + 1, len(values) - 1) for rank in below]
    ranked = np.partition(values, sorted({*below, *above}))
    return [
        float(ranked[low]) + (place - low) * float(ranked[high] - ranked[low])
        for place, low, high in zip(places, below, above, strict=True)
    ]


def _speed_factors(
    spectrum: ContrastSpectrum, orders: FaultOrders, tolerance: float
) -> NDArray[np.float64]:
    # Half a resolution cell at the fastest line, so that no line falls between two factors.
    fastest = HARMONICS * max(orders.bpfi, orders.ball)
    step = spectrum.resolution_orders / 2 / fastest
    half = int(np.clip(np.ceil(tolerance / step), 1, 400))
    return 1 + tolerance * np.arange(-half, half + 1) / half


def _best(
    spectra: Sequence[ContrastSpectrum],
    candidates: Sequence[FaultOrders],
    factors: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> FaultOrders:
    """The candidate that explains all windows best at some speed; of equal ones the first."""
    at_once = max(1, FITS_AT_ONCE // len(factors))
    tops: list[float] = []
    for start in range(0, len(candidates), at_once):
        some = candidates[start : start + at_once]
        total = np.zeros((len(some), len(factors)))
        for spectrum in spectra:
            total += _speed_fits(spectrum, some, factors) + prior
        tops += (total / len(spectra)).max(axis=1).tolist()
    return candidates[int(np.argmax(tops))]


def _speed_fits(
    spectrum: ContrastSpectrum, candidates: Sequence[FaultOrders], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(candidate, factor) how well each speed factor explains one window (nats)."""
    # The cage has no say: in its low orders almost anything shows.
    first = np.array([(x.bpfo, x.bpfi, x.ball, 1.0) for x in candidates]).T
    combs = _combs(spectrum, np.multiply.outer(_TEETH, first), factors)
    # Two families at one order are one comb, and it counts once.
    again = [(first[:i] == first[i]).any(axis=0) for i in range(len(first))]
    weights = np.where(again, 0.0, np.array([1.0, 1.0, 1.0, SHAFT_WEIGHT])[:, None])
    return np.asarray((weights[:, :, None] * combs).sum(axis=0))


def _speed_prior(factors: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """(factor,) what each speed factor must win to beat the stated speed (nats, at most 0)."""
    # The tiny number lets a tolerance of 0 mean that the stated speed is exact.
    prior: NDArray[np.float64] = -STATED_SPEED_WEIGHT * ((factors - 1) / max(tolerance, 1e-9)) ** 2
    return prior


def _combs(
    spectrum: ContrastSpectrum, orders: NDArray[np.floating], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(..., factor) mean contrast at (tooth, ...) orders times each factor, neighbours included."""
    around = spectrum.contrast.copy()
    np.maximum(around[1:], spectrum.contrast[:-1], out=around[1:])
    np.maximum(around[:-1], spectrum.contrast[1:], out=around[:-1])
    bins = np.rint(np.multiply.outer(orders, factors) / spectrum.bin_orders).astype(int)
    mean: NDArray[np.float64] = around[np.minimum(bins, len(around) - 1)].mean(axis=0)
    return mean


def _average(spectra: Sequence[ContrastSpectrum], factors: NDArray[np.float64]) -> ContrastSpectrum:
    """Mean of all windows, each brought onto the axis of its own measured speed."""
    bins = int(len(spectra[0].contrast) / factors.max())
    axis = np.arange(bins)
    total = np.zeros(bins)
    for spectrum, factor in zip(spectra, factors, strict=True):
        total += np.interp(axis * factor, np.arange(len(spectrum.contrast)), spectrum.contrast)
    first = spectra[0]
    return ContrastSpectrum(
        (total / len(spectra)).astype(np.float32), first.bin_orders, first.resolution_orders
    )


def _peaks(
    spectrum: ContrastSpectrum, orders: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.floating]]:
    """(line,) order and strength of the highest bin within `READ_WITHIN` of each of `orders`."""
    last = len(spectrum.contrast) - 1
    ends = orders[:, None] * (1 - READ_WITHIN, 1 + READ_WITHIN) / spectrum.bin_orders
    low = np.minimum(np.floor(ends[:, 0]).astype(int), last)
    high = np.minimum(np.ceil(ends[:, 1]).astype(int), last)
    # All ranges as wide as the widest: a shorter one repeats its last bin, which changes nothing.
    bins = np.minimum(low[:, None] + np.arange(int((high - low).max()) + 1), high[:, None])
    heights = spectrum.contrast[bins]
    tops = low + heights.argmax(axis=1)
    return tops * spectrum.bin_orders, spectrum.contrast[tops]


def _windows_present(
    spectra: Sequence[ContrastSpectrum], orders: FaultOrders, factors: NDArray[np.float64]
) -> list[list[bool]]:
    """For each window whether the harmonics of each family stand out in it."""
    firsts = np.array(list(family_orders(orders).values()))
    teeth = np.outer(firsts, _TEETH)
    found = []
    for spectrum, factor in zip(spectra, factors, strict=True):
        strengths = _peaks(spectrum, (teeth * factor).ravel())[1].reshape(teeth.shape).mean(axis=1)
        floor = max(FLOOR_NATS, FLOOR_SPREADS / 2 * spread(spectrum.contrast))
        found.append((strengths >= floor).tolist())
    return found


def _read_families(
    orders: FaultOrders,
    average: ContrastSpectrum,
    floor: float,
    present: Sequence[Sequence[bool]],
) -> tuple[FamilyEvidence, ...]:
    """Every line of every family, read from the mean spectrum of all windows."""
    firsts = family_orders(orders)
    table = [
        (name, harmonic, side, harmonic * first + side * firsts.get(SIDEBANDS.get(name, ""), 0.0))
        for name, first in firsts.items()
        for harmonic, side in (_WITH_SIDEBANDS if name in SIDEBANDS else _HARMONICS_ALONE)
    ]
    measured, strengths = _peaks(average, np.array([expected for *_, expected in table]))
    lines = [
        Line(*row, order, strength, strength >= floor)
        for row, order, strength in zip(table, measured.tolist(), strengths.tolist(), strict=True)
    ]
    return tuple(
        _family(
            name,
            first,
            tuple(x for x in lines if x.family == name),
            sum(window[number] for window in present),
            len(present),
        )
        for number, (name, first) in enumerate(firsts.items())
    )


_HARMONICS_ALONE = [(k, 0) for k in range(1, HARMONICS + 1)]
_WITH_SIDEBANDS = [
    *_HARMONICS_ALONE,
    *((k, side) for k in range(1, HARMONICS + 1) for side in (-1, 1)),
]


def _family(
    name: str, order: float, lines: tuple[Line, ...], present: int, windows: int
) -> FamilyEvidence:
    # The shaft is the measure of orders: it cannot slip against itself.
    matched = [x for x in lines if x.matched and x.sideband == 0 and name != "shaft"]
    # The mean of what each harmonic says of the fundamental, higher ones weighing as much more.
    fitted = (
        sum(x.measured_order for x in matched) / sum(x.harmonic for x in matched)
        if matched
        else order
    )
    return FamilyEvidence(
        family=name,
        expected_order=order,
        measured_order=fitted,
        slip_percent=100 * (fitted / order - 1),
        strength=sum(x.strength for x in lines[:HARMONICS]) / HARMONICS,
        lines=lines,
        windows_present=present,
        windows=windows,
    )


def _ambiguities(
    families: tuple[FamilyEvidence, ...],
    average: ContrastSpectrum,
    factor: float,
    tolerance: float,
) -> tuple[str, ...]:
    """Names of the families whose lines are harmonics of the shaft at a speed as likely as ours.

    On a 6203 twice the ball spin is 3.987 orders: a speed 0.3 % higher makes it 4 x shaft. Only a
    shaft line sharp enough to exclude that speed, or sidebands at the cage order, can tell.
    """
    found = []
    for family in families[:3]:
        if not family.matched_harmonics:
            continue
        multiple = round(family.measured_order)
        ratios = np.array([1.0, family.measured_order / multiple])
        # Neither the line in question nor its sidebands one order away may speak for either side.
        others = range(1, max(2, min(HARMONICS + 1, multiple - 1)))
        fits = SHAFT_WEIGHT * _combs(average, np.array(others), ratios)
        ours, theirs = fits + _speed_prior(factor * ratios, tolerance)
        resolved = family.family == "ball" and family.matched_sidebands >= 2
        within = abs(factor * ratios[1] - 1) <= tolerance
        if within and not resolved and theirs >= ours - AMBIGUITY_MARGIN:
            found.append(family.family)
    return tuple(found)
