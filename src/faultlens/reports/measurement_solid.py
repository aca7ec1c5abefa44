"""The scan in space: its true form, with deviations exaggerated until they are seen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.lettering import write
from faultlens.reports.measurement_colours import deviation_colours
from faultlens.reports.measurement_map import TAG_COLOURS
from faultlens.reports.measurement_raster import ShownMap, shown_map, smoothed
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.palette import INK
from faultlens.surfaces.reference.abstract import AbstractReference

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AZIMUTH_DEG, FLAT_AZIMUTH_DEG, ELEVATION_DEG = -28.0, -12.0, 42.0
"""From where one looks: turned about the outward normal, less where a scan is long along u, and
raised above the sheet."""

LIGHT_FROM = (-0.45, 0.35, 0.82)
"""Where the light stands, as seen: to the right, up, towards the eye; of length 1."""

MOST_CELLS = (240, 240)
"""Columns and rows of the view at most: its cells are then a dot or two of the sheet."""

NUMBERED = 6
"""Most defects that get a number; the map has them all."""

RELIEF_SHARE = 0.06
"""Height of the last colour over the extent of the scan, once it is exaggerated."""


@dataclass(frozen=True, eq=False)
class Solid:
    """A scan as a net of points over its reference.

    Args:
        feet_mm: (row, column, 3) points of the reference, in a frame at the middle of the scan: x
            along u, y along v, z out of the material, mm.
        normals: (row, column, 3) out of the material, of length 1.
        deviations_mm: (row, column) mm; NaN where nothing was measured.
        times: how much deviations are exaggerated so that they are seen.
        extent_mm: diagonal of the scan, mm.
        frame: (axis, 3) rows: the axes x, y, z of that frame in the scan's own.
        middle_mm: (axis,) its origin in the scan's own frame, mm.
        azimuth_deg: from where it is seen.
    """

    feet_mm: NDArray[np.float64]
    normals: NDArray[np.float64]
    deviations_mm: NDArray[np.float32]
    times: float
    extent_mm: float
    frame: NDArray[np.float64]
    middle_mm: NDArray[np.float64]
    azimuth_deg: float

    def points_mm(self, deviations_mm: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
        """The scan, exaggerated; the reference where nothing was measured.

        Args:
            deviations_mm: (row, column) others than its own, mm.

        Returns:
            (row, column, 3) in the frame of its feet, mm.
        """
        given = self.deviations_mm if deviations_mm is None else deviations_mm
        height = np.nan_to_num(given.astype(np.float64)) * self.times
        return np.asarray(self.feet_mm + height[..., None] * self.normals)


def solid_of(view: MeasurementView, limit_mm: float, most: tuple[int, int] = MOST_CELLS) -> Solid:
    """The scan as a net of at most so many columns and rows.

    Args:
        view: the measured scan.
        limit_mm: deviation of the last colour, mm.
        most: columns and rows at most.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> solid = solid_of(example_scan(), 0.4, (40, 30))
        >>> solid.feet_mm.shape, solid.times
        ((30, 40, 3), 5.0)
    """
    shown = shown_map(view, most)
    u, v = _centres(shown)
    flat = np.stack([*np.meshgrid(u, v), np.zeros((len(v), len(u)))], axis=-1)
    reference = view.deviations.reference
    # As far out as the cells are wide: where a form is bent, its normal turns between them.
    step = shown.cell_mm
    raised = flat + np.array((0.0, 0.0, step))
    feet = reference.placed(flat.reshape(-1, 3)).reshape(flat.shape)
    heads = reference.placed(raised.reshape(-1, 3)).reshape(flat.shape)
    normals = heads - feet
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    frame, middle = _frame(reference, shown)
    feet = (feet - middle) @ frame.T
    known = np.isfinite(shown.deviations_mm)
    span = np.ptp(feet[known], axis=0) if known.any() else np.ones(3)
    extent = float(np.linalg.norm(span))
    times = round_down(max(RELIEF_SHARE * extent / limit_mm, 1.0))
    azimuth = FLAT_AZIMUTH_DEG if span[0] > 2.5 * span[1] else AZIMUTH_DEG
    turned = normals @ frame.T
    return Solid(feet, turned, shown.deviations_mm, times, extent, frame, middle, azimuth)


def seen_from(
    points_mm: NDArray[np.float64], azimuth_deg: float, elevation_deg: float = ELEVATION_DEG
) -> NDArray[np.float64]:
    """Points as an eye far away sees them: to the right, upwards, and towards the eye.

    Args:
        points_mm: (point, 3) or (row, column, 3) in the frame of a `Solid`, mm.
        azimuth_deg: turned about z.
        elevation_deg: of the eye above the sheet.

    Example:
        >>> seen_from(np.array([[0.0, 0.0, 1.0]]), 0.0, 90.0).round(6).tolist()
        [[0.0, 0.0, 1.0]]
    """
    a, e = np.deg2rad(azimuth_deg), np.deg2rad(elevation_deg)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.sin(e), np.cos(e)], [0, -np.cos(e), np.sin(e)]])
    return np.asarray(points_mm @ (tilt @ turn).T)


def draw_solid(axes: "Axes", solid: Solid, limit_mm: float) -> NDArray[np.float64]:
    """Draw the scan in space, from behind to the front.

    Args:
        axes: where to draw; of the panel's proportions.
        solid: the scan.
        limit_mm: deviation of the last colour, mm.

    Returns:
        (side, axis) the corners of what is drawn, in its own coordinates: left and right, foot and
        head.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> axes = new_sheet(4, 3, "en").axes(0, 0, 4, 3)
        >>> draw_solid(axes, solid_of(example_scan(), 0.4), 0.4).shape
        (2, 2)
    """
    from matplotlib.collections import TriMesh
    from matplotlib.tri import Triangulation

    seen = seen_from(solid.points_mm(), solid.azimuth_deg)
    # Light falls on the form, not on the grain of single cells.
    calm = solid.points_mm(smoothed(solid.deviations_mm, 0.8))
    light = _light(seen_from(calm, solid.azimuth_deg))
    rows, columns = seen.shape[:2]
    number = np.arange(rows * columns).reshape(rows, columns)
    known = np.isfinite(solid.deviations_mm)
    quads = known[:-1, :-1] & known[1:, :-1] & known[:-1, 1:] & known[1:, 1:]
    a, b = number[:-1, :-1][quads], number[:-1, 1:][quads]
    c, d = number[1:, 1:][quads], number[1:, :-1][quads]
    flat = seen.reshape(-1, 3)
    order = np.argsort(flat[a, 2] + flat[c, 2], kind="stable")
    triangles = np.stack([a, b, c, a, c, d], axis=1)[order].reshape(-1, 3)
    colours = deviation_colours(solid.deviations_mm, limit_mm) / 255.0 * light[..., None]
    if len(triangles):
        net = TriMesh(Triangulation(flat[:, 0], flat[:, 1], triangles))
        net.set_facecolor(np.clip(colours.reshape(-1, 3), 0, 1))  # type: ignore[arg-type]
        axes.add_collection(net, autolim=False)
    within = flat[known.ravel()] if known.any() else flat
    corners = np.array([within[:, :2].min(axis=0), within[:, :2].max(axis=0)])
    _fit(axes, corners)
    axes.set_axis_off()
    return corners


def number_solid(axes: "Axes", view: MeasurementView, solid: Solid) -> None:
    """Write the numbers of the worst defects over their places, where the eye sees them.

    Args:
        axes: where the solid is drawn.
        view: the measured scan.
        solid: the scan in space.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> from faultlens.reports.sheet import new_sheet
        >>> view, axes = example_scan(), new_sheet(4, 3, "en").axes(0, 0, 4, 3)
        >>> number_solid(axes, view, solid_of(view, 0.4))
        >>> [x.get_text() for x in axes.texts]
        ['1']
    """
    bottom, top = axes.get_ylim()
    lift = 0.055 * (top - bottom)
    reference = view.deviations.reference
    for number, mark in reversed(list(enumerate(view.defects[:NUMBERED], start=1))):
        u, v = mark.defect.sheet_mm
        sign = -1 if mark.defect.kind == "depression" else 1
        worst = (u, v, sign * mark.defect.depth_mm)
        feet = (reference.placed(np.array([(u, v, 0.0), worst])) - solid.middle_mm) @ solid.frame.T
        seen = seen_from(feet, solid.azimuth_deg)
        place = seen[0] + solid.times * (seen[1] - seen[0])
        if sign * (seen[1, 2] - seen[0, 2]) <= 0:
            # It lies on the far side.
            continue
        ground, letters = TAG_COLOURS[mark.severity]
        axes.plot([place[0]] * 2, [place[1], place[1] + lift], color=INK, lw=0.7)
        look = {
            "boxstyle": "round,pad=0.2",
            "facecolor": ground,
            "edgecolor": INK,
            "linewidth": 0.5,
        }
        style = {"fontsize": 6, "weight": "bold", "ha": "center", "va": "bottom"}
        write(axes, place[0], place[1] + lift, str(number), color=letters, bbox=look, **style)


def round_down(value: float) -> float:
    """The round figure below: 1, 2 or 5 times a power of ten.

    Args:
        value: positive.

    Example:
        >>> round_down(37.0), round_down(1.0), round_down(99)
        (20.0, 1.0, 50.0)
    """
    power = 10.0 ** np.floor(np.log10(value) + 1e-9)
    return float(max(x for x in (1, 2, 5) if x * power <= value * 1.000001) * power)


def _centres(shown: ShownMap) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, _, bottom, _ = shown.extent_mm
    rows, columns = shown.deviations_mm.shape
    half = shown.cell_mm / 2
    u = left + half + shown.cell_mm * np.arange(columns, dtype=np.float64)
    return u, bottom + half + shown.cell_mm * np.arange(rows, dtype=np.float64)


def _frame(
    reference: AbstractReference, shown: ShownMap
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Axes along u, along v and out of the material at the middle of the sheet, and that middle."""
    left, right, bottom, top = shown.extent_mm
    u, v, step = (left + right) / 2, (bottom + top) / 2, max(right - left, top - bottom) / 100
    corners = np.array([[u, v, 0], [u + step, v, 0], [u, v, step]])
    middle, along, out = reference.placed(corners)
    x = along - middle
    z = out - middle
    z /= np.linalg.norm(z)
    x -= (x @ z) * z
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z]), middle


