"""What several sensors believe of one asset, joined by Bayes' rule: numbers in, numbers out.

Each sensor i is asked for faults of its own and believes with p_i that it has found one. Two things
can be true of the asset, and the rule leaves open which:

    one fault   whatever one sensor looks for, all others would see as well: evidence multiplies,
                odds = prior odds x product of the likelihood ratios (log odds add up)
    own faults  each sensor sees what the others cannot: nothing that one does not find speaks
                against what another one found, P(any) = 1 - product of (1 - p_i)

`Assumptions.shared` is the probability of the first before anybody looked; the evidence itself then
shifts it: sensors that agree make it likelier, sensors that contradict each other less likely.
Sensors of one kind err together: of their joint evidence the share 1 / (1 + (n - 1) r) counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, inf, isfinite, log, prod

from faultlens.core.errors import UsageError

SHARED = 0.5
"""Probability that sensors see one and the same fault, before they looked. Our convention: nothing
is known of how a crack on a picture goes with a tone in a spectrum; results tell the range of both
ends beside it."""

DEPENDENCE = 0.5
"""Correlation of the errors of sensors of one kind, such as two accelerometers on one machine. Our
convention, between that of strangers (0) and of copies (1)."""

CALIBRATED_AT = 0.5
"""Share of faulty cases at which the probabilities of a result hold, where none says it. The rule
for vibration was calibrated with 8 healthy of 35 machines, three of them unlike anything stated;
Platt's fit for pictures holds about even. Between these a half is nearest to both."""

SURE = 1e-6
"""Probabilities nearer than this to 0 or 1 are no longer told apart, as the models' own are not."""

MOST = 64
"""Sensors of one asset that are joined: more are a batch, not an asset."""


@dataclass(frozen=True)
class Belief:
    """What one sensor believes.

    Args:
        kind: of the sensor; those of one kind err together and name the same faults.
        fault: probability that a fault of its own is there, 0 to 1.
        unknown: probability that it cannot say, 0 to 1; what is missing to 1 is healthy.

    Raises:
        UsageError: numbers that are no probabilities.
    """

    kind: str
    fault: float
    unknown: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.fault, self.unknown, 1 - self.fault - self.unknown)
        if not all(isfinite(x) and x >= -SURE for x in numbers):
            raise UsageError(
                f"A sensor believes in a fault with {self.fault} and cannot say with "
                f"{self.unknown}; both lie in 0 to 1, and so does their sum."
            )


