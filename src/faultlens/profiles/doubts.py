"""When a profile's promise need not hold: too few recordings, another bearing, other sentences."""

from faultlens.core.languages import LANGUAGES
from faultlens.core.notice import Notice
from faultlens.inputs.vibration import LINES, ORDERS, WAVEFORM, WINDOWS
from faultlens.profiles.profile import Profile

_JUDGED_BY = {
    LINES: {"en": "the fault lines of “{bearing}”", "zh": "“{bearing}”的故障谱线"},
    ORDERS: {
        "en": "combs over shaft orders, no bearing stated",
        "zh": "转频阶次上的谐波列（未给出轴承）",
    },
    WAVEFORM: {"en": "the waveform alone, no shaft speed stated", "zh": "波形（未给出转速）"},
    WINDOWS: {"en": "their windows", "zh": "窗口"},
}
"""What of a recording was judged, in words."""


def doubts(
    profile: Profile,
    *,
    bearing: str,
    reading: str,
    faults: tuple[str, ...],
    speed_tolerance: float,
    shipped_threshold: float,
) -> tuple[Notice, ...]:
    """What speaks against the false-alarm rate that a profile promises.

    Args:
        profile: that is going to be used.
        bearing: bearing by which the recording was read, in words; "" where none was stated.
        reading: what of the recording is judged, of `inputs.vibration.READINGS`.
        faults: sentences that are asked for; empty for the knowledge base's set.
        speed_tolerance: of the speed search.
        shipped_threshold: of the model without a profile: what lies above it looks faulty.

    Example:
        >>> made = Profile("pump-7", "builtin/physics@0", 0.9, 0.5, 0.01, 1, (0.2,), "6205")
        >>> [print(x) for x in doubts(made, bearing="6205", reading="lines", faults=(),
        ...                           speed_tolerance=0.02, shipped_threshold=0.5)]
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
    faulty = sum(score > shipped_threshold for score in profile.scores)
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
    if _judged_by(profile.reading, profile.bearing) != _judged_by(reading, bearing):
        made, made_zh = (_judged_by(profile.reading, profile.bearing, x) for x in LANGUAGES)
        here, here_zh = (_judged_by(reading, bearing, x) for x in LANGUAGES)
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' was made for recordings judged by {made}; this "
                f"one is judged by {here}. Its false-alarm rate need not hold.",
                zh=f"标定档案“{profile.name}”是用按{made_zh}判断的记录建立的；"
                f"本记录按{here_zh}判断，其误报率不一定成立。",
            )
        )
    return tuple(warnings)


def _judged_by(reading: str, bearing: str, lang: str = "en") -> str:
    return _JUDGED_BY[reading][lang].format(bearing=bearing)
