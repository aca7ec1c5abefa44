"""Rules of severity: what becomes of a part, by the class of its defects and by their sizes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from faultlens.core.notice import Notice
from faultlens.surfaces.defects.defect import SurfaceDefect

ACCEPT, REWORK, SCRAP = "accept", "rework", "scrap"

SEVERITIES = (ACCEPT, REWORK, SCRAP)
"""What may become of a part, the mildest first."""

IN_CHINESE = {ACCEPT: "合格", REWORK: "返修", SCRAP: "报废"}
"""The same in Chinese, as the reports say it."""

SIZES = ("depth_mm", "mean_depth_mm", "length_mm", "width_mm", "area_mm2", "volume_mm3")
"""Sizes that a rule may bound; each has its uncertainty, `_u95`."""

SIMPLE, ACCEPTANCE, REJECTION = "simple acceptance", "guarded acceptance", "guarded rejection"

POLICIES = (SIMPLE, ACCEPTANCE, REJECTION)
"""How the uncertainty counts: the measured size decides; the part is accepted only where it surely
meets the limits; the part is rejected only where it surely does not."""

GUARD_BAND = 1.645 / 1.960
"""Guard band as a share of `_u95`: a decision beyond it is right with 95 % probability."""


@dataclass(frozen=True)
class SizeLimit:
    """A bound of one size.

    Args:
        size: of `SIZES`.
        comparison: ">=", ">", "<=" or "<".
        limit: in the unit of the size's name.
    """

    size: str
    comparison: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether a size meets the bound."""
        return {
            ">=": value >= self.limit,
            ">": value > self.limit,
            "<=": value <= self.limit,
            "<": value < self.limit,
        }[self.comparison]


@dataclass(frozen=True)
class SeverityRule:
    """One rule; it takes a defect that meets all of it.

    Args:
        name: how results call it.
        severity: of `SEVERITIES`.
        classes: words for the defects that it is about, as the file gives them; empty for any.
        keys: keys of the knowledge base that these words mean; a word that it does not know is
            held against the label of a defect.
        kind: "depression" or "protrusion"; None for both.
        limits: that the sizes must meet, all of them.
        count: how many defects of the scan must meet the rule before it takes any.
    """

    name: str
    severity: str
    classes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    kind: str | None = None
    limits: tuple[SizeLimit, ...] = ()
    count: int = 1


@dataclass(frozen=True)
class SeverityRules:
    """Rules in their order: the first that takes a defect decides.

    Args:
        rules: in their order.
        otherwise: what becomes of a defect that no rule takes.
        policy: of `POLICIES`, see there.
        name: of the file.
        text: of the file, so that a profile can hold it.

    Source:
        JCGM 106:2012, 8.2 and 8.3: simple acceptance, guarded acceptance and rejection;
        ISO 14253-1:2017, whose default rule is guarded acceptance with 95 % probability.

    Example:
        >>> deep = SeverityRule("deep", "scrap", limits=(SizeLimit("depth_mm", ">=", 0.1),))
        >>> SeverityRules((deep,)).otherwise
        'accept'
    """

    rules: tuple[SeverityRule, ...]
    otherwise: str = ACCEPT
    policy: str = SIMPLE
    name: str = "rules"
    text: str = ""


@dataclass(frozen=True, eq=False)
class NamedDefect:
    """A defect with what rules ask of it.

    Args:
        defect: with its sizes.
        label: its name, word for word as the user gave it.
        keys: keys of the knowledge base that the name means, the general ones ("crack" of
            "keyway_crack") too; empty where it means none.
    """

    defect: SurfaceDefect
    label: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Severity:
    """What the rules say of one defect.

    Args:
        severity: of `SEVERITIES`.
        rule: name of the rule that decided; "" where none took the defect.
        mildest: severity were every size as small as it may be within its uncertainty.
        severest: severity were every size as large as it may be.
        close: the limits that decide between these, with the size and its uncertainty, in words.
    """

    severity: str
    rule: str = ""
    mildest: str = ACCEPT
    severest: str = ACCEPT
    close: tuple[Notice, ...] = ()

    @property
    def within_uncertainty(self) -> bool:
        """Whether the uncertainty of the sizes leaves another severity open."""
        return self.mildest != self.severest


