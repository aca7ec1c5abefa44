"""One defect of a scan with its sizes, its name and what the rules say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor, isfinite, log10
from typing import Any

from faultlens.inference.measured_conditions import HeldSize
from faultlens.profiles.severity_rules import SIZES, Severity, sized
from faultlens.surfaces.defects.defect import SurfaceDefect

ROUND = 0.7
"""Roundness from which a defect has no direction."""


@dataclass(frozen=True, eq=False)
class MeasuredDefect:
    """One place of a scan that deviates from the reference surface.

    Args:
        number: by which pictures, tables and findings call it, from 1, the worst first.
        defect: where it lies and every size of it with its uncertainty.
        label: the sentence that names it, word for word; "unknown" where none fits; without its
            sizes where it is not of the size asked for.
        key: of the defect that the name means; "unknown" where none fits; the sentence itself
            where the knowledge base does not know it.
        score: probability of the name, 0 to 1, given that it is a defect.
        names: sentence -> probability that it is what the sentence asks for, and "unknown"; what
            is missing to 1 is of a kind asked for, but not of the size.
        probability: that it is a defect and not roughness, calibrated, 0 to 1.
        counts: whether it is a defect that was asked for: it is not where it is smaller than every
            sentence of its kind asks for, or stands out less than the threshold.
        reason: why it does not count: "size", "threshold"; empty where it does.
        conditions: of the sentence that names it, against its sizes.
        severity: what the rules say; None where no rules were given or it does not count.
    """

    number: int
    defect: SurfaceDefect
    label: str
    key: str
    score: float
    names: Mapping[str, float]
    probability: float
    counts: bool
    reason: str = ""
    conditions: tuple[HeldSize, ...] = field(default=(), repr=False)
    severity: Severity | None = None

    @property
    def kind(self) -> str:
        """Which way it goes: "depression" or "protrusion"."""
        return self.defect.kind

    @property
    def depth_mm(self) -> float:
        """Greatest depth, or height of a protrusion, mm."""
        return self.defect.depth_mm

    @property
    def depth_mm_u95(self) -> float:
        """Half of the 95 % interval of `depth_mm`, mm."""
        return self.defect.depth_mm_u95

    @property
    def length_mm(self) -> float:
        """Longest extent, mm."""
        return self.defect.length_mm

    @property
    def width_mm(self) -> float:
        """Extent across, mm."""
        return self.defect.width_mm

    @property
    def area_mm2(self) -> float:
        """Area within its outline, mm2."""
        return self.defect.area_mm2

    @property
    def volume_mm3(self) -> float:
        """Volume that is missing or added, mm3."""
        return self.defect.volume_mm3

    @property
    def position_mm(self) -> tuple[float, float, float]:
        """Its worst place in the frame of the scan: x, y and z, mm."""
        return self.defect.position_mm

    def to_dict(self) -> dict[str, Any]:
        """The defect as plain values, as in the JSON of a result."""
        at = self.defect
        sizes: dict[str, float] = {}
        for name in SIZES:
            value, u95 = sized(at, name)
            sizes |= {name: rounded(value), f"{name}_u95": rounded(u95)}
        return {
            "number": self.number,
            "label": self.label,
            "defect": self.key,
            "score": round(self.score, 6),
            "probability": round(self.probability, 6),
            "counts": self.counts,
            "reason": self.reason or None,
            "kind": self.kind,
            **sizes,
            "position_mm": [rounded(x) for x in at.position_mm],
            "sheet_mm": [rounded(x) for x in at.sheet_mm],
            "orientation_deg": round(at.orientation_deg, 1) if at.roundness < ROUND else None,
            "roundness": round(at.roundness, 3),
            "edge_slope": rounded(at.edge_slope),
            "roughness_mm": rounded(at.roughness_mm),
            "significance": rounded(at.significance),
            "at_border": at.at_border,
            "severity": None if self.severity is None else self.severity.severity,
            "rule": None if self.severity is None else self.severity.rule or None,
            "severity_range": None
            if self.severity is None
            else [self.severity.mildest, self.severity.severest],
            "names": {x: round(y, 6) for x, y in self.names.items()},
            "conditions": [condition_told(x) for x in self.conditions],
        }


def condition_told(held: HeldSize) -> dict[str, Any]:
    """A condition as plain values.

    Args:
        held: against one defect.

    Example:
        >>> from faultlens.text.conditions import Condition
        >>> longer = Condition("length", ">", 2.0, None, "mm", "longer than 2 mm")
        >>> condition_told(HeldSize(longer, 3.0, 0.2, True, 1.0))["measured"]
        '3.00 ± 0.20 mm'
    """
    return {
        "stated": held.condition.words,
        "measured": held.told("en"),
        "value": None if held.measured is None else rounded(held.measured),
        "u95": None if held.u95 is None else rounded(held.u95),
        "unit": held.condition.unit,
        "holds": held.holds,
        "chance": round(held.chance, 6),
    }


def rounded(value: float, digits: int = 6) -> float:
    """A number with so many digits that count.

    Args:
        value: any number.
        digits: that are kept.

    Example:
        >>> rounded(0.000123456789), rounded(1234.56789)
        (0.000123457, 1234.57)
    """
    if value == 0 or not isfinite(value):
        return float(value)
    return round(float(value), digits - 1 - floor(log10(abs(value))))
