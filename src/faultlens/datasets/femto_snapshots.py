"""`femto`: the seventeen bearings of PRONOSTIA as labelled recordings, by their place in life.

Data card: see `femto`, which reads the bearings whole. No fault location is known and no file has a
label: the first fifth of a life is taken as healthy, without its first snapshots, which are run-in,
and the last twentieth as damaged. Split rule: the challenge's own, six bearings to learn from and
eleven to test; all snapshots of a bearing are one recording.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import DataCard, Found, Layout, read_each
from faultlens.datasets.femto import AXES, SAMPLE_RATE_HZ, RunToFailure, read_run
from faultlens.datasets.labelled import LabelledRecording
from faultlens.signals.signal import Signal

CARD = DataCard(
    title="FEMTO (PRONOSTIA): seventeen bearings run to failure, snapshots of 0.1 s every 10 s",
    terms="none stated; cite the PRONOSTIA paper",
    citation="P. Nectoux et al., PRONOSTIA: An Experimental Platform for Bearings Accelerated Life "
    "Test, IEEE PHM 2012",
    split_rule="the challenge's own, six bearings to learn from and eleven to test "
    "(bearing-disjoint); a bearing is never cut",
    traps=(
        "Where the damage is nobody knows: healthy against damaged is all that can be learnt.",
        "Labels come from the place in life, not from an inspection.",
        "Snapshots in a row are nearly the same machine.",
    ),
)

LOAD_N = {1800.0: 4000, 1650.0: 4200, 1500.0: 5000}
"""Shaft speed, rpm -> radial load, N."""

DAMAGED = "damaged bearing"
_RUN_IN, _HEALTHY, _DAMAGED = 0.02, 0.2, 0.95
"""Share of life: before, within and from which a snapshot is left, healthy and damaged."""


def recognises_femto(path: Path) -> bool:
    """Whether a folder holds bearings named as the challenge names them.

    Args:
        path: the folder.

    Example:
        >>> recognises_femto(Path("/nowhere"))
        False
    """
    return bool(_places(path))


def read_femto(path: Path, sample_rate_hz: float | None = None) -> Found:
    """The snapshots at the start and at the end of each life, both axes.

    Args:
        path: holds `Bearing1_1/`, ... or `Bearing1_1.npz`, ..., also below `Learning_set`.
        sample_rate_hz: not needed, it is 25.6 kHz.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> np.savez(folder / "Bearing3_1.npz", acc=np.ones((3, 2560, 2)),
        ...          snapshot=np.array([10, 50, 100]), n_total=100)
        >>> [(x.label, x.attributes["axis"]) for x in read_femto(folder).recordings]
        [('healthy', 'horizontal'), ('healthy', 'vertical'), ('damaged bearing', 'horizontal'),
         ('damaged bearing', 'vertical')]
    """
    left = 0

    def read(place: Path) -> Iterator[LabelledRecording]:
        nonlocal left
        run = read_run(place)
        ages = run.numbers / max(run.life, 1)
        left += int(np.sum([not _label(x) for x in ages]))
        where = place.relative_to(path).as_posix()
        for index, age in enumerate(ages):
            if label := _label(float(age)):
                yield from _snapshot(run, index, label, where)

    places = [(x.relative_to(path).as_posix(), x) for x in _places(path)]
    recordings, failed = read_each(places, read)
    return Found(tuple(recordings), tuple(failed), (_by_place(left),) if recordings else ())


def _places(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    found = [x for x in sorted(path.rglob("Bearing?_?*")) if x.is_dir() or x.suffix == ".npz"]
    return [x for x in found if len(x.stem) == len("Bearing1_1")]


def _label(age: float) -> str:
    if _RUN_IN <= age <= _HEALTHY:
        return "healthy"
    return DAMAGED if age >= _DAMAGED else ""


def _snapshot(run: RunToFailure, index: int, label: str, where: str) -> Iterator[LabelledRecording]:
    number = int(run.numbers[index])
    load = LOAD_N.get(run.shaft_rpm)
    if load is None:
        raise UnreadableFileError(f"{run.name} turns at {run.shaft_rpm:g} rpm; FEMTO does not.")
    for axis, name in enumerate(AXES):
        yield LabelledRecording(
            machine="PRONOSTIA",
            key=f"femto/{run.name}",
            label=label,
            signal=Signal(
                run.samples[index, :, axis].astype(np.float64),
                sample_rate_hz=SAMPLE_RATE_HZ,
                shaft_rpm=run.shaft_rpm,
                unit="g",
                channel=name,
                source=where,
            ),
            condition=f"{run.shaft_rpm:g} rpm {load} N",
            specimen=run.name,
            file=f"{where}, snapshot {number}",
            attributes={
                "axis": name,
                "snapshot": str(number),
                "split": "train" if run.learning else "test",
            },
        )


def _by_place(left: int) -> Notice:
    return Notice(
        en="FEMTO files have no labels: the first fifth of a life, after its run-in, is taken as "
        f"healthy, the last twentieth as damaged; {left:d} snapshots between are left.",
        zh="FEMTO 文件没有标签：磨合之后至寿命前五分之一视为健康，最后二十分之一视为损坏；"
        f"中间 {left:d} 个快照未使用。",
    )


LAYOUT = Layout(
    CARD,
    "folders or npz files of bearings, Bearing1_1 and so on",
    recognises_femto,
    read_femto,
)
