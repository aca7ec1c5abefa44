"""`ims`: three run-to-failure tests of the University of Cincinnati, as published.

Data card. Layout: ASCII files named by date (`2004.02.12.10.32.39`), 20480 rows at 20 kHz, 8
columns in test 1 (two per bearing) and 4 in tests 2 and 3, tab between them; four ZA-2115 bearings
at 2000 rpm under 6000 lbs. Terms: none stated (NASA Prognostics Data Repository). Citation: Lee,
Qiu, Yu, Lin, Bearing Data Set, IMS, University of Cincinnati, 2007. Found at the end: test 1 inner
race of bearing 3 and rolling element of bearing 4; test 2 outer race of bearing 1; test 3 outer
race of bearing 3. No file has a label: the first files are taken as healthy, the last of a bearing
that failed as its fault. Split rule: by bearing or by test; files in a row are one machine.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import DataCard, FailedFile, Found, Layout, read_each
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.signal import Signal

CARD = DataCard(
    title="IMS: twelve bearings in three run-to-failure tests; four failed",
    terms="none stated",
    citation="J. Lee, H. Qiu, G. Yu, J. Lin, Rexnord Technical Services, Bearing Data Set, IMS, "
    "University of Cincinnati, NASA Prognostics Data Repository, 2007",
    split_rule="by bearing (bearing-disjoint) or by test; all channels of a file are one recording",
    traps=(
        "Labels come from the place in life, not from an inspection: first files healthy, last "
        "files the fault that was found at the end.",
        "All four bearings sit on one shaft: a fault is heard at its neighbours too.",
        "Files ten minutes apart are nearly the same machine.",
    ),
)

SAMPLE_RATE_HZ = 20000.0  # read me of the data set; 20480 rows are called one second there
SHAFT_RPM = 2000.0
FIRST_FILES = 20
"""Files from the start of a test that are taken as healthy: some hours of at least a week."""
LAST_FILES = 20
"""Files before the end of a test that are taken to show what was found: some three hours."""

FOUND = {
    "test 1": {3: "inner race fault", 4: "rolling element fault"},
    "test 2": {1: "outer race fault"},
    "test 3": {3: "outer race fault"},
}
"""What was found at the end of each test (read me of the data set)."""

_DATES = (("2003.10", "2003.12", "test 1"), ("2004.02.12", "2004.02.20", "test 2"),
          ("2004.03", "2004.05", "test 3"))  # fmt: skip
_NAME = re.compile(r"\d{4}(?:\.\d{2}){5}")
_LARGEST_BYTES = 1 << 25


def recognises_ims(path: Path) -> bool:
    """Whether a folder holds files named by date, as the tests do.

    Args:
        path: the folder of one test, or of several.

    Example:
        >>> recognises_ims(Path("/nowhere"))
        False
    """
    return path.is_dir() and any(_NAME.fullmatch(x.name) for x in path.rglob("????.??.??.*"))


def read_ims(path: Path, sample_rate_hz: float | None = None) -> Found:
    """The first and the last files of each test; those between have no label.

    Args:
        path: the folder of one test, or of several.
        sample_rate_hz: not needed, it is 20 kHz.

    Example:
        >>> read_ims(Path("/nowhere")).recordings
        ()
    """
    tests: dict[str, list[Path]] = defaultdict(list)
    failed = []
    for file in sorted(x for x in path.rglob("*") if x.is_file() and not x.name.startswith(".")):
        test = _test_of(file.name)
        if test is not None:
            tests[test].append(file)
        elif _NAME.fullmatch(file.name):
            reason = f"'{file.name}' lies in none of the three tests of 2003 and 2004."
            failed.append(FailedFile(file.relative_to(path).as_posix(), reason))
    chosen = [x for test, files in sorted(tests.items()) for x in _chosen(test, files)]
    named = [(x[0].relative_to(path).as_posix(), x) for x in chosen]

    def read(each: tuple[Path, str, Mapping[int, str]]) -> Iterator[LabelledRecording]:
        file, test, labels = each
        where = file.relative_to(path).as_posix()
        table = _table(file)
        per_bearing = table.shape[1] // 4
        for channel in range(table.shape[1]):
            bearing = channel // per_bearing + 1
            if label := labels.get(bearing, ""):
                yield LabelledRecording(
                    machine="IMS",
                    key=f"ims/{file.name}",
                    label=label_in_words(label),
                    signal=Signal(
                        table[:, channel],
                        sample_rate_hz=SAMPLE_RATE_HZ,
                        shaft_rpm=SHAFT_RPM,
                        bearing="ZA-2115",
                        channel=f"channel {channel + 1}",
                        time=_time(file.name),
                        source=str(file),
                    ),
                    condition="6000 lbs",
                    specimen=f"{test}, bearing {bearing}",
                    file=where,
                    attributes={"test": test, "channel": f"channel {channel + 1}"},
                )

    recordings, unreadable = read_each(named, read)
    left = sum(len(x) for x in tests.values()) - len(chosen)
    warnings = (_by_place(left),) if chosen else ()
    return Found(tuple(recordings), (*failed, *unreadable), warnings)


def _test_of(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    return next((test for first, last, test in _DATES if first <= name < last), None)


def _chosen(test: str, files: Sequence[Path]) -> Iterator[tuple[Path, str, Mapping[int, str]]]:
    """Files with a label, and bearing -> label of each."""
    by_date = sorted(files, key=lambda x: x.name)
    # A copy of a few files may hold no end: what is within both is healthy.
    for file in by_date[:FIRST_FILES]:
        yield file, test, dict.fromkeys(range(1, 5), "healthy")
    for file in by_date[max(FIRST_FILES, len(by_date) - LAST_FILES) :]:
        yield file, test, FOUND[test]


def _table(file: Path) -> NDArray[np.float64]:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise ValueError("it is larger than 32 MiB")
        table = np.loadtxt(file, ndmin=2, encoding="ascii")
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{file.name} is no table of numbers: {error}") from error
    if table.shape[1] not in (4, 8) or len(table) < 2:
        raise UnreadableFileError(
            f"{file.name} has {len(table)} rows of {table.shape[1]} columns; the tests have 20480 "
            "rows of 4 or 8. It was cut or is another data set's."
        )
    return np.asarray(table, dtype=np.float64)


def _time(name: str) -> str:
    year, month, day, hour, minute, second = name.split(".")
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"


def _by_place(left: int) -> Notice:
    return Notice(
        en="IMS files have no labels: the first 20 of a test are taken as healthy, the last 20 of "
        f"a bearing that failed as the fault found at its end; {left:d} files between are left.",
        zh="IMS 文件没有标签：每次试验的前 20 个文件视为健康，失效轴承的最后 20 个文件视为"
        f"其最终发现的故障；中间 {left:d} 个文件未使用。",
    )


LAYOUT = Layout(
    CARD,
    "files named by date, such as 2004.02.12.10.32.39, with 4 or 8 columns",
    recognises_ims,
    read_ims,
)
