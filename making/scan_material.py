"""What the model of scans learns from: drawn forms in rough surfaces, measured, as patches."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter

from faultlens.core.files import written_whole
from faultlens.core.progress import progress
from faultlens.inputs.deviation_patch import ScanPatches, scan_patches
from faultlens.surfaces.defects.candidates import candidates
from faultlens.surfaces.defects.defect import DEPRESSION, PROTRUSION, SurfaceDefect
from faultlens.surfaces.defects.find import LEAST_SIGNIFICANCE, find_defects
from faultlens.surfaces.defects.segments import Segment, segments
from faultlens.surfaces.defects.sizes import outline_sizes
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import BUMP, relief_mm
from making.scan_forms import FORMS, Floats, Plot
from making.scan_strange import STRANGE

KINDS = tuple(FORMS)
"""What the model names; the number after the last is unknown."""

UNKNOWN = len(KINDS)

SIDES = (128, 176, 224)
"""Cells of the drawn maps."""

SIMULATED = 0.5
"""Share of the defects drawn by `surfaces.simulator`, whose forms the others do not share."""

LEAST_OVERLAP = 0.2
"""Share of what was drawn that a found defect must hold to be it."""


@dataclass(frozen=True, eq=False)
class Material:
    """Patches with what they are.

    Args:
        patches: of found defects.
        kinds: (defect,) numbers of `KINDS`; `UNKNOWN` for what is none of them.
        families: of each, "made" here, "simulated", or the name of what is none.
    """

    patches: ScanPatches
    kinds: NDArray[np.int64]
    families: tuple[str, ...]


@final
class Flat(AbstractReference):
    """The plane z = 0, for maps that come from no scan."""

    kind = "plane"

    def located(self, points_mm: Floats) -> Floats:
        """(point, 3) as they are."""
        return points_mm

    def placed(self, sheet_mm: Floats) -> Floats:
        """(point, 3) as they are."""
        return sheet_mm

    def told(self) -> dict[str, object]:
        """Its form."""
        return {"kind": self.kind}


def draw_material(
    count: int,
    *,
    seed: int,
    strange_share: float,
    exact_share: float = 1.0,
    unseen: Sequence[str] = (),
    workers: int = 1,
    quiet: bool = True,
) -> Material:
    """Draw, measure and cut out; the same seed draws the same.

    Args:
        count: forms drawn; what is not found again is left out.
        seed: of everything drawn.
        strange_share: share that is no kind of defect.
        exact_share: share that is measured as scans are; the others roughly, three times as fast.
        unseen: of `making.scan_strange.STRANGE`, what is left out.
        workers: processes that draw.
        quiet: no progress bar.

    Example:
        >>> drawn = draw_material(2, seed=1, strange_share=0.0)
        >>> len(drawn.patches) == len(drawn.kinds) == len(drawn.families)
        True
    """
    strange = tuple(x for x in STRANGE if x not in unseen)
    draw = partial(
        _drawn, seed=seed, strange_share=strange_share, exact_share=exact_share, strange=strange
    )
    with ExitStack() as held:
        found: Iterator[_Drawn | None] = map(draw, range(count))
        if workers > 1:
            # Spawned: forks of a process with open threads of torch may hang.
            pool = held.enter_context(get_context("spawn").Pool(workers))
            found = pool.imap(draw, range(count), chunksize=8)
        shown = progress(found, label="Drawing scans", total=count, quiet=quiet)
        drawn = [x for x in shown if x is not None]
    patches = ScanPatches(
        np.stack([x.views for x in drawn]),
        np.stack([x.numbers for x in drawn]),
        tuple(x.relief for x in drawn),
    )
    return Material(
        patches, np.array([x.kind for x in drawn], np.int64), tuple(x.family for x in drawn)
    )


@dataclass(frozen=True, eq=False)
class _Drawn:
    views: NDArray[np.float32]
    numbers: NDArray[np.float32]
    relief: str
    kind: int
    family: str


def _drawn(
    number: int, *, seed: int, strange_share: float, exact_share: float, strange: Sequence[str]
) -> _Drawn | None:
    """One form, measured; None where it is not found again."""
    rng = np.random.default_rng([seed, number])
    plot = Plot(int(rng.choice(SIDES)), rng)
    if rng.random() < strange_share:
        kind, family = UNKNOWN, str(rng.choice(list(strange)))
        heights = STRANGE[family](plot)
    else:
        kind = int(rng.integers(len(KINDS)))
        family = "simulated" if rng.random() < SIMULATED else "made"
        heights = FORMS[KINDS[kind]](plot) if family == "made" else simulated(plot, kind)
    found = _measured(plot, heights, exact=bool(rng.random() < exact_share))
    if found is None:
        return None
    patches = scan_patches(*found)
    return _Drawn(patches.views[0], patches.numbers[0], patches.reliefs[0], kind, family)


def simulated(plot: Plot, kind: int) -> Floats:
    """A form of `surfaces.simulator`, in cells.

    Args:
        plot: to draw on.
        kind: number of `KINDS`.

    Returns:
        (row, column) heights.

    Example:
        >>> heights = simulated(Plot(64, np.random.default_rng(0)), KINDS.index("dent"))
        >>> bool(heights.min() < 0), float(heights.max())
        (True, 0.0)
    """
    name = BUMP if KINDS[kind] == "protrusion" else KINDS[kind]
    narrowest, lengths, steep = {
        "dent": (6.0, (10, 90), (0.006, 0.25)),
        "scratch": (1.6, (20, 150), (0.015, 0.6)),
        "pit": (3.0, (4, 45), (0.05, 1.1)),
        "crack": (1.0, (20, 150), (0.12, 6.0)),
        "bump": (3.0, (4, 60), (0.01, 0.7)),
    }[name]
    most = 0.8 * plot.side
    form = drawn_form(
        plot.rng,
        form=name,
        length_mm=(min(lengths[0], most / 2), min(lengths[1], most)),
        narrowest_mm=narrowest,
        depth_mm=1.0,
    )
    y, x = np.mgrid[: plot.side, : plot.side] - plot.side / 2 + plot.rng.uniform(-4, 4)
    turned = np.deg2rad(form.orientation_deg)
    along = x * np.cos(turned) + y * np.sin(turned)
    across = -x * np.sin(turned) + y * np.cos(turned)
    depth = form.width_mm * plot.between(*steep)
    return np.asarray(depth * relief_mm(form, along, across), np.float64)


def _measured(
    plot: Plot, heights: Floats, *, exact: bool = True
) -> tuple[DeviationMap, list[SurfaceDefect]] | None:
    """What a scan of a form would be measured as.

    Args:
        plot: on which it was drawn.
        heights: (row, column) of it, in cells.
        exact: as `find_defects` does; otherwise roughly.

    Returns:
        the map of its scan, and the one defect found at the form; None where none is.
    """
    depth = float(np.abs(heights).max())
    noisy = heights + depth / plot.between(6, 120) * _finish(plot)
    missing = np.zeros(heights.shape, bool)
    if plot.chance(0.15):
        missing = plot.rng.random(heights.shape) < plot.rng.uniform(0, 0.2)
    seen = np.where(missing, np.nan, noisy)
    deviations = DeviationMap(
        seen.astype(np.float32), (~missing).astype(np.int32), 1.0, (0.0, 0.0), Flat()
    )
    drawn = np.abs(heights) > 0.1 * depth
    best, overlap = None, LEAST_OVERLAP
    for each in find_defects(deviations).defects if exact else _rough_defects(deviations):
        row, column, rows, columns = each.box
        part = drawn[row : row + rows, column : column + columns]
        share = float((part & each.mask).sum()) / max(1, min(drawn.sum(), each.mask.sum()))
        if share > overlap:
            best, overlap = each, share
    return None if best is None else (deviations, [best])


def _rough_defects(deviations: DeviationMap) -> list[SurfaceDefect]:
    """Found as `find_defects` finds them, and measured without care for waviness or noise."""
    values = deviations.deviations_mm
    seen = candidates(values, LEAST_SIGNIFICANCE)
    ground = float(np.nanmedian(values))
    known = np.isfinite(values)
    weight = np.maximum(gaussian_filter(known.astype(float), 0.6), 0.05)
    smooth = gaussian_filter(np.where(known, values - ground, 0.0).astype(float), 0.6) / weight
    found = [
        _rough_defect(x, smooth, seen.roughness_mm) for x in segments(seen, LEAST_SIGNIFICANCE)
    ]
    return [x for x in found if x is not None]


def _rough_defect(part: Segment, smooth: Floats, roughness: float) -> SurfaceDefect | None:
    mask = np.pad(part.mask, 2)
    (row, column), (rows, columns) = part.first, part.mask.shape
    heights = np.pad(part.sign * smooth, 2)[row : row + rows + 4, column : column + columns + 4]
    profile = np.where(binary_dilation(mask, iterations=2), np.clip(heights, 0, None), 0.0)
    if not profile.any():
        return None
    sizes = outline_sizes(profile, 1.0)
    worst = np.unravel_index(int(np.argmax(np.where(mask, profile, -1))), mask.shape)
    slope = float(np.hypot(*np.gradient(profile)).max())
    return SurfaceDefect(
        kind=PROTRUSION if part.sign > 0 else DEPRESSION,
        depth_mm=sizes.depth_mm,
        mean_depth_mm=sizes.mean_depth_mm,
        length_mm=sizes.length_mm,
        width_mm=sizes.width_mm,
        area_mm2=sizes.area_mm2,
        volume_mm3=sizes.volume_mm3,
        position_mm=(0.0, 0.0, 0.0),
        sheet_mm=(0.0, 0.0),
        orientation_deg=sizes.orientation_deg,
        roundness=sizes.width_mm / sizes.length_mm,
        edge_slope=slope,
        roughness_mm=roughness,
        significance=part.significance,
        mask=part.mask,
        box=(row, column, rows, columns),
        worst=(row + int(worst[0]) - 2, column + int(worst[1]) - 2),
        depth_mm_u95=0.0,
        mean_depth_mm_u95=0.0,
        length_mm_u95=0.0,
        width_mm_u95=0.0,
        area_mm2_u95=0.0,
        volume_mm3_u95=0.0,
    )


def _finish(plot: Plot) -> Floats:
    """(row, column) roughness of spread 1: of grains, with a lay at times, and waviness."""
    white = plot.rng.normal(size=(plot.side, plot.side))
    grain = plot.between(0.3, 2.5) * plot.chance(0.7)
    lay = plot.between(1, 8) if plot.chance(0.4) else 1.0
    rough = gaussian_filter(white, (grain, grain * lay)) if grain else white
    if plot.chance(0.5):
        rough = rough.T
    rough = rough / rough.std()
    if plot.chance(0.4):
        rough = rough + plot.rng.uniform(0, 1.5) * plot.texture(plot.side / 8)
    return np.asarray(rough, np.float64)


def write_material(path: Path, material: Material) -> None:
    """Keep drawn material for later runs.

    Args:
        path: file to write.
        material: to keep.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "drawn.npz"
        >>> write_material(path, draw_material(2, seed=1, strange_share=0.0, exact_share=0.0))
        >>> read_material(path).families == draw_material(2, seed=1, strange_share=0.0).families
        True
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part, part.open("wb") as stream:
        np.savez(
            stream,
            views=material.patches.views.astype(np.float16),
            numbers=material.patches.numbers,
            reliefs=np.array(material.patches.reliefs),
            kinds=material.kinds,
            families=np.array(material.families),
        )


def read_material(path: Path) -> Material:
    """What `write_material` kept.

    Args:
        path: the file.

    Raises:
        OSError: the file cannot be read.

    Example:
        >>> read_material(Path("/nowhere.npz"))
        Traceback (most recent call last):
            ...
        FileNotFoundError: [Errno 2] No such file or directory: '/nowhere.npz'
    """
    with np.load(path, allow_pickle=False) as kept:
        patches = ScanPatches(
            kept["views"].astype(np.float32), kept["numbers"], tuple(map(str, kept["reliefs"]))
        )
        return Material(patches, kept["kinds"], tuple(map(str, kept["families"])))
