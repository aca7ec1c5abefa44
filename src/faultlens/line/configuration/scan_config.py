"""`[source.NAME.scan]`: how scans of a source are read and measured."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.line.configuration.checks import one_of, positive

UNITS = ("mm", "m", "cm", "um", "nm", "inch")
REFERENCES = ("auto", "plane", "cylinder", "sphere", "free form", "scan")


@dataclass(frozen=True)
class ScanConfig:
    """`[source.NAME.scan]`: how the scans of a source are read and measured.

    Args:
        unit: of files that state none; None takes mm and says so.
        spacing_mm: between the points of height maps that do not say it, mm.
        intrinsics: JSON file of the camera (fx, fy, cx, cy, depth scale) of depth images.
        reference: form that the part should have: plane, cylinder, sphere, free form, scan (the
            golden one), or auto, the simplest that explains a scan.
        golden: file of a scan or CAD mesh of the sound part, which scans are laid on.
        rules: TOML file of rules of severity: accept, rework or scrap.
        least_depth_mm: shallower and lower places are no defects, mm.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> ScanConfig(unit="feet")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: unit is 'feet'; allowed are mm, m, cm, um, nm, inch.
    """

    unit: str | None = None
    spacing_mm: float | None = None
    intrinsics: Path | None = None
    reference: str = "auto"
    golden: Path | None = None
    rules: Path | None = None
    least_depth_mm: float = 0.0

    def __post_init__(self) -> None:
        if self.unit is not None:
            one_of("unit", self.unit, UNITS)
        one_of("reference", self.reference, REFERENCES)
        positive("spacing_mm", self.spacing_mm)
        if not 0 <= self.least_depth_mm < float("inf"):
            raise UsageError(f"least_depth_mm is {self.least_depth_mm:g}; 0 or more, mm.")
        if self.reference == "scan" and self.golden is None:
            raise UsageError(
                'reference is "scan", which needs the golden scan or CAD mesh: name its file with '
                "golden = ..."
            )

    @property
    def read_by(self) -> tuple[object, ...]:
        """What decides how a file is read; the rest, how it is measured."""
        return self.unit, self.spacing_mm, self.intrinsics

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Key and path of each file that it names."""
        named = {"intrinsics": self.intrinsics, "golden": self.golden, "rules": self.rules}
        return tuple((key, file) for key, file in named.items() if file is not None)
