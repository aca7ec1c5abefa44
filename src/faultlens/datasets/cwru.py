"""`cwru`: the bearing data of Case Western Reserve University, as published.

Data card. Layout: MATLAB files named by number (`105.mat`, `105_0.mat`) or by fault, size, place
and load (`IR007_1.mat`, `OR014@6_2.mat`, `B028_0.mat`, `Normal_0.mat`), in folders that say rate
and end (`12k_Drive_End_Bearing_Fault_Data`). 161 files: single faults cut by spark erosion, 0.007
to 0.028 in, 0 to 3 hp (1797 to 1730 rpm); drive end 6205-2RS, fan end 6203-2RS. Terms: public, cite
the university. Citation: Case Western Reserve University Bearing Data Center. Split rule: by fault
size (bearing-disjoint: each size and part is a bearing of its own), by load, or by end; never by
window.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.cwru_files import DRIVE, FAN, CwruFile, files_named
from faultlens.datasets.dataset import DataCard, Found, Layout, files_below, read_each
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.read import open_recording
from faultlens.signals.readers.matlab5 import variables_of

CARD = DataCard(
    title="CWRU: bearings with single faults at drive and fan end, 0 to 3 hp, and healthy ones",
    terms="public; cite the university",
    citation="Case Western Reserve University Bearing Data Center, "
    "engineering.case.edu/bearingdatacenter",
    split_rule="by fault size (bearing-disjoint; every size is another bearing), by load "
    "(condition-disjoint) or by end (machine-disjoint)",
    traps=(
        "Healthy exists at 48 kHz alone, most faults at 12 kHz: bring all to 12 kHz alike, or the "
        "filter edge gives the class away.",
        "There is one healthy bearing per end: no bearing-disjoint split can test it.",
        "A split by load has the same bearing on both sides: it says little of another one.",
        "Files at 12 and at 48 kHz of one fault are of one bearing.",
        "Some recordings show other damage than their label says (Smith and Randall 2015).",
    ),
)

NOMINAL_RPM = (1797.0, 1772.0, 1750.0, 1730.0)
"""Shaft speed at 0 to 3 hp, where a file does not hold its own (makers' pages)."""

BEARINGS = {DRIVE: "6205", FAN: "6203"}
_CHANNELS = {DRIVE: "DE", FAN: "FE"}
_WORDS = {"IR": "inner race fault", "OR": "outer race fault", "B": "ball fault", "": "healthy"}


def recognises_cwru(path: Path) -> bool:
    """Whether most MATLAB files of a folder are named as those of the university.

    Args:
        path: the folder.

    Example:
        >>> recognises_cwru(Path("/nowhere"))
        False
    """
    if not path.is_dir():
        return False
    files = list(path.rglob("*.mat"))
    # A lone "100.mat" among others' files is not theirs.
    known = [x for x in files if files_named(x.relative_to(path))]
    return 2 * len(known) > len(files)


def read_cwru(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every file whose name says what it is: the channel at the end where the fault is.

    Args:
        path: the folder.
        sample_rate_hz: chooses where a name fits a file at 12 and one at 48 kHz.

    Example:
        >>> read_cwru(Path("/nowhere")).recordings
        ()
    """
    files = [(x.relative_to(path).as_posix(), x) for x in files_below(path)]

    def read(file: Path) -> Iterator[LabelledRecording]:
        where = file.relative_to(path)
        known = _known(Path(path.resolve().name) / where, file, sample_rate_hz)
        for end in (DRIVE, FAN) if not known.kind else (known.end,):
            if known.kind or _CHANNELS[end] in open_recording(file).channels:
                yield _recording(file, where.as_posix(), known, end)

    recordings, failed = read_each(files, read)
    return Found(tuple(recordings), tuple(failed))


def _known(where: Path, file: Path, rate_hz: float | None) -> CwruFile:
    fitting = files_named(where)
    if len(fitting) > 1:
        fitting = files_named(where, _number_inside(file))
    if len(fitting) > 1 and rate_hz is not None:
        fitting = tuple(x for x in fitting if x.sample_rate_hz == rate_hz) or fitting
    if len(fitting) > 1:
        told = ", ".join(f"{x.number} ({x.sample_rate_hz / 1000:g} kHz, {x.end})" for x in fitting)
        raise UnreadableFileError(
            f"'{file.name}' may be {told}; keep it in a folder named as published, such as "
            "12k_Drive_End_Bearing_Fault_Data, or name it by its number."
        )
    if not fitting:
        raise UnreadableFileError(
            f"'{file.name}' is no name of the university's: those are numbers (105.mat) or fault, "
            "size, place and load (IR007_1.mat, OR014@6_2.mat, Normal_0.mat)."
        )
    return fitting[0]


def _number_inside(file: Path) -> int | None:
    # Damaged files say so when they are read.
    with suppress(Exception):
        for variable in variables_of(file):
            head = variable.name.partition("_")[0]
            if head.startswith("X") and head[1:].isdigit():
                return int(head[1:])
    return None


def _recording(file: Path, where: str, known: CwruFile, end: str) -> LabelledRecording:
    signal = open_recording(
        file, sample_rate_hz=known.sample_rate_hz, channel=_CHANNELS[end]
    ).load()
    size = f"0.{known.size} in" if known.size else ""
    place = {"position": f"{known.clock} o'clock"} if known.clock else {}
    return LabelledRecording(
        machine=f"CWRU {end}",
        key=f"cwru/{known.number}",
        label=label_in_words(_WORDS[known.kind]),
        signal=replace(
            signal,
            shaft_rpm=signal.shaft_rpm or NOMINAL_RPM[known.load],
            bearing=signal.bearing or BEARINGS[end],
        ),
        condition=f"{known.load} hp",
        specimen=size or "healthy",
        file=where,
        attributes={
            "load": f"{known.load} hp",
            "rate": f"{known.sample_rate_hz / 1000:g} kHz",
            **({"size": size} if size else {}),
            **place,
        },
    )


LAYOUT = Layout(
    CARD,
    "MATLAB files such as 105.mat, IR007_1.mat, OR014@6_2.mat, Normal_0.mat",
    recognises_cwru,
    read_cwru,
)
