"""What a careful engineer would want to know about how a recording was read."""

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice
from faultlens.signals.catalogue import ResolvedBearing
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.lines import highest_order, window_seconds
from faultlens.signals.quality import required_seconds

SHORTEST_REVOLUTIONS = 10
"""A recording shorter than this cannot part the lines of two families."""

LOWEST_LAST_ORDER = 6.0
"""Where the bearing is not known, the spectrum must reach its first race lines at least."""

UNKNOWN_SPEED = Notice(
    en="No shaft speed is stated, so no fault order could be looked at: the waveform alone was "
    "judged, which tells a fault at most, and hardly which. How fast did the shaft turn? Pass "
    "shaft_rpm= (command line: --rpm), or say it in a sidecar: shaft_rpm = 1772.",
    zh="未给出转速，无法查看任何故障阶次：只能根据波形判断有无故障，很难判断是哪一种。"
    "请给出转速：shaft_rpm=（命令行 --rpm），或在同名元数据文件中写明 shaft_rpm = 1772。",
)

UNKNOWN_BEARING_EITHER = Notice(
    en="No bearing is stated either; with speed and bearing its own fault lines can be read. "
    "Pass bearing= (command line: --bearing), such as 6205.",
    zh="轴承型号也未给出；有了转速和轴承型号才能读取其故障谱线。"
    "请给出轴承：bearing=（命令行 --bearing），例如 6205。",
)


def unknown_bearing(orders: FaultOrders) -> Notice:
    """What was done where the speed is known and the bearing is not, and what is lost by it.

    Args:
        orders: of the usual geometry that fits the lines best.

    Example:
        >>> print(unknown_bearing(FaultOrders(3.585, 5.415, 2.357, 0.398)))
        No bearing is stated: ... fit a bearing with 9 elements best (outer race 3.585, ...
    """
    return Notice(
        en="No bearing is stated: the fault was judged by combs over shaft orders, where "
        "outer and inner race are easily confused. The lines shown fit a bearing with "
        f"{round(orders.bpfo + orders.bpfi)} elements best (outer race {orders.bpfo:.3f}, inner "
        f"race {orders.bpfi:.3f} x shaft). Which bearing is it? Pass "
        "bearing= (command line: --bearing): a designation such as 6205, a geometry such as "
        "n=9,d=7.94,D=39.04, or fault orders such as "
        "bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398.",
        zh="未给出轴承型号：故障按转频阶次上的谐波列判断，外圈与内圈容易混淆。图中谱线以 "
        f"{round(orders.bpfo + orders.bpfi)} 个滚动体的轴承拟合最好（外圈 {orders.bpfo:.3f}、"
        f"内圈 {orders.bpfi:.3f} 倍转频）。请给出轴承：bearing=（命令行 --bearing），例如"
        "型号 6205、几何参数 n=9,d=7.94,D=39.04，或故障阶次 "
        "bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398。",
    )


def too_slowly_sampled(name: str, rate_hz: float, shaft_hz: float) -> UnusableSignalError:
    """The error for a rate at which no combs over shaft orders can be seen.

    Args:
        name: how the recording is called.
        rate_hz: samples per second.
        shaft_hz: shaft speed, Hz.

    Example:
        >>> print(too_slowly_sampled("pump.csv", 500, 30))
        pump.csv: sampled at 500 Hz with the shaft at 1800 rpm, ... sample at 720 Hz or more.
    """
    return UnusableSignalError(
        f"{name}: sampled at {rate_hz:g} Hz with the shaft at {60 * shaft_hz:.0f} rpm, too few "
        f"orders can be seen; sample at {4 * LOWEST_LAST_ORDER * shaft_hz:.0f} Hz or more."
    )


def best_fit(bearing: ResolvedBearing, orders: FaultOrders) -> Notice:
    """Which of several likely geometries of a designation was read.

    Args:
        bearing: with several candidates.
        orders: of the candidate that fits the lines best.

    Example:
        >>> from faultlens.signals.catalogue import resolve_bearing
        >>> print(best_fit(resolve_bearing("6208"), FaultOrders(3.6, 5.4, 2.3, 0.4)))
        The geometry of 6208 is an estimate; of 21 likely ones the best fit was read (outer ...
    """
    return Notice(
        en=f"The geometry of {bearing.label} is an estimate; of {len(bearing.candidates)} likely "
        f"ones the best fit was read (outer race {orders.bpfo:.3f}, inner race {orders.bpfi:.3f} x "
        "shaft). Give the maker's fault orders for a firm answer.",
        zh=f"{bearing.label} 的几何参数为估计值；在 {len(bearing.candidates)} 组可能的参数中采用"
        f"拟合最好的一组（外圈 {orders.bpfo:.3f}、内圈 {orders.bpfi:.3f} 倍转频）。"
        "要得到确定的结论，请给出厂家的故障阶次。",
    )


