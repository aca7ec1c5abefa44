"""How people write a bearing's name, and the row that they mean."""

import re
from collections.abc import Collection

MAKERS = (
    "SKF", "FAG", "INA", "NSK", "NTN", "SNR", "KOYO", "NACHI", "TIMKEN", "FAFNIR", "MRC", "RHP",
    "REXNORD", "LDK", "ZKL", "ZVL", "KINEX", "URB", "HRB", "ZWZ", "LYC", "NBC", "SCHAEFFLER",
)  # fmt: skip
"""Makers' names that people write before a designation."""

ANGLES_DEG = {"AC": 25.0, "C": 15.0, "A": 30.0, "B": 40.0}
"""Contact angle by the first letters behind an angular contact designation, degrees.
Source: designation practice after DIN 623-1; makers print the angle in their tables."""

# What may follow a designation: nothing, a letter, or a number of seals (2RS, 2Z).
_SUFFIX = re.compile(r"(?:$|[A-Z]|2[A-Z])")


def key_of(text: str) -> str:
    """The name without case, blanks, hyphens, strokes and dots.

    Example:
        >>> key_of("6205-2RS jem SKF"), key_of("NU 205 ECP")
        ('62052RSJEMSKF', 'NU205ECP')
    """
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def match_designation(text: str, keys: Collection[str]) -> tuple[str, str] | None:
    """The key that `text` names, and the suffix behind it; None where no key fits.

    A suffix (seals, clearance, cage) does not change the geometry, so the longest key wins.

    Args:
        text: a designation as people write it.
        keys: keys of the catalogue.

    Example:
        >>> match_designation("SKF 6205-2Z/C3", {"6205", "6203"})
        ('6205', '2ZC3')
        >>> match_designation("62051", {"6205"}) is None
        True
    """
    name = key_of(text)
    stripped = next((name[len(m):] for m in MAKERS if name.startswith(m)), None)  # fmt: skip
    for candidate in (name, stripped):
        for length in range(len(candidate or ""), 0, -1):
            key, suffix = str(candidate)[:length], str(candidate)[length:]
            if key in keys and _SUFFIX.match(suffix):
                return key, suffix
    return None


def angle_from_suffix(suffix: str) -> float | None:
    """Contact angle in degrees that an angular contact bearing's suffix names; None without one.

    Example:
        >>> angle_from_suffix("BEP"), angle_from_suffix("ACD"), angle_from_suffix("")
        (40.0, 25.0, None)
    """
    return next((a for letters, a in ANGLES_DEG.items() if suffix.startswith(letters)), None)
