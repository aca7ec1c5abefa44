"""The set of corrections on disk: what was said of which file, and what of it holds."""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from shlex import quote

from faultlens.core.errors import InputError, UnreadableFileError
from faultlens.core.files import write_text
from faultlens.core.notice import Notice
from faultlens.datasets.corrections.correction import Correction, correction_of
from faultlens.datasets.dataset import FailedFile

MARK, RECORDS = "corrections.json", "records"
"""File by which a folder is known as such a set, and the folder of its records."""

MOST_RECORDS = 100_000
LARGEST_RECORD_BYTES = 1 << 16

MARKED = '{"what": "faultlens corrections", "format": 1}\n'


@dataclass(frozen=True)
class Corrections:
    """All records of a set, oldest first.

    Args:
        folder: of the set.
        records: what was said.
        failed: records that cannot be read, with the reason.
    """

    folder: Path
    records: tuple[Correction, ...] = ()
    failed: tuple[FailedFile, ...] = ()

    def standing(self, *, kind: str | None = None) -> tuple[tuple[Correction, ...], ...]:
        """Per file what was said of it and neither replaced nor taken back, oldest first.

        Args:
            kind: of the files; None for all.
        """
        replaced = {key for x in self.records for key in x.replaces}
        # The same bytes are the same file, even where another decoder read other pixels.
        content: dict[str, str] = {}
        files: defaultdict[str, list[Correction]] = defaultdict(list)
        for each in self.records:
            its = content.setdefault(each.sha256, each.content)
            if each.key not in replaced and each.label and kind in (None, each.kind):
                files[its].append(each)
        return tuple(tuple(x) for x in files.values())

    def holding(self, *, kind: str | None = None) -> tuple[Correction, ...]:
        """What holds: one correction per file; files of which two labels are said are left out.

        Args:
            kind: of the files; None for all.
        """
        agreed = (x for x in self.standing(kind=kind) if len({y.meaning for y in x}) == 1)
        return tuple(x[-1] for x in agreed)

    def contradictions(self, *, kind: str | None = None) -> tuple[tuple[Correction, ...], ...]:
        """Per file of which different labels are said, all that is said of it, oldest first.

        Args:
            kind: of the files; None for all.
        """
        return tuple(x for x in self.standing(kind=kind) if len({y.meaning for y in x}) > 1)

    def of_file(self, sha256: str, content: str) -> tuple[Correction, ...]:
        """What stands of one file, known by its bytes or by what it shows.

        Args:
            sha256: of the file.
            content: hash of its pixels or samples.
        """
        return tuple(
            y
            for x in self.standing()
            if any(z.sha256 == sha256 or z.content == content for z in x)
            for y in x
        )


def is_corrections(path: Path, kind: str | None = None) -> bool:
    """Whether a folder is a set of corrections, and holds one of a kind.

    Args:
        path: the folder.
        kind: `PICTURE` or `RECORDING`; None for any, also none.

    Example:
        >>> is_corrections(Path("/nowhere"))
        False
    """
    try:
        if not (path / MARK).is_file():
            return False
        return kind is None or any((path / RECORDS).glob(f"*-{kind}-*.json"))
    except OSError:
        return False


def read_corrections(folder: str | Path) -> Corrections:
    """All records of a set; one that cannot be read is named and the rest goes on.

    Args:
        folder: of the set; one that is not there yet holds nothing.

    Raises:
        InputError: a folder of something else, or with too many records.

    Example:
        >>> read_corrections("/nowhere").records
        ()
    """
    home = Path(folder)
    if not is_corrections(home):
        # Asked again after the look around: somebody else may be beginning the set just now.
        if _holds_something(home) and not is_corrections(home):
            raise InputError(
                f"{home} is there and is no set of corrections (it has no {MARK}); name a new "
                "folder, or that of a set: --corrections DIR."
            )
        if not is_corrections(home):
            return Corrections(home)
    found = sorted(islice((home / RECORDS).glob("*.json"), MOST_RECORDS + 1))
    if len(found) > MOST_RECORDS:
        raise InputError(
            f"{home} holds more than {MOST_RECORDS} corrections; begin a new set: "
            "--corrections DIR."
        )
    records, failed = [], []
    for path in found:
        try:
            records.append(_record(path))
        except UnreadableFileError as error:
            failed.append(FailedFile(f"{RECORDS}/{path.name}", str(error)))
    ordered = sorted(records, key=lambda x: (x.time, x.key))
    return Corrections(home, tuple(ordered), tuple(failed))


