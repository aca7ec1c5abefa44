"""Data sets by name or by their layout: the one door for all of them."""

from math import isfinite
from pathlib import Path

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.registry import Registry
from faultlens.datasets import (
    bearingset,
    cwru,
    femto_snapshots,
    folders,
    ims,
    manifest,
    mfpt,
    packs,
)
from faultlens.datasets.corrections import recordings
from faultlens.datasets.dataset import Dataset, Layout, completed

DATASETS: Registry[Layout] = Registry("data set", group="faultlens.datasets")
"""Name -> layout. An installed package adds one by an entry point named as the data set."""

for _name, _layout in (
    ("bearingset", bearingset.LAYOUT),
    ("corrections", recordings.LAYOUT),
    ("cwru", cwru.LAYOUT),
    ("femto", femto_snapshots.LAYOUT),
    ("folders", folders.LAYOUT),
    ("ims", ims.LAYOUT),
    ("manifest", manifest.LAYOUT),
    ("mfpt", mfpt.LAYOUT),
    ("packs", packs.LAYOUT),
):
    DATASETS.add(_name, _layout)


def open_dataset(
    path: str | Path, *, name: str | None = None, sample_rate_hz: float | None = None
) -> Dataset:
    """The labelled recordings of a folder, whose layout is recognised or named.

    Args:
        path: the folder, or a manifest.
        name: of the data set, as registered; None recognises it by how its files are named.
        sample_rate_hz: samples per second, where the data do not say it.

    Raises:
        UnreadableFileError: it does not exist, has no known layout, or no usable recording.
        UnknownNameError: no data set of that name; lists the known ones.
        UsageError: its files fit two layouts equally well, or the rate is no positive number.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "inner20_0_train.csv").write_text("1,4\\n2,5\\n3,6\\n")
        >>> found = open_dataset(folder, sample_rate_hz=5120)
        >>> found.name, found.recordings[0].label
        ('bearingset', 'inner race fault')
    """
    where = Path(path)
    if sample_rate_hz is not None and not (isfinite(sample_rate_hz) and sample_rate_hz > 0):
        raise UsageError(f"sample_rate_hz is {sample_rate_hz}; it must be a positive number of Hz.")
    if not where.exists():
        raise UnreadableFileError(
            f"{where} does not exist; give the folder of a data set, or a manifest (CSV with the "
            "columns file and label)."
        )
    known = recognised(where) if name is None else name
    layout = DATASETS[known]
    return completed(known, layout.card, where, layout.read(where, sample_rate_hz))


def recognised(path: Path) -> str:
    """The name of the data set whose layout a folder has.

    Args:
        path: the folder, or a manifest.

    Raises:
        UnreadableFileError: no layout fits; says what was looked for.
        UsageError: two layouts fit equally well.

    Example:
        >>> recognised(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere is laid out as no data set ...
    """
    fitting = [name for name in DATASETS if DATASETS[name].recognises(path)]
    surest = min((DATASETS[name].rank for name in fitting), default=0)
    fitting = [name for name in fitting if DATASETS[name].rank == surest]
    if len(fitting) > 1:
        raise UsageError(
            f"{path} may be {' or '.join(fitting)}; say which one with name= (--dataset), or "
            "give the folder of one of them."
        )
    if fitting:
        return fitting[0]
    looked = "".join(f"\n  {name}: {DATASETS[name].looks_for}" for name in DATASETS)
    raise UnreadableFileError(
        f"{path} is laid out as no data set that is known. Put the recordings of each class into "
        f"a folder named as the class, or list them in a manifest. Looked for:{looked}"
    )
