"""Files of scans: which names stand for scans, and reading them with what lies beside them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from faultlens.core.errors import InputError, UsageError
from faultlens.inference.named_files import ending_in, named_files
from faultlens.surfaces.read import GivenIntrinsics, read_surface
from faultlens.surfaces.readers.formats import SCAN_SUFFIXES, SURFACE_SUFFIXES
from faultlens.surfaces.surface import Surface

PICTURES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Suffixes of photographs in a folder of them."""


@dataclass(frozen=True)
class ScanFiles:
    """How the files of a batch are read.

    Args:
        unit: of the numbers in the files; None for what they say themselves.
        spacing_mm: between points of height maps that do not say it, mm.
        intrinsics: of a depth camera, as a JSON file.
        photograph: of the part, draped on the scan: a file, or a folder of files named as the
            scans.
        camera: with which it was taken, and where it stood: a JSON file, or such a folder.

    Raises:
        UsageError: a photograph without its camera, or a camera without a photograph.

    Example:
        >>> ScanFiles(photograph="lid.jpg")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: A photograph and its camera go together: ...
    """

    unit: str | None = None
    spacing_mm: float | tuple[float, float] | None = None
    intrinsics: GivenIntrinsics | None = None
    photograph: str | Path | None = None
    camera: str | Path | None = None

    def __post_init__(self) -> None:
        if (self.photograph is None) != (self.camera is None):
            raise UsageError(
                "A photograph and its camera go together: give both --photograph and --camera, or "
                "none of them."
            )

    def read(self, file: str | Path) -> Surface:
        """Read one scan, with its photograph on it where there is one.

        Args:
            file: of the scan.

        Raises:
            InputError: the scan, the photograph or the camera cannot be used.
        """
        surface = read_surface(
            file, unit=self.unit, spacing_mm=self.spacing_mm, intrinsics=self.intrinsics
        )
        if self.photograph is None or self.camera is None:
            return surface
        # Here, because most scans come without a photograph.
        from faultlens.images.read import read_image
        from faultlens.surfaces.photograph import coloured, read_camera

        picture = read_image(_beside(self.photograph, file, PICTURES, "photograph"))
        camera = read_camera(_beside(self.camera, file, (".json",), "camera"))
        return coloured(surface, picture.rgb(), camera)


def expand_scans(patterns: Sequence[str | Path]) -> tuple[Path, ...]:
    """Files that names, globs and folders stand for, in a fixed order, each once.

    Of a folder every file counts that can be nothing but a scan; where there is none, every one
    that may be a scan. Its subfolders do not count.

    Args:
        patterns: file names, globs ("scans/*.ply") and folders.

    Raises:
        UnreadableFileError: a glob or a folder that holds no scan, or an empty name.

    Example:
        >>> expand_scans(["/nowhere/a.ply", "/nowhere/a.ply"])  # missing: a bad file of the batch
        (PosixPath('/nowhere/a.ply'),)
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        for path in _inside(str(pattern)):
            found.setdefault(os.path.abspath(path), path)
    return tuple(found.values())


def are_scans(patterns: Sequence[str | Path]) -> bool:
    """Whether names stand for what can be nothing but scans, by the first that says so.

    Args:
        patterns: file names, globs and folders.

    Example:
        >>> [are_scans([x]) for x in ("lids/1.PLY", "pump7.csv", "lids/*.stl", "map.npz")]
        [True, False, True, False]
    """
    for pattern in map(str, patterns):
        if pattern.lower().endswith(SCAN_SUFFIXES):
            return True
        if os.path.isdir(pattern):
            return any(x.lower().endswith(SCAN_SUFFIXES) for x in os.listdir(pattern))
        if any(x.lower().endswith(SCAN_SUFFIXES) for x in glob(pattern, recursive=True)):
            return True
    return False


def passed_over(patterns: Sequence[str | Path]) -> tuple[Path, ...]:
    """Files of folders that may be scans and are left out, since others there surely are.

    A file that is called as a scan beside it is its photograph or its notes.

    Args:
        patterns: as for `expand_scans`.

    Example:
        >>> passed_over(["/nowhere"])
        ()
    """
    left = []
    for pattern in {str(x): None for x in patterns}:
        if not os.path.isdir(pattern):
            continue
        names = [x for x in sorted(os.listdir(pattern)) if not x.startswith(".")]
        surely = {Path(x).stem for x in ending_in(names, SCAN_SUFFIXES)}
        others = ending_in(names, [x for x in SURFACE_SUFFIXES if x not in SCAN_SUFFIXES])
        left += [Path(pattern, x) for x in others if surely and Path(x).stem not in surely]
    return tuple(left)


def _inside(pattern: str) -> list[Path]:
    known = f"known suffixes: {', '.join(sorted({*SCAN_SUFFIXES, *SURFACE_SUFFIXES}))}"
    return [Path(x) for x in named_files(pattern, _scans_among, what="scan", known=known)]


def _scans_among(names: Sequence[str]) -> list[str]:
    return ending_in(names, SCAN_SUFFIXES) or ending_in(names, SURFACE_SUFFIXES)


def _beside(given: str | Path, scan: str | Path, suffixes: Sequence[str], what: str) -> Path:
    """The file that belongs to a scan: the one given, or of a folder the one of its name."""
    place = Path(given)
    if not place.is_dir():
        return place
    stem = Path(scan).stem
    for suffix in suffixes:
        for name in (stem + suffix, stem + suffix.upper()):
            if (place / name).is_file():
                return place / name
    raise InputError(
        f"The folder {place} holds no {what} of the name {stem}: {stem}{suffixes[0]}, for example."
    )
