"""The profile of one asset: what its own healthy recordings taught, in a small JSON file."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.files import write_text
from faultlens.inputs.vibration import LINES, READINGS, WINDOWS
from faultlens.profiles.other_kind import other_kind

FORMAT = 1
"""Version of the file; a reader refuses newer ones by name."""

LARGEST_PROFILE_BYTES = 5_000_000
"""A profile holds numbers, not recordings."""


@dataclass(frozen=True)
class Profile:
    """Calibration of one asset from its own healthy recordings.

    Args:
        name: how the profile is called in results; usually its file name.
        model: name and hash of the model that it was made with; another one refuses it.
        threshold: fault probability above which this asset alarms.
        false_alarm_rate: share of healthy recordings that will exceed it.
        wanted_rate: share that was asked for.
        recordings: healthy recordings behind it.
        scores: fault probability of each of them, in the order in which they were given.
        bearing: bearing by which they were read, in words; "" where none was stated.
        faults: sentences that were asked for; empty for the knowledge base's set.
        speed_tolerance: of the speed search.
        reading: what of them was judged, of `inputs.vibration.READINGS`: the lines of the bearing,
            combs over shaft orders, or the waveform; or windows, by a model trained on such.
    """

    name: str
    model: str
    threshold: float
    false_alarm_rate: float
    wanted_rate: float
    recordings: int
    scores: tuple[float, ...]
    bearing: str
    faults: tuple[str, ...] = ()
    speed_tolerance: float = 0.02
    reading: str = LINES

    def save(self, path: str | Path) -> None:
        """Write the profile as JSON, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        write_text(path, json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n")


def read_profile(path: str | Path) -> Profile:
    """Read a profile.

    Raises:
        UnreadableFileError: not a profile, damaged, of a newer version, or with an unknown key.

    Example:
        >>> import tempfile
        >>> made = Profile("pump-7", "builtin/physics@0", 0.9, 0.01, 0.01, 1, (0.2,), "6205")
        >>> path = Path(tempfile.mkdtemp()) / "pump-7.profile"
        >>> made.save(path)
        >>> read_profile(path) == made
        True
    """
    try:
        if Path(path).stat().st_size > LARGEST_PROFILE_BYTES:
            raise ValueError("it is larger than 5 MB")
        table = json.loads(Path(path).read_text(encoding="utf-8"))
        if not isinstance(table, dict) or "format" not in table:
            raise ValueError("it has no field 'format'")
        if "of" in table:
            raise ValueError("it is none of recordings")
    except (OSError, ValueError, RecursionError) as error:
        other = other_kind(path, wanted="recordings")
        told = f" of recordings: {other}" if other else f": {error}"
        raise UnreadableFileError(
            f"{path} is not a profile{told}. Make one with: faultlens calibrate HEALTHY_FILES"
        ) from error
    version = table.pop("format")
    if version != FORMAT:
        raise UnreadableFileError(
            f"{path} is a profile of format {version}; this faultlens reads format {FORMAT}. "
            "Update faultlens, or make the profile again."
        )
    known = {field.name for field in fields(Profile)}
    if set(table) - known:
        raise UnreadableFileError(
            f"{path}: {UnknownNameError('profile field', sorted(set(table) - known)[0], known)}"
        )
    try:
        profile = Profile(**{**table, "scores": tuple(table["scores"]),
                             "faults": tuple(table.get("faults", ()))})  # fmt: skip
        _check(profile)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} is a damaged profile: {error}. Make it again with faultlens calibrate."
        ) from error
    return profile


def _check(profile: Profile) -> None:
    """Every number of a profile is a share, and every word is text."""
    for name in ("threshold", "false_alarm_rate", "wanted_rate", "speed_tolerance"):
        value = getattr(profile, name)
        if not _is_share(value):
            raise ValueError(f"its {name} is {value!r}, which must lie in 0 to 1")
    for value in profile.scores:
        if not _is_share(value):
            raise ValueError(f"one of its scores is {value!r}, which must lie in 0 to 1")
    for value in (profile.name, profile.model, profile.bearing, *profile.faults):
        if not isinstance(value, str):
            raise ValueError(f"it holds {value!r} where words belong")
    if profile.reading not in (*READINGS, WINDOWS):
        raise ValueError(
            f"its reading is {profile.reading!r}, which must be one of "
            f"{', '.join((*READINGS, WINDOWS))}"
        )
    if profile.recordings != len(profile.scores):
        raise ValueError(
            f"it counts {profile.recordings!r} recordings but holds {len(profile.scores)}"
        )


def _is_share(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 1  # type: ignore[operator]
