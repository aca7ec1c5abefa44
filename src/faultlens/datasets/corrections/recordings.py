"""`corrections`: recordings that somebody corrected with `faultlens correct`.

Data card. Layout: what `faultlens correct` writes, corrections.json beside records and copies.
Terms and citation are the owner's. Split rule: a file is one recording. A file of which two labels
are said is left out and named; the last one wins only where it says so (--replace).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.core.hashes import file_sha256
from faultlens.datasets.corrections.correction import RECORDING, Correction
from faultlens.datasets.corrections.corrections_set import (
    contradicted,
    is_corrections,
    read_corrections,
)
from faultlens.datasets.dataset import SAID, DataCard, Found, Layout, read_each, root_name
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.pictures.stated import inside
from faultlens.signals.read import read_signal

CARD = DataCard(
    title="corrections: recordings that a person called other than the model, or the same",
    terms="yours",
    citation="yours",
    split_rule="a file is one recording; split by machine, which a sidecar states as asset",
    traps=(
        "What was corrected is what the model got wrong: it is no fair sample of what comes, and "
        "a score on it says nothing of the others.",
    ),
)


def recognises_corrections(path: Path) -> bool:
    """Whether a folder is a set of corrections that holds recordings.

    Args:
        path: the folder.

    Example:
        >>> recognises_corrections(Path("/nowhere"))
        False
    """
    return is_corrections(path, RECORDING)


def read_corrected_recordings(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every recording of a set of corrections of which one label holds.

    Args:
        path: folder of the set.
        sample_rate_hz: samples per second, where neither file nor set says.

    Example:
        >>> read_corrected_recordings(Path("/nowhere")).recordings
        ()
    """
    there = read_corrections(path)
    home = root_name(path)
    left_out, notices = contradicted(there, RECORDING)

    def read(each: Correction) -> Iterator[LabelledRecording]:
        copy = checked_copy(path, each)
        signal = replace(read_signal(copy, sample_rate_hz=sample_rate_hz), source=each.original)
        said = {} if each.said is None else {"said": each.said.verdict}
        yield LabelledRecording(
            machine=signal.asset or home,
            key=f"{home}/{each.file}",
            label=each.meaning,
            signal=signal,
            file=each.file,
            attributes={"called": each.label, "by": each.by, **said},
        )

    holding = there.holding(kind=RECORDING)
    recordings, failed = read_each([(x.file, x) for x in holding], read)
    return Found(
        tuple(recordings),
        (*there.failed, *left_out, *failed),
        notices,
        tuple(x.label for x in holding),
    )


def checked_copy(folder: Path, correction: Correction) -> Path:
    """The copy of a corrected file, if it is still what was corrected.

    Args:
        folder: of the set.
        correction: of the file.

    Raises:
        UnreadableFileError: it is missing, outside of the set, or was changed.

    Example:
        >>> one = Correction("k", "picture", "crack", "../a", "a", "0", "0", "2026", "an")
        >>> checked_copy(Path("/data"), one)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: '../a' leads out of /data; ...
    """
    copy = inside(folder, correction.file)
    if file_sha256(copy) != correction.sha256:
        raise UnreadableFileError(
            f"{copy} is not the file that was called '{correction.label}': it was changed. "
            "Correct it again, with --replace."
        )
    return copy


LAYOUT = Layout(
    CARD,
    "a folder that faultlens correct wrote, with recordings",
    recognises_corrections,
    read_corrected_recordings,
    rank=SAID,
)
