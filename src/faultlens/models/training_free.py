"""The training-free judge: strengths of a bearing's lines in, probabilities of faults out.

The order in which it prefers faults is physics alone: the family whose harmonics stand out most.
Only the step from strengths to probabilities has numbers in it, and these come from simulation
(`make builtin`); no real recording was used for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.inputs.line_array import (
    SPREAD_AT,
    SPREAD_SCALE,
    STRAY_AT,
    harmonic_index,
    stray_peaks,
)
from faultlens.models.shipped import NAME, RuleCalibration, load_calibration
from faultlens.models.softmax import softmax
from faultlens.signals.evidence import FAMILIES, LineEvidence
from faultlens.signals.lines import HARMONICS, spread
from faultlens.text.knowledge import Fault

Families = tuple[str, ...]
"""Families of a class in the order of `signals.evidence.FAMILIES`; () is healthy. What is no class
of the rule is ("word", its key); see `place_of`."""

UNKNOWN: Families = ("unknown",)
HEALTHY: Families = ()
SINGLES: tuple[Families, ...] = (("outer",), ("inner",), ("ball",), ("cage",))
PAIRS: tuple[Families, ...] = (("outer", "inner"), ("outer", "ball"), ("inner", "ball"))
CLASSES: tuple[Families, ...] = (HEALTHY, *SINGLES, *PAIRS, UNKNOWN)

AMBIGUOUS_SHARE = 0.5
"""Share of the fault's probability that goes to unknown where the shaft explains it as well."""

_HARMONICS_OF = {
    name: [harmonic_index(name, k) for k in range(1, HARMONICS + 1)] for (name,) in SINGLES
}

STRAY_PEAKS = 4
"""Peaks that belong to no known line and speak together for something else."""

Value = float | NDArray[np.float64]
"""A number of one recording, or (recording,) numbers of many."""


@dataclass(frozen=True, eq=False)
class Strengths:
    """What the rule looks at in one recording.

    Args:
        families: strength of each single class of `SINGLES`, nats.
        spread: robust standard deviation of the contrast spectrum, nats.
        stray: mean strength of the strongest peaks at no known line, nats.
        ambiguous: families whose lines could as well be the shaft's.
    """

    families: Mapping[str, Value]
    spread: Value
    stray: Value
    ambiguous: tuple[str, ...]


def strengths(evidence: LineEvidence) -> Strengths:
    """The few numbers of the evidence that the rule looks at.

    Args:
        evidence: lines read from a recording.

    Example:
        >>> from faultlens.signals.kinematics import FaultOrders
        >>> from faultlens.signals.lines import read_evidence
        >>> from faultlens.signals.modulation import ContrastSpectrum
        >>> contrast = np.zeros(4000, dtype=np.float32)
        >>> contrast[[600, 1200, 1800, 2400]] = 1.5  # four harmonics of 3.6 x shaft
        >>> evidence, _ = read_evidence(
        ...     [ContrastSpectrum(contrast, bin_orders=0.006, resolution_orders=0.02)],
        ...     [FaultOrders(3.6, 5.43, 2.38, 0.41)], stated_shaft_hz=30, tolerance=0,
        ... )
        >>> strengths(evidence).families["outer"]
        1.5
    """
    return Strengths(
        families={name: evidence.family(name).strength for (name,) in SINGLES},
        spread=spread(evidence.contrast),
        stray=_stray_strength(evidence),
        ambiguous=evidence.ambiguities,
    )


def strengths_in(lines: NDArray[np.floating]) -> Strengths:
    """The same numbers for many recordings, from the vectors that encoders take.

    Args:
        lines: (recording, feature) see `inputs.line_array`.

    Example:
        >>> from faultlens.inputs.line_array import LENGTH
        >>> strengths_in(np.ones((2, LENGTH))).families["inner"]
        array([1., 1.])
    """
    rows = np.asarray(lines, dtype=np.float64)
    return Strengths(
        families={name: rows[:, _HARMONICS_OF[name]].mean(axis=1) for (name,) in SINGLES},
        spread=rows[:, SPREAD_AT] / SPREAD_SCALE,
        stray=rows[:, STRAY_AT],
        ambiguous=(),
    )


