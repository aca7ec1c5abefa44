"""Recordings of one asset in the order of time: found in a folder, dated, or counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.datasets.femto import STEP_S, is_temperature, snapshot_number
from faultlens.inference.batch import SIDECARS, expand
from faultlens.inference.snapshot import Snapshot
from faultlens.reports.trend_view import DATED, ELAPSED, ORDER
from faultlens.signals.dates import date_in_name, natural_order
from faultlens.signals.read import FORMATS

WRITTEN = ("trend.csv",)
"""What a trend writes itself: no recording, if it lies among them."""

TEMPERATURES = Notice(
    en="Files of temperatures (temp_*.csv) are passed over.",
    zh="已跳过温度文件（temp_*.csv）。",
)

COUNTED = Notice(
    en="No recording says when it was made; their names put them in order, and all steps count as "
    "equal. State the time in a sidecar (time = ...) or in the file name (20240531_1020).",
    zh="记录均未注明采集时间；按文件名排序，并视为等间隔。请在同名元数据文件中给出 time，"
    "或在文件名中写明时间（如 20240531_1020）。",
)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Snapshots in the order of time.

    Args:
        snapshots: in order.
        times_s: (recording,) since the first, s; their numbers where only the order is known.
        kind: `DATED`, `ELAPSED` or `ORDER`.
        start: date of the first; None where it is not known.
        undated: files that were left out, since all others are dated.
        warnings: what a careful engineer would want to know of the order.
    """

    snapshots: tuple[Snapshot, ...]
    times_s: NDArray[np.float64]
    kind: str
    start: datetime | None
    undated: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()


def recordings_of(places: Sequence[str | Path]) -> tuple[tuple[Path, ...], tuple[Notice, ...]]:
    """The recordings that folders, files and globs stand for, and what was passed over.

    Of a folder every file counts whose suffix is a known format or whose name holds a date, as the
    files of IMS do (2004.02.12.10.32.39); of a folder of FEMTO the accelerations alone.

    Args:
        places: folders, file names, globs.

    Raises:
        UnreadableFileError: no recording is there.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("acc_2.csv", "acc_10.csv", "temp_1.csv", "notes.md"):
        ...     _ = (folder / name).write_text("")
        >>> [x.name for x in recordings_of([folder])[0]]
        ['acc_2.csv', 'acc_10.csv']
    """
    found: list[Path] = []
    for place in places:
        found += _inside(Path(place)) if Path(place).is_dir() else expand([place])
    found = list(dict.fromkeys(found))
    if any(snapshot_number(x.name) is not None for x in found):
        kept = [x for x in found if not is_temperature(x.name)]
        return tuple(kept), (TEMPERATURES,) if len(kept) < len(found) else ()
    return tuple(found), ()


def timeline(snapshots: Sequence[Snapshot]) -> Timeline:
    """Put snapshots in order: by date, by the counter of FEMTO, or by name.

    Args:
        snapshots: one at least, in any order.

    Example:
        >>> noon, night = (Snapshot(x, (), np.zeros(0), 1.0, datetime(2024, 5, 31, hour))
        ...                for x, hour in (("b", 12), ("a", 0)))
        >>> line = timeline([noon, night])
        >>> [x.file for x in line.snapshots], line.times_s
        (['a', 'b'], array([    0., 43200.]))
    """
    dated = [(x.time, x) for x in snapshots if x.time is not None]
    if dated:
        dated.sort(key=lambda x: (x[0], natural_order(x[1].file)))
        start = dated[0][0]
        times = np.array([(time - start).total_seconds() for time, _ in dated])
        undated = tuple(x.file for x in snapshots if x.time is None)
        kept = tuple(x for _, x in dated)
        return Timeline(kept, times, DATED, start, undated, _about_steps(times))
    ordered = tuple(sorted(snapshots, key=lambda x: natural_order(Path(x.file).name)))
    numbers = [snapshot_number(Path(x.file).name) for x in ordered]
    counted = [x for x in numbers if x is not None]
    if len(counted) == len(ordered):
        return Timeline(ordered, STEP_S * (np.array(counted) - counted[0]), ELAPSED, None)
    return Timeline(ordered, np.arange(float(len(ordered))), ORDER, None, (), (COUNTED,))


def _about_steps(times_s: NDArray[np.float64]) -> tuple[Notice, ...]:
    if len(times_s) < 2 or np.all(np.diff(times_s) > 0):
        return ()
    same = Notice(
        en="Some recordings bear the same time; among themselves they stand in the order of their "
        "names.",
        zh="部分记录的时间相同；它们之间按文件名排序。",
    )
    return (same,)


def _inside(folder: Path) -> list[Path]:
    inside = [
        x
        for x in folder.iterdir()
        if x.is_file()
        and not x.name.startswith(".")
        and x.name not in WRITTEN
        and x.suffix.lower() not in (*SIDECARS, ".png", ".html", ".md")
        and (x.suffix.lower() in FORMATS or date_in_name(x.name) is not None)
    ]
    if not inside:
        raise UnreadableFileError(
            f"The folder {folder} holds no recording; known formats: {', '.join(FORMATS)}, or a "
            "date as the name (2004.02.12.10.32.39)."
        )
    return sorted(inside, key=lambda x: natural_order(x.name))
