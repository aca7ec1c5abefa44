"""A model meets another condition: unlabelled windows of it move its borders, labels never do.

Within one condition the classes lie apart even where a model of another condition draws the border
in the wrong place. So the model's own answers start a mixture of one Gaussian per class, and the
mixture settles where the windows lie.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice

ROUNDS = 50
SETTLED = 1e-6
"""Largest change of a probability at which the mixture has settled."""

SHRINK = 0.1
"""Share of the mean variance that is added to every direction: windows are few."""

FEWEST_SHARE, FEWEST = 0.05, 3
"""A class that wins fewer windows than this is taken to be absent.

The share is that of five classes or fewer; of more it is a quarter of an even one."""

FAINTEST = 1e-12
"""Variance below which a feature counts as constant."""

CHANGED_MUCH = 0.2
"""Share of changed answers above which the adapted model is doubted."""

ASSUMES = Notice(
    en="Adapted to the new condition without labels: this takes for granted that nearly all "
    "classes occur in it. Where only one or two do, such as a healthy machine alone, it can make "
    "the answers worse.",
    zh="已在无标签条件下适应新工况：前提是新工况中几乎包含所有类别。若仅有一两类（例如只有健康机器），结果可能变差。",
)


@dataclass(frozen=True, eq=False)
class Adapted:
    """Borders between classes where the windows of a condition say they are.

    Args:
        slopes: (class, feature) of the log-odds.
        offsets: (class,) of the log-odds; minus infinity for a class that is absent.
        changed: share of the windows adapted to whose answer is another one now.
    """

    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]
    changed: float

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a careful engineer would want to know."""
        if self.changed <= CHANGED_MUCH:
            return (ASSUMES,)
        much = Notice(
            en=f"Adapting changed {self.changed:.0%} of the answers; more than "
            f"{CHANGED_MUCH:.0%} is a sign that it went astray. Hold it against the same model "
            "without --adapt.",
            zh=f"适应过程改变了 {self.changed:.0%} 的判定；超过 {CHANGED_MUCH:.0%} 表明可能偏离，"
            "请与不加 --adapt 的结果对照。",
        )
        return (ASSUMES, much)

    def log_odds(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """Log-odds of the classes, up to a constant per window.

        Args:
            features: (window, feature) as those adapted to.

        Returns:
            (window, class).
        """
        found: NDArray[np.float64] = features.astype(np.float64) @ self.slopes.T + self.offsets
        return found


def adapted(features: NDArray[np.floating], log_odds: NDArray[np.float64]) -> Adapted:
    """Adapt to the windows of a condition.

    Args:
        features: (window, feature) of unlabelled windows: prepared arrays, or points.
        log_odds: (window, class) of the same, by the model as it is.

    Raises:
        UnusableSignalError: fewer windows than two per class.

    Source: Hastie and Tibshirani, Discriminant analysis by Gaussian mixtures, J. R. Stat. Soc. B 58
    (1996); expectation maximisation with one covariance for all classes and even priors.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> where = np.repeat([[0.0, 0.0], [4.0, 0.0]], 50, axis=0)
        >>> windows = where + rng.normal(size=(100, 2))
        >>> border_at_3 = np.stack([3 - windows[:, 0], windows[:, 0] - 3], axis=1)
        >>> found = adapted(windows, border_at_3)
        >>> int((found.log_odds(windows).argmax(1) == np.repeat([0, 1], 50)).sum()) >= 96
        True
    """
    rows = np.asarray(features, dtype=np.float64).reshape(len(features), -1)
    count, classes = log_odds.shape
    if count < 2 * classes:
        raise UnusableSignalError(
            f"{count} windows to adapt to and {classes} classes; give at least {2 * classes} "
            "windows of the new condition (--adapt-data), or leave --adapt out."
        )
    won = np.bincount(log_odds.argmax(axis=1), minlength=classes)
    absent = won < max(FEWEST, min(FEWEST_SHARE, 0.25 / classes) * count)
    if absent.all():
        absent[:] = False
    first = softmax(np.where(absent, -np.inf, log_odds), axis=1)
    share = first
    for _ in range(ROUNDS):
        slopes, offsets = _borders(rows, share)
        offsets = np.where(absent, -np.inf, offsets)
        fresh = softmax(rows @ slopes.T + offsets, axis=1)
        settled = float(np.abs(fresh - share).max()) < SETTLED
        share = fresh
        if settled:
            break
    changed = float((share.argmax(axis=1) != log_odds.argmax(axis=1)).mean())
    return Adapted(slopes, offsets, changed)


def _borders(
    rows: NDArray[np.float64], share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slopes (class, feature) and offsets (class,) of classes that hold so much of each window."""
    weight = share.sum(axis=0) + 1e-9
    means = share.T @ rows / weight[:, None]
    apart = [
        (rows - mean) * np.sqrt(its)[:, None] for mean, its in zip(means, share.T, strict=True)
    ]
    covariance = sum(x.T @ x for x in apart) / len(rows)
    # The last term: windows that are all alike, such as silence, have no spread at all.
    shrink = SHRINK * np.trace(covariance) / len(covariance) + FAINTEST
    covariance += shrink * np.eye(len(covariance))
    slopes = np.linalg.solve(covariance, means.T).T
    return slopes, -0.5 * (slopes * means).sum(axis=1)
