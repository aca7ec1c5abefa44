"""Units and spacings that a file mentions in its comments, header and column names."""

import re
from collections.abc import Iterable

from faultlens.surfaces.units import parse_length_unit

_LONGEST_LINE = 1000
_SAID = (
    re.compile(r"units?\s*(?:of\s+(?:length|measure)\s*)?(?:[:=]|is|are)\s*([^\s,;]+)", re.I),
    # Of a table: "Unit","um", as Keyence's microscopes write it.
    re.compile(r'^\W*units?"?\s*[,;\t]\s*"?([^",;\s]+)', re.I),
    re.compile(r"[xyz]\w*\s*[\[(]\s*([^\s\])]+)\s*[\])]", re.I),
)
_CALIBRATION = re.compile(
    r'XY[ -](?:Calibration|Justierung)"?\s*[,;\t]\s*"?(\d+[.,]?\d*)"?\s*[,;\t]\s*"?([^",;\s]+)',
    re.I,
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
            # What a user uploads may be a line of a megabyte, made to be searched for hours.
            for word in said.findall(text[:_LONGEST_LINE]):
                unit = parse_length_unit(word)
                if unit is not None:
                    return unit.name
    return None


def stated_spacing(header: Iterable[str]) -> tuple[float, float] | None:
    """The spacing of heights in mm that the header of a table states; None where none does.

    Args:
        header: its lines.

    Source: "XY Calibration" of the csv of Keyence's VK and VR microscopes, as programs that read it
        take it; no such file was at hand.

    Example:
        >>> stated_spacing(['XY Calibration","7.5","um'])
        (0.0075, 0.0075)
    """
    for line in header:
        said = _CALIBRATION.search(line[:_LONGEST_LINE])
        if said is not None:
            unit = parse_length_unit(said[2])
            step = float(said[1].replace(",", "."))
            if unit is not None and step > 0:
                return step * unit.millimetres, step * unit.millimetres
    return None
