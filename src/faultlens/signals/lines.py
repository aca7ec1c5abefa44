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
    best: tuple[float, FaultOrders, NDArray[np.float64]] | None = None
    for orders in candidates:
        fits = np.stack([_speed_fit(s, orders, factors) for s in spectra])
        fits += _speed_prior(factors, tolerance)
        top = float(fits.mean(axis=0).max())
        if best is None or top > best[0]:
            best = (top, orders, fits)
    assert best is not None  # candidates is never empty
    _, orders, fits = best
    # Each window may run at a speed of its own, but a weak one follows the others.
    per_window = factors[(fits + fits.mean(axis=0)).argmax(axis=1)]
    average = _average(spectra, per_window)
    factor = float(factors[fits.mean(axis=0).argmax()])
    floor = max(FLOOR_NATS, FLOOR_SPREADS * spread(average.contrast))
    families = tuple(
        _read_family(name, order, orders, average, floor, spectra, per_window)
        for name, order in family_orders(orders).items()
    )

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
    quiet, middle = np.percentile(contrast, [15.87, 50.0])
    return float(middle - quiet)


def _speed_factors(
    spectrum: ContrastSpectrum, orders: FaultOrders, tolerance: float
) -> NDArray[np.float64]:
    # Half a resolution cell at the fastest line, so that no line falls between two factors.
    fastest = HARMONICS * max(orders.bpfi, orders.ball)
    step = spectrum.resolution_orders / 2 / fastest
    half = int(np.clip(np.ceil(tolerance / step), 1, 400))
    return 1 + tolerance * np.arange(-half, half + 1) / half


def _speed_fit(
    spectrum: ContrastSpectrum, orders: FaultOrders, factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(factor,) how well each speed factor explains one window (nats)."""
    harmonics = np.arange(1, HARMONICS + 1)
    # The cage has no say: in its low orders almost anything shows.
    weights = {orders.bpfo: 1.0, orders.bpfi: 1.0, orders.ball: 1.0, 1.0: SHAFT_WEIGHT}
    return sum(
        (w * _comb(spectrum, harmonics * order, factors) for order, w in weights.items()),
        start=np.zeros(len(factors)),
    )


def _speed_prior(factors: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """(factor,) what each speed factor must win to beat the stated speed (nats, at most 0)."""
    # The tiny number lets a tolerance of 0 mean that the stated speed is exact.
    prior: NDArray[np.float64] = -STATED_SPEED_WEIGHT * ((factors - 1) / max(tolerance, 1e-9)) ** 2
    return prior


def _comb(
    spectrum: ContrastSpectrum, orders: NDArray[np.floating], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(factor,) mean contrast at `orders` times each factor, the neighbouring bins included."""
    padded = np.pad(spectrum.contrast, 1, mode="edge")
    around = np.maximum(np.maximum(padded[:-2], padded[2:]), spectrum.contrast)
    bins = np.rint(np.outer(factors, orders) / spectrum.bin_orders).astype(int)
    mean: NDArray[np.float64] = around[np.minimum(bins, len(around) - 1)].mean(axis=1)
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


def _peak(spectrum: ContrastSpectrum, order: float) -> tuple[float, float]:
    """Order and strength of the highest bin within `READ_WITHIN` of `order`."""
    last = len(spectrum.contrast) - 1
    low = min(last, int(np.floor(order * (1 - READ_WITHIN) / spectrum.bin_orders)))
    high = min(last, int(np.ceil(order * (1 + READ_WITHIN) / spectrum.bin_orders)))
    top = low + int(spectrum.contrast[low : high + 1].argmax())
    return top * spectrum.bin_orders, float(spectrum.contrast[top])


def _harmonic_strength(spectrum: ContrastSpectrum, order: float, factor: float = 1.0) -> float:
    """Mean strength of a family's harmonics (nats)."""
    peaks = [_peak(spectrum, k * order * factor)[1] for k in range(1, HARMONICS + 1)]
    return float(np.mean(peaks))


def _read_family(
    name: str,
    order: float,
    orders: FaultOrders,
    average: ContrastSpectrum,
    floor: float,
    spectra: Sequence[ContrastSpectrum],
    factors: NDArray[np.float64],
) -> FamilyEvidence:
    spacing = family_orders(orders).get(SIDEBANDS.get(name, ""), 0.0)
    positions = [(k, 0) for k in range(1, HARMONICS + 1)]
    if spacing:
        positions += [(k, side) for k in range(1, HARMONICS + 1) for side in (-1, 1)]
    lines = []
    for harmonic, side in positions:
        expected = harmonic * order + side * spacing
        measured, strength = _peak(average, expected)
        lines.append(Line(name, harmonic, side, expected, measured, strength, strength >= floor))
    # The shaft is the measure of orders: it cannot slip against itself.
    matched = [x for x in lines if x.matched and x.sideband == 0 and name != "shaft"]
    fitted = (
        float(np.average([x.measured_order / x.harmonic for x in matched],
                         weights=[x.harmonic for x in matched]))
        if matched
        else order
    )  # fmt: skip
    present = sum(
        _harmonic_strength(s, order, f) >= max(FLOOR_NATS, FLOOR_SPREADS / 2 * spread(s.contrast))
        for s, f in zip(spectra, factors, strict=True)
    )
    return FamilyEvidence(
        family=name,
        expected_order=order,
        measured_order=fitted,
        slip_percent=100 * (fitted / order - 1),
        strength=_harmonic_strength(average, order),
        lines=tuple(lines),
        windows_present=present,
        windows=len(spectra),
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
        fits = SHAFT_WEIGHT * _comb(average, np.array(others), ratios)
        ours, theirs = fits + _speed_prior(factor * ratios, tolerance)
        resolved = family.family == "ball" and family.matched_sidebands >= 2
        within = abs(factor * ratios[1] - 1) <= tolerance
        if within and not resolved and theirs >= ours - AMBIGUITY_MARGIN:
            found.append(family.family)
    return tuple(found)
