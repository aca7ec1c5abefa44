"""A photograph with pose on a scan: colours for its points, millimetres for its places."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UnusableSurfaceError, UsageError
from faultlens.core.notice import Notice
from faultlens.surfaces.readers.intrinsics import read_intrinsics
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.units import length_unit

NOT_SEEN = (128, 128, 128)
"""Colour of a point that the photograph does not show."""

POINTS_PER_CELL = 9
"""Points that a cell of the depth buffer holds on average: one of 8,000 is empty by chance, and
nothing shines through the surface in front."""

STEEPEST = 3.0
"""Depth per width, within one cell, of a surface that still hides nothing of itself: 72 degrees."""

FEW = 0.5
"""Share of the points that a photograph shows, below which it says so."""

NEIGHBOURS = 4
"""Points round a place of the picture that tell where it lies on the scan."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera and where it stands in the frame of a scan.

    Args:
        fx: focal length along columns, pixels.
        fy: focal length along rows, pixels.
        cx: column of the optical axis, pixels; the middle of the first pixel is 0.
        cy: row of the optical axis, pixels.
        pose: (row, 4) takes points of the camera (x right, y down, z forwards, mm) into the frame
            of the scan, mm: its last column is where the camera stands.
        distortion: k1, k2, p1, p2, k3 of Brown and Conrady; empty for none.
        size: columns and rows of the photograph that this holds for; None where not stated.

    Raises:
        UsageError: a pose that is no rotation and shift.

    Example:
        >>> above = np.diag([1.0, -1.0, -1.0, 1.0])
        >>> above[2, 3] = 500.0
        >>> pixels, depth = Camera(1000, 1000, 320, 240, above).seen(np.array([[10.0, 0.0, 0.0]]))
        >>> pixels.tolist(), depth.tolist()
        ([[340.0, 240.0]], [500.0])
    """

    fx: float
    fy: float
    cx: float
    cy: float
    pose: NDArray[np.float64]
    distortion: tuple[float, ...] = ()
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        pose = np.asarray(self.pose, np.float64)
        if pose.shape != (4, 4) or not np.isfinite(pose).all():
            raise UsageError(f"The pose has shape {pose.shape}; give 4 rows of 4 finite numbers.")
        turn = pose[:3, :3]
        is_turn = np.allclose(turn @ turn.T, np.eye(3), atol=1e-3) and np.linalg.det(turn) > 0
        if not is_turn or not np.allclose(pose[3], [0, 0, 0, 1], atol=1e-6):
            raise UsageError(
                "The pose is no rotation and shift: its first 3 rows and columns must be a "
                "rotation and its last row 0 0 0 1. Give camera to scan, in mm, row by row."
            )
        object.__setattr__(self, "pose", pose)

    def seen(
        self, points_mm: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where points appear in the photograph, and how far away they are.

        Args:
            points_mm: (point, 3) in the frame of the scan, mm.

        Returns:
            (point, 2) column and row, pixels, NaN for what is behind the camera or beyond its
            lens; and (point,) depth along the optical axis, mm.

        Source: Brown, Decentering distortion of lenses (1966), as in OpenCV's calibration.
        """
        turn, place = self.pose[:3, :3], self.pose[:3, 3]
        x, y, z = ((points_mm - place) @ turn).T
        with np.errstate(invalid="ignore", divide="ignore"):
            ahead = z > 0
            x, y = np.where(ahead, x / z, np.nan), np.where(ahead, y / z, np.nan)
            if self.distortion:
                x, y = _bent(x, y, self.distortion)
        pixels = np.stack([self.fx * x + self.cx, self.fy * y + self.cy], axis=1)
        return pixels, z


