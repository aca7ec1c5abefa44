"""How far a figure can be trusted: intervals over recordings or bearings, never over windows."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError


def bootstrap_interval(
    figure: Callable[[NDArray[np.intp]], float],
    groups: Sequence[str],
    *,
    strata: Sequence[str] | None = None,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval of a figure when whole groups (recordings, bearings) are drawn with replacement.

    Args:
        figure: takes the indices of the samples drawn, gives the figure.
        groups: (sample,) group of each sample; a group is drawn whole, since its windows agree.
        strata: (sample,) class of each sample, constant within a group: groups are drawn within
            their class, so that no class is ever empty.
        draws: number of draws.
        level: coverage wanted.
        seed: seed of the draws.

    Raises:
        UsageError: no samples, or lengths differ.

    Source:
        Efron, Tibshirani, An Introduction to the Bootstrap (1993), percentile interval; clusters
        as in Field, Welsh, J. R. Stat. Soc. B 69 (2007).

    Example:
        >>> values = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0])
        >>> low, high = bootstrap_interval(
        ...     lambda index: values[index].mean(), ["a", "a", "b", "b", "c", "d"]
        ... )
        >>> low < 0.5 < high
        True
    """
    labels = ["all"] * len(groups) if strata is None else list(strata)
    if not groups or len(labels) != len(groups):
        raise UsageError(
            f"{len(groups)} groups and {len(labels)} strata; both need one entry per sample."
        )
    members: dict[str, dict[str, list[int]]] = {}
    for index, (group, label) in enumerate(zip(groups, labels, strict=True)):
        members.setdefault(label, {}).setdefault(group, []).append(index)
    pools = [[np.array(x) for x in by_group.values()] for by_group in members.values()]
    rng = np.random.default_rng(seed)
    figures = []
    for _ in range(draws):
        drawn = [pool[i] for pool in pools for i in rng.integers(0, len(pool), len(pool))]
        figures.append(figure(np.concatenate(drawn)))
    tail = 50 * (1 - level)
    low, high = np.percentile(figures, [tail, 100 - tail])
    return float(low), float(high)


def share_interval(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share, also when it is 0 or 1.

    Raises:
        UsageError: no trials, or more successes than trials.

    Source:
        Wilson, J. Am. Stat. Assoc. 22 (1927).

    Example:
        >>> low, high = share_interval(0, 20)
        >>> low, round(high, 3)
        (0.0, 0.161)
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise UsageError(f"{successes} of {trials}; give 0 <= successes <= trials, trials > 0.")
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = (
        z * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2) / (1 + z * z / trials)
    )
    # Rounding may push a share of 0 or 1 out of its own interval by a last digit.
    return max(0.0, min(share, float(centre - half))), min(1.0, max(share, float(centre + half)))
