"""From which distance a window is drift: by permutation of the reference, in blocks.

A line tests again and again: windows overlap, and several measures are watched. The chance that is
asked for is per frame of the source altogether, so each test of each measure gets its share of it
(the union bound), which asks for quantiles that no number of draws reaches. The null law of an
energy distance is a weighted sum of squares, whose tail is exponential; it is fitted to the highest
twentieth of the draws and followed outwards.

Frames of a line resemble their neighbours. Blocks are drawn, not frames, as long as twice the
correlation; what blocks of that length still miss, and how little a short reference knows of its
own correlation, is put on top.

Source: Kuensch, Annals of Statistics 17 (1989), blocks; Knijnenburg et al., Bioinformatics 25
(2009), tails of permutations; Geyer, Statistical Science 7 (1992), the initial sequence.
"""

from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import eigsh

Array = NDArray[np.float64]

DRAWS = 2000
"""Permutations of the reference: the fitted twentieth holds a hundred of them."""

_TAIL = 0.05
_QUARTERS = 4
"""Pieces that are centred each on its own before correlation is measured, so that a reference that
moves is not taken for one of long memory."""

_DIRECTIONS, _STRONG = 3, 0.2
"""Directions whose memory is measured, and the share of the first one's weight that counts."""
_BEYOND = 2.0
"""Factor where memory lasts longer than the longest block: to a window of four blocks, a slow part
that does not end within a block grows by four at most, and by two where it ends within two."""
_SLOW = 1.5
"""By how much more means of blocks must scatter than means of frames drawn anywhere."""
_MOST_UNSURE = 0.25
"""Standard error of the memory that is put on top at most, as a share; more would hide changes of
ten per cent, and `reference.RESERVE` covers it."""
_MOST_BIAS = 0.05
"""Correlation that is added for that at most: of a long memory, the sum would feed on itself."""
_CLEAR = 1.5
"""Correlation that is believed, in standard deviations of that of independent frames."""


@dataclass(frozen=True, eq=False)
class Null:
    """How statistics of one measure scatter where nothing has changed.

    Args:
        draws: (draw,) sorted, scaled by n m / (n + m) for sets of n and m frames.
        correlation: frames that count as one, 1 for independent ones.
        widened: factor for what blocks of the drawn length still miss.
    """

    draws: Array
    correlation: float
    widened: float

    def level(self, chance: float) -> float:
        """Scaled statistic that is passed with a chance, where nothing has changed.

        Args:
            chance: of one test, above 0 and below 1.
        """
        return self.widened * tail_level(self.draws, chance)


def tail_level(draws: Array, chance: float) -> float:
    """Value that is passed with a chance, beyond the draws by an exponential tail.

    Args:
        draws: (draw,) sorted.
        chance: above 0 and below 1.

    Example:
        >>> draws = np.sort(np.random.default_rng(0).exponential(size=2000))
        >>> 10 < tail_level(draws, 1e-5) < 14  # of the law itself: 11.5
        True
    """
    if chance >= _TAIL:
        return float(np.quantile(draws, 1 - chance))
    start = float(np.quantile(draws, 1 - _TAIL))
    over = draws[draws > start] - start
    if not len(over):
        return start
    # One standard error upwards: a tail that is fitted too short would alarm too often.
    return start + float(over.mean()) * (1 + 1 / sqrt(len(over))) * log(_TAIL / chance)


