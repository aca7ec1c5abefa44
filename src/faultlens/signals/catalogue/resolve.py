"""Whatever the user said about a bearing in, the orders to look at out."""

from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.signals.catalogue.lookup import find_bearing
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Bearing

_SUM_TOLERANCE = 0.03
"""Printed orders are rounded to two or three digits; their sum misses n by no more than this."""


@dataclass(frozen=True)
class ResolvedBearing:
    """A bearing ready for diagnosis.

    Args:
        label: how the bearing is called in results.
        orders: nominal fault orders.
        candidates: fault orders to search, the nominal ones first; one where they are known.
        estimated: True where the geometry is an estimate.
        source: where the geometry comes from.
        warnings: what a careful engineer would want to know about it.
    """

    label: str
    orders: FaultOrders
    candidates: tuple[FaultOrders, ...]
    estimated: bool
    source: str
    warnings: tuple[Notice, ...] = ()


def resolve_bearing(bearing: Bearing, *, catalogue: str | Path | None = None) -> ResolvedBearing:
    """Orders to look at for a designation, a geometry or fault orders.

    Args:
        bearing: "6205", a `BearingGeometry`, or `FaultOrders`.
        catalogue: the user's own TOML file; None takes the one that FAULTLENS_BEARINGS names.

    Raises:
        UnknownNameError: no catalogue row has that designation.
        UsageError: it is none of the three.
        UnreadableFileError: the user's file is not a catalogue.
        DuplicateNameError: the user's file repeats a fact.

    Example:
        >>> resolve_bearing("6205").orders.bpfo
        3.5847...
        >>> len(resolve_bearing("6208").candidates)
        21
    """
    if isinstance(bearing, FaultOrders):
        return ResolvedBearing(
            "given fault orders", bearing, (bearing,), False, "given by the user",
            _doubts(bearing),
        )  # fmt: skip
    if isinstance(bearing, BearingGeometry):
        orders = bearing.fault_orders()
        label = (
            f"n={bearing.rolling_elements}, d={bearing.ball_diameter_mm:g} mm, "
            f"D={bearing.pitch_diameter_mm:g} mm"
        )
        if bearing.contact_angle_deg:
            label += f", {bearing.contact_angle_deg:g} degrees"
        return ResolvedBearing(label, orders, (orders,), False, "given by the user")
    if not isinstance(bearing, str | int):
        raise UsageError(
            f"The bearing is {bearing!r}; give a designation such as '6205', a BearingGeometry or "
            "FaultOrders."
        )
    entry = find_bearing(str(bearing), catalogue=catalogue)
    candidates = tuple(geometry.fault_orders() for geometry in entry.candidates())
    warnings = entry.warnings
    if entry.estimated:
        n, d = entry.geometry.rolling_elements, entry.geometry.ball_diameter_mm
        ratio = d / entry.geometry.pitch_diameter_mm
        estimate = Notice(
            en=f"The geometry of {entry.designation} is an estimate (n {n}, d/D {ratio:.3f}): "
            f"{len(candidates)} geometries are searched (n {n - 1} to {n + 1}, d/D within 5 %). "
            "The maker's fault orders or geometry make the verdict safer.",
            zh=f"{entry.designation} 的几何参数为估计值（n {n}，d/D {ratio:.3f}）：共搜索 "
            f"{len(candidates)} 组几何参数（n 为 {n - 1} 至 {n + 1}，d/D 在 ±5 % 内）。"
            "给出厂家的故障阶次或几何参数，结论更可靠。",
        )
        warnings = (estimate, *warnings)
    return ResolvedBearing(
        entry.designation, candidates[0], candidates, entry.estimated, entry.source, warnings
    )


def _doubts(orders: FaultOrders) -> tuple[Notice, ...]:
    number = orders.bpfo + orders.bpfi
    ratio = (orders.bpfi - orders.bpfo) / number
    doubts = []
    if abs(number - round(number)) > _SUM_TOLERANCE:
        doubts.append(
            Notice(
                en=f"bpfo + bpfi = {number:.3f}; it is the number of rolling elements, so it "
                "should be whole. Check both orders.",
                zh=f"bpfo + bpfi = {number:.3f}；两者之和是滚动体个数，应为整数。请核对。",
            )
        )
    spin = (1 - ratio * ratio) / (2 * ratio)
    # At a contact angle the spin is below this value, never above it.
    if orders.bsf > 1.3 * spin:
        doubts.append(
            Notice(
                en=f"bsf {orders.bsf:g} is too high for these race orders (at most {spin:.3f}); "
                "some tables print twice the ball spin. Give the spin itself.",
                zh=f"bsf {orders.bsf:g} 与内、外圈阶次相比过大（最大 {spin:.3f}）；"
                "有些表格给出的是滚动体自转阶次的两倍。请给出自转阶次本身。",
            )
        )
    if abs(orders.ftf - orders.bpfo / number) > 0.01:
        doubts.append(
            Notice(
                en=f"ftf {orders.ftf:g} does not fit bpfo / n = {orders.bpfo / number:.3f}. "
                "Check both.",
                zh=f"ftf {orders.ftf:g} 与 bpfo / n = {orders.bpfo / number:.3f} 不符。"
                "请核对两者。",
            )
        )
    return tuple(doubts)
