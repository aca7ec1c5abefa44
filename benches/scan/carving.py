"""Known defects carved into a scan, found again, and each laid beside its truth."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from benches.scan.scans import BenchScan
from faultlens.surfaces.defects.defect import OUTLINE_SHARE, SurfaceDefect
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.simulator.bodies import Pose, posed
from faultlens.surfaces.simulator.carve import carve
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import FORMS, DefectForm, relief_mm
from faultlens.surfaces.simulator.placing import Placed, placed_in
from faultlens.surfaces.simulator.truth import TrueDefect
from faultlens.surfaces.surface import Surface

SIZES = ("depth_mm", "mean_depth_mm", "length_mm", "width_mm", "area_mm2", "volume_mm3")
"""Of which truth and finding are held against each other, each with its uncertainty."""

DEEP, SHALLOW = (25.0, 100.0), (5.0, 25.0)
"""Depths drawn, in local roughnesses, evenly over their logarithm: first and second row."""

_LENGTHS_CELLS = (14.0, 60.0)
_NARROWEST_CELLS = 6.0
"""Least width of what is carved, in distances between points: what is narrower was not scanned."""
_LARGEST_SHARE = 0.2
"""Longest defect, as a share of the shorter side of the scan."""
_STEEPEST = 0.5
"""Depth over width at most: an imperfection of a surface is shallower than wide."""
_MEASURED_SHARE = 0.97
"""Of the places under a defect that must be scanned, so that its truth is what was scanned."""
_SEEN_SHARE = 0.75
"""Of a defect's points that a spoiled scan must keep: with less, a hole lies in it."""
_FEWEST_CELLS = 50
"""From which a local roughness is taken."""
_TRIES = 400
"""Places drawn in search of one that suits."""


@dataclass(frozen=True, eq=False)
class CarvedTrial:
    """One carved defect and what was found of it.

    Args:
        scan: that it was carved into.
        group: of that scan.
        copy: of the scan; the defects of one copy were measured together.
        truth: what was carved.
        roughness_mm: local roughness of the untouched scan there.
        found: what was found; None for nothing.
        spacing_mm: side of a cell of the map.
    """

    scan: str
    group: str
    copy: str
    truth: TrueDefect
    roughness_mm: float
    found: SurfaceDefect | None
    spacing_mm: float

    @property
    def times_roughness(self) -> float:
        """Depth in local roughnesses."""
        return self.truth.depth_mm / self.roughness_mm

    def error(self, size: str) -> float:
        """Relative error of a size, signed; NaN where nothing was found.

        Args:
            size: one of `SIZES`.
        """
        true = float(getattr(self.truth, size))
        return np.nan if self.found is None else float(getattr(self.found, size)) / true - 1

    def covered(self, size: str) -> bool:
        """Whether the truth lies within the stated 95 % interval; only of what was found.

        Args:
            size: one of `SIZES`.
        """
        stated = float(getattr(self.found, f"{size}_u95"))
        off = float(getattr(self.found, size)) - float(getattr(self.truth, size))
        return bool(abs(off) <= stated)


def measured(surface: Surface) -> tuple[DeviationMap, tuple[SurfaceDefect, ...]]:
    """The map and the defects of a scan, as `faultlens measure` finds them without settings.

    Args:
        surface: the scan.

    Example:
        >>> from faultlens.surfaces.simulator.simulate import simulate_scan
        >>> dent = DefectForm("dent", 0.2, 4.0, 3.0)
        >>> _, found = measured(simulate_scan("plane", [dent], size_mm=(16, 12), seed=1).surface)
        >>> [x.kind for x in found]
        ['depression']
    """
    deviations = deviation_map(surface, fit_reference(surface))
    return deviations, find_defects(deviations).defects


@dataclass(frozen=True, eq=False)
class Spoiled:
    """A carved scan made a hard one.

    Args:
        surface: as it is then, its points in their order.
        pose: how it was moved.
    """

    surface: Surface
    pose: Pose


def unspoiled(surface: Surface, number: int) -> Spoiled:
    """The scan as it is.

    Args:
        surface: any.
        number: of the copy.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> flat = height_map(np.zeros((3, 4)), 1.0)
        >>> unspoiled(flat, 0).surface is flat
        True
    """
    return Spoiled(surface, posed(0.0, 0.0, (0.0, 0.0, 0.0)))


