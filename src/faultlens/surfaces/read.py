"""A scan from a file of any known format, in millimetres: the one door for all of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from faultlens.core.errors import (
    FaultlensError,
    InputError,
    TooLargeError,
    UnreadableFileError,
    UsageError,
)
from faultlens.core.stages import DECODE, stage
from faultlens.surfaces.readers.contents import ScanContents, ScanFile
from faultlens.surfaces.readers.formats import reader_for
from faultlens.surfaces.readers.intrinsics import Intrinsics, read_intrinsics
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.tidied import tidied
from faultlens.surfaces.units import (
    LengthUnit,
    about_assumed,
    about_unknown,
    doubts,
    length_unit,
    parse_length_unit,
)

LARGEST_POINTS = 20_000_000
"""A scan of more is refused by its header; 24 bytes of memory for each, and as much while read."""
LARGEST_FILE_BYTES = 2 << 30
"""Twenty million points as text take 1 GB."""

Spacing = float | tuple[float, float]
GivenIntrinsics = str | Path | Mapping[str, Any] | Intrinsics


def read_surface(
    path: str | Path,
    *,
    unit: str | None = None,
    spacing_mm: Spacing | None = None,
    intrinsics: GivenIntrinsics | None = None,
    largest_points: int = LARGEST_POINTS,
) -> Surface:
    """Read one scan: a cloud, a mesh, a height map or a depth image, in millimetres.

    A unit that the user gives wins over the one that the file states; where nobody states one, mm
    is taken and a warning says so.

    Args:
        path: PLY, PCD, XYZ text (txt, csv, asc), STL, OBJ, TIFF, npz, X3P, or a 16-bit PNG.
        unit: of the numbers in the file: m, cm, mm, um, nm, inch, or a size of one count such as
            "0.8 um"; of the heights alone where `spacing_mm` is given.
        spacing_mm: between columns and between rows of a height map, mm; one number for both alike.
        intrinsics: of a depth camera, as a JSON file or its values: fx, fy, cx, cy in pixels and
            depth_mm_per_count.
        largest_points: a scan of more is refused before it is decoded.

    Raises:
        UnreadableFileError: missing, damaged, cut off, or no scan.
        TooLargeError: more points than are allowed, or a file of more than 2 GiB.
        MissingMetadataError: heights without spacing, depths without intrinsics.
        UsageError: a unit that is none, a spacing or intrinsics that are no positive numbers.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "plate.xyz"
        >>> _ = path.write_text("0 0 1\\n2 0 1\\n0 2 1.5\\n")
        >>> surface = read_surface(path, unit="cm")
        >>> surface.points_mm.tolist(), surface.unit
        ([[0.0, 0.0, 10.0], [20.0, 0.0, 10.0], [0.0, 20.0, 15.0]], 'cm')
    """
    given = str(path)
    place = Path(path)
    with stage(DECODE), _reading(given):
        _refuse_no_file(place)
        _refuse_bytes(place.stat().st_size)
        content = place.read_bytes()
        return _surface_of(content, given, unit, spacing_mm, intrinsics, largest_points)


def read_surface_bytes(
    data: bytes,
    name: str,
    *,
    unit: str | None = None,
    spacing_mm: Spacing | None = None,
    intrinsics: GivenIntrinsics | None = None,
    largest_points: int = LARGEST_POINTS,
) -> Surface:
    """Read one scan out of memory, as `read_surface` reads a file.

    Args:
        data: the bytes of a whole file.
        name: of the file; in results and messages.
        unit: of the numbers in the file; see `read_surface`.
        spacing_mm: of a height map, mm.
        intrinsics: of a depth camera.
        largest_points: a scan of more is refused before it is decoded.

    Raises:
        UnreadableFileError: damaged, cut off, or no scan.
        TooLargeError: more points than are allowed, or more than 2 GiB.
        MissingMetadataError: heights without spacing, depths without intrinsics.
        UsageError: a unit that is none, a spacing or intrinsics that are no positive numbers.

    Example:
        >>> read_surface_bytes(b"0 0 1\\n2 0 1\\n0 2 1\\n", "upload.xyz", unit="mm").points_mm[1]
        array([2., 0., 1.])
    """
    with stage(DECODE), _reading(name):
        _refuse_bytes(len(data))
        return _surface_of(data, name, unit, spacing_mm, intrinsics, largest_points)


def _surface_of(
    content: bytes,
    name: str,
    unit: str | None,
    spacing_mm: Spacing | None,
    intrinsics: GivenIntrinsics | None,
    largest_points: int,
) -> Surface:
    wanted = None if unit is None else length_unit(unit)
    file = ScanFile(
        content,
        _spacing(spacing_mm),
        None if intrinsics is None else read_intrinsics(intrinsics),
        largest_points,
    )
    reader, _ = reader_for(content, PurePath(name).suffix)
    return _in_millimetres(reader(file), name, wanted)


def _in_millimetres(contents: ScanContents, name: str, wanted: LengthUnit | None) -> Surface:
    stated = parse_length_unit(contents.unit)
    taken = wanted or stated or LengthUnit("mm", 1.0)
    warnings = list(contents.warnings)
    done = [f"read {contents.format}"]
    points, faces, colours, left_out = tidied(
        contents.points, contents.grid, contents.faces, contents.colours
    )
    warnings += left_out
    if taken.millimetres != 1:
        points = points.copy() if points.base is not None or not points.flags.writeable else points
        points[:, 2 if contents.heights_only else slice(None)] *= taken.millimetres
        done.append(
            f"{'heights ' if contents.heights_only else ''}in {taken.name} to mm"
            + ("" if wanted is None else ", as the user said")
        )
    farthest = max(abs(float(f.reduce(points[:, n]))) for n in range(3) for f in _EXTREMES)
    if farthest > _FARTHEST_MM:
        raise UnreadableFileError(
            f"holds points {farthest:.3g} mm from the origin, which no scan of a part has; check "
            "its unit and that it was copied whole."
        )
    doubted = doubts(points, contents.grid, taken, stated=bool(wanted or stated))
    warnings += doubted
    if wanted is None and stated is None and not doubted:
        warnings.append(about_unknown(contents.unit) if contents.unit else about_assumed())
    if len(points) < len(contents.points):
        done.append(f"{len(points):,} of {len(contents.points):,} points kept")
    if int(np.isfinite(points[:, 0]).sum()) < _FEWEST_POINTS:
        raise UnreadableFileError(
            f"holds {int(np.isfinite(points[:, 0]).sum())} point(s) apart from each other; a "
            "surface has three at least, and a scan thousands. Check that this is the file."
        )
    viewpoint = contents.viewpoint
    scale = 1.0 if contents.heights_only else taken.millimetres
    return Surface(
        points,
        contents.grid,
        faces,
        colours,
        None
        if viewpoint is None
        else (viewpoint[0] * scale, viewpoint[1] * scale, viewpoint[2] * scale),
        taken.name,
        name,
        tuple(warnings),
        tuple(done),
    )


_FARTHEST_MM = 1e12
"""Squares of it still have room in a double; beyond it numbers are damage."""
_FEWEST_POINTS = 3
_EXTREMES = (np.fmin, np.fmax)


def _spacing(spacing_mm: Spacing | None) -> tuple[float, float] | None:
    if spacing_mm is None:
        return None
    dx, dy = (spacing_mm, spacing_mm) if isinstance(spacing_mm, int | float) else spacing_mm
    if not (np.isfinite([dx, dy]).all() and min(dx, dy) > 0):
        raise UsageError(f"The spacing is {dx} by {dy} mm; give positive numbers of mm.")
    return float(dx), float(dy)


def _refuse_bytes(size: int) -> None:
    if size > LARGEST_FILE_BYTES:
        raise TooLargeError(
            f"is {size / 1e9:.1f} GB large; up to {LARGEST_FILE_BYTES / 1e9:.1f} GB are read. Thin "
            "the scan, or cut it into parts."
        )


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFileError(
            "is a folder, not a scan; give one of the files inside it, or the folder to a verb "
            "that takes many."
        )
    if not path.exists():
        raise UnreadableFileError("does not exist; check the name and the folder.")
    # A pipe would be waited for without end, and a device has no size.
    if not path.is_file():
        raise UnreadableFileError(
            "is no regular file but a pipe or a device; save the scan to a file first."
        )


@contextmanager
def _reading(name: str) -> Iterator[None]:
    # Damaged files raise every kind of exception in the libraries that parse them.
    try:
        with np.errstate(all="ignore"):
            yield
    except InputError as error:
        message = str(error)
        if name and name in message:
            raise
        raise type(error)(f"{name} {message}") from error
    except FaultlensError:
        raise
    except PermissionError as error:
        raise UnreadableFileError(f"{name} may not be read: {error.strerror}.") from error
    except MemoryError as error:
        raise TooLargeError(
            f"{name} does not fit the memory of this machine; thin it or cut it into parts."
        ) from error
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableFileError(
            f"{name} is damaged or of a kind that is not read: {reason}. Copy it again, or export "
            "it as PLY."
        ) from error
