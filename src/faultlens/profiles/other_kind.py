"""Of what a profile is that was given where another kind of profile is read."""

import json
from pathlib import Path

_PICTURES_BEGIN = b"PK\x03\x04"
_LARGEST_BYTES = 5_000_000


_VERBS = {"recordings": "diagnose", "pictures": "inspect", "scans": "measure"}


def other_kind(path: str | Path, *, wanted: str) -> str:
    """Of what else than wanted a profile is, and which command takes it; "" where of nothing.

    Args:
        path: any file.
        wanted: "recordings", "pictures" or "scans".

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "lid.profile"
        >>> _ = path.write_text('{"format": 1, "of": "scans", "threshold": 0.5}')
        >>> other_kind(path, wanted="recordings"), other_kind(path, wanted="scans")
        ('it is one of scans, which faultlens measure takes', '')
    """
    kind = _kind(Path(path))
    if kind in ("", wanted):
        return ""
    return f"it is one of {kind}, which faultlens {_VERBS[kind]} takes"


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            begin = stream.read(_LARGEST_BYTES)
        if begin.startswith(_PICTURES_BEGIN):
            return "pictures"
        table = json.loads(begin)
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(table, dict) or not {"format", "threshold"} <= set(table):
        return ""
    return "scans" if table.get("of") == "scans" else "recordings"
