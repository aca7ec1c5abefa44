"""Units that a file mentions in its comments and column names."""

import re
from collections.abc import Iterable

from faultlens.surfaces.units import parse_length_unit

_SAID = (
    re.compile(r"units?\s*(?:of\s+(?:length|measure)\s*)?(?:[:=]|is|are)\s*([^\s,;]+)", re.I),
    re.compile(r"[xyz]\w*\s*[\[(]\s*([^\s\])]+)\s*[\])]", re.I),
)


def unit_in_words(texts: Iterable[str]) -> str | None:
    """The unit of length that comments or column names state; None where none does.

    Args:
        texts: comments, or a line of column names.

    Example:
        >>> unit_in_words(["created by X", "Units: Millimeters"]), unit_in_words(["X [um];Y [um]"])
        ('mm', 'um')
    """
    for text in texts:
        for said in _SAID:
            for word in said.findall(text):
                unit = parse_length_unit(word)
                if unit is not None:
                    return unit.name
    return None
