"""Many files, one after the other: a bad one is reported with its reason, the rest goes on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Generic, TypeVar

from faultlens.core.errors import InputError, UnreadableFileError
from faultlens.core.files import write_text
from faultlens.inference.findings import Diagnosis
from faultlens.reports.page import FailedFile, ReportEntry, write_report
from faultlens.signals.read import FORMATS

T = TypeVar("T")


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

    Of a folder every file counts whose suffix is a known format; its subfolders do not.

    Args:
        patterns: file names, globs ("data/*.csv") and folders.

    Raises:
        UnreadableFileError: a glob or a folder that holds no recording.

    Example:
        >>> expand(["/nowhere/a.csv"])  # a missing file is a bad file of the batch, not an error
        (PosixPath('/nowhere/a.csv'),)
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            inside = sorted(x for x in path.iterdir() if x.suffix.lower() in FORMATS)
            inside = [x for x in inside if x.is_file() and not x.name.startswith(".")]
        elif path.exists() or not any(mark in str(pattern) for mark in "*?["):
            inside = [path]
        else:
            inside = sorted(Path(x) for x in glob(str(pattern), recursive=True))
        if not inside:
            raise UnreadableFileError(
                f"{pattern} holds no recording; known formats: {', '.join(FORMATS)}."
            )
        found.update(dict.fromkeys(inside))
    return tuple(found)


def each_file(files: Iterable[Path], work: Callable[[Path], T]) -> Iterator[Outcome[T]]:
    """Do `work` on each file; one that cannot be used is told with its reason.

    Wrong usage is not a bad file: it would fail on all of them, so it stops the batch.

    Args:
        files: the files.
        work: what to do with one of them.

    Example:
        >>> def read(path):
        ...     raise InputError(f"{path} is empty.")
        >>> [outcome.reason for outcome in each_file([Path("a.csv")], read)]
        ['a.csv is empty.']
    """
    for file in files:
        try:
            yield Outcome(file, result=work(file))
        except (InputError, OSError) as error:
            yield Outcome(file, reason=str(error))


def output_name(file: Path, taken: set[str]) -> str:
    """A name for what is written about `file`, unlike all in `taken`, to which it is added.

    Example:
        >>> taken = set()
        >>> output_name(Path("a/pump.csv"), taken), output_name(Path("b/pump.wav"), taken)
        ('pump', 'pump-2')
    """
    name, number = file.stem, 1
    while name in taken:
        number += 1
        name = f"{file.stem}-{number}"
    taken.add(name)
    return name


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
    rows = [json.dumps(x.to_dict(), ensure_ascii=False) + "\n" for x, _ in results]
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