def _light(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """(row, column) how bright each point is: from all around, by the light, with some shine."""
    if min(seen.shape[:2]) < 2:
        return np.ones(seen.shape[:2])
    down, across = np.gradient(seen, axis=(0, 1))
    normal = np.cross(across, down)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    # A sheet is seen from both sides; the far one is the inside, and darker.
    facing = np.where(normal[..., 2] < 0, 0.72, 1.0)
    normal *= np.where(normal[..., 2:] < 0, -1, 1)
    light = np.array(LIGHT_FROM) / np.linalg.norm(LIGHT_FROM)
    half = light + np.array((0, 0, 1))
    half /= np.linalg.norm(half)
    direct = np.clip(normal @ light, 0, 1)
    shine = np.clip(normal @ half, 0, 1) ** 40
    return np.asarray(facing * (0.46 + 0.5 * direct + 0.06 * shine))


def _fit(axes: "Axes", corners: NDArray[np.float64]) -> None:
    """The limits of the axes, so that all is in them and no direction is stretched."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    place = axes.get_position()
    size = np.array([place.width, place.height]) * figure.get_size_inches()
    middle, span = corners.mean(axis=0), np.maximum(np.ptp(corners, axis=0), 1e-9)
    per_inch = float((span * 1.08 / size).max())
    half = per_inch * size / 2
    axes.set(
        xlim=(middle[0] - half[0], middle[0] + half[0]),
        ylim=(middle[1] - half[1], middle[1] + half[1]),
    )
