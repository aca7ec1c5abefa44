"""From boundary dimensions to an estimated geometry, for designations nobody published.

Makers agree on bore, outside diameter and width (ISO 15), not on balls. Three rules fill the gap;
each constant was fitted to the facts of this catalogue, and `docs/bearings.md` lists the residuals.

1. Pitch diameter = (bore + outside) / 2. Timken's table A-9 follows it to all printed digits.
2. Rolling element diameter = k (outside - bore), k per series and bore. The spread between makers
   is a few per cent, which is why every estimate is searched over d/D +- 5 %.
3. Number of elements. Deep groove bearings are assembled by displacing the rings eccentrically
   (Conrad), so the balls fill only part of the circle: n = 1 + 190 deg / (2 asin(d/D)). Angular
   contact and cylindrical roller bearings are not: n = fill * pi D / d.
"""

from dataclasses import dataclass
from math import asin, degrees, pi

from faultlens.core.notice import Notice
from faultlens.signals.catalogue.entry import CatalogueEntry
from faultlens.signals.kinematics import BearingGeometry

CONRAD_ARC_DEG = 190.0
"""Arc over which the ball centres spread at assembly, degrees.
It gives the published number of balls of every deep groove fact."""

FIRST_BORE_CODE = 2
"""Below 15 mm bore, ball sizes follow no rule that the facts support."""


@dataclass(frozen=True)
class Series:
    """A family of standard bearings, and the rule that estimates its rolling elements.

    Args:
        name: how the series is written in lists ("62").
        prefixes: beginnings of its designations; the bore code follows ("62", "NU2", "NJ2").
        kind: what it is, in words.
        diameter_series: diameter series of ISO 15.
        element_fractions: (largest bore mm, k) pairs, ascending: element diameter is
            k (outside - bore).
        fill: share of the pitch circle taken by elements; None for Conrad assembly.
        contact_angle_deg: contact angle, degrees.
        checked: the facts the rule was checked against, in words.
    """

    name: str
    prefixes: tuple[str, ...]
    kind: str
    diameter_series: str
    element_fractions: tuple[tuple[float, float], ...]
    fill: float | None
    contact_angle_deg: float
    checked: str


_ANY = float("inf")
_LIGHT = ((35.0, 0.296), (_ANY, 0.3165))
_MEDIUM = ((30.0, 0.2945), (_ANY, 0.3175))
_DEEP = "deep groove ball bearing"
_ANGULAR = "angular contact ball bearing"
_ROLLER = "cylindrical roller bearing"
_ROLLERS_CHECKED = "FAG NU2205 (bore 25 mm) alone; the number of rollers is the weak point"

SERIES = (
    Series("60", ("60",), _DEEP, "0", ((_ANY, 0.286),), None, 0.0, "Timken, bores 20 and 30 mm"),
    Series("62", ("62",), _DEEP, "2", _LIGHT, None, 0.0, "SKF, NSK, Timken, bores 17 to 70 mm"),
    Series("63", ("63",), _DEEP, "3", _MEDIUM, None, 0.0, "Timken, bores 17 to 90 mm"),
    Series("64", ("64",), _DEEP, "4", ((_ANY, 0.3175),), None, 0.0, "no fact; k of the 63 series"),
    Series("618", ("618", "68"), _DEEP, "8", ((_ANY, 0.29),), None, 0.0, "NSK 6804 alone"),
    Series("619", ("619", "69"), _DEEP, "9", ((_ANY, 0.29),), None, 0.0, "no fact; k of 618"),
    Series("72", ("72",), _ANGULAR, "2", _LIGHT, 0.88, 40.0, "FAG QJ212 (bore 60 mm) alone"),
    Series("73", ("73",), _ANGULAR, "3", _MEDIUM, 0.88, 40.0, "no fact; fill of the 72 series"),
    Series(
        "NU2", tuple(p + w for p in ("NU", "NJ", "NUP", "N") for w in ("2", "22")), _ROLLER, "2",
        ((_ANY, 0.28),), 0.83, 0.0, _ROLLERS_CHECKED,
    ),
    Series(
        "NU3", tuple(p + w for p in ("NU", "NJ", "NUP", "N") for w in ("3", "23")), _ROLLER, "3",
        ((_ANY, 0.28),), 0.83, 0.0, f"no fact; rule of NU2, checked on {_ROLLERS_CHECKED}",
    ),
)  # fmt: skip
"""Every series that is estimated. Tapered, spherical and self-aligning bearings are left out: no
fact was opened that would check their number of rolling elements or contact angle."""


def bore_mm(code: int) -> float:
    """Bore of a bore code (the end of a designation), mm.

    Source: ISO 15: codes 00 to 03 are 10, 12, 15 and 17 mm; from 04 on, five times the code.

    Example:
        >>> bore_mm(3), bore_mm(5)
        (17.0, 25.0)
    """
    return float((10, 12, 15, 17)[code] if code < 4 else 5 * code)


def estimate_geometry(series: Series, bore: float, outside: float) -> BearingGeometry:
    """Estimated geometry of a bearing of `series` with `bore` and `outside` diameters in mm.

    Source: the three rules in this module's docstring.

    Example:
        >>> light = next(s for s in SERIES if s.name == "62")
        >>> geometry = estimate_geometry(light, 17, 40)
        >>> geometry.rolling_elements, geometry.pitch_diameter_mm
        (8, 28.5)
    """
    pitch = (bore + outside) / 2
    k = next(k for largest, k in series.element_fractions if bore <= largest)
    element = k * (outside - bore)
    if series.fill is None:
        number = 1 + CONRAD_ARC_DEG / (2 * degrees(asin(element / pitch)))
    else:
        number = series.fill * pi * pitch / element
    return BearingGeometry(round(number), round(element, 3), pitch, series.contact_angle_deg)


def estimated_entry(series: Series, designation: str, code: int, outside: float) -> CatalogueEntry:
    """Catalogue entry of a designation that only its boundary dimensions describe.

    Args:
        series: the series of the designation.
        designation: the name of the row.
        code: bore code.
        outside: outside diameter, mm.

    Example:
        >>> light = next(s for s in SERIES if s.name == "62")
        >>> estimated_entry(light, "6208", 8, 80).estimated
        True
    """
    bore = bore_mm(code)
    assumed = Notice(
        en=f"Contact angle {series.contact_angle_deg:g} degrees is assumed for {designation}; "
        "a suffix C, AC, A or B says which one it is.",
        zh=f"{designation} 的接触角按 {series.contact_angle_deg:g}° 假定；"
        "后缀 C、AC、A 或 B 可指明实际接触角。",
    )
    return CatalogueEntry(
        designation,
        estimate_geometry(series, bore, outside),
        estimated=True,
        source=(
            f"estimated from bore {bore:g} mm and outside diameter {outside:g} mm (ISO 15), "
            f"{series.kind}, rule checked on {series.checked}"
        ),
        warnings=(assumed,) if series.contact_angle_deg else (),
    )
