"""The profile of one product's scans: what its own sound parts taught, in a small JSON file."""

import json
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.files import write_text
from faultlens.profiles.other_kind import other_kind

FORMAT = 1
"""Version of the file; a reader refuses newer ones by name."""

SCANS = "scans"
"""What the file says that it is of."""

LARGEST_PROFILE_BYTES = 5_000_000
"""A profile holds numbers and rules, not scans."""


@dataclass(frozen=True)
class ScanProfile:
    """Calibration of one product from scans of its own sound parts.

    Args:
        name: how the profile is called in results; usually its file name.
        model: name and hash of the model that it was made with; another one refuses it.
        threshold: alarm score above which this product alarms.
        false_alarm_rate: share of sound parts that will exceed it.
        wanted_rate: share that was asked for.
        parts: scans of sound parts behind it, each a part of its own.
        scores: alarm score of each of them, in the order in which they were given.
        significances: how far the worst place of each of them stands out, standard deviations.
        significance_threshold: the threshold in the same terms.
        reference: form of the reference surface.
        golden: file of the golden scan or CAD mesh, absolute; "" for none.
        golden_sha256: of that file; "" for none.
        golden_unit: unit in which it is read; "" for what it says itself.
        defects: sentences that were asked for; empty for the set of scans.
        part: what was scanned, in words.
        unit: in which the files are read; "" for what they say themselves.
        least_depth_mm: depth or height below which nothing is asked for, mm.
        cell_mm: side of a cell of the deviation map, mm; None for that of the points.
        rules: the text of the rules of severity; "" for none.
        rules_name: name of their file.
    """

    name: str
    model: str
    threshold: float
    false_alarm_rate: float
    wanted_rate: float
    parts: int
    scores: tuple[float, ...]
    significances: tuple[float, ...]
    significance_threshold: float
    reference: str = "auto"
    golden: str = ""
    golden_sha256: str = ""
    golden_unit: str = ""
    defects: tuple[str, ...] = ()
    part: str = ""
    unit: str = ""
    least_depth_mm: float = 0.0
    cell_mm: float | None = None
    rules: str = ""
    rules_name: str = ""

    def save(self, path: str | Path) -> None:
        """Write the profile as JSON, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        table = {"format": FORMAT, "of": SCANS, **asdict(self)}
        write_text(path, json.dumps(table, ensure_ascii=False, indent=1) + "\n")


def is_scan_profile(path: str | Path) -> bool:
    """Whether a file is the profile of a product's scans.

    Args:
        path: any file.

    Example:
        >>> is_scan_profile("/nowhere")
        False
    """
    try:
        table = _table(Path(path))
    except (OSError, ValueError, RecursionError):
        return False
    return table.get("of") == SCANS


def read_scan_profile(path: str | Path) -> ScanProfile:
    """Read the profile of a product's scans.

    Raises:
        UnreadableFileError: not such a profile, damaged, too large, of a newer version, or with an
            unknown field.

    Example:
        >>> import tempfile
        >>> made = ScanProfile("lid", "builtin/scan@0", 0.9, 0.5, 0.01, 1, (0.2,), (3.0,), 8.0)
        >>> path = Path(tempfile.mkdtemp()) / "lid.profile"
        >>> made.save(path)
        >>> read_scan_profile(path) == made
        True
    """
    try:
        table = _table(Path(path))
        if table.pop("of", None) != SCANS or "format" not in table:
            raise ValueError("it does not say that it is of scans")
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        why = other_kind(path, wanted="scans") or reason
        raise UnreadableFileError(
            f"{path} is not a profile of scans: {why}. Make one with: "
            "faultlens calibrate SCANS_OF_SOUND_PARTS --out NAME.profile"
        ) from error
    version = table.pop("format")
    if version != FORMAT:
        raise UnreadableFileError(
            f"{path} is a profile of scans of format {version}; this faultlens reads format "
            f"{FORMAT}. Update faultlens, or make the profile again."
        )
    known = {x.name for x in fields(ScanProfile)}
    if odd := sorted(set(table) - known):
        raise UnreadableFileError(f"{path}: {UnknownNameError('profile field', odd[0], known)}")
    try:
        lists = {x: tuple(table.get(x, ())) for x in ("scores", "significances", "defects")}
        profile = ScanProfile(**{**table, **lists})
        _check(profile)
    except (KeyError, TypeError, ValueError) as error:
        told = f"its field {error} is missing" if isinstance(error, KeyError) else error
        raise UnreadableFileError(
            f"{path} is a damaged profile: {told}. Make it again with faultlens calibrate."
        ) from error
    return profile


def _table(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        data = stream.read(LARGEST_PROFILE_BYTES + 1)
    if len(data) > LARGEST_PROFILE_BYTES:
        raise ValueError("it is larger than 5 MB")
    table = json.loads(data.decode("utf-8"))
    if not isinstance(table, dict):
        raise ValueError("it is no table")
    return table


def _check(profile: ScanProfile) -> None:
    shares = (profile.threshold, profile.false_alarm_rate, profile.wanted_rate, *profile.scores)
    for value in shares:
        if not (_is_number(value) and 0 <= value <= 1):
            raise ValueError(f"it holds {value!r}, which must lie in 0 to 1")
    for value in (*profile.significances, profile.least_depth_mm):
        if not (_is_number(value) and value >= 0):
            raise ValueError(f"it holds {value!r}, which must not be negative")
    for positive in (profile.significance_threshold, profile.cell_mm):
        if positive is not None and not (_is_number(positive) and positive > 0):
            raise ValueError(f"it holds {positive!r}, which must be positive")
    words = (
        profile.name, profile.model, profile.reference, profile.golden, profile.golden_sha256,
        profile.golden_unit, profile.part, profile.unit, profile.rules, profile.rules_name,
        *profile.defects,
    )  # fmt: skip
    for word in words:
        if not isinstance(word, str):
            raise ValueError(f"it holds {word!r} where words belong")
    counted = (len(profile.scores), len(profile.significances))
    if type(profile.parts) is not int or counted != (profile.parts, profile.parts):
        raise ValueError(f"it counts {profile.parts!r} parts but holds {counted[0]} scores")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
