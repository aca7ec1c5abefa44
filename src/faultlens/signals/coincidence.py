"""Fault lines that no spectrum can tell from a shaft harmonic or from each other."""

from dataclasses import dataclass

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import FaultOrders

HARMONICS = (1, 2, 3, 4)
"""Harmonics of a fault that are looked at."""

_WORDS = {
    "outer": "outer race",
    "inner": "inner race",
    "ball": "ball",
    "cage": "cage",
    "shaft": "shaft",
}


@dataclass(frozen=True)
class Coincidence:
    """Two lines so close that slip or a speed error lays one on the other.

    Args:
        family: family of the fault line ("outer", "inner", "ball", "cage").
        harmonic: its harmonic.
        order: its order, shaft revolutions.
        other_family: family of the line that it meets; "shaft" for a shaft harmonic.
        other_harmonic: harmonic of that line.
        other_order: order of that line, shaft revolutions.

    Example:
        >>> Coincidence("outer", 1, 3.053, "shaft", 3, 3.0).words
        'outer race (3.053) is 1.7 % from 3 x shaft'
    """

    family: str
    harmonic: int
    order: float
    other_family: str
    other_harmonic: int
    other_order: float

    @property
    def shift_percent(self) -> float:
        """Change of the first line that lays it on the second, per cent."""
        return 100 * (self.other_order / self.order - 1)

    @property
    def words(self) -> str:
        """The coincidence in one English clause."""
        first, second = (
            ("" if harmonic == 1 and family != "shaft" else f"{harmonic} x ") + _WORDS[family]
            for family, harmonic in (
                (self.family, self.harmonic),
                (self.other_family, self.other_harmonic),
            )
        )
        second += "" if self.other_family == "shaft" else f" ({self.other_order:.3f})"
        return f"{first} ({self.order:.3f}) is {abs(self.shift_percent):.1f} % from {second}"


def coincidences(orders: FaultOrders, tolerance: float = 0.02) -> tuple[Coincidence, ...]:
    """Fault lines within `tolerance` of a shaft harmonic or of another family's line.

    Args:
        orders: fault orders of the bearing; the ball is taken at twice its spin.
        tolerance: relative distance that slip or an unknown speed can bridge, 0 to 0.1.

    Raises:
        UsageError: the tolerance is not between 0 and 0.1.

    Source: a coincidence with the shaft is why Smith and Randall (Mech. Syst. Signal Process.
    64-65, 2015) find fan-end faults of the CWRU 6203 undecidable.

    Example:
        >>> fan_end = FaultOrders(bpfo=3.053, bpfi=4.947, bsf=1.994, ftf=0.3817)
        >>> [c.words for c in coincidences(fan_end) if c.harmonic == 1][:2]
        ['outer race (3.053) is 1.7 % from 3 x shaft', 'inner race (4.947) is 1.1 % from 5 x shaft']
    """
    if not 0 <= tolerance <= 0.1:
        raise UsageError(
            f"Tolerance {tolerance}; give the relative distance that slip can bridge, 0 to 0.1 "
            "(0.02 is 2 %)."
        )
    lines = [
        (family, k, k * order) for family, order in _families(orders).items() for k in HARMONICS
    ]
    found = []
    for i, (family, k, order) in enumerate(lines):
        shaft = max(round(order), 1)
        if abs(shaft / order - 1) <= tolerance:
            found.append(Coincidence(family, k, order, "shaft", shaft, float(shaft)))
        found += [
            Coincidence(family, k, order, other, m, other_order)
            for other, m, other_order in lines[i + 1 :]
            if other != family and abs(other_order / order - 1) <= tolerance
        ]
    return tuple(sorted(found, key=lambda c: (c.other_family != "shaft", c.harmonic)))


def families_on_shaft(orders: FaultOrders, tolerance: float = 0.02) -> tuple[str, ...]:
    """Families whose fundamental, and so every harmonic, can fall on shaft harmonics.

    A verdict for such a family is "ambiguous with shaft harmonics" unless its sidebands or its
    distance from the harmonic decide.

    Args:
        orders: fault orders of the bearing.
        tolerance: relative distance that slip or an unknown speed can bridge, 0 to 0.1.

    Raises:
        UsageError: the tolerance is not between 0 and 0.1.

    Example:
        >>> families_on_shaft(FaultOrders(bpfo=3.585, bpfi=5.415, bsf=2.357, ftf=0.3983))
        ()
    """
    return tuple(
        c.family
        for c in coincidences(orders, tolerance)
        if c.harmonic == 1 and c.other_family == "shaft"
    )


def _families(orders: FaultOrders) -> dict[str, float]:
    return {
        "outer": orders.bpfo,
        "inner": orders.bpfi,
        "ball": orders.ball,
        "cage": orders.ftf,
    }
