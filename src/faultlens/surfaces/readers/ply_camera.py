"""What structured-light cameras note in a PLY beside its points: raster and place of the camera."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

CAMERA_ELEMENTS = ("camera", "phoxi_frame_params")
"""Of one row each: PCL and MeshLab write the first, PhoXi Control of Photoneo both."""

_NOTED = (
    (re.compile(r"\bwidth[ =]{1,9}(\d+)", re.I), re.compile(r"\bheight[ =]{1,9}(\d+)", re.I)),
    (re.compile(r"\bnum_cols {1,9}(\d+)", re.I), re.compile(r"\bnum_rows {1,9}(\d+)", re.I)),
)
"""Columns and rows in comments: of PhoXi Control, and of Stanford's range images."""
_SIZES = (
    ("phoxi_frame_params", "frame_width", "frame_height"),
    ("camera", "viewportx", "viewporty"),
)

Tables = Mapping[str, Mapping[str, NDArray[np.generic]]]


def noted_raster(comments: tuple[str, ...], tables: Tables, points: int) -> tuple[int, int] | None:
    """Rows and columns of the points, where comments or the camera's element note them.

    Args:
        comments: of the header.
        tables: name of an element -> name of a property -> its values.
        points: how many there are; a raster of another number is none of them.

    Example:
        >>> noted_raster(("PhoXi (Width = 9; Height = 6; Ordered)",), {}, 54)
        (6, 9)
    """
    text = " ".join(x[:1000] for x in comments[:100])
    noted = [(a.search(text), b.search(text)) for a, b in _NOTED]
    sizes = [(int(a[1][:9]), int(b[1][:9])) for a, b in noted if a is not None and b is not None]
    for element, width, height in _SIZES:
        columns, rows = _number(tables, element, width), _number(tables, element, height)
        if columns is not None and rows is not None:
            sizes.append((int(columns), int(rows)))
    return next(
        (
            (rows, columns)
            for columns, rows in sizes
            if rows * columns == points and rows > 1 < columns
        ),
        None,
    )


def noted_viewpoint(tables: Tables) -> tuple[float, float, float] | None:
    """Where the camera stood, in the unit of the file; None where nobody said.

    PCL writes the origin where it knows nothing, so that this says nothing; PhoXi Control writes it
    since its points are in the frame of the camera.

    Args:
        tables: name of an element -> name of a property -> its values.

    Example:
        >>> zero = {f"view_p{x}": np.array([0.0]) for x in "xyz"}
        >>> noted_viewpoint({"camera": zero}), noted_viewpoint(
        ...     {"camera": zero, "phoxi_frame_params": {"frame_width": np.array([9])}}
        ... )
        (None, (0.0, 0.0, 0.0))
    """
    found = [_number(tables, "camera", f"view_p{x}") for x in "xyz"]
    place = [x for x in found if x is not None]
    if len(place) < 3 or not (any(place) or tables.get("phoxi_frame_params")):
        return None
    return place[0], place[1], place[2]


def _number(tables: Tables, element: str, name: str) -> float | None:
    values = tables.get(element, {}).get(name)
    if values is None or len(values) != 1 or not np.isfinite(values).all():
        return None
    return float(values[0])
