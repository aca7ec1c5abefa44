"""Recordings with known truth, as the picture and the page get them: one per kind of verdict."""

from collections.abc import Callable

import numpy as np
import pytest

from faultlens.reports.view import ScoredLabel, SignalView
from faultlens.signals.evidence import FAMILIES, FamilyEvidence, Line, LineEvidence
from faultlens.signals.kinematics import FaultOrders

FLOOR = 0.8
SHAFT_HZ = 29.53
ORDERS_6205 = FaultOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.3567, ftf=0.3983)
# On a 6203 at 2 % slip both race lines fall on shaft harmonics.
ORDERS_6203 = FaultOrders(bpfo=3.0530, bpfi=4.9470, bsf=1.9940, ftf=0.3816)

LABELS = {
    "en": {
        "outer_race": "outer race fault",
        "inner_race": "inner race fault",
        "rolling_element": "ball fault",
        "cage": "cage fault",
        "inner_and_outer_race": "inner and outer race fault",
        "healthy": "healthy",
        "unknown": "unknown",
    },
    "zh": {
        "outer_race": "外圈故障",
        "inner_race": "内圈故障",
        "rolling_element": "滚动体故障",
        "cage": "保持架故障",
        "inner_and_outer_race": "内圈和外圈复合故障",
        "healthy": "健康",
        "unknown": "未知",
    },
}
SHOWN_BY = {
    "outer_race": ("outer",),
    "inner_race": ("inner",),
    "rolling_element": ("ball",),
    "cage": ("cage",),
    "inner_and_outer_race": ("outer", "inner"),
}
SENTENCES = {
    "en": "{label}, certain: 4 harmonics of 5.41 x shaft with sidebands at shaft speed "
    "(slip -0.2 %), present in 9 of 10 windows; machine zone B; plan replacement at the "
    "next stop, confirm lubrication and look at the load zone.",
    "zh": "{label}，确定：检出转频 5.41 倍的 4 阶谐波，伴有转频边频带（滑差 −0.2 %），"
    "10 个窗口中有 9 个出现；整机处于 B 区；计划在下次停机时更换轴承，确认润滑状况。",
}
KINDS = (*SHOWN_BY, "healthy", "unknown", "ambiguous", "no_bearing", "fitted")
# Spacing of the sidebands of each family, and how strong its lines are when its fault is there.
SIDEBANDS = {"outer": 0.0, "inner": 1.0, "ball": None, "cage": 0.0, "shaft": 0.0}


def evidence_of(families: tuple[str, ...], *, orders: FaultOrders = ORDERS_6205) -> LineEvidence:
    """A modulation spectrum with the lines of `families` in it, read as diagnosis reads it."""
    chance = np.random.default_rng(len("".join(families)) + round(1000 * orders.bpfo))
    axis = np.arange(0, 50, 0.0069)
    contrast = 0.22 * chance.standard_normal(len(axis)) - 0.05
    fundamentals = dict(
        zip(FAMILIES, (orders.bpfo, orders.bpfi, orders.ball, orders.ftf, 1.0), strict=True)
    )
    read = []
    for family, fundamental in fundamentals.items():
        present = family in families
        slip = 1 - 0.002 * (family != "shaft")
        lines = []
        harmonics = 6 if family in ("outer", "inner") else 5
        spacing = orders.ftf if SIDEBANDS[family] is None else SIDEBANDS[family]
        for harmonic in range(1, harmonics + 1):
            for sideband in (0, -1, 1) if spacing else (0,):
                expected = harmonic * fundamental + sideband * (spacing or 0)
                strength = max(0.25 + 0.15 * chance.standard_normal(), 0.02)
                if present and (sideband == 0 or chance.random() < 0.8):
                    strength = (2.9 - 1.1 * (sideband != 0)) * 0.8 ** (harmonic - 1)
                    strength += 0.1 * chance.standard_normal()
                if family == "shaft" and harmonic < 3:
                    strength = 1.3 / harmonic
                measured = expected * slip
                nearest = np.argmin(np.abs(axis - measured))
                peak = strength * np.array([0.5, 0.9, 1.0, 0.9, 0.5])
                span = slice(max(nearest - 2, 0), nearest + 3)
                contrast[span] = np.maximum(contrast[span], peak[-len(contrast[span]) :])
                lines.append(
                    Line(family, harmonic, sideband, expected, measured, strength, strength > FLOOR)
                )
        lines.sort(key=lambda x: x.sideband != 0)
        own = [x.strength for x in lines if x.sideband == 0]
        read.append(
            FamilyEvidence(
                family=family,
                expected_order=fundamental,
                measured_order=fundamental * slip,
                slip_percent=100 * (slip - 1),
                strength=float(np.mean(own)),
                lines=tuple(lines),
                windows_present=9 if present else 0,
                windows=10,
            )
        )
    ambiguities = ("outer",)
    return LineEvidence(
        shaft_hz=SHAFT_HZ,
        speed_factor=0.9985,
        families=tuple(read),
        orders=axis,
        contrast=contrast,
        floor=FLOOR,
        ambiguities=ambiguities if orders is ORDERS_6203 else (),
    )


