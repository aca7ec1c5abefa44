"""Says what a file shows: a copy of it goes into the set of corrections, with who said it when."""

import getpass
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Any

from faultlens.core.errors import InputError, UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.core.hashes import file_sha256
from faultlens.core.notice import Notice
from faultlens.datasets.corrections.content import content_of, kind_of, refuse_mask
from faultlens.datasets.corrections.correction import (
    Correction,
    checked_label,
    meaning,
    said_of,
)
from faultlens.datasets.corrections.corrections_set import (
    Corrections,
    append_record,
    begin_set,
    new_key,
    read_corrections,
    told_labels,
)
from faultlens.datasets.corrections.new_labels import label_doubts
from faultlens.signals.sidecar import write_sidecar
from faultlens.signals.signal import Bearing

CORRECTIONS = Path("corrections")
"""Folder of the set, where nobody names another."""

LARGEST_FILE_BYTES = 1 << 31
"""Of a file that is copied: the most that pictures are read of."""

LONGEST_NAME = 60
"""Characters of a file's own name that its copy keeps."""


@dataclass(frozen=True)
class Corrected:
    """What became of one correction.

    Args:
        correction: the record; where nothing new was said, the one that stood already.
        is_new: whether it was written now.
        notices: what a careful person would want to know.
    """

    correction: Correction
    is_new: bool
    notices: tuple[Notice, ...] = ()


def correct(
    file: str | Path,
    label: str,
    *,
    corrections: str | Path = CORRECTIONS,
    said: Mapping[str, Any] | None = None,
    by: str | None = None,
    note: str = "",
    mask: str | Path | None = None,
    replace: bool = False,
    time: datetime | None = None,
    sample_rate_hz: float | None = None,
    channel: str | None = None,
    shaft_rpm: float | None = None,
    bearing: Bearing | None = None,
) -> Corrected:
    """Say what a picture or a recording shows; `faultlens tune` takes what was said.

    The set keeps a copy of the file, which it knows again under any name. Of one file one label
    holds: another one is refused, unless it is said to take the place of the first.

    Args:
        file: a picture or a recording.
        label: what it shows, in words; "no defect" or "healthy" where nothing is wrong.
        corrections: folder of the set; made where it is not there.
        said: what a model had said, `to_dict()` of its result; None where nobody knows.
        by: who says it; None for the user of this machine.
        note: why, in words.
        mask: picture of the same shape, white where the defect is; None where nobody drew it.
        replace: take the place of what was said of this file before.
        time: when it is said; None for now.
        sample_rate_hz: of a recording, where the file does not say it.
        channel: of a recording, name or index; None for the first that may be vibration.
        shaft_rpm: of a recording, revolutions per minute, where the file does not say it.
        bearing: of a recording, where the file does not say it.

    Raises:
        UsageError: no label, options of a recording for a picture, or the other way round.
        InputError: a file or mask that cannot be read, a mask of another shape, or a file of which
            another label was said before.
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> home = Path(tempfile.mkdtemp())
        >>> Image.new("L", (32, 24)).save(home / "part_7.png")
        >>> made = correct(home / "part_7.png", "scratch", corrections=home / "set", by="anna")
        >>> made.correction.label, made.is_new
        ('scratch', True)
        >>> correct(home / "part_7.png", "crack", corrections=home / "set", by="bo")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.InputError: .../part_7.png was called 'scratch' (anna, ...
    """
    given, path = checked_label(label), Path(file)
    home, kind = Path(corrections), kind_of(path)
    there = read_corrections(home)
    sha256 = _digest(path)
    content, sidecar = content_of(
        path, kind, sample_rate_hz=sample_rate_hz, channel=channel, shaft_rpm=shaft_rpm,
        bearing=bearing,
    )  # fmt: skip
    before = there.of_file(sha256, content)
    other = [x for x in before if x.meaning != meaning(kind, given)]
    if other and not replace:
        raise InputError(
            f"{path} was called {told_labels(other)}, and now '{given}': one of them holds. Say "
            "--replace (replace=True) where this one takes the place of the other, or --withdraw "
            "where neither holds."
        )
    if mask is not None:
        refuse_mask(Path(mask), path, kind)
    if before and not other and mask is None:
        return Corrected(before[-1], is_new=False)
    # What was said before the first correction is still what was said before.
    earlier = said_of(said) if said is not None else before[-1].said if before else None
    begin_set(home)
    moment = datetime.now(UTC) if time is None else time.astimezone(UTC)
    made = Correction(
        key=new_key(kind, moment),
        kind=kind,
        label=given,
        file=_kept(path, home, kind, sha256),
        original=_original(path, home, before),
        sha256=sha256,
        content=content,
        time=moment.isoformat(),
        by=_name(by),
        note=note.strip(),
        mask="" if mask is None else _kept(Path(mask), home, "mask", _digest(Path(mask))),
        said=earlier,
        replaces=tuple(x.key for x in before),
    )
    if sidecar is not None:
        write_sidecar(home / made.file, sidecar)
    append_record(home, made)
    return Corrected(made, is_new=True, notices=label_doubts(made, there))


