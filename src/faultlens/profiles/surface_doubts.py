"""When the promise of a product's profile need not hold: few parts, other sentences or scales."""

from faultlens.core.notice import Notice
from faultlens.profiles.surface_profile import SurfaceProfile

LIKE_A_DEFECT = 0.9
"""Anomaly probability of a normal part, judged by the others, from which it is doubted."""


def surface_doubts(
    profile: SurfaceProfile,
    *,
    defects: tuple[str, ...],
    part: str,
    scales: tuple[float, ...],
    by_hand: bool = False,
) -> tuple[Notice, ...]:
    """What speaks against the false-alarm rate that a profile promises.

    Args:
        profile: that is going to be used.
        defects: sentences that are asked for; empty for the set of the part.
        part: what is on the pictures, in words.
        scales: sizes at which pictures are looked at.
        by_hand: whether it was made of references just now, and has no name of its own.

    Example:
        >>> from faultlens.profiles.references import Subspace
        >>> from faultlens.profiles.spread import PatchRange, Spread
        >>> from faultlens.profiles.surface_profile import ReferenceBank
        >>> bank = ReferenceBank(None, None, (), ())
        >>> made = SurfaceProfile("tile", "m@0", 0.5, 0.2, 0.01, 4, (0.1, 0.1, 0.1, 0.2),
        ...                       Spread(0.0, 1.0), PatchRange(0.0, 1.0), bank)
        >>> print(*surface_doubts(made, defects=(), part="metal surface", scales=()))
        The profile 'tile' rests on 4 normal parts, too few for 0.01 false alarms: 0.2 is promised.
    """
    what, what_zh = (
        ("The references are", "参考图像为")
        if by_hand
        else (f"The profile '{profile.name}' rests on", f"标定档案“{profile.name}”只用了")
    )
    warnings = []
    if profile.false_alarm_rate is None:
        warnings.append(
            Notice(
                en=f"{what} one normal part: how parts vary cannot be known from it, so no "
                "false-alarm rate is promised. Its quarters were held against one another; give "
                "20 parts and more.",
                zh=f"{what_zh} 1 个正常件：无法得知零件之间的差异，因此不能保证误报率。"
                "此处以该图像的四个部分互相比较；请提供 20 个以上正常件。",
            )
        )
    elif profile.false_alarm_rate > profile.wanted_rate:
        warnings.append(
            Notice(
                en=f"{what} {profile.parts} normal parts, too few for {profile.wanted_rate:g} "
                f"false alarms: {profile.false_alarm_rate:.3g} is promised.",
                zh=f"{what_zh} {profile.parts} 个正常件，不足以达到 {profile.wanted_rate:g} "
                f"的误报率；能保证的误报率为 {profile.false_alarm_rate:.3g}。",
            )
        )
    if odd := sum(x > LIKE_A_DEFECT for x in profile.scores):
        warnings.append(
            Notice(
                en=f"{odd} of the {profile.parts} normal parts look defective beside the others; "
                "if they are, such defects are kept quiet about. Look at them, and calibrate on "
                "normal parts only.",
                zh=f"{profile.parts} 个正常件中有 {odd} 个与其余明显不同，疑似有缺陷；"
                "若属实，对此类缺陷不会报警。请检查这些图像，并只用正常件标定。",
            )
        )
    if (profile.defects, profile.part, profile.scales) != (defects, part, scales):
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' was made for other sentences, another part or "
                "other scales; its false-alarm rate need not hold. Calibrate with what you ask "
                "for.",
                zh=f"标定档案“{profile.name}”是按另外的缺陷描述、零件或尺度建立的；"
                "其误报率不一定成立。请按当前的设置重新标定。",
            )
        )
    return tuple(warnings)
