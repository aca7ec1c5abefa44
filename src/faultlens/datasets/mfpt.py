"""`mfpt`: the bearing data of the Machinery Failure Prevention Technology society, as published.

Data card. Layout: `baseline_1.mat` to 3, `OuterRaceFault_1.mat` to 3 (97656 Hz, 270 lbs),
`OuterRaceFault_vload_1.mat` to 7 and `InnerRaceFault_vload_1.mat` to 7 (48828 Hz, 25 or 0 to 300
lbs), in folders of any name; one NICE bearing (8 elements of 5.969 mm on 31.623 mm), 25 Hz. Terms:
CC BY-NC-SA 4.0. Citation: Bechhoefer, A Quick Introduction to Bearing Envelope Analysis, MFPT 2013.
Split rule: by recording or by load; which bearings share a file is not stated.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from faultlens.datasets.dataset import DataCard, FailedFile, Found, Layout, files_below, read_each
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.read import read_signal

CARD = DataCard(
    title="MFPT bearing fault data sets: healthy, inner and outer race, 0 to 300 lbs",
    terms="CC BY-NC-SA 4.0",
    citation="E. Bechhoefer, A Quick Introduction to Bearing Envelope Analysis, MFPT, 2013",
    split_rule="by recording or by load (condition-disjoint); which recordings share a bearing is "
    "not stated",
    traps=(
        "Healthy recordings and three outer ones are at 97656 Hz, the rest at 48828 Hz: bring all "
        "to the lower rate alike, or the filter edge gives the class away.",
        "Healthy exists at 270 lbs alone.",
        "Inner and outer faults are plain here: nearly every method gets them all.",
    ),
)

LOADS_LBS = {
    "inner": (0, 50, 100, 150, 200, 250, 300),
    "outer": (25, 50, 100, 150, 200, 250, 300),
}
"""Load of the recordings vload_1 to vload_7, lbs (read me of the data set)."""

CONSTANT_LOAD_LBS = 270
"""Of the recordings without "vload", lbs (same source)."""

_NAME = re.compile(
    r"(?P<word>baseline|InnerRaceFault|OuterRaceFault)(?P<vload>_vload)?_(?P<number>\d)",
    re.IGNORECASE,
)
_CLASSES = {"baseline": "healthy", "innerracefault": "inner", "outerracefault": "outer"}


def recognises_mfpt(path: Path) -> bool:
    """Whether a file below a folder is named as MFPT names its own.

    Args:
        path: the folder.

    Example:
        >>> recognises_mfpt(Path("/nowhere"))
        False
    """
    return path.is_dir() and any(_NAME.fullmatch(x.stem) for x in path.rglob("*.mat"))


def read_mfpt(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every recording whose name says its class.

    Args:
        path: the folder.
        sample_rate_hz: not needed, the files say their rates.

    Example:
        >>> read_mfpt(Path("/nowhere")).recordings
        ()
    """
    named, failed = [], []
    for file in files_below(path):
        where = file.relative_to(path).as_posix()
        match = _NAME.fullmatch(file.stem)
        if match is None:
            reason = f"'{file.name}' is not named as MFPT names a baseline, inner or outer fault."
            failed.append(FailedFile(where, reason))
        else:
            named.append((where, (file, where, match)))

    def read(each: tuple[Path, str, re.Match[str]]) -> Iterator[LabelledRecording]:
        file, where, match = each
        kind, load = _CLASSES[match["word"].casefold()], CONSTANT_LOAD_LBS
        if match["vload"]:
            number, loads = int(match["number"]), LOADS_LBS.get(kind, ())
            load = loads[number - 1] if 0 < number <= len(loads) else load
        signal = read_signal(file, sample_rate_hz=sample_rate_hz)
        yield LabelledRecording(
            machine="MFPT",
            key=f"mfpt/{file.stem}",
            label=label_in_words(kind),
            signal=replace(signal, bearing=signal.bearing or "NICE"),
            condition=f"{load} lbs",
            file=where,
            attributes={"load": f"{load} lbs"},
        )

    recordings, unreadable = read_each(named, read)
    return Found(tuple(recordings), (*failed, *unreadable))


LAYOUT = Layout(
    CARD,
    "baseline_1.mat, InnerRaceFault_vload_1.mat, OuterRaceFault_1.mat, ...",
    recognises_mfpt,
    read_mfpt,
)
