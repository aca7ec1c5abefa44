"""Outlines of marks: wandering paths, strokes, spots and blobs, drawn with soft edges."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from faultlens.images.simulator.fields import Dice, Field, clouds, grid

Path = NDArray[np.floating[Any]]
"""Points of a line, (point, 2): row and column, px."""
_FINER = 3
"""Strokes are drawn this many times larger and shrunk, so that thin ones come out soft."""


def straight_path(start: tuple[float, float], angle_rad: float, length_px: float) -> Path:
    """A straight line.

    Args:
        start: row and column of its first point, px.
        angle_rad: direction, from the rows' direction towards downwards.
        length_px: length, px.

    Example:
        >>> straight_path((0, 0), 0.0, 5.0)[-1].tolist()
        [0.0, 5.0]
    """
    end = (start[0] + np.sin(angle_rad) * length_px, start[1] + np.cos(angle_rad) * length_px)
    way = np.linspace(0, 1, max(2, int(length_px / 4)))[:, None]
    made: Path = np.array(start) * (1 - way) + np.array(end) * way
    return made


def bowed_path(rng: Dice, start: tuple[float, float], angle_rad: float, length_px: float) -> Path:
    """A line bent a little to one side.

    Args:
        rng: dice.
        start: row and column of its first point, px.
        angle_rad: direction, from the rows' direction towards downwards.
        length_px: length, px.

    Example:
        >>> bowed_path(np.random.default_rng(0), (0, 0), 0.0, 40.0).shape[1]
        2
    """
    line = straight_path(start, angle_rad, length_px)
    way = np.linspace(0, 1, len(line))
    bow = rng.normal(0, 0.025) * length_px * 4 * way * (1 - way)
    aside = np.array([np.cos(angle_rad), -np.sin(angle_rad)])
    return np.asarray(line + bow[:, None] * aside, dtype=np.float64)


def wandering_path(
    rng: Dice,
    start: tuple[float, float],
    angle_rad: float,
    length_px: float,
    *,
    roughness: float = 0.35,
    step_px: float = 2.5,
) -> Path:
    """A line that turns as it goes, as a crack does from grain to grain.

    Args:
        rng: dice.
        start: row and column of its first point, px.
        angle_rad: mean direction, from the rows' direction towards downwards.
        length_px: length, px.
        roughness: spread of the direction about its mean, rad.
        step_px: distance between turns, px.

    Example:
        >>> wandering_path(np.random.default_rng(0), (5, 5), 0.0, 30.0).shape[1]
        2
    """
    steps = max(2, int(length_px / step_px))
    turns = rng.normal(0, roughness, steps)
    slow = np.convolve(rng.normal(0, 1, steps + 8), np.ones(9) / 9, "valid")[:steps]
    heading = angle_rad + turns + slow * roughness * 2.5
    moves = np.stack([np.sin(heading), np.cos(heading)], axis=1) * step_px
    return np.concatenate([[start], start + np.cumsum(moves, axis=0)])


def stroke(
    height_px: int, width_px: int, paths: list[Path], widths_px: list[float], *, taper: bool = False
) -> Field:
    """Lines of given widths, 1 inside and 0 outside.

    Args:
        height_px: rows.
        width_px: columns.
        paths: lines, (point, 2) each.
        widths_px: width of each line, px; below 1/3 px it fades instead of thinning.
        taper: whether lines thin out towards their ends.

    Returns:
        how far each pixel is covered, (row, column).

    Example:
        >>> made = stroke(9, 9, [straight_path((4, 0), 0.0, 8.0)], [3.0])
        >>> float(made[4, 4]), float(made[0, 4])
        (1.0, 0.0)
    """
    large = Image.new("L", (width_px * _FINER, height_px * _FINER), 0)
    pen = ImageDraw.Draw(large)
    for path, width in zip(paths, widths_px, strict=True):
        # Lists of numbers: the pen takes an array's rows one by one, which is slow.
        points = [*map(tuple, ((path[:, ::-1] + 0.5) * _FINER).tolist())]
        thick = width * _FINER
        if not taper:
            pen.line(points, fill=255, width=max(1, round(thick)), joint="curve")
            continue
        way = np.linspace(0, 1, len(points) - 1)
        local = (thick * np.clip(np.minimum(way, 1 - way) * 5 + 0.25, 0, 1)).tolist()
        for start, end, each in zip(points[:-1], points[1:], local, strict=True):
            pen.line([start, end], fill=255, width=max(1, round(each)))
    small = large.resize((width_px, height_px), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def polygon(height_px: int, width_px: int, points: Path) -> Field:
    """A filled outline, 1 inside and 0 outside.

    Args:
        height_px: rows.
        width_px: columns.
        points: corners, (point, 2): row and column, px.

    Example:
        >>> float(polygon(9, 9, np.array([[1, 1], [1, 7], [7, 7], [7, 1]]))[4, 4])
        1.0
    """
    large = Image.new("L", (width_px * _FINER, height_px * _FINER), 0)
    corners = (points[:, ::-1] + 0.5) * _FINER
    ImageDraw.Draw(large).polygon([*map(tuple, corners)], fill=255)
    small = large.resize((width_px, height_px), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def ragged_outline(
    rng: Dice, centre: tuple[float, float], radius_px: float, *, raggedness: float, points: int = 24
) -> Path:
    """A closed outline about a centre.

    Args:
        rng: dice.
        centre: row and column, px.
        radius_px: mean radius, px.
        raggedness: spread of the radius over its mean.
        points: number of corners.

    Example:
        >>> ragged_outline(np.random.default_rng(0), (9, 9), 5.0, raggedness=0.2).shape
        (24, 2)
    """
    way = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points)
    for wave in range(1, 6):
        radius += raggedness / wave * rng.normal() * np.cos(wave * way + rng.uniform(0, 6.3))
    radius += rng.normal(0, raggedness * 0.25, points)
    stretch, turn = rng.uniform(0.6, 1.0), rng.uniform(0, np.pi)
    radius = radius_px * np.clip(radius, 0.25, 2.5)
    along, aside = radius * np.cos(way), radius * np.sin(way) * stretch
    rows = centre[0] + along * np.sin(turn) + aside * np.cos(turn)
    columns = centre[1] + along * np.cos(turn) - aside * np.sin(turn)
    return np.stack([rows, columns], axis=1)


def ellipse_radius(
    height_px: int,
    width_px: int,
    centre: tuple[float, float],
    half_axes_px: tuple[float, float],
    angle_rad: float,
) -> Field:
    """Distance from a centre in half axes: below 1 inside the ellipse.

    Args:
        height_px: rows.
        width_px: columns.
        centre: row and column, px.
        half_axes_px: half axis along the direction and across it, px.
        angle_rad: direction, from the rows' direction towards downwards.

    Example:
        >>> float(ellipse_radius(9, 9, (4, 4), (4, 2), 0.0)[4, 8])
        1.0
    """
    rows, columns = grid(height_px, width_px)
    down, right = rows - np.float32(centre[0]), columns - np.float32(centre[1])
    cos, sin = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    along = (right * cos + down * sin) * np.float32(1 / half_axes_px[0])
    aside = (down * cos - right * sin) * np.float32(1 / half_axes_px[1])
    return np.sqrt(along * along + aside * aside)


def blob(
    rng: Dice,
    height_px: int,
    width_px: int,
    centre: tuple[float, float],
    half_axes_px: tuple[float, float],
    angle_rad: float,
    *,
    raggedness: float = 0.4,
    softness: float = 0.1,
) -> Field:
    """An irregular spot, 1 inside and 0 outside.

    Args:
        rng: dice.
        height_px: rows.
        width_px: columns.
        centre: row and column, px.
        half_axes_px: half axis along the direction and across it, px.
        angle_rad: direction, from the rows' direction towards downwards.
        raggedness: how far the border strays, in half axes.
        softness: breadth of the border, in half axes.

    Example:
        >>> float(blob(np.random.default_rng(0), 32, 32, (16, 16), (9, 9), 0.0)[16, 16])
        1.0
    """
    radius = ellipse_radius(height_px, width_px, centre, half_axes_px, angle_rad)
    small = max(1.5, min(half_axes_px) * 0.45)
    strayed = clouds(rng, height_px, width_px, max(2.0, min(half_axes_px) * 0.9))
    strayed = strayed + 0.5 * clouds(rng, height_px, width_px, small * 0.5)
    edge = np.float32(1) + np.float32(raggedness * 0.5) * strayed - radius
    return np.clip(edge / np.float32(max(softness, 0.02)) + np.float32(0.5), 0, 1)


def add_spots(
    field: Field,
    centres: Path,
    radii_px: NDArray[np.floating[Any]],
    stretch: float,
    angle_rad: float,
    hardness: float = 2.0,
) -> Field:
    """Many small round or drawn-out spots, each computed only where it reaches.

    Args:
        field: what the spots are joined to by the larger value, (row, column); written to.
        centres: row and column of each, (spot, 2), px.
        radii_px: radius of each across its direction, px.
        stretch: length over breadth.
        angle_rad: direction, from the rows' direction towards downwards.
        hardness: 1 is a soft spot, 6 one with an edge.

    Returns:
        `field`, 1 in the middle of spots.

    Example:
        >>> made = add_spots(np.zeros((9, 9), np.float32), np.array([[4, 4]]), np.array([2.0]),
        ...                  1.0, 0.0)
        >>> float(made[4, 4]) > .9, float(made[0, 0])
        (True, 0.0)
    """
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    height, width = field.shape
    far = float(-np.log(0.02)) ** (1 / hardness)
    for (row, column), radius in zip(centres, radii_px, strict=True):
        reach = radius * max(stretch, 1.0) * far + 1.5
        top, left = max(0, int(row - reach)), max(0, int(column - reach))
        bottom, right = min(height, int(row + reach) + 2), min(width, int(column + reach) + 2)
        if top >= bottom or left >= right:
            continue
        down = np.arange(top, bottom, dtype=np.float32)[:, None] - row
        across = np.arange(left, right, dtype=np.float32)[None, :] - column
        along = (across * cos + down * sin) / (radius * stretch)
        aside = (down * cos - across * sin) / radius
        inside = np.exp(-np.power(along * along + aside * aside, hardness * 0.5) * 1.0)
        inside[inside < 0.02] = 0
        window = field[top:bottom, left:right]
        np.maximum(window, inside.astype(np.float32), out=window)
    return field