def new_key(kind: str, moment: datetime) -> str:
    """The name of a new record: later ones sort later, and two at once do not meet.

    Args:
        kind: `PICTURE` or `RECORDING`.
        moment: when it was said, UTC.

    Example:
        >>> new_key("picture", datetime(2026, 11, 26, 10, 34, 4, 5))[:31]
        '20261126T103404000005Z-picture-'
    """
    return f"{moment:%Y%m%dT%H%M%S%f}Z-{kind}-{secrets.token_hex(4)}"


def begin_set(folder: Path) -> None:
    """Make the folder of a set where it is not there; it is known as one before it holds anything.

    Args:
        folder: of the set.

    Raises:
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> home = Path(tempfile.mkdtemp()) / "set"
        >>> begin_set(home)
        >>> is_corrections(home)
        True
    """
    if not (folder / MARK).is_file():
        write_text(folder / MARK, MARKED)


def append_record(folder: Path, correction: Correction) -> None:
    """Add a record, whole or not at all; each is a file of its own, so that none waits for another.

    Args:
        folder: of the set, begun.
        correction: with a key of `new_key`.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> append_record.__name__  # `correct` shows it at work
        'append_record'
    """
    write_text(folder / RECORDS / f"{correction.key}.json", correction.to_json())


def contradicted(
    found: Corrections, kind: str
) -> tuple[tuple[FailedFile, ...], tuple[Notice, ...]]:
    """Files of a set of which different labels are said: left out, each named with who said what.

    Args:
        found: the set.
        kind: `PICTURE` or `RECORDING`.

    Returns:
        each file with the reason and the command that settles it; and one notice for all.

    Example:
        >>> contradicted(Corrections(Path("/nowhere")), "picture")
        ((), ())
    """
    every = found.contradictions(kind=kind)
    if not every:
        return (), ()
    home = quote(str(found.folder))
    failed = tuple(
        FailedFile(
            each[0].file,
            f"{each[0].original} is called {told_labels(each)}; it is left out until one of them "
            f"holds: faultlens correct {quote(str(found.folder / each[-1].file))} --corrections "
            f"{home} --replace --label LABEL.",
        )
        for each in every
    )
    first, count = every[0], len(every)
    notice = Notice(
        en=f"Contradictory corrections, left out: {count:d} "
        f"{'file' if count == 1 else 'files'}, first {first[0].original}, which is called "
        f"{told_labels(first)}.",
        zh=f"更正互相矛盾，已排除 {count:d} 个文件，例如 {first[0].original}，"
        f"被标为{told_labels(first, 'zh')}。",
    )
    return failed, (notice,)


def told_labels(corrections: Iterable[Correction], lang: str = "en") -> str:
    """Who called a file what, in words.

    Args:
        corrections: of one file.
        lang: "en" or "zh".

    Example:
        >>> one = Correction("k", "picture", "crack", "a", "a", "0", "0", "2026-11-26T10:34", "an")
        >>> told_labels([one])
        "'crack' (an, 2026-11-26)"
    """
    told = [(x.label, x.by, x.time[:10]) for x in corrections]
    if lang == "zh":
        return "、".join(f"“{label}”（{by}，{day}）" for label, by, day in told)
    return " and ".join(f"'{label}' ({by}, {day})" for label, by, day in told)


def _holds_something(home: Path) -> bool:
    """Whether it is a file, or a folder of more than what is being written just now."""
    if not home.is_dir():
        return home.exists()
    return any(not x.name.startswith(".") for x in home.iterdir())


def _record(path: Path) -> Correction:
    try:
        if path.stat().st_size > LARGEST_RECORD_BYTES:
            raise ValueError(f"it is larger than {LARGEST_RECORD_BYTES} bytes")
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFileError(f"{path.name} is no record of a correction: {error}.") from error
    return correction_of(table, path.stem)