def carved_trials(
    scan: BenchScan,
    count: int,
    *,
    times: tuple[float, float],
    seed: int,
    at_once: int = 8,
    spoiled: Callable[[Surface, int], Spoiled] = unspoiled,
) -> Iterator[CarvedTrial]:
    """Carve defects into copies of a scan, some at a time, and measure each copy.

    Args:
        scan: without defects of ours.
        count: of defects.
        times: depth in local roughnesses, from and to.
        seed: of the defects.
        at_once: defects in one copy, far apart.
        spoiled: what makes a scan a hard one, (surface, copy's number) -> Spoiled; defects
            that it hides are left out.

    Example:
        >>> from benches.scan.scans import simulated_scans
        >>> list(carved_trials(next(simulated_scans(1)), 0, times=DEEP, seed=0))
        []
    """
    untouched = deviation_map(scan.surface, fit_reference(scan.surface))
    places = scan.surface.points_mm[scan.surface.measured]
    rng = np.random.default_rng([seed, *scan.name.encode()])
    done = number = 0
    while done < count:
        chosen = _chosen(untouched, places, min(at_once, count - done), times, rng)
        if not chosen:
            return
        made = carve(scan.surface, [x for x, _ in chosen])
        worse = spoiled(made.surface, number)
        deviations, defects = measured(worse.surface)
        truths = [_moved(x, worse.pose) for x in made.truths]
        pairs = matched(deviations, defects, truths)
        for truth, (_, roughness), found in zip(truths, chosen, pairs, strict=True):
            if _seen_share(truth, made.surface, worse) >= _SEEN_SHARE:
                yield CarvedTrial(
                    *(scan.name, scan.group, f"{scan.name} {number}", truth, roughness, found),
                    deviations.spacing_mm,
                )
        done += len(chosen)
        number += 1


def _moved(truth: TrueDefect, pose: Pose) -> TrueDefect:
    frame = truth.frame.copy()
    frame[:3, :3] = pose.turn @ frame[:3, :3]
    frame[:3, 3] = pose.out(frame[None, :3, 3])[0]
    x, y, z = pose.out(np.array([truth.position_mm]))[0]
    return replace(truth, position_mm=(float(x), float(y), float(z)), frame=frame)


def _seen_share(truth: TrueDefect, carved: Surface, worse: Spoiled) -> float:
    """Share of the points within the true outline that were not lost."""
    seen = worse.surface.measured
    if np.array_equal(seen, carved.measured):
        return 1.0
    places = worse.pose.out(carved.points_mm[carved.measured])
    own = (places - truth.frame[:3, 3]) @ truth.frame[:3, :3]
    within = np.abs(own[:, 2]) < 2 * truth.depth_mm + truth.length_mm
    depth = np.abs(relief_mm(truth.form, own[within, 0], own[within, 1]))
    outline = depth >= OUTLINE_SHARE * truth.depth_mm
    return float(seen[carved.measured][within][outline].mean())


def matched(
    deviations: DeviationMap, defects: Sequence[SurfaceDefect], truths: Sequence[TrueDefect]
) -> list[SurfaceDefect | None]:
    """What was found of each carved defect, None for nothing.

    It is of the same kind, and has its worst place within the outline of the truth or the truth's
    within its own; the deepest, where there are several.

    Args:
        deviations: that the defects were found in.
        defects: found.
        truths: carved.

    Example:
        >>> from faultlens.surfaces.simulator.simulate import simulate_scan
        >>> made = simulate_scan("plane", [DefectForm("dent", 0.2, 4.0, 3.0)], size_mm=(16, 12))
        >>> deviations, found = measured(made.surface)
        >>> matched(deviations, found, made.truths) == list(found)
        True
    """
    rest = sorted(defects, key=lambda x: -x.depth_mm)
    found: list[SurfaceDefect | None] = []
    for truth in truths:
        sheet = deviations.reference.located(np.array([truth.position_mm]))[0, :2]
        column, row = np.rint((sheet - deviations.origin_mm) / deviations.spacing_mm).astype(int)
        hit = next(
            (
                x
                for x in rest
                if x.kind == truth.kind
                and (_holds(x, int(row), int(column)) or _lies_in(truth, x, deviations.spacing_mm))
            ),
            None,
        )
        found.append(hit)
        rest = [x for x in rest if x is not hit]
    return found


def _holds(defect: SurfaceDefect, row: int, column: int) -> bool:
    top, left, rows, columns = defect.box
    row, column = row - top, column - left
    return 0 <= row < rows and 0 <= column < columns and bool(defect.mask[row, column])