@dataclass(frozen=True)
class Assumptions:
    """What the sensors cannot say and the rule needs.

    Args:
        shared: probability, before anybody looked, that all sensors see one and the same fault.
        dependence: correlation of the errors of sensors of one kind, 0 to 1.
        calibrated_at: share of faulty cases at which each sensor's probabilities hold.
        base_rate: chance, before anybody looked, that a sensor's fault is there on this asset;
            None takes `calibrated_at`.

    Raises:
        UsageError: a number outside its range.
    """

    shared: float = SHARED
    dependence: float = DEPENDENCE
    calibrated_at: float = CALIBRATED_AT
    base_rate: float | None = None

    def __post_init__(self) -> None:
        for name in ("shared", "dependence"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is {getattr(self, name)}; it must lie in 0 to 1.")
        for name, rate in (("calibrated_at", self.calibrated_at), ("base_rate", self.prior)):
            if not SURE <= rate <= 1 - SURE:
                raise UsageError(
                    f"{name} is {rate}; it is a share of faulty cases and lies between 0 and 1, "
                    "for example 0.02."
                )

    @property
    def prior(self) -> float:
        """Chance of a fault before anybody looked."""
        return self.calibrated_at if self.base_rate is None else self.base_rate


@dataclass(frozen=True)
class Pooled:
    """What all sensors together believe; `states` and `unknown` sum to 1.

    Args:
        states: kinds of sensors that show a fault -> probability; of the empty set: healthy.
        unknown: probability that no sensor can say.
        one_fault: probability that they see one and the same, given what they saw.
    """

    states: Mapping[frozenset[str], float]
    unknown: float
    one_fault: float

    @property
    def fault(self) -> float:
        """Probability of any fault."""
        return sum(x for kinds, x in self.states.items() if kinds)

    @property
    def healthy(self) -> float:
        """Probability that there is none."""
        return self.states[frozenset()]


def pooled(beliefs: Sequence[Belief], assumptions: Assumptions | None = None) -> Pooled:
    """Join what sensors believe of one asset; of one sensor alone, what it believes.

    Args:
        beliefs: one per sensor, 1 to 64.
        assumptions: None for the usual ones.

    Raises:
        UsageError: no sensor, or more than 64.

    Source:
        Bayes' rule over the two cases of this module; log-odds pooling of one fault: Genest and
        Zidek, Combining probability distributions (Statistical Science 1986), section 5; noisy-or
        of own faults: Pearl, Probabilistic Reasoning (1988), 4.3.2; prior shift: Saerens et al.,
        Neural Computation 14 (2002), equation 2.4. The share 1 / (1 + (n - 1) r) is exact for
        Gaussian log-likelihood ratios of equal spread and correlation r, since 1^T S^-1 x =
        sum(x) / (1 + (n - 1) r) for S = (1 - r) I + r 1 1^T.

    Example:
        >>> vibration, picture = Belief("vibration", 0.9), Belief("picture", 0.9)
        >>> round(pooled([vibration]).fault, 3), round(pooled([vibration, picture]).fault, 3)
        (0.9, 0.989)
        >>> round(pooled([vibration, Belief("picture", 0.05)]).fault, 3)
        0.777
    """
    if not 1 <= len(beliefs) <= MOST:
        raise UsageError(
            f"{len(beliefs)} results of one asset; 1 to {MOST} are joined. Give those of one visit."
        )
    assumed = Assumptions() if assumptions is None else assumptions
    seen = [_likelihoods(x, assumed.calibrated_at) for x in beliefs]
    own = _own_faults(seen, assumed.prior)
    one = _one_fault(seen, assumed)
    weights = [
        _log(assumed.shared) + one.log_evidence,
        _log(1 - assumed.shared) + own.log_evidence,
    ]
    of_one, of_own = (exp(x - _log_sum(*weights)) for x in weights)
    # One fault that all would see is shown by those that claim it, as they claim it.
    claimed = sum(own.shown.values())
    shares = {
        kinds: x / claimed if claimed else 1 / len(own.shown) for kinds, x in own.shown.items()
    }
    return Pooled(
        states={
            frozenset(): of_one * one.healthy + of_own * own.healthy,
            **{
                kinds: of_one * one.fault * shares[kinds] + of_own * x
                for kinds, x in own.shown.items()
            },
        },
        unknown=of_one * one.unknown + of_own * own.unknown,
        one_fault=of_one,
    )


def at_both_ends(
    beliefs: Sequence[Belief], assumptions: Assumptions | None = None
) -> tuple[float, float]:
    """Probability of any fault, if all see one and the same, and if each sees its own.

    Args:
        beliefs: one per sensor, 1 to 64.
        assumptions: None for the usual ones; their `shared` does not count.

    Raises:
        UsageError: no sensor, or more than 64.

    Example:
        >>> one, own = at_both_ends([Belief("vibration", 0.9), Belief("picture", 0.05)])
        >>> round(one, 3), round(own, 3)
        (0.321, 0.905)
    """
    assumed = Assumptions() if assumptions is None else assumptions
    one, own = (pooled(beliefs, replace(assumed, shared=x)).fault for x in (1.0, 0.0))
    return one, own


@dataclass(frozen=True)
class _Seen:
    """Logs of what one sensor saw over chance: if its fault is there, if not, if it cannot say."""

    kind: str
    ill: float
    well: float
    lost: float


@dataclass(frozen=True)
class _Case:
    """What follows if one of the two cases is true; fault, healthy and unknown sum to 1."""

    fault: float
    healthy: float
    unknown: float
    log_evidence: float
    shown: Mapping[frozenset[str], float]


def _likelihoods(belief: Belief, share: float) -> _Seen:
    # What it cannot say speaks for neither: it keeps the odds as they were.
    fault = min(max(belief.fault + belief.unknown * share, SURE), 1 - SURE)
    return _Seen(
        belief.kind, log(fault / share), log((1 - fault) / (1 - share)), _log(belief.unknown)
    )


def _own_faults(seen: Sequence[_Seen], prior: float) -> _Case:
    sound: dict[str, float] = {}
    evidence, nobody = 0.0, 1.0
    for each in seen:
        its = _log_sum(log(prior) + each.ill, log(1 - prior) + each.well)
        unknown = exp(each.lost - its)
        # A sensor that cannot say adds nothing, not even the chance of a fault that it would see.
        claim = min(max(exp(log(prior) + each.ill - its) - unknown * prior, 0.0), 1.0)
        sound[each.kind] = sound.get(each.kind, 1.0) * (1 - claim)
        evidence, nobody = evidence + its, nobody * unknown
    shown = {
        some: prod(1 - x if kind in some else x for kind, x in sound.items())
        for some in _some_of(list(sound))
    }
    none = prod(sound.values())
    return _Case(1 - none, max(0.0, none - nobody), nobody, evidence, shown)


def _one_fault(seen: Sequence[_Seen], assumed: Assumptions) -> _Case:
    prior = assumed.prior
    kinds = [x.kind for x in seen]
    shares = [1 / (1 + (kinds.count(x) - 1) * assumed.dependence) for x in kinds]
    ill, well, lost = (
        sum(share * x for share, x in zip(shares, logs, strict=True))
        for logs in ([x.ill for x in seen], [x.well for x in seen], [x.lost for x in seen])
    )
    there = log(prior) + ill
    evidence = _log_sum(there, log(1 - prior) + well)
    nobody = min(1.0, exp(lost - evidence))
    fault = max(0.0, exp(there - evidence) - nobody * prior)
    return _Case(fault, max(0.0, 1 - fault - nobody), nobody, evidence, {})


def _some_of(kinds: Sequence[str]) -> list[frozenset[str]]:
    """Every set of kinds but the empty one."""
    return [frozenset(x) for n in range(1, len(kinds) + 1) for x in combinations(kinds, n)]


def _log(share: float) -> float:
    """The logarithm; minus infinity of 0."""
    return log(share) if share > 0 else -inf


def _log_sum(one: float, other: float) -> float:
    """Log of the sum of two numbers that are given as logs."""
    top = max(one, other)
    return top + log(exp(one - top) + exp(other - top))
