"""Units of vibration, however they are spelt."""

from dataclasses import dataclass

STANDARD_GRAVITY_M_S2 = 9.80665
"""One g in m/s2. Source: ISO 80000-3."""


@dataclass(frozen=True)
class VibrationUnit:
    """A unit of vibration and its size.

    Args:
        name: how faultlens writes it ("m/s2", "g", "mm/s").
        quantity: "acceleration" or "velocity".
        factor: one unit in m/s2 or m/s.
    """

    name: str
    quantity: str
    factor: float


_UNITS = (
    (VibrationUnit("m/s2", "acceleration", 1.0), ("m/s2", "m/s^2", "m/s**2", "m/sec2", "ms-2",
                                                  "m.s-2", "m/s/s", "mps2")),
    (VibrationUnit("mm/s2", "acceleration", 1e-3), ("mm/s2", "mm/s^2", "mm/s**2", "mms-2")),
    (VibrationUnit("g", "acceleration", STANDARD_GRAVITY_M_S2), ("g", "gn", "g's", "gs")),
    (VibrationUnit("mg", "acceleration", STANDARD_GRAVITY_M_S2 / 1000), ("mg",)),
    (VibrationUnit("gal", "acceleration", 0.01), ("gal", "cm/s2", "cm/s^2")),
    (VibrationUnit("in/s2", "acceleration", 0.0254), ("in/s2", "in/s^2")),
    (VibrationUnit("mm/s", "velocity", 1e-3), ("mm/s", "mm/sec", "mms-1", "mm.s-1")),
    (VibrationUnit("cm/s", "velocity", 1e-2), ("cm/s", "cm/sec")),
    (VibrationUnit("m/s", "velocity", 1.0), ("m/s", "m/sec", "ms-1", "m.s-1")),
    (VibrationUnit("in/s", "velocity", 0.0254), ("in/s", "in/sec", "inch/s", "ips")),
)  # fmt: skip

_SPELLINGS = {spelling: unit for unit, spellings in _UNITS for spelling in spellings}


def parse_unit(text: str | None) -> VibrationUnit | None:
    """The unit that `text` names; None where it names none that vibration severity can use.

    Args:
        text: "m/s2", "m/s²", "m/s^2", "g", "mm/s", "ips" and the like; None for unknown.

    Example:
        >>> parse_unit("m/s²").name, parse_unit("IPS").name, parse_unit("V")
        ('m/s2', 'in/s', None)
    """
    if text is None:
        return None
    spelt = text.strip().strip("[]()").lower()
    for mark, plain in (("²", "2"), ("⁻", "-"), ("¹", "1"), ("·", "."), (" ", ""), ("rms", "")):
        spelt = spelt.replace(mark, plain)
    return _SPELLINGS.get(spelt)