def _lies_in(truth: TrueDefect, defect: SurfaceDefect, spacing_mm: float) -> bool:
    """Whether the worst place found lies within the true outline, give or take a cell."""
    own = (np.array(defect.position_mm) - truth.frame[:3, 3]) @ truth.frame[:3, :3]
    step = spacing_mm * np.array([(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)])
    depth = np.abs(relief_mm(truth.form, own[0] + step[:, 0], own[1] + step[:, 1]))
    return bool(depth.max() >= OUTLINE_SHARE * truth.depth_mm)


def _chosen(
    untouched: DeviationMap,
    places: NDArray[np.float64],
    count: int,
    times: tuple[float, float],
    rng: np.random.Generator,
) -> list[tuple[DefectForm, float]]:
    """Forms with their places and depths, and the local roughness at each."""
    cell = untouched.spacing_mm
    side = cell * min(untouched.deviations_mm.shape)
    longest = max(min(_LENGTHS_CELLS[1] * cell, _LARGEST_SHARE * side), 1.01 * cell)
    shortest = min(_LENGTHS_CELLS[0] * cell, longest)
    chosen: list[tuple[DefectForm, float]] = []
    for _ in range(_TRIES):
        if len(chosen) == count:
            break
        form = drawn_form(
            rng,
            form=FORMS[int(rng.integers(len(FORMS)))],
            length_mm=(shortest, longest),
            narrowest_mm=min(_NARROWEST_CELLS * cell, shortest),
        )
        x, y = (float(a) for a in places[int(rng.integers(len(places))), :2])
        form = replace(form, place_mm=(x, y))
        near = [
            np.hypot(x - f.place_mm[0], y - f.place_mm[1]) < 1.5 * (f.length_mm + form.length_mm)
            for f, _ in chosen
        ]
        if any(near):
            continue
        roughness = local_roughness_mm(untouched, placed_in(places, form))
        factor = float(np.exp(rng.uniform(*np.log(times))))
        if roughness is None or factor * roughness > _STEEPEST * form.width_mm:
            continue
        chosen.append((replace(form, depth_mm=factor * roughness), roughness))
    return chosen


def local_roughness_mm(untouched: DeviationMap, placed: Placed) -> float | None:
    """Standard deviation of the untouched deviations round a place: out to twice the defect's size.

    Args:
        untouched: map of the scan before anything was carved into it.
        placed: what goes where.

    Returns:
        The standard deviation, mm; None where the defect would reach over the end of the scan or a
        hole in it.

    Example:
        >>> from faultlens.surfaces.simulator.simulate import simulate_scan
        >>> sound = simulate_scan("plane", size_mm=(16, 12), roughness_mm=0.005).surface
        >>> placed = placed_in(sound.points_mm, DefectForm("dent", 0.2, 3.0, 3.0))
        >>> found = local_roughness_mm(deviation_map(sound, fit_reference(sound)), placed)
        >>> found is not None and 0.0045 < found < 0.0055
        True
    """
    form, cell = placed.defect, untouched.spacing_mm
    middle, axes = placed.frame[:3, 3], placed.frame[:3, :3]
    sheet = untouched.reference.located(middle[None])[0, :2]
    column, row = (sheet - untouched.origin_mm) / cell
    reach = max(*form.half_box_mm, form.length_mm) / cell
    rows, columns = untouched.deviations_mm.shape
    top, bottom = int(np.ceil(row - reach)), int(row + reach) + 1
    left, right = int(np.ceil(column - reach)), int(column + reach) + 1
    if top < 0 or left < 0 or bottom > rows or right > columns:
        return None
    values = untouched.deviations_mm[top:bottom, left:right].ravel()
    v, u = (x.ravel().astype(np.float64) for x in np.mgrid[top:bottom, left:right])
    along, across, _ = ((untouched.positions_mm(v, u) - middle) @ axes).T
    half_along, half_across = form.half_box_mm
    under = (np.abs(along) < half_along) & (np.abs(across) < half_across)
    ring = ~under & (np.hypot(along, across) <= form.length_mm) & np.isfinite(values)
    # Points strewn by chance leave cells empty between them, which is no hole.
    scanned = ndimage.binary_dilation(
        np.isfinite(values).reshape(bottom - top, right - left), np.ones((3, 3))
    ).ravel()
    if not under.any() or scanned[under].mean() < _MEASURED_SHARE:
        return None
    return float(values[ring].std()) if ring.sum() >= _FEWEST_CELLS else None