def severities_of(rules: SeverityRules, defects: Sequence[NamedDefect]) -> tuple[Severity, ...]:
    """What the rules say of each defect of one scan.

    Args:
        rules: in their order.
        defects: of the scan, that count.

    Example:
        >>> severities_of(SeverityRules(()), [])
        ()
    """
    taken = [_decided(rules, defects, shift) for shift in (-1.0, 0.0, 1.0)]
    found = []
    for each, small, measured, large in zip(defects, *taken, strict=True):
        chosen = {SIMPLE: measured, ACCEPTANCE: large, REJECTION: small}[rules.policy]
        # A size between two bounds may also be mildest at its upper end.
        ranks = [_rank(x[0]) for x in (small, measured, large)]
        open_ended = len(set(ranks)) > 1
        found.append(
            Severity(
                severity=chosen[0],
                rule="" if chosen[1] is None else chosen[1].name,
                mildest=SEVERITIES[min(ranks)],
                severest=SEVERITIES[max(ranks)],
                close=tuple(_close(rules, each)) if open_ended else (),
            )
        )
    return tuple(found)


def worst_of(severities: Sequence[str]) -> str:
    """The severest of them; "accept" of none.

    Args:
        severities: of `SEVERITIES`.

    Example:
        >>> worst_of(["accept", "scrap", "rework"])
        'scrap'
    """
    return SEVERITIES[max((_rank(x) for x in severities), default=0)]


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity)


def _decided(
    rules: SeverityRules, defects: Sequence[NamedDefect], shift: float
) -> list[tuple[str, SeverityRule | None]]:
    """Severity and rule of each defect, with every size so many guard bands larger."""
    left = list(range(len(defects)))
    found: list[tuple[str, SeverityRule | None]] = [(rules.otherwise, None)] * len(defects)
    for rule in rules.rules:
        hit = [i for i in left if takes(rule, defects[i], shift)]
        # A rule that counts looks at what earlier rules have left: each defect counts once.
        if len(hit) >= rule.count:
            for i in hit:
                found[i] = (rule.severity, rule)
            left = [i for i in left if i not in hit]
    return found


def takes(rule: SeverityRule, each: NamedDefect, shift: float = 0.0) -> bool:
    """Whether a defect meets a rule, apart from how many do.

    Args:
        rule: one of them.
        each: the defect.
        shift: by how many guard bands every size is taken larger.

    Example:
        >>> takes.__name__  # `severities_of` shows it at work
        'takes'
    """
    return _is_about(rule, each) and all(
        x.holds(_shifted(each.defect, x.size, shift)) for x in rule.limits
    )


def _is_about(rule: SeverityRule, each: NamedDefect) -> bool:
    if rule.kind not in (None, each.defect.kind):
        return False
    if not rule.classes:
        return True
    return bool(set(rule.keys) & {*each.keys, each.label.strip().casefold()})


def _shifted(defect: SurfaceDefect, size: str, shift: float) -> float:
    value, u95 = sized(defect, size)
    return max(0.0, value + shift * GUARD_BAND * u95)


def sized(defect: SurfaceDefect, size: str) -> tuple[float, float]:
    """A size of a defect and half of its 95 % interval.

    Args:
        defect: with its sizes.
        size: of `SIZES`.

    Example:
        >>> sized.__name__  # `severities_of` shows it at work
        'sized'
    """
    return {
        "depth_mm": (defect.depth_mm, defect.depth_mm_u95),
        "mean_depth_mm": (defect.mean_depth_mm, defect.mean_depth_mm_u95),
        "length_mm": (defect.length_mm, defect.length_mm_u95),
        "width_mm": (defect.width_mm, defect.width_mm_u95),
        "area_mm2": (defect.area_mm2, defect.area_mm2_u95),
        "volume_mm3": (defect.volume_mm3, defect.volume_mm3_u95),
    }[size]


def _close(rules: SeverityRules, each: NamedDefect) -> Iterator[Notice]:
    """The limits that a size lies nearer to than its guard band, of rules about this defect."""
    for rule in rules.rules:
        if not _is_about(rule, each):
            continue
        for limit in rule.limits:
            value, u95 = sized(each.defect, limit.size)
            if abs(value - limit.limit) > GUARD_BAND * u95:
                continue
            name, _, unit = limit.size.rpartition("_")
            unit = {"mm2": "mm²", "mm3": "mm³"}.get(unit, unit)
            told = f"{value:.3g} ± {u95:.2g} {unit}"
            yield Notice(
                en=f"{name.replace('_', ' ')} {told} against {limit.limit:g} {unit} of "
                f"'{rule.name}' ({rule.severity})",
                zh=f"{_SIZES_ZH[limit.size]} {told}，而“{rule.name}”"
                f"（{IN_CHINESE[rule.severity]}）的界限为 {limit.limit:g} {unit}",
            )


_SIZES_ZH = {
    "depth_mm": "深度", "mean_depth_mm": "平均深度", "length_mm": "长度", "width_mm": "宽度",
    "area_mm2": "面积", "volume_mm3": "体积",
}  # fmt: skip
