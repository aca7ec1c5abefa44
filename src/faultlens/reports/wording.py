"""The verdict in one sentence: fault, evidence, certainty, severity and action."""

from dataclasses import dataclass

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.languages import checked_language
from faultlens.reports.phrases import phrase
from faultlens.signals.coincidence import Coincidence
from faultlens.signals.evidence import FamilyEvidence
from faultlens.text.knowledge import LEVELS, Fault

ZONES = ("A", "B", "C", "D")
"""Zones of ISO 20816-3, best first."""

CERTAIN_FROM = 0.95
"""Probability from which a fault is called certain: wrong at most once in 20. Our convention."""

PROBABLE_FROM = 0.75
"""Probability from which a fault is called probable: wrong at most once in 4. Our convention."""

FITTED_FROM = 2
"""Matched harmonics from which the best fit of many geometries is spoken of."""

READINGS = ("lines", "orders", "waveform", "windows")
"""What a verdict rests on: the lines of the bearing, combs over shaft orders, the waveform, or what
a model was trained on: windows."""


@dataclass(frozen=True)
class VerdictFacts:
    """What one sentence has to say of one recording.

    Args:
        label: the verdict, word for word as the user gave it; "healthy" or "unknown" else.
        fault: the fault that it means; None for unknown.
        alarm: whether the verdict alarms.
        probability: of the verdict, 0 to 1.
        windows: windows of the recording that were read.
        evidence: of a fault: its families, in the order to be told; of healthy: the strongest
            family, or nothing.
        coincidences: shaft harmonics and other lines that no spectrum can tell from this fault's;
            with one or more the verdict reads "Ambiguous".
        zone: ISO 20816-3 zone of the machine; None where the unit is unknown.
        action: urgency, of `text.knowledge.LEVELS`; a milder one is taken where the fault has
            no action so urgent.
        reason: why the verdict is unknown, in the language of the report; may be empty.
        reading: what was judged, of `READINGS`; of combs, the evidence is the best fit's; of
            windows, it stands beside the verdict.

    Raises:
        UsageError: a probability outside 0 to 1, an unknown zone, urgency or reading.
    """

    label: str
    fault: Fault | None
    alarm: bool
    probability: float
    windows: int
    evidence: tuple[FamilyEvidence, ...] = ()
    coincidences: tuple[Coincidence, ...] = ()
    zone: str | None = None
    action: str = "watch"
    reason: str = ""
    reading: str = "lines"

    @property
    def doubtful_health(self) -> bool:
        """Whether the verdict is healthy without being probably so."""
        healthy = self.fault is not None and self.fault.is_healthy
        return healthy and self.probability < PROBABLE_FROM

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise UsageError(f"The probability is {self.probability}; it must lie in 0 to 1.")
        if self.zone is not None and self.zone not in ZONES:
            raise UnknownNameError("ISO 20816-3 zone", self.zone, ZONES)
        if self.action not in LEVELS:
            raise UnknownNameError("urgency of an action", self.action, LEVELS)
        if self.reading not in READINGS:
            raise UnknownNameError("reading of a recording", self.reading, READINGS)