def energy_null(
    between: NDArray[np.floating],
    window: int,
    *,
    seed: int,
    plain: NDArray[np.floating] | None = None,
) -> Null:
    """The null law of the energy distance of a window from its reference.

    Args:
        between: (row, row) distances within the reference, in the order of time.
        window: frames of a window.
        seed: of the draws.
        plain: (row, row) distances that the memory of the frames is read from; None for the same.
            Whitened rows hide it, since all their directions weigh the same.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(300, 1))
        >>> null = energy_null(np.abs(rows - rows.T), 100, seed=0)
        >>> null.correlation < 1.5, null.level(1e-3) < null.level(1e-5)
        (True, True)
    """
    if not between.any():  # it never moved: nothing to draw
        return Null(np.zeros(DRAWS), 1.0, 1.0)
    whole: Array = between.astype(np.float64)
    correlation, block, widened = _memory(_gram(whole if plain is None else plain), window)
    if plain is not None:
        # Some direction of many may be slow without any measure showing it: the longest blocks.
        block = max(block, window // _QUARTERS)
        slowest = _slowest(whole, block)
        if slowest is not None:
            longer, _, more = _memory_of(slowest, window)
            correlation, widened = max(correlation, longer), max(widened, more, _BEYOND)
    picked = drawn_blocks(len(whole), window, block, seed)
    sizes = picked.sum(axis=1)
    others = len(whole) - sizes
    inside = np.einsum("ij,ij->i", picked @ whole, picked)
    ways = picked @ whole.sum(axis=1)
    outside = whole.sum() - 2 * ways + inside
    found = 2 * (ways - inside) / (sizes * others) - inside / sizes**2 - outside / others**2
    return Null(np.sort(found * sizes * others / len(whole)), correlation, widened)


def shares_null(bins: NDArray[np.intp], count: int, window: int, *, seed: int) -> Null:
    """The null law of the population stability index of a window against its reference.

    Args:
        bins: (row,) bin of each frame of the reference, in the order of time.
        count: bins that there are.
        window: frames of a window.
        seed: of the draws.

    Example:
        >>> bins = np.random.default_rng(0).integers(0, 10, 300)
        >>> draws = shares_null(bins, 10, 100, seed=0).draws  # about chi-square of 9
        >>> bool(7 < np.median(draws) < 11)
        True
    """
    from faultlens.line.monitoring.shares import stability_index

    held = np.eye(count)[bins]
    away = held - held.mean(axis=0)
    correlation, block, widened = _memory(away @ away.T, window)
    picked = drawn_blocks(len(bins), window, block, seed)
    now = picked @ held
    index = stability_index(now, held.sum(axis=0) - now)
    sizes = picked.sum(axis=1)
    scaled = index * sizes * (len(bins) - sizes) / len(bins)
    return Null(np.sort(scaled), correlation, widened)


def drawn_blocks(length: int, window: int, block: int, seed: int) -> Array:
    """(draw, row) ones where a row is drawn into the window, zeros elsewhere.

    Args:
        length: rows of the reference.
        window: rows of a window; at most a third of the reference is drawn.
        block: rows that are drawn together.
        seed: of the draws.

    Example:
        >>> drawn_blocks(300, 60, 1, 0).sum(axis=1)[:3].tolist()
        [60.0, 60.0, 60.0]
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    wanted = max(2, min(window, length // 3) // block)
    blocks = length // block + 1
    keys = rng.random((DRAWS, blocks))
    if length % block == 0:
        keys[:, -1] = 2.0  # an empty block must not be drawn
    taken = np.zeros((DRAWS, blocks))
    np.put_along_axis(taken, np.argpartition(keys, wanted - 1, axis=1)[:, :wanted], 1.0, axis=1)
    # Blocks begin at another place in each draw, round the end: their edges shall not matter.
    shift = rng.integers(0, length, DRAWS)
    places = (np.arange(length)[None] + shift[:, None]) % length
    return np.take_along_axis(taken, places // block, axis=1)


def _gram(between: NDArray[np.floating]) -> Array:
    """(row, row) products that belong to distances, each quarter about its own middle."""
    quarter = np.minimum(np.arange(len(between)) * _QUARTERS // len(between), _QUARTERS - 1)
    means = np.eye(_QUARTERS)[quarter]
    means = means / means.sum(axis=0)
    side = np.eye(_QUARTERS)[quarter]
    rows = between - side @ (means.T @ between)
    made: Array = -0.5 * (rows - (rows @ means) @ side.T)
    return made


def _memory(gram: Array, window: int) -> tuple[float, int, float]:
    """Frames that count as one, the block to draw, and the factor for what that still misses.

    Of the directions in which frames differ most, the one with the longest memory rules the tail.
    """
    length = len(gram)
    if float(np.trace(gram)) <= 1e-12 * length:
        return 1.0, 1, 1.0
    start = np.random.Generator(np.random.PCG64(0)).random(length)
    weights, series = eigsh(gram, k=_DIRECTIONS, v0=start)
    strong = series[:, weights > _STRONG * weights.max()]
    return max(_memory_of(x, window) for x in strong.T)


def _memory_of(series: Array, window: int) -> tuple[float, int, float]:
    longest = max(window // _QUARTERS, 1)
    shares, slow = _shares(series), _slowness(series, longest)
    near = _counted(shares, window)
    if slow > near:
        # A slow part so weak that neighbours hardly show it, as a lamp that wanders under parts
        # that differ; means of blocks do.
        return slow, longest, _BEYOND
    if not len(shares):
        return 1.0, 1, 1.0
    block = min(ceil(2 * near), longest)
    unsure = min(sqrt(2 * (2 * len(shares) + 1) / len(series)), _MOST_UNSURE)
    return near, block, near / _counted(shares, block) * (1 + unsure)


def _counted(shares: Array, length: int) -> float:
    """Variance of a mean of so many frames over that of independent ones."""
    held = np.clip(1 - np.arange(1, len(shares) + 1) / length, 0, 1)
    return 1 + 2 * float(held @ shares)


def _slowest(between: Array, block: int) -> Array | None:
    """(row,) the direction in which means of blocks scatter most; None where it may be chance."""
    gram = _gram(between)
    blocks = len(gram) // block
    if blocks < 2 * _QUARTERS or block < 2:
        return None
    sums = np.kron(np.eye(blocks), np.ones((1, block)) / block)
    held = gram[: blocks * block, : blocks * block]
    sizes, ways = np.linalg.eigh(sums @ held @ sums.T)
    # The energy's products are no plain ones: the same of frames drawn anywhere is the measure.
    order = np.random.Generator(np.random.PCG64(0)).permutation(blocks * block)
    mixed = held[np.ix_(order, order)]
    chance = float(np.linalg.eigvalsh(sums @ mixed @ sums.T)[-1])
    if sizes[-1] <= _SLOW * chance:
        return None
    series: Array = held @ (sums.T @ ways[:, -1])
    return series


def _slowness(series: Array, block: int) -> float:
    """Variance of means of blocks over that of independent frames; 1 where it may be chance."""
    blocks = len(series) // block
    if blocks < 2 * _QUARTERS or block < 2:
        return 1.0
    means = series[: blocks * block].reshape(blocks, block).mean(axis=1)
    ratio = block * float(means @ means) / (blocks - _QUARTERS) / float(series.var())
    return ratio if ratio > 1 + 3 * sqrt(2 / blocks) else 1.0


def _shares(series: Array) -> Array:
    """(lag,) correlation of a series with itself, from lag 1 until it cannot be told from none."""
    length = len(series)
    own = float(series @ series) / length
    shares: list[float] = []
    for lag in range(1, length // _QUARTERS):
        alike = float(series[lag:] @ series[:-lag]) / (length - lag) / own
        # Taking off the mean of each quarter makes neighbours look less alike than they are.
        alike += min((1 + 2 * sum(shares)) * _QUARTERS / length, _MOST_BIAS)
        if alike < _CLEAR / sqrt(length):
            break
        shares.append(alike)
    return np.array(shares)
