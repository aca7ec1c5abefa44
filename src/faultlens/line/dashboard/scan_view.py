"""The defects of a measured scan as the page of its result shows them, from the JSON kept of it.

As with other results, what is missing or odd in the JSON is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from faultlens.line.dashboard.result_view import is_number, rows_of

MOST_DEFECTS = 50
"""Defects that are listed, the worst first."""

SEVERITIES = ("accept", "rework", "scrap")


@dataclass(frozen=True)
class DefectView:
    """One defect, in words and figures.

    Args:
        number: by which the picture calls it.
        label: its name.
        depth: greatest depth or height.
        extent: length and width.
        area: within its outline.
        volume: missing or added.
        severity: of `SEVERITIES`; "" for none.
        becomes: the severity in words, with the range that the uncertainty leaves open.
        notes: whether it goes in or out, that it does not count, that it reaches the edge.
    """

    number: int
    label: str
    depth: str
    extent: str
    area: str
    volume: str
    severity: str = ""
    becomes: str = ""
    notes: tuple[str, ...] = ()


def defects_of(result: Mapping[str, Any], t: Callable[..., str]) -> tuple[DefectView, ...]:
    """The defects of a scan, the worst first.

    Args:
        result: the JSON of a measurement.
        t: words.

    Example:
        >>> told = {"number": 1, "label": "dent", "depth_mm": 0.3012, "depth_mm_u95": 0.007,
        ...         "length_mm": 6.06, "width_mm": 5.92}
        >>> (one,) = defects_of({"defects": [told, "odd", {"label": 3}]}, str)
        >>> one.label, one.depth, one.extent, one.area
        ('dent', '0.301 ± 0.007 mm', '6.06 × 5.92 mm', '')
        >>> defects_of({}, str)
        ()
    """
    made = []
    for row in rows_of(result.get("defects"))[:MOST_DEFECTS]:
        label, number = row.get("label"), row.get("number")
        if not isinstance(label, str) or not is_number(number):
            continue
        severity = row.get("severity")
        known = severity if isinstance(severity, str) and severity in SEVERITIES else ""
        made.append(
            DefectView(
                int(number),
                label,
                _sized(row, "depth_mm", "mm"),
                _extent(row),
                _sized(row, "area_mm2", "mm²"),
                _sized(row, "volume_mm3", "mm³"),
                known,
                _becomes(known, row.get("severity_range"), t),
                _notes(row, t),
            )
        )
    return tuple(made)


def scan_severity(result: Mapping[str, Any], t: Callable[..., str]) -> list[tuple[str, str]]:
    """What becomes of the part, and by which rule, as word and value; empty without rules.

    Args:
        result: the JSON of a measurement.
        t: words.

    Example:
        >>> scan_severity({"severity": "scrap", "severity_by": {"rule": "deep"}}, str)
        [('result_part_becomes', 'result_scrap'), ('result_rule', 'deep')]
    """
    severity, told = result.get("severity"), result.get("severity_by")
    if not isinstance(severity, str) or severity not in SEVERITIES:
        return []
    by = told if isinstance(told, Mapping) else {}
    rows = [(t("result_part_becomes"), _becomes(severity, by.get("range"), t))]
    rule = by.get("rule")
    return [*rows, (t("result_rule"), rule)] if isinstance(rule, str) and rule else rows


def scan_facts(result: Mapping[str, Any], t: Callable[..., str]) -> list[tuple[str, str]]:
    """What is known of a measured scan, as word and value; empty of another result.

    Args:
        result: the JSON of a measurement.
        t: words.

    Example:
        >>> scan_facts({"scan": {"points": 60501}, "reference": {"kind": "plane"}}, str)
        [('result_reference', 'plane'), ('result_points', '60,501')]
    """
    scan, reference = result.get("scan"), result.get("reference")
    if not isinstance(scan, Mapping):
        return []
    rows: list[tuple[str, str]] = []
    if isinstance(reference, Mapping) and isinstance(reference.get("kind"), str):
        rows.append((t("result_reference"), _reference(reference)))
    points, cell, roughness = (scan.get(x) for x in ("points", "cell_mm", "roughness_mm"))
    if is_number(points):
        rows.append((t("result_points"), f"{int(points):,}"))
    for word, value in (("result_cell", cell), ("result_roughness", roughness)):
        if is_number(value):
            rows.append((t(word), f"{value:.3g} mm"))
    return rows


def _sized(row: Mapping[str, Any], name: str, unit: str) -> str:
    value, u95 = row.get(name), row.get(f"{name}_u95")
    if not is_number(value):
        return ""
    if not is_number(u95) or u95 <= 0:
        return f"{value:.3g} {unit}"
    # No more decimals than the uncertainty leaves any sense to.
    decimals = max(0, min(6, _decimals(u95), _decimals(value) + 2))
    return f"{value:.{decimals}f} ± {u95:.{decimals}f} {unit}"


def _decimals(value: float) -> int:
    """Decimals at which the first digit that counts stands."""
    return -int(f"{abs(value) or 1:e}".partition("e")[2])


def _extent(row: Mapping[str, Any]) -> str:
    length, width = row.get("length_mm"), row.get("width_mm")
    if not (is_number(length) and is_number(width)):
        return ""
    return f"{length:.3g} × {width:.3g} mm"


def _becomes(severity: str, span: object, t: Callable[..., str]) -> str:
    if not severity:
        return ""
    said = t(f"result_{severity}")
    match span:
        case [str(low), str(high)] if low != high and {low, high} <= set(SEVERITIES):
            between = t("result_unsure", low=t(f"result_{low}"), high=t(f"result_{high}"))
            return f"{said} ({between})"
    return said


def _notes(row: Mapping[str, Any], t: Callable[..., str]) -> tuple[str, ...]:
    kind = row.get("kind")
    words = (
        ("result_into", kind == "depression"),
        ("result_out", kind == "protrusion"),
        ("result_smaller", row.get("counts") is False),
        ("result_border", row.get("at_border") is True),
    )
    return tuple(t(word) for word, holds in words if holds)


def _reference(reference: Mapping[str, Any]) -> str:
    radius = reference.get("radius_mm")
    return str(reference["kind"]) + (f", {radius:.4g} mm" if is_number(radius) else "")
