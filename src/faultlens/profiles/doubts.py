"""When a profile's promise need not hold: too few recordings, another bearing, other sentences."""

from faultlens.core.notice import Notice
from faultlens.models.shipped import load_calibration
from faultlens.profiles.profile import Profile


def doubts(
    profile: Profile, *, bearing: str, faults: tuple[str, ...], speed_tolerance: float
) -> tuple[Notice, ...]:
    """What speaks against the false-alarm rate that a profile promises.

    Args:
        profile: that is going to be used.
        bearing: bearing by which the recording was read, in words.
        faults: sentences that are asked for; empty for the knowledge base's set.
        speed_tolerance: of the speed search.

    Example:
        >>> made = Profile("pump-7", "builtin/physics@0", 0.9, 0.5, 0.01, 1, (0.2,), "6205")
        >>> [print(x) for x in doubts(made, bearing="6205", faults=(), speed_tolerance=0.02)]
        The profile 'pump-7' rests on 1 healthy recording, too few for 0.01 false alarms; ...
        [None]
    """
    warnings = []
    if profile.false_alarm_rate > profile.wanted_rate:
        one = "recording" if profile.recordings == 1 else "recordings"
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' rests on {profile.recordings} healthy {one}, too "
                f"few for {profile.wanted_rate:g} false alarms; it promises "
                f"{profile.false_alarm_rate:.3g}.",
                zh=f"标定档案“{profile.name}”只用了 {profile.recordings} 个健康记录，不足以达到 "
                f"{profile.wanted_rate:g} 的误报率；它能保证的误报率为 "
                f"{profile.false_alarm_rate:.3g}。",
            )
        )
    faulty = sum(score > load_calibration().alarm_threshold for score in profile.scores)
    if faulty:
        warnings.append(
            Notice(
                en=f"{faulty} of the {profile.recordings} recordings behind the profile "
                f"'{profile.name}' look faulty themselves; if they are, it keeps quiet about just "
                "that fault. Calibrate on healthy recordings only.",
                zh=f"标定档案“{profile.name}”的 {profile.recordings} 个记录中有 {faulty} 个本身"
                "疑似存在故障；若属实，该档案对此类故障不会报警。请只用健康记录标定。",
            )
        )
    if profile.faults != faults or profile.speed_tolerance != speed_tolerance:
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' was made for other sentences or another speed "
                "tolerance; its false-alarm rate need not hold. Calibrate with what you ask for.",
                zh=f"标定档案“{profile.name}”是按另外的故障描述或转速容差建立的；"
                "其误报率不一定成立。请按当前的描述和容差重新标定。",
            )
        )
    if profile.bearing != bearing:
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' was made for {profile.bearing}; this recording "
                f"was read as {bearing}. Its false-alarm rate need not hold.",
                zh=f"标定档案“{profile.name}”是按轴承“{profile.bearing}”建立的，本记录按"
                f"“{bearing}”读取；其误报率不一定成立。",
            )
        )
    return tuple(warnings)