def withdraw(
    file: str | Path,
    *,
    corrections: str | Path = CORRECTIONS,
    by: str | None = None,
    note: str = "",
    time: datetime | None = None,
) -> Corrected:
    """Take back what was said of a file; the records stay, and say so.

    Args:
        file: a picture or a recording, or its copy in the set.
        corrections: folder of the set.
        by: who takes it back; None for the user of this machine.
        note: why, in words.
        time: when; None for now.

    Raises:
        InputError: nothing was said of it, or it cannot be read.
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> home = Path(tempfile.mkdtemp())
        >>> _ = (home / "a.png").write_bytes(b"x")
        >>> withdraw(home / "a.png", corrections=home / "set")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.InputError: Nothing is said of .../a.png in .../set; ...
    """
    path, home = Path(file), Path(corrections)
    there = read_corrections(home)
    sha256 = _digest(path)
    before = [y for x in there.standing() if any(z.sha256 == sha256 for z in x) for y in x]
    if not before:
        raise InputError(
            f"Nothing is said of {path} in {home}; there is nothing to take back. Name the file, "
            "or its copy in the set, and the set: --corrections DIR."
        )
    moment = datetime.now(UTC) if time is None else time.astimezone(UTC)
    last = before[-1]
    made = Correction(
        key=new_key(last.kind, moment),
        kind=last.kind,
        label="",
        file=last.file,
        original=str(path.absolute()),
        sha256=sha256,
        content=last.content,
        time=moment.isoformat(),
        by=_name(by),
        note=note.strip(),
        replaces=tuple(x.key for x in before),
    )
    append_record(home, made)
    return Corrected(made, is_new=True)


def confusions_said(found: Corrections) -> tuple[tuple[str, str, int], ...]:
    """What was called what: label said, true label, how often; most often first.

    Args:
        found: the set.

    Example:
        >>> confusions_said(Corrections(Path("/nowhere")))
        ()
    """
    counts: dict[tuple[str, str], int] = {}
    for each in found.holding():
        if each.said is not None and not each.confirms:
            pair = meaning(each.kind, each.said.verdict), each.meaning
            counts[pair] = counts.get(pair, 0) + 1
    ordered = sorted(counts.items(), key=lambda x: (-x[1], x[0]))
    return tuple((said, true, count) for (said, true), count in ordered)


def _digest(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFileError(
                f"{path} is larger than {LARGEST_FILE_BYTES >> 30} GiB; cut it to what shows the "
                "fault."
            )
        return file_sha256(path)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def _kept(path: Path, home: Path, kind: str, sha256: str) -> str:
    """The copy in the set, made where there is none."""
    folder = home / f"{kind}s"
    tail = f"_{sha256[:12]}{path.suffix.lower()}"
    for there in sorted(folder.glob(f"*{escape(tail)}")):
        if _digest(there) == sha256:
            return there.relative_to(home).as_posix()
    own = "".join(x if x.isalnum() or x in "-_" else "_" for x in path.stem)[:LONGEST_NAME]
    target = folder / f"{own}{tail}"
    with written_whole(target) as temporary:
        shutil.copyfile(path, temporary)
        if _digest(temporary) != sha256:
            raise InputError(f"{path} changed while it was copied; correct it when it is whole.")
    return target.relative_to(home).as_posix()


def _original(path: Path, home: Path, before: Sequence[Correction]) -> str:
    """Where the file lay; of a copy in the set, where the one lay that it was made of."""
    own = path.absolute()
    if before and own.is_relative_to(home.absolute()):
        return before[0].original
    return str(own)


def _name(by: str | None) -> str:
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run as a user without a name.
        return "somebody"
