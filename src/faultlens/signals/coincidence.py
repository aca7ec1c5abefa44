"""Fault lines that no spectrum can tell from a shaft harmonic or from each other."""

from dataclasses import dataclass

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import FaultOrders

HARMONICS = (1, 2, 3, 4)
"""Harmonics of a fault that are looked at."""


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
    """

    family: str
    harmonic: int
    order: float
    other_family: str
    other_harmonic: int
    other_order: float


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
        >>> [(c.family, c.other_family, c.other_harmonic) for c in coincidences(fan_end)][:2]
        [('outer', 'shaft', 3), ('inner', 'shaft', 5)]
    """
    if not 0 <= tolerance <= 0.1:
        raise UsageError(
            f"Tolerance {tolerance}; give the relative distance that slip can bridge, 0 to 0.1 "
            "(0.02 is 2 %)."
        )
    lines = [
        (family, k, k * order) for family, order in orders.by_family.items() for k in HARMONICS
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
