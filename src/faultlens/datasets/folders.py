"""`folders`: a folder per class, named as the class, with recordings of any format inside.

Data card. Layout: `<class>/**/<recording>`, or `{train,test}/<class>/**/<recording>`; rate, speed
and bearing from the files and their sidecars. Terms and citation are the owner's. Split rule: a
file is one recording; where several are pieces of one, or of one bearing, say so in a manifest.
"""

from collections.abc import Iterator
from pathlib import Path

from faultlens.datasets.dataset import (
    ANYBODYS,
    DataCard,
    FailedFile,
    Found,
    Layout,
    files_below,
    read_each,
    root_name,
)
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.read import read_signal

CARD = DataCard(
    title="folders: recordings of your own, a folder per class",
    terms="yours",
    citation="yours",
    split_rule="a file is one recording; only you know which files share a machine, a bearing or a "
    "condition: say it in a manifest, and split by it",
    traps=(
        "Classes recorded on different days, machines or loads differ in more than the fault.",
        "Files cut from one recording look alike: list them in a manifest under one key.",
    ),
)

SPLITS = {
    "train": "train", "train_set": "train", "training": "train",
    "test": "test", "test_set": "test", "testing": "test",
    "val": "validation", "valid": "validation", "validation": "validation",
}  # fmt: skip
"""Folder above the classes -> the split it stands for."""


def recognises_folders(path: Path) -> bool:
    """Whether a folder holds folders with recordings.

    Args:
        path: the folder.

    Example:
        >>> recognises_folders(Path("/nowhere"))
        False
    """
    if not path.is_dir():
        return False
    return any(len(x.relative_to(path).parts) > 1 for x in files_below(path))


def read_folders(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every recording below the folder, labelled by the folder it lies in.

    Args:
        path: holds a folder per class.
        sample_rate_hz: samples per second, where a file does not say.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp()) / "inner"
        >>> folder.mkdir()
        >>> _ = (folder / "a.csv").write_text("acc (g)\\n0.1\\n0.3\\n-0.2\\n")
        >>> [(x.label, x.file) for x in read_folders(folder.parent, 1000).recordings]
        [('inner race fault', 'inner/a.csv')]
    """
    home = root_name(path)
    named, failed, words = [], [], []
    for file in files_below(path):
        inside = file.relative_to(path)
        split = SPLITS.get(inside.parts[0].casefold(), "") if len(inside.parts) > 2 else ""
        classes = inside.parts[1 if split else 0 : -1]
        if classes:
            named.append((inside.as_posix(), (file, inside, classes, split)))
        else:
            reason = "it lies in no folder of a class; move it into one, or use a manifest."
            failed.append(FailedFile(inside.as_posix(), reason))

    def read(each: tuple[Path, Path, tuple[str, ...], str]) -> Iterator[LabelledRecording]:
        file, inside, classes, split = each
        signal = read_signal(file, sample_rate_hz=sample_rate_hz)
        words.append(classes[0])
        below = "/".join(classes[1:])
        yield LabelledRecording(
            machine=signal.asset or home,
            key=f"{home}/{inside.as_posix()}",
            label=label_in_words(classes[0]),
            signal=signal,
            file=inside.as_posix(),
            attributes={
                "called": classes[0],
                **({"split": split} if split else {}),
                **({"folder": below} if below else {}),
            },
        )

    recordings, unreadable = read_each(named, read)
    return Found(tuple(recordings), (*failed, *unreadable), words=tuple(words))


LAYOUT = Layout(
    CARD,
    "<class>/<recording>, such as 'inner race fault/monday.csv', also below train and test",
    recognises_folders,
    read_folders,
    rank=ANYBODYS,
)
