"""From a bearing's geometry to the shaft orders at which its faults show.

Outer race fixed, inner race turning, no slip. Orders are multiples of the shaft speed.
"""

from dataclasses import dataclass
from math import asin, cos, isfinite, pi, radians

from faultlens.core.errors import UsageError


@dataclass(frozen=True)
class FaultOrders:
    """The four fault orders of a bearing, in revolutions of the shaft.

    Args:
        bpfo: ball pass order of the outer race.
        bpfi: ball pass order of the inner race.
        bsf: ball spin order; a ball defect strikes both races and shows at twice this order.
        ftf: cage order (fundamental train).

    Raises:
        UsageError: an order is not a positive, finite number, or no bearing has such orders.

    Example:
        >>> FaultOrders(bpfo=3.585, bpfi=5.415, bsf=2.357, ftf=0.3983).ball
        4.714
    """

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float

    def __post_init__(self) -> None:
        for name in ("bpfo", "bpfi", "bsf", "ftf"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise UsageError(
                    f"Fault order {name} is {value}; it must be a positive number of shaft orders."
                )
        if self.ftf >= 1:
            raise UsageError(
                f"ftf is {self.ftf:g}; a cage turns slower than the shaft, so its order is below "
                "1. These look like frequencies in Hz: divide them by the shaft speed in Hz."
            )
        if self.bpfo >= self.bpfi:
            raise UsageError(
                f"bpfo is {self.bpfo:g} and bpfi {self.bpfi:g}; with the outer race fixed bpfo is "
                "the lower one. Are they swapped?"
            )

    @property
    def ball(self) -> float:
        """The order at which a ball defect shows: twice the ball spin order."""
        return 2 * self.bsf

    @property
    def by_family(self) -> dict[str, float]:
        """The order at which a defect of each part shows: outer race, inner race, ball, cage."""
        return {"outer": self.bpfo, "inner": self.bpfi, "ball": self.ball, "cage": self.ftf}


CROWDED = 1.05
"""Elements given over those that fit: published dimensions are rounded, some solved from orders."""

THINNEST = 0.001
"""Ball over pitch diameter; the thinnest sections that are sold have some 0.005."""


def most_elements(ball_diameter_mm: float, pitch_diameter_mm: float) -> int:
    """Rolling elements that fit side by side on the pitch circle, rounding of dimensions allowed.

    Example:
        >>> most_elements(7.94, 39.04)
        16
    """
    return int(CROWDED * pi / asin(ball_diameter_mm / pitch_diameter_mm))


@dataclass(frozen=True)
class BearingGeometry:
    """The four numbers that fix a rolling bearing's kinematics.

    Args:
        rolling_elements: number of balls or rollers in one row.
        ball_diameter_mm: diameter of a rolling element, mm.
        pitch_diameter_mm: diameter of the circle through the element centres, mm.
        contact_angle_deg: contact angle, degrees.

    Raises:
        UsageError: impossible geometry.

    Example:
        >>> BearingGeometry(9, 7.94, 39.04).fault_orders().bpfo
        3.5847...
    """

    rolling_elements: int
    ball_diameter_mm: float
    pitch_diameter_mm: float
    contact_angle_deg: float = 0.0

    def __post_init__(self) -> None:
        if self.rolling_elements != int(self.rolling_elements):
            raise UsageError(f"{self.rolling_elements} rolling elements; give a whole number.")
        if self.rolling_elements < 3:
            raise UsageError(f"{self.rolling_elements} rolling elements; a bearing has at least 3.")
        if not 0 < self.ball_diameter_mm < self.pitch_diameter_mm < float("inf"):
            raise UsageError(
                f"Ball diameter {self.ball_diameter_mm} mm and pitch diameter "
                f"{self.pitch_diameter_mm} mm: both must be positive, the ball the smaller one."
            )
        if self.ball_diameter_mm < THINNEST * self.pitch_diameter_mm:
            raise UsageError(
                f"Balls of {self.ball_diameter_mm:g} mm on a pitch circle of "
                f"{self.pitch_diameter_mm:g} mm: no bearing is as thin. Are both in mm?"
            )
        most = most_elements(self.ball_diameter_mm, self.pitch_diameter_mm)
        if self.rolling_elements > most:
            raise UsageError(
                f"{self.rolling_elements} rolling elements of {self.ball_diameter_mm:g} mm do not "
                f"fit on a pitch circle of {self.pitch_diameter_mm:g} mm; {most} do. Check the "
                "three numbers."
            )
        if not 0 <= self.contact_angle_deg < 90:
            raise UsageError(
                f"Contact angle {self.contact_angle_deg} degrees; it must lie in 0 to 90."
            )

    def fault_orders(self) -> FaultOrders:
        """Fault orders of this geometry.

        Source: Smith and Randall, Mech. Syst. Signal Process. 64-65 (2015), eqs 1 to 4.

        Example:
            >>> orders = BearingGeometry(9, 7.94, 39.04).fault_orders()
            >>> round(orders.bpfo + orders.bpfi, 6)  # holds for every geometry
            9.0
        """
        n = self.rolling_elements
        c = self.ball_diameter_mm / self.pitch_diameter_mm * cos(radians(self.contact_angle_deg))
        ftf = (1 - c) / 2
        bsf = self.pitch_diameter_mm / (2 * self.ball_diameter_mm) * (1 - c * c)
        return FaultOrders(bpfo=n * ftf, bpfi=n * (1 - ftf), bsf=bsf, ftf=ftf)