def read_camera(source: str | Path | Mapping[str, Any] | Camera) -> Camera:
    """A camera from JSON: intrinsics as for depth images, and its pose.

    Beside the intrinsics (fx, fy, cx, cy or what RealSense, Open3D and ROS write) stands either
    `pose` (camera to scan) or `extrinsic` (scan to camera, as COLMAP and OpenCV give it), 4 rows of
    4 or 16 numbers row by row, and `unit` of its shift: mm where not stated.

    Args:
        source: path of a JSON file, its values, or a camera.

    Raises:
        UnreadableFileError: no such file, or no JSON.
        UsageError: intrinsics or pose are missing, or no pose.

    Example:
        >>> pose = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0.5], [0, 0, 0, 1]]
        >>> values = {"fx": 900, "fy": 900, "cx": 320, "cy": 240, "pose": pose, "unit": "m"}
        >>> read_camera(values).pose[:3, 3].tolist()
        [0.0, 0.0, 500.0]
    """
    if isinstance(source, Camera):
        return source
    intrinsics = read_intrinsics(source)
    if isinstance(source, Mapping):
        values = source
    else:
        values = json.loads(Path(source).read_text(encoding="utf-8-sig"))
    inverse = "pose" not in values
    given = values.get("extrinsic") if inverse else values["pose"]
    if given is None:
        raise UsageError(
            "The camera has no pose; give 'pose' (camera to scan) or 'extrinsic' (scan to camera), "
            "4 rows of 4 numbers."
        )
    try:
        pose = np.array(given, np.float64).reshape(4, 4)
    except (TypeError, ValueError) as error:
        raise UsageError("The pose is not 4 rows of 4 numbers; give them row by row.") from error
    pose[:3, 3] *= length_unit(str(values.get("unit", "mm"))).millimetres
    if inverse:
        # Of a rotation and a shift; `Camera` refuses anything else.
        turn = pose[:3, :3].T
        pose[:3, :3], pose[:3, 3] = turn, -turn @ pose[:3, 3]
    i = intrinsics
    return Camera(i.fx, i.fy, i.cx, i.cy, pose, i.distortion, i.size)


def coloured(surface: Surface, pixels: NDArray[np.uint8], camera: Camera) -> Surface:
    """The scan with the colours of a photograph; what something else hides stays grey.

    Args:
        surface: the scan.
        pixels: (row, column) grey or (row, column, 3) red, green, blue.
        camera: what took the photograph, and from where.

    Returns:
        the scan with `colours`; points that are not seen keep the colour they had, or are grey.

    Raises:
        InputError: no picture, or of another shape than the camera was calibrated for.
        UnusableSurfaceError: no point of the scan is in the picture.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> above = np.diag([1.0, -1.0, -1.0, 1.0])
        >>> above[:3, 3] = 1.0, 1.0, 500.0
        >>> camera = Camera(1000, 1000, 50, 50, above)
        >>> red = np.zeros((101, 101, 3), np.uint8)
        >>> red[..., 0] = 200
        >>> coloured(height_map(np.zeros((3, 3)), 1.0), red, camera).colours[4].tolist()
        [200, 0, 0]
    """
    picture = _checked(pixels, camera)
    places, seen = _seen(surface, picture.shape[:2], camera)
    total = int(surface.measured.sum())
    share = float(seen.sum()) / max(total, 1)
    if not seen.any():
        raise UnusableSurfaceError(
            f"None of the scan's {total} points is in the photograph; check the camera's pose "
            "(camera to scan, x right, y down, z forwards), its unit and the scan's unit."
        )
    colours = np.full((len(places), 3), NOT_SEEN, np.uint8)
    if surface.colours is not None:
        colours[:] = surface.colours
    colours[seen] = _between(picture, places[seen])
    warnings = surface.warnings if share >= FEW else (*surface.warnings, _about_few(share))
    told = f"coloured by a photograph that shows {100 * share:.0f} % of it"
    return replace(surface, colours=colours, warnings=warnings, history=(*surface.history, told))


