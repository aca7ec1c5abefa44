"""Tasks of "check-profile": whether an uploaded file is a profile, and what it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from faultlens.hosting.attempt import Tell, attempt
from faultlens.hosting.desk import Desk
from faultlens.hosting.plain_json import json_bytes
from faultlens.hosting.task import Answer, Task
from faultlens.profiles.profile import read_profile
from faultlens.profiles.scan_profile import is_scan_profile, read_scan_profile
from faultlens.profiles.surface_profile import is_surface_profile, read_surface_profile

RECORDINGS, PICTURES, SCANS = "recordings", "pictures", "scans"


def check_each(desk: Desk, tasks: Sequence[Task], tell: Tell) -> None:
    """Answer each file with the facts of its profile.

    Args:
        desk: of the worker.
        tasks: a batch.
        tell: takes each answer.

    Example:
        >>> check_each(None, [Task("check-profile", "/nowhere/a.profile", "a.profile")], print)
        0 Answer(content=b'', problem=Problem(status=422, slug='unreadable-file', ...
    """
    for number, task in enumerate(tasks):

        def make(task: Task = task) -> Answer:
            return Answer(json_bytes(profile_facts(task.source)))

        attempt(number, task, make, tell)


def profile_facts(path: str) -> Mapping[str, Any]:
    """What a profile says of itself, for lists.

    Args:
        path: its file.

    Raises:
        UnreadableFileError: no profile, or a damaged one.

    Example:
        >>> profile_facts("/nowhere/a.profile")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/a.profile is not a profile: ...
    """
    if is_surface_profile(path):
        pictures = read_surface_profile(path)
        return {
            "of": PICTURES,
            "name": pictures.name,
            "model": pictures.model,
            "threshold": pictures.threshold,
            "false_alarm_rate": pictures.false_alarm_rate,
            "samples": pictures.parts,
            "part": pictures.part,
            "defects": list(pictures.defects),
        }
    if is_scan_profile(path):
        scans = read_scan_profile(path)
        return {
            "of": SCANS,
            "name": scans.name,
            "model": scans.model,
            "threshold": scans.threshold,
            "false_alarm_rate": scans.false_alarm_rate,
            "samples": scans.parts,
            "part": scans.part,
            "reference": scans.reference,
            "defects": list(scans.defects),
        }
    recordings = read_profile(path)
    return {
        "of": RECORDINGS,
        "name": recordings.name,
        "model": recordings.model,
        "threshold": recordings.threshold,
        "false_alarm_rate": recordings.false_alarm_rate,
        "samples": recordings.recordings,
        "bearing": recordings.bearing,
        "faults": list(recordings.faults),
    }
