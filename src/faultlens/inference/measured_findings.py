"""From defects, their names and their sizes to findings: which is the worst, and what counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.inference.measured_conditions import HeldSize, held_sizes
from faultlens.inference.measured_defect import MeasuredDefect
from faultlens.inference.measured_shares import Shares, likeliest, looks_of, shares_of
from faultlens.inference.measurement import NO_DEFECT, UNKNOWN, PartSeverity, ScanFinding
from faultlens.profiles.scan_scores import NOTHING_FOUND, probability_of
from faultlens.profiles.severity_rules import (
    SEVERITIES,
    NamedDefect,
    Severity,
    SeverityRules,
    severities_of,
    worst_of,
)
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap
from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.defects import Defect
from faultlens.text.scan_shapes import shape_of

SIZE, THRESHOLD = "size", "threshold"
"""Why a defect does not count: it is not of a size asked for; it does not stand out far enough."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found on one scan.

    Args:
        findings: every sentence asked for, "no defect" and "unknown", best first.
        defects: the worst first, those that do not count last.
        verdict: the finding that is the verdict.
        alarm_score: probability of a defect that counts; above the threshold's where one alarms.
        significance: of what stands out furthest among defects of a size asked for; 0 for none.
        by_rules: what the rules say of the part; None without rules.
    """

    findings: tuple[ScanFinding, ...]
    defects: tuple[MeasuredDefect, ...]
    verdict: ScanFinding
    alarm_score: float
    significance: float
    by_rules: PartSeverity | None

    @property
    def alarm(self) -> bool:
        """Whether a defect that counts stands out further than the threshold."""
        return any(x.counts for x in self.defects)


def measured_findings(
    asked: Sequence[AskedDefect],
    sound: Sequence[str],
    defects: Sequence[SurfaceDefect],
    names: NDArray[np.float64],
    deviations: DeviationMap,
    *,
    threshold: float,
    anchor: float | None = None,
    rules: SeverityRules | None = None,
) -> Found:
    """Findings of one scan, with the sizes of their sentences held against its defects.

    A defect that is named and is not of the size asked for is none that was asked for: its
    probability goes to another sentence of the same kind, or else to "no defect".

    Args:
        asked: the sentences.
        sound: the user's own words for "no defect"; empty where they have none.
        defects: of the scan.
        names: (defect, name) probability of each name by the look: the sentences, then "unknown".
        deviations: the map that they were found on.
        threshold: significance from which a scan alarms.
        anchor: significance at which the probability is that of the calibrated threshold; None for
            the threshold itself.
        rules: of severity; None for none.

    Example:
        >>> found = measured_findings((), (), (), np.zeros((0, 1)), None, threshold=8.0)
        >>> found.verdict.label, found.alarm, [x.label for x in found.findings]
        ('no defect', False, ['no defect', 'unknown'])
    """
    anchor = threshold if anchor is None else anchor
    kinds = [x.bare if x.defect is None else x.defect.key for x in asked]
    looks = [likeliest(looks_of(x, kinds)) for x in names]
    counts = [
        _count(x, kind, defects, looks, deviations) for x, kind in zip(asked, kinds, strict=True)
    ]
    shares = [
        shares_of(
            row,
            kinds,
            [held_sizes(x.conditions, each, deviations, count)
             for x, count in zip(asked, counts, strict=True)],
        )
        for each, row in zip(defects, names, strict=True)
    ]  # fmt: skip
    measured = [
        _measured(each, row, share, asked, kinds, threshold, anchor)
        for each, row, share in zip(defects, names, shares, strict=True)
    ]
    if rules is not None:
        measured = _judged(measured, asked, rules)
    order = sorted(range(len(measured)), key=lambda i: _badness(measured[i]))
    numbered = [replace(measured[i], number=n) for n, i in enumerate(order, start=1)]
    shares = [shares[i] for i in order]
    worst = _worst(numbered, shares)
    findings = _findings(asked, kinds, sound, numbered, shares, worst)
    by_size = [x.defect.significance for x, y in zip(numbered, shares, strict=True) if y.counts]
    found = Found(
        findings=findings,
        defects=tuple(numbered),
        verdict=findings[0],
        alarm_score=_alarm_score(numbered, shares, probability_of(threshold, anchor)),
        significance=max(by_size, default=0.0),
        by_rules=None if rules is None else _part(numbered, rules),
    )
    if not found.alarm:
        return found
    assert worst is not None  # there is one that counts
    name = numbered[worst].label
    return replace(found, verdict=next(x for x in findings if x.label == name))


def keys_of(asked: AskedDefect) -> tuple[str, ...]:
    """Keys of what a sentence means, from the particular to the general.

    Of words that the knowledge base does not know, the shape that they say counts.

    Args:
        asked: the sentence, understood.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defect
        >>> keys_of(understood_defect("keyway crack")), keys_of(understood_defect("purple slime"))
        (('keyway_crack', 'crack'), ('purple slime',))
    """
    known: Defect | None = asked.defect
    if known is None:
        shape = shape_of(asked)
        return (asked.bare.strip().casefold(), *(() if shape is None else shape.names))
    return (known.key, known.kind_of) if known.kind_of else (known.key,)


def _count(
    asked: AskedDefect,
    kind: str,
    defects: Sequence[SurfaceDefect],
    looks: Sequence[str],
    deviations: DeviationMap,
) -> int:
    """How many defects are of the kind and the size that a sentence asks for."""
    sizes = [x for x in asked.conditions if x.quantity != "count"]
    return sum(
        all(x.holds is not False for x in held_sizes(sizes, each, deviations, 0))
        for each, look in zip(defects, looks, strict=True)
        if look == kind
    )


def _measured(
    defect: SurfaceDefect,
    row: NDArray[np.float64],
    shares: Shares,
    asked: Sequence[AskedDefect],
    kinds: Sequence[str],
    threshold: float,
    anchor: float,
) -> MeasuredDefect:
    clear = defect.significance > threshold
    named = shares.named
    label, key, score = UNKNOWN, UNKNOWN, shares.unknown
    if named is not None:
        # What is not of the size asked for is no "scratch deeper than 0.05 mm", but a scratch.
        label = asked[named].label if shares.counts else asked[named].bare
        key = kinds[named]
        score = float(shares.sentences[named] if shares.counts else row[named])
    names = {x.label: float(y) for x, y in zip(asked, shares.sentences, strict=True)}
    return MeasuredDefect(
        number=0,
        defect=defect,
        label=label,
        key=key,
        score=score,
        names={**names, UNKNOWN: shares.unknown},
        probability=probability_of(defect.significance, anchor),
        counts=clear and shares.counts,
        reason="" if clear and shares.counts else (SIZE if not shares.counts else THRESHOLD),
        conditions=() if named is None else shares.held[named],
    )


def _judged(
    measured: Sequence[MeasuredDefect], asked: Sequence[AskedDefect], rules: SeverityRules
) -> list[MeasuredDefect]:
    keys = {x.label: keys_of(x) for x in asked}
    counted = [x for x in measured if x.counts]
    named = [NamedDefect(x.defect, x.label, keys.get(x.label, (UNKNOWN,))) for x in counted]
    said = dict(zip(map(id, counted), severities_of(rules, named), strict=True))
    return [replace(x, severity=said.get(id(x))) for x in measured]


def _badness(each: MeasuredDefect) -> tuple[bool, int, float]:
    severity: Severity | None = each.severity
    rank = 0 if severity is None else SEVERITIES.index(severity.severity)
    return (not each.counts, -rank, -each.defect.significance)


def _worst(measured: Sequence[MeasuredDefect], shares: Sequence[Shares]) -> int | None:
    """The place of the defect that the scores are about."""
    if not measured:
        return None
    if measured[0].counts:
        return 0
    chances = [x.probability * (1 - y.excused) for x, y in zip(measured, shares, strict=True)]
    return int(np.argmax(chances))


def _findings(
    asked: Sequence[AskedDefect],
    kinds: Sequence[str],
    sound: Sequence[str],
    measured: Sequence[MeasuredDefect],
    shares: Sequence[Shares],
    worst: int | None,
) -> tuple[ScanFinding, ...]:
    real = NOTHING_FOUND if worst is None else measured[worst].probability
    nameless = NOTHING_FOUND if worst is None else real * shares[worst].unknown
    found = []
    for number, (each, kind) in enumerate(zip(asked, kinds, strict=True)):
        its = [x for x in measured if x.label == each.label]
        alike = [x.probability * y.looks[kind] for x, y in zip(measured, shares, strict=True)]
        found.append(
            ScanFinding(
                label=each.label,
                score=0.0 if worst is None else real * float(shares[worst].sentences[number]),
                defect=kind,
                kind="defect",
                numbers=tuple(x.number for x in its),
                likeness=max(alike, default=0.0),
                conditions=_best_met(each, number, kind, shares),
            )
        )
    missing = max(0.0, 1.0 - nameless - sum(x.score for x in found))
    words = tuple(sound) or (NO_DEFECT,)
    found += [ScanFinding(x, missing / len(words), "no_defect", "no_defect") for x in words]
    unnamed = tuple(x.number for x in measured if x.label == UNKNOWN)
    found.append(ScanFinding(UNKNOWN, nameless, UNKNOWN, UNKNOWN, unnamed))
    # Sentences that hold come before equals that fail.
    return tuple(sorted(found, key=lambda x: (-x.score, not x.holds)))


def _best_met(
    asked: AskedDefect,
    number: int,
    kind: str,
    shares: Sequence[Shares],
) -> tuple[HeldSize, ...]:
    """The conditions of a sentence against the defect of its kind that meets most of them."""
    candidates = [x.held[number] for x in shares if x.look == kind]
    if not asked.conditions or not candidates:
        return ()
    return min(candidates, key=lambda held: sum(x.holds is False for x in held))


def _alarm_score(
    measured: Sequence[MeasuredDefect], shares: Sequence[Shares], threshold: float
) -> float:
    counted = [x.probability for x in measured if x.counts]
    if counted:
        return max(counted)
    # What is surely there and not of a size asked for must not alarm, however clear it is.
    chances = [x.probability * (1 - y.excused) for x, y in zip(measured, shares, strict=True)]
    return min(threshold, max(chances, default=NOTHING_FOUND))


def _part(measured: Sequence[MeasuredDefect], rules: SeverityRules) -> PartSeverity:
    judged = [(x, x.severity) for x in measured if x.severity is not None]
    severity = worst_of([x.severity for _, x in judged])
    decisive = next(((x, y) for x, y in judged if y.severity == severity and y.rule), None)
    return PartSeverity(
        severity=severity,
        rule="" if decisive is None else decisive[1].rule,
        number=None if decisive is None else decisive[0].number,
        mildest=worst_of([x.mildest for _, x in judged]),
        severest=worst_of([x.severest for _, x in judged]),
        rules=rules.name,
        policy=rules.policy,
    )
