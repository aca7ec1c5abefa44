"""What the command line's --bearing means."""

from math import isfinite

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Bearing

_GEOMETRY = ("n", "d", "D", "angle")
_ORDERS = ("bpfo", "bpfi", "bsf", "ftf")
_FORMS = (
    "Allowed: a designation ('6205'); a geometry, 'n=9,d=7.94,D=39.04[,angle=0]' (number and "
    "diameter of the rolling elements, pitch diameter, mm, degrees); or fault orders in shaft "
    "revolutions, 'bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398'."
)


def parse_bearing(text: str) -> Bearing:
    """A designation, a geometry or fault orders, from one line of text.

    Args:
        text: "6205", "n=9,d=7.94,D=39.04" (mm; angle in degrees), or
            "bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398" (shaft orders).

    Raises:
        UsageError: neither of the three; the message shows all.

    Example:
        >>> parse_bearing("6205-2RS")
        '6205-2RS'
        >>> parse_bearing("n=9, d=7.94, D=39.04").rolling_elements
        9
        >>> parse_bearing("bpfo=3.58,bpfi=5.41,bsf=2.36,ftf=0.398").ball
        4.72
    """
    name = text.strip()
    if "=" not in name:
        if not name:
            raise UsageError(f"No bearing is given. {_FORMS}")
        return name
    values = _values(name)
    if set(values) <= set(_GEOMETRY) and {"n", "d", "D"} <= set(values):
        if values["n"] != int(values["n"]):
            raise UsageError(f"n is {values['n']:g}; the number of rolling elements is whole.")
        return BearingGeometry(int(values["n"]), values["d"], values["D"], values.get("angle", 0.0))
    if set(values) == set(_ORDERS):
        return FaultOrders(**values)
    raise UsageError(f"Bearing '{name}' gives {', '.join(values)}. {_FORMS}")


def _values(text: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for part in text.replace(";", ",").split(","):
        key, _, number = (piece.strip() for piece in part.partition("="))
        # d and D differ by case alone; every other name is forgiving.
        key = key if key in ("d", "D") else key.lower()
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if key not in (*_GEOMETRY, *_ORDERS) or key in values or not isfinite(value):
            raise UsageError(f"Bearing '{text}': '{part.strip()}' is not understood. {_FORMS}")
        values[key] = value
    return values