def logits(found: Strengths, numbers: RuleCalibration) -> NDArray[np.float64]:
    """(class,) log-odds of each class of `CLASSES` against healthy.

    Args:
        found: strengths of one recording; or of many, with (recording,) arrays in its fields,
            and then the answer is (class, recording).
        numbers: calibration.

    Example:
        >>> found = Strengths(
        ...     {"outer": 2.0, "inner": 0.1, "ball": 0.1, "cage": 0.0}, 0.2, 0.5, ambiguous=()
        ... )
        >>> CLASSES[logits(found, load_calibration()).argmax()]
        ('outer',)
    """
    strength = found.families
    noise = numbers.spread_slope * found.spread
    values = [0.0 * noise]
    for (name,) in SINGLES:
        own = numbers.offset + numbers.slope * strength[name]
        if name == "ball":
            own = own + numbers.ball_by_cage * strength["cage"]
        elif name == "cage":
            own = numbers.cage_offset + numbers.cage_slope * strength["cage"]
            own = own + numbers.cage_by_ball * strength["ball"]
        values.append(own + noise)
    for one, other in PAIRS:
        weak = np.minimum(strength[one], strength[other])
        strong = np.maximum(strength[one], strength[other])
        both = numbers.pair_slope * (weak - numbers.pair_margin)
        values.append(numbers.offset + noise + numbers.slope * strong + both)
    values.append(numbers.stray_offset + noise + numbers.stray_slope * found.stray)
    return np.array(values)


def probabilities(
    found: Strengths, numbers: RuleCalibration, *, asked: frozenset[Families]
) -> dict[Families, float]:
    """Probability of each class asked for, of healthy and of unknown; they sum to 1.

    A class that nobody asked for counts as unknown, unless one of its families was asked for: of
    an inner and outer fault, either answer is right when only single faults were asked for.

    Args:
        found: strengths of one recording.
        numbers: calibration.
        asked: classes that the user's sentences mean.

    Example:
        >>> found = Strengths(
        ...     {"outer": 2.0, "inner": 0.1, "ball": 0.1, "cage": 0.0}, 0.2, 0.5, ambiguous=()
        ... )
        >>> numbers = RuleCalibration(10, 10, -5, -4, -4, 0, -5, 10, 1, 5, -4)
        >>> odds = probabilities(found, numbers, asked=frozenset(SINGLES))
        >>> max(odds, key=odds.get), round(sum(odds.values()), 6)
        (('outer',), 1.0)
    """
    return allotted(logits(found, numbers), asked=asked, ambiguous=found.ambiguous)


def allotted(
    log_odds: NDArray[np.float64], *, asked: frozenset[Families], ambiguous: Iterable[str] = ()
) -> dict[Families, float]:
    """Probability of each class asked for, of healthy and of unknown; they sum to 1.

    Args:
        log_odds: (class,) of each class of `CLASSES`, up to a constant.
        asked: classes that the user's sentences mean.
        ambiguous: families whose lines could as well be the shaft's.

    Example:
        >>> odds = allotted(np.array([0.0, 3, 0, 0, 0, 0, 0, 0, 0]), asked=frozenset(SINGLES))
        >>> max(odds, key=odds.get)
        ('outer',)
    """
    families_asked = {family for families in asked for family in families}
    kept = [
        each not in PAIRS or each in asked or not families_asked.intersection(each)
        for each in CLASSES
    ]
    chances = softmax(np.where(kept, log_odds, -np.inf))
    result = {HEALTHY: 0.0, UNKNOWN: 0.0} | dict.fromkeys(asked, 0.0)
    for families, chance in zip(CLASSES, chances, strict=True):
        known = families in asked or families == HEALTHY
        place = families if known else UNKNOWN
        # Rounding may carry a sum past 1 by a last digit.
        result[place] = min(1.0, result[place] + float(chance))
    return _ambiguity_shared(result, ambiguous)


