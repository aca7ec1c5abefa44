"""`bearingset`: the folder that the Bearing-CLIP document trains on, windows as columns of CSV.

Data card. Layout: `{train_set,test_set}/<class><Hz>_<V>_<split>.csv`, 1024 rows (samples) by 100
columns (windows), no header; classes ball, comb (inner and outer race together), health, inner and
outer, at 20 Hz 0 V and 30 Hz 2 V. Neither terms, rig, bearing nor sampling rate are stated; 5120 Hz
is inferred. The columns of a file follow each other without a gap, and the test file follows its
train file: one recording per class and condition. Split rule: its own split tests on neighbouring
pieces of the recordings trained on; only a split by condition says something of another machine.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import DataCard, FailedFile, Found, Layout, files_below, read_each
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.signal import Signal

INFERRED_RATE_HZ = 5120.0
"""Samples per second; the makers do not say, it is inferred (see the data card)."""

CARD = DataCard(
    title="bearingset: the data of the Bearing-CLIP document, 5 classes at 2 conditions",
    terms="none stated; not for redistribution",
    citation="github.com/Dreamlights001/Bearing-CLIP (data set of unstated origin)",
    split_rule="train_set and test_set are neighbouring pieces of one recording per class and "
    "condition: train at one condition and test at the other (condition-disjoint)",
    traps=(
        "Windows of train_set and test_set come from the same recordings: a high score on this "
        "split says nothing of another machine.",
        "The health and comb train files begin with a drift of the mean, which gives the class "
        "away: remove the mean of each window.",
        "The sampling rate is inferred (5120 Hz), the bearing is unknown.",
        "One bearing per class: whatever tells these five specimens apart tells the classes apart.",
    ),
)

_NAME = re.compile(
    r"(?P<word>[^\W\d_]+(?:[-_][^\W\d_]+)*)(?P<hz>\d+(?:\.\d+)?)_(?P<volt>\d+(?:\.\d+)?)_(?P<split>\w+)"
)
_SETS = ("train_set", "test_set")
_LARGEST_FILE_BYTES = 1 << 28  # some 280 times the published ones
_PREDICTED_FROM = 8  # samples; enough for the few resonances below 2.5 kHz
_JOINED = 1.4
"""Error of a linear prediction across columns over that within, above which they do not join.

Measured on the published files: 0.78 to 1.25 between neighbours, 1.15 to 19 between random columns.
"""
_FEWEST_COLUMNS = 20


def recognises_bearingset(path: Path) -> bool:
    """Whether a folder, or its train_set or test_set, holds a file named as in `bearingset`.

    Args:
        path: `bearingset` or one of its two folders.

    Example:
        >>> recognises_bearingset(Path("/nowhere"))
        False
    """
    return any(_NAME.fullmatch(x.stem) for folder in _folders(path) for x in folder.glob("*.csv"))


def read_bearingset(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every file whose name says class, speed and voltage; one recording per file.

    Args:
        path: `bearingset`, or one of its two folders.
        sample_rate_hz: samples per second; 5120 Hz, with a warning, where it is None.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp()) / "train_set"
        >>> folder.mkdir()
        >>> _ = (folder / "comb20_0_train.csv").write_text("1,4\\n2,5\\n3,6\\n")
        >>> found = read_bearingset(folder)
        >>> [(x.label, x.condition, x.window, x.signal.samples) for x in found.recordings]
        [('inner and outer race fault', '20 Hz 0 V', 3, array([1., 2., 3., 4., 5., 6.]))]
    """
    rate = INFERRED_RATE_HZ if sample_rate_hz is None else sample_rate_hz
    root = path.resolve()
    home = root.parent.name if root.name in _SETS else root.name
    named, failed, words, apart = [], [], [], []
    for file in files_below(path):
        match = _NAME.fullmatch(file.stem)
        where = file.relative_to(path).as_posix()
        if match is None or file.suffix.lower() != ".csv":
            failed.append(FailedFile(where, _misnamed(file)))
        else:
            named.append((where, (file, where, match)))

    def read(each: tuple[Path, str, re.Match[str]]) -> Iterator[LabelledRecording]:
        file, where, match = each
        windows = _table(file)
        if not joins(windows):
            apart.append(where)
        words.append(match["word"])
        condition = f"{float(match['hz']):g} Hz {float(match['volt']):g} V"
        rows, columns = windows.shape
        yield LabelledRecording(
            machine=home,
            key=f"{home}/{match['word']}{match['hz']}_{match['volt']}",
            label=label_in_words(match["word"]),
            signal=Signal(
                windows.ravel(order="F"),
                sample_rate_hz=rate,
                shaft_rpm=60 * float(match["hz"]) or None,
                source=str(file),
                history=(f"read {columns} columns of {file.name}, one after the other",),
            ),
            condition=condition,
            file=where,
            window=rows if columns > 1 else None,
            attributes={
                "called": match["word"],
                "speed": f"{float(match['hz']):g} Hz",
                "load": f"{float(match['volt']):g} V",
                "split": match["split"],
            },
        )

    recordings, unreadable = read_each(named, read)
    warnings = [] if sample_rate_hz is not None else [_INFERRED]
    if apart:
        warnings.append(_apart(apart))
    return Found(tuple(recordings), (*failed, *unreadable), tuple(warnings), tuple(words))


