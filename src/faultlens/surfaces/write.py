"""A scan as an ordinary file, whole or not at all, always in millimetres."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import written_whole
from faultlens.surfaces.surface import Surface

_EVEN_WITHIN = 1e-3
"""Of the spacing: how far places of a raster lie off even ones, in single precision."""


def write_surface(path: str | Path, surface: Surface) -> Path:
    """Write a scan in the format of the suffix, in millimetres.

    Args:
        path: .ply (bytes, with colours and triangles), .xyz (x, y, z in rows), .npz (everything,
            the raster with its holes too), .tif (heights of an even raster, as floats).
        surface: what to write; of a cloud without raster, missing points are left out.

    Returns:
        `path`. `read_surface` reads each of them back; a .tif states its spacing and mm as well.

    Raises:
        UnknownNameError: no such format.
        UsageError: a .tif of what is no height map.
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> from faultlens.surfaces.surface import height_map
        >>> folder = Path(tempfile.mkdtemp())
        >>> write_surface(folder / "plate.ply", height_map(np.zeros((2, 3)), 0.5)).read_bytes()[:3]
        b'ply'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _WRITERS:
        raise UnknownNameError("scan format to write", suffix or target.name, _WRITERS)
    with written_whole(target) as temporary:
        _WRITERS[suffix](temporary, surface)
    return target


def _ply(path: Path, surface: Surface) -> None:
    kept = surface.measured
    points = surface.points_mm[kept]
    fields = [(x, "<f4") for x in "xyz"]
    if surface.colours is not None:
        fields += [(x, "u1") for x in ("red", "green", "blue")]
    rows = np.empty(len(points), fields)
    for column, name in enumerate("xyz"):
        rows[name] = points[:, column]
    if surface.colours is not None:
        for column, name in enumerate(("red", "green", "blue")):
            rows[name] = surface.colours[kept, column]
    types = {"<f4": "float", "u1": "uchar"}
    faces = _faces(surface, kept)
    header = [
        "ply",
        "format binary_little_endian 1.0",
        "comment written by faultlens",
        "comment unit: mm",
        f"element vertex {len(points)}",
        *(f"property {types[kind]} {name}" for name, kind in fields),
    ]
    if faces is not None:
        header += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    with path.open("wb") as stream:
        stream.write(("\n".join([*header, "end_header"]) + "\n").encode())
        stream.write(rows.tobytes())
        if faces is not None:
            triangles = np.empty(len(faces), [("n", "u1"), ("corners", "<i4", (3,))])
            triangles["n"], triangles["corners"] = 3, faces
            stream.write(triangles.tobytes())


def _faces(surface: Surface, kept: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    if surface.faces is None:
        return None
    number = np.cumsum(kept) - 1
    return np.asarray(number[surface.faces[kept[surface.faces].all(axis=1)]], np.int64)


def _xyz(path: Path, surface: Surface) -> None:
    points = surface.points_mm[surface.measured]
    np.savetxt(path, points, "%.9g", header="x[mm] y[mm] z[mm]")


def _npz(path: Path, surface: Surface) -> None:
    arrays: dict[str, NDArray[np.generic]] = {"points_mm": surface.points_mm.astype(np.float32)}
    if surface.grid is not None:
        heights = _even_raster(surface)
        arrays = (
            arrays
            if heights is None
            else {
                "height_mm": heights[0].astype(np.float32),
                "dx_mm": np.array(heights[1]),
                "dy_mm": np.array(heights[2]),
                "origin_mm": np.array(heights[3]),
            }
        )
        arrays["grid"] = np.array(surface.grid)
    if surface.colours is not None:
        arrays["colours"] = surface.colours
    if surface.faces is not None:
        arrays["faces"] = surface.faces.astype(np.int32)
    if surface.viewpoint_mm is not None:
        arrays["viewpoint_mm"] = np.array(surface.viewpoint_mm)
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _tif(path: Path, surface: Surface) -> None:
    heights = _even_raster(surface)
    if heights is None:
        raise UsageError(
            "The scan is no height map of even spacing, which a .tif needs; write it as .ply or "
            ".npz."
        )
    image = PillowImage.fromarray(heights[0].astype(np.float32))
    # As ImageJ and what reads its files understand it; the tags of resolution know no mm.
    info = {
        270: "ImageJ=1.54f\nunit=mm\nvunit=mm\n",
        282: 1 / heights[1],
        283: 1 / heights[2],
        296: 1,
    }
    image.save(path, "TIFF", compression="tiff_adobe_deflate", tiffinfo=info)


def _even_raster(
    surface: Surface,
) -> tuple[NDArray[np.float64], float, float, tuple[float, float]] | None:
    """Heights, spacings and first place of a raster whose x and y are even; None for others."""
    if surface.grid is None or min(surface.grid) < 2:
        return None
    raster = surface.points_mm.reshape(*surface.grid, 3)
    x, y = raster[..., 0], raster[..., 1]
    rows, columns = surface.grid
    if not (np.isfinite(x).any() and np.isfinite(y).any()):
        return None
    along, down = _means(x, 0), _means(y, 1)
    if not (np.isfinite(along[[0, -1]]).all() and np.isfinite(down[[0, -1]]).all()):
        return None
    dx = float(along[-1] - along[0]) / (columns - 1)
    dy = float(down[-1] - down[0]) / (rows - 1)
    if min(dx, dy) <= 0:
        return None
    even_x = along[0] + np.arange(columns) * dx
    even_y = down[0] + np.arange(rows) * dy
    off = max(
        float(np.nanmax(np.abs(x - even_x[None, :]))) / dx,
        float(np.nanmax(np.abs(y - even_y[:, None]))) / dy,
    )
    if off > _EVEN_WITHIN:
        return None
    return raster[..., 2], dx, dy, (float(even_x[0]), float(even_y[0]))


def _means(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    seen = np.isfinite(values)
    total = np.where(seen, values, 0.0).sum(axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total / seen.sum(axis=axis))


_WRITERS: Mapping[str, Callable[[Path, Surface], None]] = {
    ".ply": _ply,
    ".xyz": _xyz,
    ".npz": _npz,
    ".tif": _tif,
}