_TEMPLATES = {
    "en": {
        "certain": "certain",
        "probable": "probable",
        "possible": "possible",
        "alarm": "{label}, {certainty}: {clauses}.",
        "below": "{certainty} {label} below the alarm threshold: {clauses}.",
        "healthy": "{label}: {clauses}.",
        "doubtful_healthy": "{label}, {certainty}: {clauses}.",
        "unknown": "Unknown: {clauses}.",
        "ambiguous": "Ambiguous: {clauses}.",
        "unclear": "no fault is clear enough to name, and the bearing is not clearly healthy",
        "on_shaft": "{label} or a shaft harmonic, the two lie together "
        "({nth}{family} {order:.3f} vs {k} x shaft)",
        "on_other": "{label} or a line of the {other}, the two lie together "
        "({nth}{family} {order:.3f} vs {other_order:.3f} x shaft)",
        "needs": "a tacho or a longer recording is needed",
        "lines": "{count} {harmonics} of {order:.2f} x shaft{sidebands} ({part}slip {slip:+.1f} %)",
        "no_lines": "no single harmonic of {order:.2f} x shaft stands out, only their mean "
        "({part}strength {strength:.2f})",
        "by_orders": "judged by combs over shaft orders, no bearing stated",
        "fitted": " (best fit: {count} {harmonics} of {order:.2f} x shaft{sidebands})",
        "by_waveform": "judged by the waveform alone, no shaft speed stated",
        "by_windows": "judged by {windows} {unit} such as the model was trained on",
        "no_line": "no harmonic of {order:.2f} x shaft stands out beside it ({part}strength "
        "{strength:.2f})",
        "quiet_windows": "most like the healthy ones that the model was trained on "
        "({windows} {unit})",
        "quiet_orders": "no comb over shaft orders speaks for a fault in {windows} {unit}, "
        "no bearing stated",
        "quiet_waveform": "the waveform alone shows no fault, no shaft speed stated",
        "part": "{family}, ",
        "at_shaft": " with sidebands at shaft speed",
        "at_cage": " with sidebands at cage speed",
        "present": "present in {present} of {windows} {unit}",
        "quiet": "no bearing line stands out of the noise in {windows} {unit}{strongest}",
        "strongest": " (strongest: {family}, {strength:.2f} at {order:.2f} x shaft)",
        "modest": "{family} lines show (strength {strength:.2f} at {order:.2f} x shaft), but no "
        "more than sound bearings have",
        "not_alarmed": "not alarmed",
        "zone": "machine zone {zone}",
        "zone_calm": "machine vibration still in zone A, which grades the machine, not the bearing",
        "zone_other": "machine zone {zone}, which grades the machine, not the bearing: "
        "look for another cause",
        "comma": ", ",
        "joint": "; ",
    },
    "zh": {
        "certain": "确定",
        "probable": "很可能",
        "possible": "疑似",
        "alarm": "{label}（{certainty}）：{clauses}。",
        "below": "{certainty}存在{label}，但未达报警阈值：{clauses}。",
        "healthy": "{label}：{clauses}。",
        "doubtful_healthy": "{label}（{certainty}）：{clauses}。",
        "unknown": "无法判定：{clauses}。",
        "ambiguous": "无法区分：{clauses}。",
        "unclear": "没有足够明确的故障特征，也不能确认轴承正常",
        "on_shaft": "{label}或转频谐波，二者谱线重合（{nth}{family}{order:.3f}与{k}倍转频）",
        "on_other": "{label}或{other}谱线，二者重合"
        "（{nth}{family}{order:.3f}与{other_order:.3f}倍转频）",
        "needs": "需要转速脉冲信号或更长的记录",
        "lines": "检出{part}{order:.2f}倍转频的谐波{count}条{sidebands}（滑差{slip:+.1f} %）",
        "no_lines": "{part}{order:.2f}倍转频的各阶谐波均不突出，仅平均值偏高（强度{strength:.2f}）",
        "by_orders": "按转频阶次上的谐波列判断，未给出轴承",
        "fitted": "（最佳拟合：{order:.2f}倍转频的谐波{count}条{sidebands}）",
        "by_waveform": "仅根据波形判断，未给出转速",
        "by_windows": "按模型训练方式判断了{windows}个窗口",
        "no_line": "同时{part}{order:.2f}倍转频的谐波未见突出（强度{strength:.2f}）",
        "quiet_windows": "与模型训练时的健康样本最接近（{windows}个窗口）",
        "quiet_orders": "{windows}个窗口中转频阶次上的谐波列均未显示故障，未给出轴承",
        "quiet_waveform": "仅从波形看未见故障，未给出转速",
        "part": "{family}",
        "at_shaft": "，带转频边带",
        "at_cage": "，带保持架转频边带",
        "present": "{windows}个窗口中有{present}个出现",
        "quiet": "{windows}个窗口中均无突出于噪声的轴承特征谱线{strongest}",
        "strongest": "（最强：{family}，{order:.2f}倍转频处强度{strength:.2f}）",
        "modest": "可见{family}谱线（{order:.2f}倍转频处强度{strength:.2f}），"
        "但未超出健康轴承的水平",
        "not_alarmed": "未报警",
        "zone": "整机振动处于ISO区域{zone}",
        "zone_calm": "整机振动仍处于区域A，该区域评价的是整机而非轴承",
        "zone_other": "整机振动处于区域{zone}，该区域评价的是整机而非轴承，请查找其他原因",
        "comma": "，",
        "joint": "；",
    },
}


