"""How a source reads scans: which files are some, and what is not written in them."""

import os
from dataclasses import dataclass
from pathlib import Path

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import SCAN
from faultlens.surfaces.read import read_surface, read_surface_bytes
from faultlens.surfaces.readers.formats import SCAN_SUFFIXES, SURFACE_SUFFIXES
from faultlens.surfaces.readers.sniff import HEAD_BYTES
from faultlens.surfaces.readers.sniff import kind_of as scan_kind_of
from faultlens.surfaces.surface import Surface

KEPT_SUFFIX = ".scan.npz"
"""End of the names of scans that a line has kept: any other npz may hold vibration or pictures."""

LARGEST_POINTS = 10_000_000
"""Of one scan: 240 MB of memory."""

_ONLY_SCANS = ("ply", "pcd", "stl", "obj")
"""Kinds of files that can be nothing else."""


@dataclass(frozen=True)
class ScanReading:
    """What a source knows of its scans.

    Args:
        always: whether all its files are scans, since it is judged by the detector "scan": tables,
            TIFF and npz may be something else.
        unit: of files that state none; None takes mm.
        spacing_mm: of height maps that do not say it, mm.
        intrinsics: JSON file of a depth camera; None without one.
    """

    always: bool = False
    unit: str | None = None
    spacing_mm: float | None = None
    intrinsics: Path | None = None

    def takes(self, name: str) -> bool:
        """Whether a file of this name is a scan.

        Args:
            name: of the file.

        Example:
            >>> plain = ScanReading()
            >>> [plain.takes(x) for x in ("a.PLY", "a.tif", "a.scan.npz", "a.npz")]
            [True, False, True, False]
            >>> ScanReading(always=True).takes("a.npz")
            True
        """
        low = name.lower()
        suffix = os.path.splitext(low)[1]
        known = SURFACE_SUFFIXES if self.always else SCAN_SUFFIXES
        return suffix in known or low.endswith(KEPT_SUFFIX)

    def holds_scan(self, content: bytes) -> bool:
        """Whether the bytes of a file are a scan.

        Args:
            content: of the file.

        Example:
            >>> ScanReading().holds_scan(b"ply\\nformat ascii 1.0\\n")
            True
        """
        return self.always or scan_kind_of(content[:HEAD_BYTES], len(content)) in _ONLY_SCANS

    def surface(self, path: Path) -> Surface:
        """Read a file.

        Args:
            path: of it.

        Raises:
            InputError: it cannot be read.
        """
        return read_surface(
            path,
            unit=self.unit,
            spacing_mm=self.spacing_mm,
            intrinsics=self.intrinsics,
            largest_points=LARGEST_POINTS,
        )

    def surface_of(self, content: bytes, name: str) -> Surface:
        """Read the bytes of a file.

        Args:
            content: of the file.
            name: for messages.

        Raises:
            InputError: they cannot be read.
        """
        return read_surface_bytes(
            content,
            name,
            unit=self.unit,
            spacing_mm=self.spacing_mm,
            intrinsics=self.intrinsics,
            largest_points=LARGEST_POINTS,
        )


def scan_reading(config: SourceConfig) -> ScanReading:
    """How a source of line.toml reads scans.

    Args:
        config: of the source.

    Example:
        >>> scan_reading(SourceConfig("press", "folder", None, detector="scan")).always
        True
    """
    scan = config.scan
    return ScanReading(config.detector == SCAN, scan.unit, scan.spacing_mm, scan.intrinsics)
