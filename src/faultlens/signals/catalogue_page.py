"""The page `docs/bearings.md`: what the catalogue knows, what it estimates, and how well."""

from faultlens.signals.catalogue.designation import key_of
from faultlens.signals.catalogue.entry import CatalogueEntry
from faultlens.signals.catalogue.estimate import (
    CONRAD_ARC_DEG,
    FIRST_BORE_CODE,
    SERIES,
    bore_mm,
    estimate_geometry,
)
from faultlens.signals.catalogue.tables import (
    VARIABLE,
    built_in_tables,
    entry_of,
    fact_rows,
    outside_diameters,
)
from faultlens.signals.kinematics import BearingGeometry

HELD_OUT = (
    ("6204", 8, 7.6),
    ("6205", 9, 7.8),
    ("6206", 9, 9.0),
    ("6207", 9, 11.0),
    ("6208", 9, 12.0),
)
"""Size, balls and ball diameter (mm) of KG bearings that no constant was fitted to. Source: Thuan
and Hong 2023 (HUST bearing data), as transcribed; no pitch diameter is printed."""

_INTRODUCTION = f"""# Bearings

<!-- Written by `make docs` from `src/faultlens/signals/catalogue/`; edit that, not this. -->

A bearing is named as people write it: `6205`, `SKF 6205-2RS/C3`, `NU 205 ECP`, `ER16K`. Case,
blanks, makers' names in front and suffixes behind do not matter. A row is either a **fact**, with
the source that was opened, or an **estimate** from boundary dimensions, which is searched over one
rolling element more or less and d/D within 5 %. A bearing that is in neither list is given as
`n=9,d=7.94,D=39.04` (mm), as `bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398`, or in a file of your own.

"As transcribed" beside a source: the numbers were read in a public copy or transcription of it.

## A catalogue of your own

Name the file in the environment variable `{VARIABLE}` (or pass `catalogue=`):

```toml
[[bearing]]
designation = "6208 pump 7"
rolling_elements = 9
ball_diameter_mm = 12.0
pitch_diameter_mm = 60.0
contact_angle_deg = 0        # optional, like maker, source and aliases
source = "maker's data sheet"

[[bearing]]                  # or the orders that a maker prints
designation = "6311 fan"
bore_mm = 55
outside_mm = 120
bpfo = 3.057
bpfi = 4.943
bsf = 2.002
ftf = 0.382
```

A row of your own replaces an estimate; one that repeats a fact is an error, never a silent change.
"""

_RULES = f"""
## How the others are estimated

Makers agree on bore and outside diameter (ISO 15), not on what lies between.

1. Pitch diameter D = (bore + outside) / 2.
2. Rolling element diameter d = k (outside - bore); k per series, fitted to the facts above.
3. Number of rolling elements: deep groove ball bearings (Conrad assembly)
   n = 1 + {CONRAD_ARC_DEG:g} deg / (2 asin(d/D)); others n = fill x pi D / d.

Angular contact bearings take 15, 25, 30 or 40 degrees from a suffix C, AC, A or B, and 40 without
one, with a warning. Not estimated, since no fact was opened that would check the rule: bores below
{bore_mm(FIRST_BORE_CODE):g} mm, tapered, spherical and self-aligning bearings.
"""


def catalogue_page() -> str:
    """The catalogue as a Markdown page.

    Example:
        >>> catalogue_page().splitlines()[0]
        '# Bearings'
    """
    return "\n".join((_INTRODUCTION, _facts(), _RULES, _series(), _residuals(), _held_out())) + "\n"


def residuals() -> tuple[tuple[CatalogueEntry, str, BearingGeometry], ...]:
    """Every fact that has a standard size: the fact, the size, and what the rule estimates for it.

    Example:
        >>> fact, size, estimate = residuals()[0]
        >>> fact.designation, size, estimate.rolling_elements
        ('6205', '6205', 9)
    """
    sizes = {
        key_of(prefix + f"{code:02d}"): estimate_geometry(series, bore_mm(code), outside)
        for series in SERIES
        for prefix in series.prefixes
        for code, outside in outside_diameters()[series.diameter_series].items()
    }
    return tuple(
        (entry_of(row, "the packaged catalogue"), str(row["boundary"]), sizes[str(row["boundary"])])
        for row in fact_rows()
        if "boundary" in row
    )


