"""Measured scans of known form, as sheet and page get them: dents, scratches and bumps."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.measurement_view import DefectMark, MeasurementView, ScanFinding
from faultlens.surfaces.defects.defect import OUTLINE_SHARE, SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.reference.abstract import AbstractReference

LABELS = {
    "en": {"dent": "dent", "scratch": "deep scratch", "bump": "weld spatter", "none": "no defect"},
    "zh": {"dent": "凹坑", "scratch": "深划痕", "bump": "焊接飞溅", "none": "无缺陷"},
}
TOLD = {
    "en": {
        "scrap": "deeper than 0.25 mm: scrap",
        "rework": "deeper than 0.05 mm: rework",
        "accept": "nothing forbids it",
        "unknown": "unknown",
    },
    "zh": {
        "scrap": "深度超过 0.25 mm：报废",
        "rework": "深度超过 0.05 mm：返修",
        "accept": "无规则禁止",
        "unknown": "未知",
    },
}


OUTLINE_AT = float(np.arccos(2 * OUTLINE_SHARE - 1) / np.pi)
"""Where a cosine has fallen to the share at which an outline runs, of its half width."""


class Plane(AbstractReference):
    """The plane z = 0 that is its own sheet."""

    kind = "plane"

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return points_mm

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return sheet_mm

    def told(self) -> dict[str, object]:
        return {"kind": self.kind}


class Cylinder(AbstractReference):
    """A cylinder along y that is unrolled: u runs round it."""

    kind = "cylinder"

    def __init__(self, radius_mm: float) -> None:
        self.radius_mm = radius_mm

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y, z = points_mm.T
        u = np.arctan2(x, z) * self.radius_mm
        return np.stack([u, y, np.hypot(x, z) - self.radius_mm], axis=1)

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        u, v, w = sheet_mm.T
        radius, angle = self.radius_mm + w, u / self.radius_mm
        return np.stack([radius * np.sin(angle), v, radius * np.cos(angle)], axis=1)

    def told(self) -> dict[str, object]:
        return {"kind": self.kind, "radius_mm": self.radius_mm}


def sheet(
    columns: int = 240,
    rows: int = 160,
    spacing_mm: float = 0.25,
    *,
    roughness_mm: float = 0.004,
    reference: AbstractReference | None = None,
) -> DeviationMap:
    """A sound sheet with its middle at u = v = 0."""
    chance = np.random.default_rng(columns * rows)
    deviations = chance.normal(0, roughness_mm, (rows, columns)).astype(np.float32)
    origin = (-spacing_mm * (columns - 1) / 2, -spacing_mm * (rows - 1) / 2)
    points = np.ones((rows, columns), np.int32)
    return DeviationMap(deviations, points, spacing_mm, origin, reference or Plane())


def carved(
    deviations: DeviationMap,
    u_mm: float,
    v_mm: float,
    depth_mm: float,
    length_mm: float,
    width_mm: float | None = None,
    angle_deg: float = 0.0,
) -> tuple[DeviationMap, SurfaceDefect]:
    """A defect with the profile of a cosine; a negative depth is a depression."""
    wide = length_mm if width_mm is None else width_mm
    rows, columns = deviations.deviations_mm.shape
    pitch = deviations.spacing_mm
    u = deviations.origin_mm[0] + pitch * np.arange(columns) - u_mm
    v = (deviations.origin_mm[1] + pitch * np.arange(rows) - v_mm)[:, None]
    turn = np.deg2rad(angle_deg)
    along, across = u * np.cos(turn) + v * np.sin(turn), v * np.cos(turn) - u * np.sin(turn)
    # Straight over the length, round at the ends.
    beyond = np.maximum(np.abs(along) - (length_mm - wide) / 2, 0)
    share = np.minimum(np.hypot(beyond, across) / (wide / 2), 1)
    shape = depth_mm * (1 + np.cos(np.pi * share)) / 2
    within = np.abs(shape) >= OUTLINE_SHARE * abs(depth_mm)
    at_rows, at_columns = np.flatnonzero(within.any(axis=1)), np.flatnonzero(within.any(axis=0))
    top, left = int(at_rows[0]), int(at_columns[0])
    box = (top, left, int(at_rows[-1]) + 1 - top, int(at_columns[-1]) + 1 - left)
    worst = np.unravel_index(int(np.argmax(np.abs(shape))), shape.shape)
    area = float(within.sum()) * pitch**2
    volume = float(np.abs(shape).sum()) * pitch**2
    place = deviations.reference.placed(np.array([[u_mm, v_mm, 0.0]]))[0]
    defect = SurfaceDefect(
        kind="depression" if depth_mm < 0 else "protrusion",
        depth_mm=abs(depth_mm),
        mean_depth_mm=float(np.abs(shape[within]).mean()),
        length_mm=length_mm - wide * (1 - OUTLINE_AT),
        width_mm=wide * OUTLINE_AT,
        area_mm2=area,
        volume_mm3=volume,
        position_mm=(float(place[0]), float(place[1]), float(place[2])),
        sheet_mm=(u_mm, v_mm),
        orientation_deg=angle_deg,
        roundness=wide * OUTLINE_AT / (length_mm - wide * (1 - OUTLINE_AT)),
        edge_slope=np.pi * abs(depth_mm) / wide,
        roughness_mm=0.004,
        significance=abs(depth_mm) / 0.004,
        mask=within[top : top + box[2], left : left + box[3]],
        box=box,
        worst=(int(worst[0]), int(worst[1])),
        depth_mm_u95=0.0083,
        mean_depth_mm_u95=0.0021,
        length_mm_u95=1.6 * pitch,
        width_mm_u95=1.1 * pitch,
        area_mm2_u95=0.03 * area,
        volume_mm3_u95=0.04 * volume,
    )
    return replace(
        deviations, deviations_mm=(deviations.deviations_mm + shape).astype(np.float32)
    ), defect


def measured(
    deviations: DeviationMap,
    defects: tuple[tuple[str, SurfaceDefect], ...] = (),
    *,
    lang: str = "en",
    **facts: Any,
) -> MeasurementView:
    """The view of a map with named defects, the deepest worst; "unknown" is one of the names."""
    words, told = LABELS[lang], TOLD[lang]
    marks = []
    for name, defect in sorted(defects, key=lambda x: -x[1].depth_mm):
        depth = defect.depth_mm
        severity = "scrap" if depth > 0.25 else "rework" if depth > 0.05 else "accept"
        label = words.get(name, told["unknown"])
        marks.append(DefectMark(defect, label, 0.93, severity, told[severity]))
    verdict = marks[0].label if marks else words["none"]
    rest = [x for x in (*words.values(), told["unknown"]) if x != verdict]
    kinds = {words["none"]: "no_defect", told["unknown"]: "unknown"}
    scores = [0.91, *(0.09 / len(rest) for _ in rest)]
    findings = tuple(
        ScanFinding(label, score, kinds.get(label, "defect"))
        for label, score in zip((verdict, *rest), scores, strict=True)
    )
    given: dict[str, Any] = {
        "name": "plate-7.ply",
        "deviations": deviations,
        "defects": tuple(marks),
        "verdict": verdict,
        "kind": kinds.get(verdict, "defect"),
        "alarm": bool(marks),
        "alarm_score": 0.97 if marks else 0.03,
        "threshold": 0.62,
        "findings": findings,
        "severity": marks[0].severity if marks else "accept",
        "rules": "severity.toml",
        "reference": {"en": "plane", "zh": "平面"}[lang],
        "roughness_mm": 0.004,
        "points": int(deviations.points.sum()),
        "false_alarm_rate": 0.01,
        "model": "builtin/scan@0123456789ab",
        "seconds": 0.84,
        "lang": lang,
    }
    return MeasurementView(**(given | facts))


def plate(lang: str = "en", **facts: Any) -> MeasurementView:
    """A plate with a dent, a long scratch and a bump."""
    flat, dent = carved(sheet(), -12.0, 6.0, -0.31, 9.0)
    flat, scratch = carved(flat, 8.0, -3.0, -0.12, 26.0, 1.8, 25.0)
    flat, bump = carved(flat, 18.0, 12.0, 0.045, 4.0)
    named = (("dent", dent), ("scratch", scratch), ("bump", bump))
    return measured(flat, named, lang=lang, **facts)
