"""Units of length are known however they are spelt, and nothing else is taken for one."""

import pytest

from faultlens.core.errors import UsageError
from faultlens.surfaces.units import UNITS, length_unit, parse_length_unit


@pytest.mark.parametrize(
    ("text", "name", "millimetres"),
    [
        ("m", "m", 1000), ("Meters", "m", 1000), ("cm", "cm", 10), ("mm", "mm", 1),
        ("[mm]", "mm", 1), (" Millimetre ", "mm", 1), ("µm", "um", 1e-3), ("\u03bcm", "um", 1e-3),
        ("UM", "um", 1e-3), ("microns", "um", 1e-3), ("nm", "nm", 1e-6), ("in", "inch", 25.4),
        ('"', "inch", 25.4), ("Inches", "inch", 25.4), ("0.8 um", "0.8 um", 8e-4),
        ("2.5e-1mm", "0.25 mm", 0.25), ("1 m", "1 m", 1000),
    ],
)  # fmt: skip
def test_spellings(text: str, name: str, millimetres: float) -> None:
    unit = parse_length_unit(text)
    assert unit is not None and unit.name == name
    assert unit.millimetres == pytest.approx(millimetres)
    assert length_unit(text) == unit


@pytest.mark.parametrize(
    "text", [None, "", "V", "mms", "kg", "0 mm", "-1 mm", "1.2.3 mm", "5", "1e999 m"]
)
def test_what_is_no_length(text: str | None) -> None:
    assert parse_length_unit(text) is None
    with pytest.raises(UsageError, match="give m, cm, mm, um, nm, inch, or a size of one count"):
        length_unit(text or "")


def test_every_name_that_is_offered_is_read() -> None:
    assert [length_unit(x).name for x in UNITS] == list(UNITS)
