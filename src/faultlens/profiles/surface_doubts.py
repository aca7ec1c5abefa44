"""When the promise of a product's profile need not hold: few parts, other sentences or scales."""

from collections.abc import Sequence

from faultlens.core.notice import Notice
from faultlens.images.stated_roi import KeptRoi
from faultlens.profiles.class_thresholds import ClassThresholds
from faultlens.profiles.surface_profile import SurfaceProfile

LIKE_A_DEFECT = 0.9
"""Anomaly probability of a normal part, judged by the others, from which it is doubted."""


PAIRS_TOLD = 3
"""Pairs of classes that are told by name, the worst; of more, how many there are."""


def surface_doubts(
    profile: SurfaceProfile,
    *,
    defects: tuple[str, ...],
    part: str,
    scales: tuple[float, ...],
    by_hand: bool = False,
    zoom: int = 0,
    enhance: tuple[str, ...] = (),
    roi: KeptRoi | None = None,
    labels: Sequence[str] = (),
) -> tuple[Notice, ...]:
    """What speaks against the false-alarm rate that a profile promises.

    Args:
        profile: that is going to be used.
        defects: sentences that are asked for; empty for the set of the part.
        part: what is on the pictures, in words.
        scales: sizes at which pictures are looked at.
        by_hand: whether it was made of references just now, and has no name of its own.
        zoom: how many of the hottest places are looked at again, enlarged.
        enhance: what is done to the pictures first.
        roi: where on the pictures is looked; None where the profile says it.
        labels: sentences as they are asked for, in full; () where nobody asks yet.

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
    made_for = (profile.defects, profile.part, profile.scales, profile.zoom, profile.enhance)
    if made_for != (defects, part, scales, zoom, enhance):
        warnings.append(
            Notice(
                en=f"The profile '{profile.name}' was made for other sentences, another part, "
                "other scales, zoom or enhancements; its false-alarm rate need not hold. Calibrate "
                "with what you ask for.",
                zh=f"标定档案“{profile.name}”是按另外的缺陷描述、零件、尺度、放大或增强建立的；"
                "其误报率不一定成立。请按当前的设置重新标定。",
            )
        )
    if roi is not None and profile.roi.stated and not profile.roi.is_like(roi):
        warnings.append(_elsewhere(profile, roi))
    if profile.classes is not None:
        warnings += class_doubts(profile.classes, labels or profile.classes.labels, profile.name)
    return tuple(warnings)


def _elsewhere(profile: SurfaceProfile, roi: KeptRoi) -> Notice:
    now, now_zh = (roi.stated, roi.stated) if roi.stated else ("another", "另一区域")
    return Notice(
        en=f"The profile '{profile.name}' was made of the region {profile.roi.stated}; now it is "
        f"{now}. Its false-alarm rate need not hold: leave the region out, which takes the "
        "profile's, or calibrate with this one.",
        zh=f"标定档案“{profile.name}”针对区域 {profile.roi.stated}；当前区域为 {now_zh}。"
        "其误报率不一定成立：请不指定区域（即用档案中的区域），或用当前区域重新标定。",
    )


def class_doubts(
    classes: ClassThresholds, labels: Sequence[str], name: str = "profile"
) -> tuple[Notice, ...]:
    """What speaks against the names that a profile gives.

    Args:
        classes: of the profile.
        labels: sentences that are asked for.
        name: of the profile.

    Example:
        >>> made = ClassThresholds(("crack", "dent"), 1.0, (0.0, 0.0), (0.4, 0.3), (9, 4),
        ...                        (0.1, 0.2), 0.1, ((9, 0, 0, 0), (0, 4, 0, 0)), ((9, 0), (0, 4)))
        >>> print(*class_doubts(made, made.labels))
        Too few labelled pictures for 0.1 missed names: 'dent' (4, 0.2 promised).
    """
    if classes.in_order(labels) is None:
        return (
            Notice(
                en=f"The class thresholds of '{name}' are for other sentences "
                f"({', '.join(classes.labels)}): names are given without them.",
                zh=f"档案“{name}”的类别阈值针对其他描述（{'、'.join(classes.labels)}）："
                "命名时未使用。",
            ),
        )
    told = []
    counts = list(zip(classes.labels, classes.samples, classes.missed, strict=True))
    few = [(x, n, rate) for x, n, rate in counts if n and rate > classes.wanted]
    if few:
        listed = ", ".join(f"'{x}' ({n}, {rate:.2g} promised)" for x, n, rate in few)
        listed_zh = "、".join(f"“{x}”（{n} 张，可保证 {rate:.2g}）" for x, n, rate in few)
        told.append(
            Notice(
                en=f"Too few labelled pictures for {classes.wanted:g} missed names: {listed}.",
                zh=f"标注图像太少，无法保证 {classes.wanted:g} 的漏名率：{listed_zh}。",
            )
        )
    if none := [x for x, n, _ in counts if not n]:
        named = ", ".join(f"'{x}'" for x in none)
        named_zh = "、".join(f"“{x}”" for x in none)
        told.append(
            Notice(
                en=f"No labelled pictures of {named}: nothing is known "
                "of what they are confused with.",
                zh=f"没有{named_zh}的标注图像：无从得知它们与什么混淆。",
            )
        )
    if pairs := classes.hardly_apart():
        told.append(_alike(pairs))
    return tuple(told)


def _alike(pairs: Sequence[tuple[str, str, int, int]]) -> Notice:
    one, other, mixed, both = pairs[0]
    more = [f"'{x}' and '{y}' ({n} of {of})" for x, y, n, of in pairs[1:PAIRS_TOLD]]
    more_zh = [f"“{x}”与“{y}”（{of} 张中 {n} 张）" for x, y, n, of in pairs[1:PAIRS_TOLD]]
    if (rest := len(pairs) - PAIRS_TOLD) > 0:
        more.append(f"{rest} more pair{'' if rest == 1 else 's'}")
        more_zh.append(f"另有 {rest} 对")
    return Notice(
        en=f"Hardly told apart: '{one}' and '{other}' ({mixed} of {both} labelled pictures fit "
        f"the other too){''.join(f', {x}' for x in more)}. Where a picture fits both, no name is "
        "given.",
        zh=f"很难区分：“{one}”与“{other}”（{both} 张标注图像中有 {mixed} 张也符合另一类）"
        f"{''.join(f'、{x}' for x in more_zh)}。两者都符合时不给出名称。",
    )