def located_on(
    surface: Surface, camera: Camera, places_px: NDArray[np.floating], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Where places of a photograph lie on the scan.

    Args:
        surface: the scan.
        camera: what took the photograph, and from where.
        places_px: (place, 2) column and row, pixels.
        size: rows and columns of the photograph.

    Returns:
        (place, 3) x, y, z in the frame of the scan, mm; NaN where the photograph shows nothing of
        it.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> above = np.diag([1.0, -1.0, -1.0, 1.0])
        >>> above[:3, 3] = 10.0, 10.0, 500.0
        >>> camera = Camera(1000, 1000, 50, 50, above)
        >>> sheet = height_map(np.zeros((21, 21)), 1.0)
        >>> located_on(sheet, camera, np.array([[54.0, 50.0]]), (101, 101)).round(2).tolist()
        [[12.0, 10.0, 0.0]]
    """
    from scipy.spatial import cKDTree

    wanted = np.asarray(places_px, np.float64).reshape(-1, 2)
    found = np.full((len(wanted), 3), np.nan)
    places, seen = _seen(surface, size, camera)
    if not seen.any() or not len(wanted):
        return found
    count = min(NEIGHBOURS, int(seen.sum()))
    tree = cKDTree(places[seen])
    apart, near = tree.query(wanted, k=[*range(1, count + 1)])
    # As far as points usually lie from their neighbours, three times over: beyond is a hole.
    usual = float(np.median(tree.query(tree.data[:: max(1, len(tree.data) // 2000)], k=[2])[0]))
    weight = 1 / (apart + 1e-6) ** 2
    weight /= weight.sum(axis=1, keepdims=True)
    points = surface.points_mm[seen][near]
    there = apart[:, 0] <= max(3 * usual, 1.0)
    found[there] = (weight[..., None] * points).sum(axis=1)[there]
    return found


def _checked(pixels: NDArray[np.uint8], camera: Camera) -> NDArray[np.uint8]:
    picture = np.asarray(pixels)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        raise InputError(
            f"The photograph has shape {picture.shape}; give (row, column) or (row, column, 3)."
        )
    size = (picture.shape[1], picture.shape[0])
    if camera.size is not None and camera.size != size:
        raise InputError(
            f"The photograph is {size[0]} x {size[1]} pixels, but the camera was calibrated for "
            f"{camera.size[0]} x {camera.size[1]}; give the photograph as it was taken."
        )
    return np.asarray(picture, np.uint8)


def _seen(
    surface: Surface, size: tuple[int, int], camera: Camera
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(point, 2) column and row of each point, and (point,) whether the photograph shows it."""
    places, depth = camera.seen(surface.points_mm)
    rows, columns = size
    with np.errstate(invalid="ignore"):
        within = (places >= -0.5).all(axis=1) & (places < (columns - 0.5, rows - 0.5)).all(axis=1)
    inside = np.flatnonzero(within)
    seen = np.zeros(len(places), bool)
    if not len(inside):
        return places, seen
    at = places[inside]
    low, high = at.min(axis=0), at.max(axis=0)
    area = float(np.prod(np.maximum(high - low, 1.0)))
    cell = max(np.sqrt(area * POINTS_PER_CELL / len(inside)), 1.0)
    column, row = ((at - low) / cell).astype(np.intp).T
    wide = int(column.max()) + 1
    number = row * wide + column
    nearest = np.full(int(number.max()) + 1, np.inf)
    np.minimum.at(nearest, number, depth[inside])
    # Within a cell a slanted surface is not all at one depth.
    slack = STEEPEST * cell * depth[inside] / min(camera.fx, camera.fy)
    seen[inside] = depth[inside] <= nearest[number] + slack
    return places, seen


def _between(picture: NDArray[np.uint8], places: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colours at places of a picture, between its pixels linearly."""
    last = np.array(picture.shape[1::-1]) - 1
    place = np.clip(places, 0, last)
    low = np.minimum(place.astype(np.intp), np.maximum(last - 1, 0))
    high = np.minimum(low + 1, last)
    part = (place - low).astype(np.float32)
    across, down = part[:, :1], part[:, 1:]
    upper = picture[low[:, 1], low[:, 0]] * (1 - across) + picture[low[:, 1], high[:, 0]] * across
    lower = picture[high[:, 1], low[:, 0]] * (1 - across) + picture[high[:, 1], high[:, 0]] * across
    return np.asarray(np.rint(upper * (1 - down) + lower * down), np.uint8)


def _bent(
    x: NDArray[np.float64], y: NDArray[np.float64], distortion: tuple[float, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    k1, k2, p1, p2, k3 = (*distortion, 0, 0, 0, 0, 0)[:5]
    square = x * x + y * y
    radial = 1 + square * (k1 + square * (k2 + square * k3))
    # Beyond the radius where the polynomial turns back, it would put points into the picture that
    # the lens never saw.
    outward = 1 + square * (3 * k1 + square * (5 * k2 + square * 7 * k3)) > 0
    cross = x * y
    bent_x = x * radial + 2 * p1 * cross + p2 * (square + 2 * x * x)
    bent_y = y * radial + p1 * (square + 2 * y * y) + 2 * p2 * cross
    return np.where(outward, bent_x, np.nan), np.where(outward, bent_y, np.nan)


def _about_few(share: float) -> Notice:
    return Notice(
        en=f"The photograph shows {100 * share:.0f} % of the scan; the rest has no colour.",
        zh=f"照片仅显示扫描点的 {100 * share:.0f} %；其余点没有颜色。",
    )