def joins(windows: NDArray[np.floating]) -> bool:
    """Whether each column goes on where the one before it ended.

    A linear prediction from the 8 samples before, fitted within the columns, must do as well
    across them; with fewer than 20 columns nothing is concluded and they are taken to join.

    Args:
        windows: (sample, window).

    Example:
        >>> wave = np.sin(np.arange(3000) * 0.3) + 0.1 * np.sin(np.arange(3000) * 1.1)
        >>> columns = wave.reshape(30, 100).T
        >>> joins(columns), joins(columns[:, ::-1])
        (True, False)
    """
    rows, columns = windows.shape
    if columns < _FEWEST_COLUMNS or rows < 4 * _PREDICTED_FROM:
        return True
    inside = np.lib.stride_tricks.sliding_window_view(windows, _PREDICTED_FROM + 1, axis=0)
    # Some thousand stretches tell as much as all of them.
    past, present = _parts(inside[::23].reshape(-1, _PREDICTED_FROM + 1))
    weights = np.linalg.lstsq(past, present, rcond=None)[0]
    across = np.concatenate([windows[-_PREDICTED_FROM:, :-1], windows[:1, 1:]]).T
    before, after = _parts(across)
    # Not squared: one impact of a damaged bearing at a joint must not decide.
    scale = np.mean(np.abs(past @ weights - present))
    error = np.mean(np.abs(before @ weights - after))
    # Rounding alone must not part columns that a prediction meets exactly.
    return bool(error <= _JOINED * scale + 1e-9 * np.abs(windows).max())


def _parts(stretches: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    return np.c_[stretches[:, :-1], np.ones(len(stretches))], stretches[:, -1]


def _folders(path: Path) -> Sequence[Path]:
    return [path, *(path / name for name in _SETS)] if path.is_dir() else []


def _table(file: Path) -> NDArray[np.float64]:
    size = file.stat().st_size
    if not 0 < size <= _LARGEST_FILE_BYTES:
        raise UnreadableFileError(
            f"{file.name} has {size} bytes; a file of windows has 1 to {_LARGEST_FILE_BYTES}."
        )
    try:
        with catch_warnings():
            simplefilter("error")  # numpy warns of a file without numbers
            table = np.loadtxt(file, delimiter=",", ndmin=2, encoding="utf-8-sig")
    except (ValueError, UserWarning) as error:
        raise UnreadableFileError(
            f"{file.name} is no table of numbers without a header, one window per column: {error}"
        ) from error
    if len(table) < 2:
        raise UnreadableFileError(
            f"{file.name} has {len(table)} row; a column holds the samples of one window, so a "
            "file has as many rows as a window has samples (1024)."
        )
    return np.asarray(table, dtype=np.float64)


def _misnamed(file: Path) -> str:
    return (
        f"'{file.name}' does not say class, speed and voltage; name it <class><Hz>_<V>_<split>.csv,"
        " such as inner20_0_train.csv, or list it in a manifest."
    )


_INFERRED = Notice(
    en="The sampling rate is not stated: 5120 Hz, by inference. Give it where you know it "
    "(sample_rate_hz=, --sample-rate); speeds and fault orders depend on it.",
    zh="未说明采样率：按推断取 5120 Hz。如已知请给出（sample_rate_hz=，--sample-rate）；"
    "转速与故障阶次取决于采样率。",
)


def _apart(files: Sequence[str]) -> Notice:
    listed = ", ".join(files[:3]) + (", ..." if len(files) > 3 else "")
    return Notice(
        en=f"The columns of {len(files):d} files do not join, first {listed}: windows of another "
        "length would hold a step where two columns meet. Keep to windows of one column.",
        zh=f"{len(files):d} 个文件的各列并不连续，例如 {listed}："
        "若采用其他窗口长度，列的交界处会出现跳变。请以一列为一个窗口。",
    )


LAYOUT = Layout(
    CARD,
    "{train_set,test_set}/<class><Hz>_<V>_<split>.csv, such as inner20_0_train.csv",
    recognises_bearingset,
    read_bearingset,
)
