"""Every defect of a deviation map, with its sizes and how sure they are."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.surfaces.defects.candidates import candidates
from faultlens.surfaces.defects.defect import DEPRESSION, PROTRUSION, SurfaceDefect
from faultlens.surfaces.defects.measured import MOST_PLACES, Measured, measured
from faultlens.surfaces.defects.place import FEWEST_PLACES, Sheet, thickness_of
from faultlens.surfaces.defects.segments import Segment, segments
from faultlens.surfaces.defects.sound import lone_cells
from faultlens.surfaces.deviation import DeviationMap

LEAST_SIGNIFICANCE = 5.5
"""Standard deviations from which a place is a defect: sound simulated surfaces seldom reach 5.2."""
_THICK_CELLS = 32
"""Thickness from which a defect is measured on a map half as fine."""
_FEWEST_CELLS = 64
MOST_MEASURED = 200
"""Defects that are measured in one map; more are told in a notice."""
_READINGS = 480
"""Sound places that are read again for all defects of one map together."""


@dataclass(frozen=True, eq=False)
class FoundDefects:
    """What deviates on one map.

    Args:
        defects: the most significant first.
        roughness_mm: standard deviation of the map's cells about their ground, without defects.
        notices: what a careful engineer would want to know.
    """

    defects: tuple[SurfaceDefect, ...]
    roughness_mm: float
    notices: tuple[Notice, ...] = field(default=())


def find_defects(
    deviations: DeviationMap,
    *,
    least_significance: float = LEAST_SIGNIFICANCE,
    least_depth_mm: float = 0.0,
) -> FoundDefects:
    """Find and measure everything that stands out of its surroundings.

    `candidates` says what is seen at all, `segments` what is one defect and what are two,
    `measured` how sizes and their uncertainties come about.

    Args:
        deviations: of a scan from its reference.
        least_significance: standard deviations of the roughness that a defect must reach.
        least_depth_mm: what is shallower is not told, mm.

    Raises:
        InputError: a map with hardly anything measured on it.
        UsageError: limits that are no positive numbers.

    Example:
        >>> from faultlens.surfaces.reference.frame import Frame
        >>> from faultlens.surfaces.reference.plane import Plane
        >>> rng = np.random.default_rng(0)
        >>> heights = rng.normal(0, 0.002, (80, 80)).astype(np.float32)
        >>> heights[30:40, 20:45] -= 0.1
        >>> flat = Plane(Frame(np.zeros(3), np.eye(3)), 0.0)
        >>> ones = np.ones(heights.shape, np.int32)
        >>> (dent,) = find_defects(DeviationMap(heights, ones, 0.1, (0.0, 0.0), flat)).defects
        >>> dent.kind, round(dent.area_mm2, 1), round(dent.volume_mm3, 2)
        ('depression', 2.5, 0.25)
    """
    if not (np.isfinite([least_significance, least_depth_mm]).all() and least_significance > 0):
        raise UsageError(
            f"A least significance of {least_significance:g} and a least depth of "
            f"{least_depth_mm:g} mm were given; the first is above 0, the second 0 or more."
        )
    values = deviations.deviations_mm.astype(np.float32, copy=False)
    values = np.where(lone_cells(values), np.float32(np.nan), values)
    known = np.isfinite(values)
    if np.count_nonzero(known) < _FEWEST_CELLS:
        raise InputError(
            f"The deviation map has {np.count_nonzero(known)} measured cells; defects are looked "
            f"for from {_FEWEST_CELLS} on. Give a scan with more points or a finer spacing."
        )
    seen = candidates(values, least_significance)
    parts = segments(seen, least_significance)
    notices: tuple[Notice, ...] = ()
    if len(parts) > MOST_MEASURED:
        notices = (_too_many(len(parts)),)
        parts = _foremost(parts)
    found = _all_measured(deviations, values, known, parts)
    kept = tuple(one for one in found if one.depth_mm >= least_depth_mm)
    return FoundDefects(kept, seen.roughness_mm, notices)


def _foremost(parts: list[Segment]) -> list[Segment]:
    """Half of them the most significant, half the largest of the others: spikes are many."""
    first, rest = parts[: MOST_MEASURED // 2], parts[MOST_MEASURED // 2 :]
    rest.sort(key=lambda one: -one.height_mm * float(one.mask.sum()))
    return sorted(first + rest[: MOST_MEASURED // 2], key=lambda one: -one.significance)


def _too_many(count: int) -> Notice:
    return Notice(
        f"{count} places stand out of the surface; the {MOST_MEASURED} most significant and "
        "largest are measured. Is the reference the right one for this part?",
        f"有 {count} 处偏离表面；只测量了其中最显著和最大的 {MOST_MEASURED} 处。"
        "参考面是否适合该零件？",
    )


def _all_measured(
    deviations: DeviationMap,
    values: NDArray[np.float32],
    known: NDArray[np.bool_],
    parts: list[Segment],
) -> list[SurfaceDefect]:
    owners = np.zeros(values.shape, np.int32)
    for number, part in reversed(list(enumerate(parts, start=1))):
        owners[part.box][part.mask] = number
    # Their soft ends are not sound surface either.
    near = ndimage.grey_dilation(owners, size=(5, 5)) if parts else owners
    owners = np.where(owners > 0, owners, near)
    sheets: dict[int, Sheet] = {}
    places = int(np.clip(_READINGS // max(len(parts), 1), FEWEST_PLACES, MOST_PLACES))
    found = []
    for number, part in enumerate(parts, start=1):
        step = 1
        while thickness_of(part.mask) / step > _THICK_CELLS:
            step *= 2
        if step not in sheets:
            sheets[step] = _sheet(values, known, owners, deviations.spacing_mm, step)
        result = measured(sheets[step], _coarse(part, step), number, places)
        if result is not None:
            found.append(_told(result, part, deviations, known, step))
    return found


def _sheet(
    values: NDArray[np.float32],
    known: NDArray[np.bool_],
    owners: NDArray[np.int32],
    spacing_mm: float,
    step: int,
) -> Sheet:
    """The map in cells of `step` by `step`; what is over at the end is as good as not measured."""
    held = np.where(known, values, np.float32(0)).astype(np.float64)
    if step == 1:
        return Sheet(held, known, owners, spacing_mm)
    rows, columns = (-(-n // step) for n in values.shape)
    over = tuple((0, -n % step) for n in values.shape)

    def blocks(grid: NDArray[np.generic]) -> NDArray[np.generic]:
        wide = np.pad(grid, over)
        return wide.reshape(rows, step, columns, step).swapaxes(1, 2).reshape(rows, columns, -1)

    counts = blocks(known).sum(axis=2)
    sums = blocks(held).sum(axis=2)
    owner = blocks(owners).max(axis=2).astype(np.int32)
    enough = counts >= max(1, step * step // 4)
    return Sheet(sums / np.maximum(counts, 1), enough, owner, spacing_mm * step)


def _coarse(part: Segment, step: int) -> Segment:
    if step == 1:
        return part
    rows, columns = np.nonzero(part.mask)
    rows, columns = (rows + part.first[0]) // step, (columns + part.first[1]) // step
    first = (int(rows.min()), int(columns.min()))
    mask = np.zeros((int(rows.max()) - first[0] + 1, int(columns.max()) - first[1] + 1), np.bool_)
    mask[rows - first[0], columns - first[1]] = True
    return Segment(part.sign, first, mask, part.height_mm, part.significance)


def _told(
    result: Measured,
    part: Segment,
    deviations: DeviationMap,
    known: NDArray[np.bool_],
    step: int,
) -> SurfaceDefect:
    """The record, in cells of the map."""
    box = result.place.box
    outline = result.outline
    used = [np.flatnonzero(outline.any(axis=1 - axis)) for axis in (0, 1)]
    cut = (slice(used[0][0], used[0][-1] + 1), slice(used[1][0], used[1][-1] + 1))
    mask = outline[cut].repeat(step, 0).repeat(step, 1)
    first = (int(box[0].start + used[0][0]) * step, int(box[1].start + used[1][0]) * step)
    rows = min(mask.shape[0], known.shape[0] - first[0])
    columns = min(mask.shape[1], known.shape[1] - first[1])
    mask = mask[:rows, :columns]
    fine = [(box[axis].start + result.worst[axis] + 0.5) * step - 0.5 for axis in (0, 1)]
    worst = (round(fine[0]), round(fine[1]))
    position = deviations.positions_mm(np.array([fine[0]]), np.array([fine[1]]))[0]
    sizes, u95 = result.sizes, result.u95
    return SurfaceDefect(
        kind=PROTRUSION if part.sign > 0 else DEPRESSION,
        depth_mm=sizes.depth_mm,
        mean_depth_mm=sizes.mean_depth_mm,
        length_mm=sizes.length_mm,
        width_mm=sizes.width_mm,
        area_mm2=sizes.area_mm2,
        volume_mm3=sizes.volume_mm3,
        position_mm=(float(position[0]), float(position[1]), float(position[2])),
        sheet_mm=(
            float(deviations.origin_mm[0] + fine[1] * deviations.spacing_mm),
            float(deviations.origin_mm[1] + fine[0] * deviations.spacing_mm),
        ),
        orientation_deg=sizes.orientation_deg,
        roundness=min(1.0, sizes.width_mm / max(sizes.length_mm, 1e-12)),
        edge_slope=result.edge_slope,
        roughness_mm=result.place.roughness_mm,
        significance=part.significance,
        mask=mask,
        box=(first[0], first[1], rows, columns),
        worst=worst,
        depth_mm_u95=u95[0],
        mean_depth_mm_u95=u95[1],
        length_mm_u95=u95[2],
        width_mm_u95=u95[3],
        area_mm2_u95=u95[4],
        volume_mm3_u95=u95[5],
        at_border=_at_border(mask, first, known),
    )


def _at_border(mask: NDArray[np.bool_], first: tuple[int, int], known: NDArray[np.bool_]) -> bool:
    """Whether it touches the end of the map or a hole of nine cells or more."""
    rows, columns = mask.shape
    row, column = first
    wide = np.zeros((rows + 2, columns + 2), np.bool_)
    wide[1:-1, 1:-1] = mask
    wide = ndimage.binary_dilation(wide)
    seen = np.zeros(wide.shape, np.bool_)
    top, left = max(row - 1, 0), max(column - 1, 0)
    cut = known[top : row + rows + 1, left : column + columns + 1]
    at = (top - row + 1, left - column + 1)
    seen[at[0] : at[0] + cut.shape[0], at[1] : at[1] + cut.shape[1]] = cut
    holes = ndimage.binary_opening(np.pad(~seen, 1, constant_values=False), np.ones((3, 3)))
    outside = np.ones(wide.shape, np.bool_)
    outside[at[0] : at[0] + cut.shape[0], at[1] : at[1] + cut.shape[1]] = False
    return bool((wide & (holes[1:-1, 1:-1] | outside)).any())
