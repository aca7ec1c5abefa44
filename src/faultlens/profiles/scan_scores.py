"""From how far a defect stands out of the roughness to the probability that it is one."""

from math import exp, inf, isinf, log

from faultlens.core.errors import UsageError
from faultlens.surfaces.defects.find import LEAST_SIGNIFICANCE

SIGNIFICANCE_THRESHOLD = LEAST_SIGNIFICANCE
"""Significance from which a scan alarms without a profile: all that is found does."""

CALIBRATED_FROM = 4.0
"""Significance from which a place of a sound part counts for its profile, and below which none
lowers the threshold: the worst place of most sound scans stands out so far by chance."""

FALSE_ALARM_RATE: float | None = 0.005
"""Share of simulated sound scans whose worst place exceeds it: 1 of 200 (95 % interval .001 to
.028), on two seeds that nothing was chosen on (`python -m benches.scan.healthy --seed 7000`: 0 of
100; `--seed 43000`: 1 of 100). Real surfaces that are rougher in one part than in another alarm
more often: a profile of the part's own sound scans says how often."""

SLOPE, AT_THRESHOLD = 9.0, 0.1
"""Log odds per unit of the logarithm of the significance, and log odds at the threshold; fitted on
simulated scans, half of them sound (`python -m benches.scan.alarms`)."""

NOTHING_FOUND = 0.09
"""Probability of a defect where nothing stands out far enough to be measured at all: a defect of
five to eight times the roughness may be missed."""

MOST_SURE = 1 - 1e-6
"""No measurement makes more sure."""


def probability_of(significance: float, threshold: float = SIGNIFICANCE_THRESHOLD) -> float:
    """Calibrated probability that what stands out so far is a defect of the part.

    Args:
        significance: of the defect, standard deviations of what its place would read on the sound
            surface around it.
        threshold: significance from which such scans alarm.

    Source:
        Platt, Probabilistic outputs for support vector machines (1999), over the logarithm: a
        defect twice as deep stands out twice as far.

    Example:
        >>> round(probability_of(8.0, 8.0), 3), probability_of(16.0, 8.0) > 0.99
        (0.525, True)
    """
    if significance <= 0:
        return NOTHING_FOUND
    if isinf(significance):
        return MOST_SURE
    odds = SLOPE * log(significance / threshold) + AT_THRESHOLD
    sure = 1 / (1 + exp(-odds)) if odds > -700 else 0.0
    return min(MOST_SURE, max(NOTHING_FOUND, sure))


def significance_of(probability: float, threshold: float = SIGNIFICANCE_THRESHOLD) -> float:
    """How far a defect of this probability stands out: what undoes `probability_of`.

    Beyond what any measurement makes sure of, nothing stands out far enough.

    Args:
        probability: between 0 and 1.
        threshold: significance from which such scans alarm.

    Raises:
        UsageError: a probability that is 0 or less, or 1 or more.

    Example:
        >>> round(significance_of(probability_of(12.0)), 6)
        12.0
    """
    if not 0 < probability < 1:
        raise UsageError(
            f"The threshold is {probability}; an alarm score to alarm from lies between 0 and 1."
        )
    if probability >= MOST_SURE:
        return inf
    odds = log(probability / (1 - probability))
    return threshold * exp((odds - AT_THRESHOLD) / SLOPE)


def alarm_threshold() -> float:
    """The probability at the threshold, whatever significance it stands for.

    Example:
        >>> round(alarm_threshold(), 3)
        0.525
    """
    return probability_of(1.0, 1.0)