def verdict_sentence(facts: VerdictFacts, lang: str = "en") -> str:
    """The verdict in one sentence.

    Args:
        facts: what there is to say.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language; the message lists en and zh.

    Example:
        >>> from faultlens.text.knowledge import fault
        >>> facts = VerdictFacts("healthy", fault("healthy"), False, 0.99, windows=4, zone="B")
        >>> verdict_sentence(facts).split(";")[0]
        'Healthy: no bearing line stands out of the noise in 4 windows'
    """
    words = _TEMPLATES[checked_language(lang)]
    if facts.fault is None:
        kind, clauses = "unknown", [facts.reason or words["unclear"], *_zone(facts, words)]
    elif facts.fault.is_healthy:
        kind, action = "healthy", _action(facts.fault, facts, lang)
        if facts.doubtful_health:
            kind, action = "doubtful_healthy", phrase("action_doubtful", lang)
        clauses = [_quiet(facts, lang), *_zone(facts, words), action]
    elif facts.coincidences:
        kind, clauses = "ambiguous", [*_ambiguity(facts, lang), *_zone(facts, words)]
    else:
        kind = "alarm" if facts.alarm else "below"
        clauses = [
            *_evidence(facts, lang),
            *([] if facts.alarm else [words["not_alarmed"]]),
            *_zone(facts, words),
            _action(facts.fault, facts, lang),
        ]
    sentence = words[kind].format(
        label=_label(facts, lang),
        certainty=words[_certainty(facts)],
        clauses=words["joint"].join(clauses),
    )
    return sentence[0].upper() + sentence[1:]


def certainty_key(probability: float) -> str:
    """Certainty as a word: "certain", "probable" or "possible".

    Args:
        probability: calibrated probability, 0 to 1.

    Example:
        >>> [certainty_key(p) for p in (0.98, 0.8, 0.5)]
        ['certain', 'probable', 'possible']
    """
    if probability >= CERTAIN_FROM:
        return "certain"
    return "probable" if probability >= PROBABLE_FROM else "possible"


def _certainty(facts: VerdictFacts) -> str:
    # A fault that does not alarm is never called certain, however strict the threshold.
    key = certainty_key(facts.probability)
    return "probable" if key == "certain" and not facts.alarm else key


def _label(facts: VerdictFacts, lang: str) -> str:
    # The user's own words stay; our own name is said in the language of the report.
    if facts.fault is not None and facts.label == facts.fault.names.en:
        return facts.fault.names.of(lang)
    return facts.label


def _evidence(facts: VerdictFacts, lang: str) -> list[str]:
    words = _TEMPLATES[lang]
    if facts.reading == "waveform":
        return [words["by_waveform"]]
    if facts.reading == "orders":
        return [words["by_orders"] + "".join(_fitted(x, words) for x in facts.evidence)]
    if facts.reading == "windows":
        judged = words["by_windows"].format(windows=facts.windows, unit=_unit(facts.windows))
        return [judged, *(_beside(x, facts, lang) for x in facts.evidence)]
    if len(facts.evidence) == 1:
        family = facts.evidence[0]
        return [_lines(family, lang, named=False), _present(family, words)]
    return [
        words["comma"].join((_lines(family, lang, named=True), _present(family, words)))
        for family in facts.evidence
    ]