def judge(evidence: LineEvidence, faults: Iterable[Fault]) -> dict[Families, float]:
    """Probability of each fault asked for, of healthy and of unknown, with the shipped numbers.

    Args:
        evidence: lines read from a recording.
        faults: what is asked for; healthy ones need not be among them.

    Raises:
        UsageError: a fault that the rule has no lines to tell by.

    Example:
        >>> from faultlens.inputs.vibration import prepare_vibration
        >>> from faultlens.signals.kinematics import BearingGeometry
        >>> from faultlens.signals.simulator.simulate import simulate
        >>> from faultlens.text.knowledge import load_faults
        >>> made = simulate(("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
        ...                 sample_rate_hz=12000, seconds=4.0, seed=3, snr_db=5.0)
        >>> odds = judge(prepare_vibration(made.signal).evidence, load_faults())
        >>> max(odds, key=odds.get)
        ('outer',)
    """
    asked = frozenset(class_of(x) for x in faults if x.families)
    return probabilities(strengths(evidence), load_calibration(), asked=asked)


def class_of(fault: Fault) -> Families:
    """The class that a fault of the knowledge base belongs to.

    Raises:
        UsageError: the rule has no lines to tell this fault by.

    Example:
        >>> from faultlens.text.knowledge import fault
        >>> class_of(fault("inner_and_outer_race"))
        ('outer', 'inner')
    """
    families = families_of(fault)
    if families not in CLASSES:
        raise UsageError(
            f"The fault '{fault.names.en}' shows in the lines of {', '.join(fault.families)}; "
            f"{NAME} judges {', '.join(' + '.join(c) for c in (*SINGLES, *PAIRS))}. "
            "Leave it out, or use another model."
        )
    return families


def families_of(fault: Fault) -> Families:
    """The families of lines that a fault shows, in the order of `signals.evidence.FAMILIES`.

    Args:
        fault: any, also one that the rule has no class for.

    Example:
        >>> from faultlens.text.knowledge import fault
        >>> families_of(fault("inner_and_outer_race"))
        ('outer', 'inner')
    """
    return _in_order(fault.families)


@cache
def _in_order(families: Families) -> Families:
    """Asked for seventy times per recording, of a dozen faults."""
    return tuple(name for name in FAMILIES if name in families)


def place_of(fault: Fault) -> Families:
    """Where the probability of a fault stands in the odds of a judgement.

    Args:
        fault: of the knowledge base, or a word of the user's own.

    Example:
        >>> from faultlens.text.knowledge import fault
        >>> from faultlens.text.own_words import word_fault
        >>> place_of(fault("cage")), place_of(fault("healthy")), place_of(word_fault("loose belt"))
        (('cage',), (), ('word', 'loose belt'))
    """
    if fault.is_healthy:
        return HEALTHY
    families = families_of(fault)
    return ("word", fault.key) if fault.is_word or families not in CLASSES else families


def fault_probability(odds: Mapping[Families, float]) -> float:
    """Probability that one of the faults asked for is there.

    Example:
        >>> fault_probability({(): 0.3, ("unknown",): 0.1, ("inner",): 0.6})
        0.6
    """
    return min(1.0, float(sum(p for c, p in odds.items() if c not in (HEALTHY, UNKNOWN))))


def _ambiguity_shared(
    odds: dict[Families, float], ambiguous: Iterable[str]
) -> dict[Families, float]:
    faults = [c for c in odds if c not in (HEALTHY, UNKNOWN)]
    if not faults:
        return odds
    first = max(faults, key=lambda c: odds[c])
    if not set(first).intersection(ambiguous):
        return odds
    # All faults keep their order: which of them it would be is not in doubt.
    moved = sum(odds[c] for c in faults) * AMBIGUOUS_SHARE
    shared = {c: p * (1 - AMBIGUOUS_SHARE) if c in faults else p for c, p in odds.items()}
    shared[UNKNOWN] += moved
    return shared


def _stray_strength(evidence: LineEvidence) -> float:
    """Mean of the strongest peaks that no known line explains (nats)."""
    known = np.array([x.expected_order for family in evidence.families for x in family.lines])
    peaks = stray_peaks(evidence.contrast, float(evidence.orders[1]), known, count=STRAY_PEAKS)
    return float(np.mean(peaks))
