"""What a careful engineer would want to know of a measured scan: near limits, and doubts."""

from collections.abc import Iterator, Sequence
from math import inf

from faultlens.core.notice import Notice
from faultlens.inference.measured_conditions import HeldSize
from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.inference.measured_findings import SIZE, Found, keys_of
from faultlens.profiles.severity_rules import (
    IN_CHINESE,
    SEVERITIES,
    NamedDefect,
    SeverityRules,
    severities_of,
)
from faultlens.text.defect_sentences import AskedDefect

ALSO_FROM = 0.2
"""Probability of another name from which a severer rule for it is told."""

SHAPE_FROM = 0.15
"""Share of the scan from which a defect is doubted to be one. Our convention."""

MOST_TOLD = 5
"""Defects that are told one by one; of more, how many there are."""


def measured_notices(
    found: Found,
    asked: Sequence[AskedDefect],
    rules: SeverityRules | None,
    scan_mm2: float = inf,
) -> list[Notice]:
    """Notices of one scan.

    Args:
        found: on the scan.
        asked: the sentences.
        rules: of severity; None for none.
        scan_mm2: area of the scan, mm2.

    Example:
        >>> measured_notices.__name__  # `measure` shows it at work
        'measured_notices'
    """
    told: list[Notice] = []
    for group in (
        [y for x in found.defects if x.reason == SIZE for y in _of_other_size(x)],
        [y for x in found.defects for y in _close(x)],
        [y for x in found.defects if x.counts for y in _undecided(x)],
        [] if rules is None else [y for x in found.defects for y in _if_named(x, asked, rules)],
        [_at_border(x) for x in found.defects if x.counts and x.defect.at_border],
        [_shape(x, scan_mm2) for x in found.defects if x.counts and _is_large(x, scan_mm2)],
    ):
        told += group[:MOST_TOLD]
        if (rest := len(group) - MOST_TOLD) > 0:
            told.append(
                Notice(
                    en=f"The same of {rest} more defect{'' if rest == 1 else 's'}.",
                    zh=f"另有 {rest} 处缺陷情况相同。",
                )
            )
    return told


def _of_other_size(each: MeasuredDefect) -> Iterator[Notice]:
    for held in each.conditions:
        if held.holds is not False:
            continue
        stated = held.condition.words
        yield Notice(
            en=f"Defect {each.number} is like '{each.label}', but '{stated}' does not hold: "
            f"{held.told('en')}. It does not count as a defect.",
            zh=f"缺陷 {each.number} 与“{each.label}”相似，但不满足“{stated}”：{held.told('zh')}。"
            "不计为缺陷。",
        )


def _close(each: MeasuredDefect) -> Iterator[Notice]:
    for held in each.conditions:
        # One that fails was told with it.
        if held.is_close and held.holds:
            yield _within(each, held)
        elif held.holds is None and held.note is not None:
            stated, note = held.condition.words, held.note
            yield Notice(
                en=f"'{stated}' of '{each.label}' is not held against the scan: {note.en}",
                zh=f"“{each.label}”中的“{stated}”未能核对：{note.zh}",
            )


def _within(each: MeasuredDefect, held: HeldSize) -> Notice:
    chance = f"{100 * held.chance:.0f} %"
    return Notice(
        en=f"Defect {each.number} meets '{held.condition.words}' by less than its uncertainty: "
        f"{held.told('en').split(', ')[0]}; with {chance} probability it truly does.",
        zh=f"缺陷 {each.number} 满足“{held.condition.words}”，但余量小于不确定度："
        f"{held.told('zh').split('，')[0]}；真正满足的概率为 {chance}。",
    )


def _undecided(each: MeasuredDefect) -> Iterator[Notice]:
    said = each.severity
    if said is None or not said.within_uncertainty:
        return
    near_en = "; ".join(x.en for x in said.close)
    near_zh = "；".join(x.zh for x in said.close)
    yield Notice(
        en=f"Defect {each.number} is decided as {said.severity}, within the uncertainty of a "
        f"limit ({said.mildest} to {said.severest}): {near_en}.",
        zh=f"缺陷 {each.number} 判为{IN_CHINESE[said.severity]}，但与界限之差在不确定度以内"
        f"（{IN_CHINESE[said.mildest]}至{IN_CHINESE[said.severest]}）：{near_zh}。",
    )


def _if_named(
    each: MeasuredDefect, asked: Sequence[AskedDefect], rules: SeverityRules
) -> Iterator[Notice]:
    """A severer rule for another name that the defect may well bear."""
    if each.severity is None:
        return
    keys = {x.label: keys_of(x) for x in asked}
    for label, probability in each.names.items():
        if label == each.label or probability < ALSO_FROM:
            continue
        other = NamedDefect(each.defect, label, keys.get(label, (label,)))
        (said,) = severities_of(rules, [other])
        if SEVERITIES.index(said.severity) > SEVERITIES.index(each.severity.severity):
            yield Notice(
                en=f"Defect {each.number} may also be '{label}' (probability {probability:.2f}); "
                f"it would then be {said.severity} by '{said.rule}'.",
                zh=f"缺陷 {each.number} 也可能是“{label}”（概率 {probability:.2f}）；"
                f"那样按“{said.rule}”应判为{IN_CHINESE[said.severity]}。",
            )


def _is_large(each: MeasuredDefect, scan_mm2: float) -> bool:
    return each.defect.area_mm2 > SHAPE_FROM * scan_mm2


def _shape(each: MeasuredDefect, scan_mm2: float) -> Notice:
    share = f"{100 * each.defect.area_mm2 / scan_mm2:.0f} %"
    return Notice(
        en=f"Defect {each.number} covers {share} of the scan: that may be the shape of the part "
        "rather than a defect. Name its form (--reference), or measure against a golden scan or "
        "CAD mesh (--golden).",
        zh=f"缺陷 {each.number} 占扫描面积的 {share}：这可能是零件本身的形状而非缺陷。"
        "请指定其形状（--reference），或以标准件扫描或 CAD 网格为基准（--golden）。",
    )


def _at_border(each: MeasuredDefect) -> Notice:
    return Notice(
        en=f"Defect {each.number} reaches the end of the scan or a hole in it: it may be larger "
        "than measured. Scan the place again with more around it.",
        zh=f"缺陷 {each.number} 延伸到扫描边缘或空洞处：实际尺寸可能更大。请扩大范围重新扫描。",
    )