def waveform_of(families: tuple[str, ...], seconds: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Noise, with a ringing impact at every passage of a defect."""
    chance = np.random.default_rng(7)
    time = np.arange(round(12000 * seconds)) / 12000
    samples = 0.2 * chance.standard_normal(len(time))
    rates = {"outer": 3.585, "inner": 5.415, "ball": 4.714, "cage": 0.398}
    for family in families:
        since = time % (1 / (rates[family] * SHAFT_HZ))
        load = 1.0 if family == "outer" else 0.6 + 0.4 * np.cos(2 * np.pi * SHAFT_HZ * time)
        samples += load * np.exp(-900 * since) * np.sin(2 * np.pi * 3100 * since)
    return time, samples


def view_of(kind: str, lang: str = "en", **changes: object) -> SignalView:
    """A recording of this kind, one of `KINDS`, as diagnosis hands it to the reports."""
    same = {"ambiguous": "unknown", "no_bearing": "unknown", "fitted": "inner_race"}
    verdict = same.get(kind, kind)
    families = SHOWN_BY.get(verdict, ())
    label = LABELS[lang][verdict]
    others = [x for x in LABELS[lang] if x != verdict]
    scores = [0.968, *(0.02 / 2**i for i in range(len(others)))]
    time, samples = waveform_of(families)
    facts: dict[str, object] = {
        "file": "pump-7 drive end 2024-03-11.csv",
        "time_s": time,
        "samples": samples,
        "verdict": label,
        "verdict_fault": verdict,
        "sentence": SENTENCES[lang].format(label=label.capitalize()),
        "alarm": bool(families),
        "threshold": 0.93,
        "findings": tuple(
            ScoredLabel(LABELS[lang][x], x, score, SHOWN_BY.get(x, ()))
            for x, score in zip([verdict, *others], scores, strict=True)
        ),
        "evidence": evidence_of(families),
        "unit": "g",
        "bearing": "6205",
        "stated_rpm": 1772.0,
        "velocity_rms_mm_s": 2.9,
        "zone": "B",
        "machine_group": "第 1 组，刚性支承" if lang == "zh" else "Group 1, rigid support.",
        "kurtosis": 6.21,
        "crest_factor": 7.13,
        "action": "计划更换轴承。" if lang == "zh" else "Plan the replacement of the bearing.",
        "model": "builtin/physics",
        "warnings": ("The threshold comes from simulation.",),
    }
    if kind == "ambiguous":
        facts |= {
            "evidence": evidence_of(("outer", "shaft"), orders=ORDERS_6203),
            "bearing": "6203",
        }
    if kind == "fitted":
        facts |= {"bearing": None}
    if kind == "no_bearing":
        facts |= {"evidence": None, "bearing": None, "stated_rpm": None, "zone": None}
        facts |= {"velocity_rms_mm_s": None}
    return SignalView(**(facts | changes))  # type: ignore[arg-type]


@pytest.fixture
def make_view() -> Callable[..., SignalView]:
    """The function `view_of`: kind, language and changed facts -> `SignalView`."""
    return view_of
