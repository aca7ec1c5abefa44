"""Ids that are the same when the same frame is judged again after a crash."""

import json
from uuid import UUID, uuid5

_ALARMS = UUID("6f0c2a0e-5d0b-5d8e-9a57-8a3f3d4be6c1")
"""Name space of our alarms; drawn once, never changed."""


def alarm_id(line: str, source: str, channel: str, frame: str) -> str:
    """Id of the alarm that a frame raises.

    Args:
        line: name of the line.
        source: of the frame.
        channel: of the frame.
        frame: its id.

    Example:
        >>> alarm_id("press", "hall", "pump", "1") == alarm_id("press", "hall", "pump", "1")
        True
        >>> alarm_id("press", "hall", "pump", "1") == alarm_id("press", "hall", "pump", "2")
        False
    """
    return str(uuid5(_ALARMS, json.dumps([line, source, channel, frame])))


def step_id(alarm: str, step: str, cause: str) -> str:
    """Id of one step of an alarm.

    Args:
        alarm: the alarm's id.
        step: of `store.records.ALARM_STEPS`.
        cause: id of the frame or action that made the step.

    Example:
        >>> step_id("a", "raised", "1") == step_id("a", "closed", "1")
        False
    """
    return str(uuid5(_ALARMS, json.dumps([alarm, step, cause])))
