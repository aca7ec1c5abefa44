"""A golden scan that came with a request: the profile's own, or another."""

from dataclasses import replace

from faultlens.core.hashes import file_sha256
from faultlens.hosting.task import GOLDEN, Task
from faultlens.profiles.scan_profile import ScanProfile
from faultlens.surfaces.read import read_surface_bytes
from faultlens.surfaces.surface import Surface


def golden_for(
    profile: ScanProfile | None, task: Task
) -> tuple[ScanProfile | None, Surface | None]:
    """The profile to measure by, and the golden scan where it is not the profile's own.

    A profile names its golden scan by a path of the machine where it was made, and by its hash.
    The very file, sent along, is that scan, wherever the path leads here.

    Args:
        profile: that the request names; None for none.
        task: with a golden scan beside it.

    Raises:
        InputError: the golden scan is none, damaged, or has more points than are taken.
        UsageError: a unit that is none.

    Example:
        >>> golden_for.__name__  # `tests/hosting/test_golden_scan.py` shows it at work
        'golden_for'
    """
    path, name = task.beside[GOLDEN]
    if profile is not None and file_sha256(path) == profile.golden_sha256:
        return replace(profile, golden=path), None
    with open(path, "rb") as file:
        content = file.read()
    unit, points = task.options.get("golden_unit"), task.limits.points
    return profile, read_surface_bytes(content, name, unit=unit, largest_points=points)
