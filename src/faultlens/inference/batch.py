"""Many files, one after the other: a bad one is reported with its reason, the rest goes on."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from faultlens.core.errors import FaultlensError, InputError
from faultlens.core.files import write_text
from faultlens.inference.findings import Diagnosis
from faultlens.inference.named_files import ending_in, named_files
from faultlens.reports.page import FailedFile, ReportEntry, write_report
from faultlens.signals.read import FORMATS

T = TypeVar("T")

SIDECARS = (".toml", ".json")
"""Suffixes of the small files that say what is known of a recording."""


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What became of one file: a result, or the reason why there is none.

    Args:
        file: the file.
        result: what was made of it; None where it failed.
        reason: what is wrong with it, in words; None where it did not fail.
    """

    file: Path
    result: T | None = None
    reason: str | None = None


def expand(patterns: Sequence[str | Path]) -> tuple[Path, ...]:
    """Files that names, globs and folders stand for, in a fixed order, each once.

    Of a folder every file counts whose suffix is a known format; its subfolders do not. A sidecar
    beside a recording of the batch is no recording.

    Args:
        patterns: file names, globs ("data/*.csv") and folders.

    Raises:
        UnreadableFileError: a glob or a folder that holds no recording, or an empty name.

    Example:
        >>> expand(["/nowhere/a.csv"])  # a missing file is a bad file of the batch, not an error
        (PosixPath('/nowhere/a.csv'),)
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        for path in _inside(str(pattern)):
            found.setdefault(os.path.abspath(path), path)
    recordings = {x.with_suffix("") for x in found.values() if x.suffix not in SIDECARS}
    recordings |= {x for x in found.values() if x.suffix not in SIDECARS}
    return tuple(
        x for x in found.values() if x.suffix not in SIDECARS or x.with_suffix("") not in recordings
    )


def _inside(pattern: str) -> list[Path]:
    known = f"known formats: {', '.join(FORMATS)}"
    found = named_files(
        pattern, lambda names: ending_in(names, tuple(FORMATS)), what="recording", known=known
    )
    return [Path(x) for x in found]


def each_file(files: Iterable[Path], work: Callable[[Path], T]) -> Iterator[Outcome[T]]:
    """Do `work` on each file; one that cannot be used is told with its reason.

    Args:
        files: the files.
        work: what to do with one of them.

    Raises:
        UsageError: every file failed by wrong usage, so the call is at fault and not the files.
        MissingPackageError: the same of an optional package.

    Example:
        >>> def read(path):
        ...     raise InputError(f"{path} is empty.")
        >>> [outcome.reason for outcome in each_file([Path("a.csv")], read)]
        ['a.csv is empty.']
    """
    wrong: FaultlensError | None = None
    usable = False
    for file in files:
        try:
            outcome = Outcome(file, result=work(file))
        except InputError as error:
            outcome = Outcome(file, reason=str(error))
        except OSError as error:
            outcome = Outcome(file, reason=f"{error.strerror or error}.")
        except FaultlensError as error:
            # One file alone may lack a channel, or name a bearing that nobody knows.
            wrong = wrong or error
            yield Outcome(file, reason=str(error))
            continue
        usable = True
        yield outcome
    if wrong is not None and not usable:
        raise wrong


def write_batch_report(
    folder: str | Path,
    results: Sequence[tuple[Diagnosis, str]],
    failed: Sequence[Outcome[Diagnosis]],
    *,
    lang: str = "en",
) -> Path:
    """One HTML report, and one JSON file of all results, of a batch.

    Args:
        folder: where the pictures lie already and the report goes.
        results: each result with the name of its picture, without the suffix.
        failed: the files without a result.
        lang: "en" or "zh".

    Returns:
        the report's path.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> bad = Outcome(Path("a.csv"), reason="It is empty.")
        >>> write_batch_report(tempfile.mkdtemp(), [], [bad]).name
        'report.html'
    """
    import json

    target = Path(folder)
    rows = [json.dumps(x.to_dict(), ensure_ascii=False, allow_nan=False) + "\n" for x, _ in results]
    write_text(target / "results.jsonl", "".join(rows))
    page = target / "report.html"
    write_report(
        page,
        [ReportEntry(result.view, target / f"{name}.png") for result, name in results],
        title="faultlens",
        lang=lang,
        failed=[FailedFile(str(x.file), x.reason or "") for x in failed],
    )
    return page
