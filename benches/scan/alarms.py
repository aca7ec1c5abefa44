"""How sure an alarm of a scan is: `python -m benches.scan.alarms`, four minutes.

Fits the numbers of `profiles.scan_scores` on simulated scans, half of them sound, and holds the
probabilities against others that they were not fitted on.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benches.scan.scans import BenchScan, simulated_scans
from faultlens.metrics.intervals import share_interval
from faultlens.profiles.scan_scores import (
    CALIBRATED_FROM,
    SIGNIFICANCE_THRESHOLD,
    probability_of,
)
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.carve import carve
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.surface import Surface

COMMAND = "python -m benches.scan.alarms"
COUNT, FITTED, CHECKED = 200, 30_000, 40_000
"""Scans of each kind, and the seeds of those that numbers are fitted on and checked on."""

SHALLOWEST, DEEPEST = 5.0, 50.0
"""Depth of the carved defects over the roughness, drawn evenly over the logarithm: from where they
are promised to be found, to where nothing is in doubt."""

Floats = NDArray[np.float64]


def significances(count: int, seed: int) -> tuple[Floats, Floats]:
    """How far the worst place of sound scans, and of scans with one defect, stands out.

    Args:
        count: scans of each kind.
        seed: of the simulation.

    Returns:
        (scan,) of the sound ones, and (scan,) of those with a defect; 0 where nothing stands out.

    Example:
        >>> [x.shape for x in significances(0, 0)]
        [(0,), (0,)]
    """
    sound = [worst(x.surface) for x in simulated_scans(count, seed=seed)]
    marred = [worst(x) for x in _carved(simulated_scans(count, seed=seed + 500), seed)]
    return np.array(sound), np.array(marred)


def worst(surface: Surface) -> float:
    """Significance of the worst place of one scan.

    Args:
        surface: the scan.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> heights = np.random.default_rng(0).normal(0, 1e-3, (40, 40))
        >>> worst(height_map(heights, 0.1)) < SIGNIFICANCE_THRESHOLD
        True
    """
    deviations = deviation_map(surface, fit_reference(surface))
    found = find_defects(deviations, least_significance=CALIBRATED_FROM).defects
    return max((x.significance for x in found), default=0.0)


def fitted(sound: Floats, marred: Floats) -> tuple[float, float, float]:
    """Slope and log odds at the threshold by maximum likelihood, and the odds where nothing is.

    Args:
        sound: (scan,) significances of sound scans.
        marred: (scan,) of scans with a defect.

    Returns:
        slope over the logarithm, log odds at the threshold, probability where nothing is found.

    Example:
        >>> slope, at, nothing = fitted(np.array([0, 4, 5, 6.0]), np.array([4, 5.6, 8, 20.0]))
        >>> slope > 0, nothing
        (True, 0.3)
    """
    values = np.concatenate([sound, marred])
    truths = np.concatenate([np.zeros(len(sound)), np.ones(len(marred))])
    seen = values >= SIGNIFICANCE_THRESHOLD
    x = np.log(np.maximum(values, CALIBRATED_FROM) / SIGNIFICANCE_THRESHOLD)
    # All but the clearest half decide the slope; the rest would only make it surer.
    near = x < np.log(4)

    def loss(numbers: Floats) -> float:
        odds = numbers[0] * x[near] + numbers[1]
        return float(np.logaddexp(0, np.where(truths[near] > 0, -odds, odds)).sum())

    slope, at = minimize(loss, np.array([6.0, 2.0]), method="Nelder-Mead").x
    nothing = float((truths[~seen].sum() + 0.5) / ((~seen).sum() + 1))
    return float(slope), float(at), nothing


def told(sound: Floats, marred: Floats) -> Iterator[str]:
    """The false alarms and how well the probabilities hold, in lines.

    Args:
        sound: (scan,) significances of sound scans that nothing was fitted on.
        marred: (scan,) of scans with a defect.

    Example:
        >>> next(told(np.array([0.0, 0.0, 9.0]), np.array([30.0])))
        'sound scans that alarm: 1/3 (0.061 to 0.792)'
    """
    alarms = int((sound > SIGNIFICANCE_THRESHOLD).sum())
    low, high = share_interval(alarms, len(sound))
    yield f"sound scans that alarm: {alarms}/{len(sound)} ({low:.3f} to {high:.3f})"
    found = int((marred > SIGNIFICANCE_THRESHOLD).sum())
    yield f"scans with a defect that alarm: {found}/{len(marred)}"
    values = np.concatenate([sound, marred])
    truths = np.concatenate([np.zeros(len(sound)), np.ones(len(marred))])
    stated = np.array([probability_of(x if x > SIGNIFICANCE_THRESHOLD else 0.0) for x in values])
    for least, most in ((0.0, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.0)):
        its = (stated > least) & (stated <= most) if least else stated <= most
        if its.any():
            yield (
                f"stated {stated[its].mean():.3f}: {int(truths[its].sum())}/{its.sum()} have a "
                f"defect ({truths[its].mean():.3f})"
            )
    yield f"Brier score {np.mean((stated - truths) ** 2):.4f}"


def _carved(scans: Iterator[BenchScan], seed: int) -> Iterator[Surface]:
    rng = np.random.default_rng([seed, 77])
    for scan in scans:
        deviations = deviation_map(scan.surface, fit_reference(scan.surface))
        roughness = float(np.nanstd(deviations.deviations_mm))
        depth = roughness * float(np.exp(rng.uniform(np.log(SHALLOWEST), np.log(DEEPEST))))
        rows, columns = deviations.deviations_mm.shape
        spacing = deviations.spacing_mm
        place = (
            deviations.origin_mm[0] + spacing * columns * float(rng.uniform(0.3, 0.7)),
            deviations.origin_mm[1] + spacing * rows * float(rng.uniform(0.3, 0.7)),
        )
        form = drawn_form(
            rng, length_mm=(8 * spacing, 80 * spacing), narrowest_mm=3 * spacing, depth_mm=depth,
            place_mm=place,
        )  # fmt: skip
        yield carve(scan.surface, [form], reference=deviations.reference).surface


def _main() -> None:
    """Fit, check and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--count", type=int, default=COUNT, help="scans of each kind")
    parser.add_argument("--no-fit", action="store_true", help="check the numbers as they stand")
    chosen = parser.parse_args()
    if not chosen.no_fit:
        slope, at, nothing = fitted(*significances(chosen.count, FITTED))
        print(f"SLOPE {slope:.2f}, AT_THRESHOLD {at:.2f}, NOTHING_FOUND {nothing:.3f}")
    for line in told(*significances(chosen.count, CHECKED)):
        print(line)


if __name__ == "__main__":
    _main()
