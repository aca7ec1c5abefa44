"""Results of sensors as `--json` writes them, cut down to what joining reads."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Made = Callable[..., dict[str, Any]]


def result(
    key: str, sound: str, scores: Mapping[str, float], *, known: float = 1.0, **facts: Any
) -> dict[str, Any]:
    """A result whose faults have these scores; what is left of them is healthy."""
    faulty = sum(scores.values())
    healthy = {"fault": "healthy", "defect": "no defect"}[key]
    rows = [(name, name.replace(" fault", "").replace(" ", "_"), x) for name, x in scores.items()]
    rows += [(healthy, sound, (1 - faulty) * known), ("unknown", "unknown", 1 - known)]
    rows = [
        (label, its, x * known if its not in (sound, "unknown") else x) for label, its, x in rows
    ]
    findings = [{"label": label, key: its, "score": x} for label, its, x in rows]
    best = max(findings, key=lambda x: x["score"])
    threshold = facts.get("threshold", 0.9)
    told = {
        "schema": 1,
        "verdict": best["label"],
        "alarm": faulty * (known if key == "fault" else 1) > threshold,
        "alarm_score": faulty * (known if key == "fault" else 1),
        "threshold": threshold,
        "false_alarm_rate": 0.01,
        "findings": sorted(findings, key=lambda x: -x["score"]),
        "profile": "pump-7",
        "asset": "pump 7",
    }
    return told | facts


@pytest.fixture
def vibration() -> Made:
    """A Diagnosis with these faults."""

    def made(**facts: Any) -> dict[str, Any]:
        scores = facts.pop("scores", {"inner_race fault": 0.98})
        told = {"file": "pump7.csv", "model": "builtin/bearing@0", **facts}
        return result("fault", "healthy", scores, **told)

    return made


@pytest.fixture
def picture() -> Made:
    """An Inspection with these defects."""

    def made(**facts: Any) -> dict[str, Any]:
        scores = facts.pop("scores", {"crack": 0.95})
        told = {"file": "pump7.png", "model": "builtin/surface@0", **facts}
        return result("defect", "no_defect", scores, **told)

    return made