def _beside(family: FamilyEvidence, facts: VerdictFacts, lang: str) -> str:
    """Lines beside a verdict that does not rest on them."""
    words = _TEMPLATES[lang]
    named = len(facts.evidence) > 1
    if family.matched_harmonics:
        lines = _lines(family, lang, named=named)
        return words["comma"].join((lines, _present(family, words)))
    return words["no_line"].format(
        part=words["part"].format(family=phrase(family.family, lang)) if named else "",
        order=family.measured_order,
        strength=family.strength,
    )


def _lines(family: FamilyEvidence, lang: str, *, named: bool) -> str:
    words = _TEMPLATES[lang]
    part = words["part"].format(family=phrase(family.family, lang)) if named else ""
    if not family.matched_harmonics:
        return words["no_lines"].format(
            order=family.measured_order, part=part, strength=family.strength
        )
    slip = round(family.slip_percent, 1) or 0.0  # never "-0.0 %"
    return words["lines"].format(part=part, slip=slip, **_found(family, words))


def _fitted(family: FamilyEvidence, words: dict[str, str]) -> str:
    """Lines of the geometry that fits best; one harmonic alone is chance among so many."""
    if len(family.matched_harmonics) < FITTED_FROM:
        return ""
    return words["fitted"].format(**_found(family, words))


def _found(family: FamilyEvidence, words: dict[str, str]) -> dict[str, object]:
    count = len(family.matched_harmonics)
    spacing = words["at_cage"] if family.family == "ball" else words["at_shaft"]
    return {
        "count": count,
        "harmonics": "harmonic" if count == 1 else "harmonics",
        "order": family.measured_order,
        "sidebands": spacing if family.matched_sidebands else "",
    }


def _present(family: FamilyEvidence, words: dict[str, str]) -> str:
    return words["present"].format(
        present=family.windows_present, windows=family.windows, unit=_unit(family.windows)
    )


def _quiet(facts: VerdictFacts, lang: str) -> str:
    words = _TEMPLATES[lang]
    if facts.reading != "lines":
        return words[f"quiet_{facts.reading}"].format(
            windows=facts.windows, unit=_unit(facts.windows)
        )
    strongest = ""
    if facts.evidence:
        family = facts.evidence[0]
        # Two lines or more that stand out cannot be called silence.
        key = "modest" if len(family.matched_harmonics) > 1 else "strongest"
        strongest = words[key].format(
            family=phrase(family.family, lang),
            strength=family.strength,
            order=family.measured_order,
        )
        if key == "modest":
            return strongest
    return words["quiet"].format(
        windows=facts.windows, unit=_unit(facts.windows), strongest=strongest
    )


def _ambiguity(facts: VerdictFacts, lang: str) -> list[str]:
    words = _TEMPLATES[lang]
    first = facts.coincidences[0]
    on_shaft = first.other_family == "shaft"
    clause = words["on_shaft" if on_shaft else "on_other"].format(
        label=_label(facts, lang),
        family=phrase(first.family, lang),
        nth="" if first.harmonic == 1 else f"{first.harmonic} x ",
        order=first.order,
        k=first.other_harmonic,
        other=phrase(first.other_family, lang),
        other_order=first.other_order,
    )
    return [clause, words["needs"]]


def _zone(facts: VerdictFacts, words: dict[str, str]) -> list[str]:
    if facts.zone is None:
        return []
    faulty = facts.fault is not None and not facts.fault.is_healthy
    if faulty and facts.zone == "A":
        return [words["zone_calm"]]
    if not faulty and facts.zone in ("C", "D"):
        return [words["zone_other"].format(zone=facts.zone)]
    return [words["zone"].format(zone=facts.zone)]


def _action(fault: Fault, facts: VerdictFacts, lang: str) -> str:
    milder = [level for level in LEVELS[: LEVELS.index(facts.action) + 1] if level in fault.levels]
    return fault.action(milder[-1] if milder else fault.levels[0]).of(lang)


def _unit(windows: int) -> str:
    return "window" if windows == 1 else "windows"