def length_warnings(
    duration_s: float, shaft_hz: float, bearing: ResolvedBearing
) -> tuple[Notice, ...]:
    """What a short recording cannot tell.

    Args:
        duration_s: length of the recording, s.
        shaft_hz: shaft speed, Hz.
        bearing: whose lines are looked for.

    Raises:
        UnusableSignalError: it is too short to part the lines of two families.

    Example:
        >>> from faultlens.signals.catalogue import resolve_bearing
        >>> [print(x) for x in length_warnings(0.5, 30, resolve_bearing("6205"))]
        The recording lasts 0.5 s; the slowest fault line, the cage's at 11.9 Hz, needs ...
        [None]
    """
    revolutions = duration_s * shaft_hz
    if revolutions < SHORTEST_REVOLUTIONS:
        raise UnusableSignalError(
            f"The recording lasts {duration_s:.3g} s, {revolutions:.1f} revolutions at "
            f"{60 * shaft_hz:.0f} rpm; at least {SHORTEST_REVOLUTIONS} revolutions "
            f"({SHORTEST_REVOLUTIONS / max(shaft_hz, 1e-9):.3g} s) are needed. Record for longer."
        )
    slowest_hz = bearing.orders.ftf * shaft_hz
    needed = required_seconds(slowest_hz)
    if duration_s < needed:
        no_cage = Notice(
            en=f"The recording lasts {duration_s:.3g} s; the slowest fault line, the cage's at "
            f"{slowest_hz:.3g} Hz, needs {needed:.3g} s. Cage faults cannot be judged from it.",
            zh=f"记录长 {duration_s:.3g} s；最慢的故障谱线（保持架，{slowest_hz:.3g} Hz）需要 "
            f"{needed:.3g} s。该记录不能用来判断保持架故障。",
        )
        return (no_cage,)
    if duration_s < window_seconds(shaft_hz):
        blurred = Notice(
            en=f"The recording lasts {duration_s:.3g} s; lines part well from "
            f"{window_seconds(shaft_hz):.3g} s on at this speed.",
            zh=f"记录长 {duration_s:.3g} s；在此转速下，{window_seconds(shaft_hz):.3g} s "
            "以上的记录才能清楚地分开谱线。",
        )
        return (blurred,)
    return ()


def rate_warnings(
    rate_hz: float, shaft_hz: float, bearing: ResolvedBearing, tolerance: float
) -> tuple[Notice, ...]:
    """What a low sampling rate cannot tell.

    Args:
        rate_hz: samples per second.
        shaft_hz: shaft speed, Hz.
        bearing: whose lines are looked for.
        tolerance: largest relative error of the stated speed.

    Raises:
        UnusableSignalError: the fault lines lie too near the end of the spectrum, or beyond it.

    Example:
        >>> from faultlens.signals.catalogue import resolve_bearing
        >>> rate_warnings(12000, 30, resolve_bearing("6205"), 0.02)
        ()
        >>> [print(x) for x in rate_warnings(2000, 30, resolve_bearing("6205"), 0.02)]
        Sampled at 2000 Hz, few frequency bands remain above the fault lines (up to 696 Hz); ...
        [None]
    """
    fastest_hz = highest_order(bearing.orders, tolerance) * shaft_hz
    # A band needs to hold a ringing that is faster than the strikes that it tells apart.
    if rate_hz < 4 * fastest_hz / 3:
        raise UnusableSignalError(
            f"Sampled at {rate_hz:g} Hz, the fault lines of this bearing go up to "
            f"{fastest_hz:.0f} Hz; sample at {4 * fastest_hz:.0f} Hz or more."
        )
    if rate_hz < 4 * fastest_hz:
        slow = Notice(
            en=f"Sampled at {rate_hz:g} Hz, few frequency bands remain above the fault lines (up "
            f"to {fastest_hz:.0f} Hz); {4 * fastest_hz:.0f} Hz or more would be better.",
            zh=f"采样率为 {rate_hz:g} Hz，高于故障谱线（最高 {fastest_hz:.0f} Hz）的频带所剩不多；"
            f"采样率最好不低于 {4 * fastest_hz:.0f} Hz。",
        )
        return (slow,)
    return ()
