"""Steps of alarms for tests of what sends them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from faultlens.store.records import AlarmRecord

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def alarm_step(number: int = 1, **changes: Any) -> AlarmRecord:
    """The step with the id "step-NUMBER": a crack raised at the camera, one a second."""
    given: dict[str, Any] = {
        "id": f"step-{number}", "alarm": f"alarm-{number}", "time": AT + timedelta(seconds=number),
        "step": "raised", "state": "unacknowledged", "source": "camera", "frame": f"f{number}",
        "verdict": "crack", "score": 0.93, "threshold": 0.85,
    }  # fmt: skip
    return AlarmRecord(**{**given, **changes})