def _facts() -> str:
    lines = [
        "## Facts",
        "",
        "d and D in mm. Where a maker printed orders only, n and d/D are solved from them and",
        "D = (bore + outside) / 2 sets the scale, which no fault order depends on.",
        "",
        "| designation | maker | n | d | D | angle | BPFO | BPFI | BSF | FTF | source |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for fact in dict.fromkeys(built_in_tables()[0].values()):
        g, o = fact.geometry, fact.geometry.fault_orders()
        lines.append(
            f"| {fact.designation} | {fact.maker or ''} | {g.rolling_elements} "
            f"| {g.ball_diameter_mm:.3f} | {g.pitch_diameter_mm:.3f} | {g.contact_angle_deg:g} "
            f"| {o.bpfo:.3f} | {o.bpfi:.3f} | {o.bsf:.3f} | {o.ftf:.4f} | {fact.source} |"
        )
    return "\n".join(lines)


def _series() -> str:
    lines = [
        "| designations | kind | k (bore up to, mm) | fill | angle | checked on |",
        "|---|---|---|---|---|---|",
    ]
    for series in SERIES:
        last = max(outside_diameters()[series.diameter_series])
        first = max(FIRST_BORE_CODE, min(outside_diameters()[series.diameter_series]))
        names = ", ".join(f"{p}{first:02d} to {p}{last:02d}" for p in series.prefixes)
        k = ", ".join(
            f"{k:g}" + ("" if bore == float("inf") else f" ({bore:g})")
            for bore, k in series.element_fractions
        )
        fill = "Conrad" if series.fill is None else f"{series.fill:g}"
        lines.append(
            f"| {names} | {series.kind} | {k} | {fill} | {series.contact_angle_deg:g} "
            f"| {series.checked} |"
        )
    return "\n".join(lines)


def _residuals() -> str:
    lines = [
        "",
        "### How well: the rule against every fact of a standard size",
        "",
        "| fact | size | n | n estimated | d/D | d/D estimated | difference |",
        "|---|---|---|---|---|---|---|",
    ]
    worst = 0.0
    for fact, size, guess in residuals():
        truth = fact.geometry
        ratio, guessed = (g.ball_diameter_mm / g.pitch_diameter_mm for g in (truth, guess))
        difference = 100 * (guessed / ratio - 1)
        worst = max(worst, abs(difference))
        lines.append(
            f"| {fact.designation} | {size} | {truth.rolling_elements} | {guess.rolling_elements} "
            f"| {ratio:.4f} | {guessed:.4f} | {difference:+.1f} % |"
        )
    lines += [
        "",
        f"Largest difference in d/D: {worst:.1f} %. The constants were fitted to these facts.",
    ]
    return "\n".join(lines)


def _held_out() -> str:
    lines = [
        "",
        "### On bearings that no constant was fitted to",
        "",
        "KG deep groove ball bearings of the HUST data (Thuan and Hong 2023), which print number",
        "and diameter of the balls. The outermost candidate reads half a step beyond 5 % as well.",
        "",
        "| size | n | n estimated | d, mm | d estimated | difference |",
        "|---|---|---|---|---|---|",
    ]
    light = next(series for series in SERIES if series.name == "62")
    for size, number, ball in HELD_OUT:
        code = int(size[2:])
        guess = estimate_geometry(light, bore_mm(code), outside_diameters()["2"][code])
        d = guess.ball_diameter_mm
        lines.append(
            f"| {size} | {number} | {guess.rolling_elements} | {ball:.1f} | {d:.2f} "
            f"| {100 * (d / ball - 1):+.1f} % |"
        )
    return "\n".join(lines)
