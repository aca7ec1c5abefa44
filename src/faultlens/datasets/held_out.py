"""What of the training windows is held out to stop by: whole recordings or last stretches."""

import numpy as np
from numpy.typing import NDArray

from faultlens.datasets.windows import LabelledWindows

FEWEST_RECORDINGS = 4
"""Of each class, from which on whole ones validate: of fewer, one is too much to do without."""


def held_keys(windows: LabelledWindows, share: float, seed: int) -> set[str]:
    """Recordings to validate on; none where a class has fewer than four.

    Args:
        windows: of the training recordings.
        share: share of the recordings of a class.
        seed: of the draw.

    Example:
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.signals.signal import Signal
        >>> signal = Signal(np.zeros(4), sample_rate_hz=4)
        >>> made = [LabelledRecording("rig", x, "healthy", signal) for x in "abcdefg"]
        >>> held_keys(cut_windows(made, window=2), 0.15, seed=1)
        {'f'}
    """
    used = [windows.recordings[x] for x in np.unique(windows.recording)]
    keys = {x: sorted({y.key for y in used if y.label == x}) for x in windows.labels}
    if min(len(its) for its in keys.values()) < FEWEST_RECORDINGS:
        return set()
    generator = np.random.default_rng(seed)
    held: set[str] = set()
    for label in sorted(keys):
        its = keys[label]
        wanted = min(len(its) - 1, max(1, round(share * len(its))))
        free = [x for x in its if x not in held]
        missing = wanted - (len(its) - len(free))
        held |= {str(x) for x in generator.permutation(free)[: max(missing, 0)]}
    both = all(0 < len(held & set(its)) < len(its) for its in keys.values())
    return held if both else set()


def last_stretches(
    windows: LabelledWindows, share: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The last windows of each recording, with a gap of one window before them.

    Args:
        windows: of the training recordings; pieces of one recording follow each other.
        share: share of the windows of a recording.

    Returns:
        numbers of the windows before the gaps, (window,), and behind them, (window,).

    Example:
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.datasets.windows import cut_windows
        >>> from faultlens.signals.signal import Signal
        >>> signal = Signal(np.zeros(12), sample_rate_hz=4)
        >>> made = [LabelledRecording("rig", "a", "healthy", signal)]
        >>> last_stretches(cut_windows(made, window=2), 0.2)
        (array([0, 1, 2, 3]), array([5]))
    """
    keys = np.array(windows.keys)
    order = np.lexsort((windows.start, windows.recording))
    train, last = [], []
    for key in dict.fromkeys(keys):
        its = order[keys[order] == key]
        first = len(its) - max(1, round(share * len(its)))
        if first < 2:
            train.append(its)
            continue
        edge = its[first]
        before = its[:first]
        here = windows.recording[before] == windows.recording[edge]
        ends = windows.start[before] + windows.size
        clear = np.where(here, ends + windows.size <= windows.start[edge], True)
        # The piece before it may end where this one starts: its last window is the gap.
        clear[-1] = False
        train.append(before[clear])
        last.append(its[first:])
    none = np.empty(0, dtype=np.intp)
    return np.sort(np.concatenate([none, *train])), np.sort(np.concatenate([none, *last]))
