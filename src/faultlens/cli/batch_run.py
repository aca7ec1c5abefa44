"""What every verb of batches does: judge file by file, write as it comes, go on where it was cut.

Results that lie there from a batch that was cut are kept where files and settings are the same.
"""

import json
import time as clock
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from glob import glob
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import typer

from faultlens.cli.failures import FAULT_FOUND, print_failures
from faultlens.core.errors import InputError
from faultlens.core.hashes import file_sha256
from faultlens.core.interrupts import noted_interrupts
from faultlens.core.progress import progress
from faultlens.core.version import __version__
from faultlens.inference.dated import dated
from faultlens.inference.resume import Unfinished, stamp_of

NO_SETTINGS = frozenset(
    {"files", "out", "as_json", "quiet", "resume", "fail_on", "fail_on_fault", "print_rules",
     "allow_private", "views", "infrared"}
)  # fmt: skip
"""Parameters on which no result depends, or whose files are known by their stamps."""

Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with the batch that was cut in --out: files that are as they were keep their "
        "results; refused where options or model are others.",
    ),
]


class Told(Protocol):
    """What a batch keeps of one file."""

    @property
    def name(self) -> str:
        """Of what was written about it."""

    @property
    def told(self) -> dict[str, Any]:
        """The result as plain values."""

    @property
    def result(self) -> Any:
        """The result."""


class Judged(Protocol):
    """What became of one file."""

    @property
    def result(self) -> Any:
        """The result; None where it failed."""


W = TypeVar("W", bound=Hashable)
O_contra = TypeVar("O_contra", bound=Judged, contravariant=True)
O = TypeVar("O", bound=Judged)  # noqa: E741
R = TypeVar("R", bound=Told)


class Batch(Protocol[O_contra, R]):
    """A batch on its way, such as `inference.inspect_out.InspectedBatch`."""

    results: list[Any]
    failed: list[Any]
    taken: set[str]

    def add(self, outcome: O_contra) -> R | None:
        """Take one file, and write what is written of it at once."""

    def keep(self, row: R) -> None:
        """Take one file that is judged and written."""

    def write(self, *, seconds: float) -> Path | None:
        """Write page and tables of all that was taken so far."""


def settings_of(context: typer.Context, *, model: str) -> dict[str, object]:
    """All that results depend on beside the files themselves, as JSON holds it.

    Files among the options count by their content, folders and globs by what they hold.

    Args:
        context: of the verb: every option that it has, also those of tomorrow.
        model: name and hash of the one that judges.

    Example:
        >>> settings_of.__name__  # `faultlens inspect` shows it at work
        'settings_of'
    """
    given = {
        x.opts[0]: _told(context.params[x.name])
        for x in context.command.params
        if x.name in context.params and x.name not in NO_SETTINGS
    }
    return {**given, "--model": model, "faultlens": __version__}


def run_batch(
    batch: Batch[O, R],
    wanted: Sequence[W],
    judge: Callable[[Iterator[W]], Iterator[O]],
    unfinished: Unfinished[R],
    *,
    files_of: Callable[[W], Sequence[str | Path]],
    label: str,
    show: Callable[[float], None],
    fails: Callable[[Any], bool],
    as_json: bool,
    quiet: bool,
) -> None:
    """Judge a batch, write and tell its results, and leave with the exit code of the contracts.

    Args:
        batch: takes the results.
        wanted: what is to be judged, in order.
        judge: judges some of it, an outcome for each, in order.
        unfinished: what was judged before the batch was cut, and what is judged now.
        files_of: the files of one part, the first of which it is.
        label: of the progress bar.
        show: prints the table, given the seconds that the batch took.
        fails: whether a result is one to fail by.
        as_json: whether a program reads.
        quiet: whether a reader does not.

    Raises:
        Exit: a result to fail by, or a file without a result.
        KeyboardInterrupt: all that was judged is written.
    """
    stamps = {x: stamp_of(files_of(x)) for x in wanted}
    found = {x: unfinished.kept(stamps[x]) for x in wanted}
    kept = {x: row for x, row in found.items() if row is not None}
    batch.taken |= {x.name for x in kept.values()}
    _say_what_is_kept(unfinished, len(kept), len(wanted), quiet=quiet)
    fresh = judge(x for x in wanted if x not in kept)

    def turns() -> Iterator[tuple[W, O | None]]:
        for each in wanted:
            yield each, None if each in kept else next(fresh)
        if not kept:
            # Where every file failed by wrong usage, the call is at fault: that is raised here.
            yield from ((wanted[0], x) for x in fresh)

    started = clock.perf_counter() - sum(x.result.seconds for x in kept.values())
    try:
        with noted_interrupts() as check:
            for each, outcome in progress(turns(), label=label, total=len(wanted), quiet=quiet):
                check()
                if outcome is None:
                    batch.keep(kept[each])
                    told = kept[each].told if as_json else None
                else:
                    outcome = _dated(outcome, files_of(each)[0])
                    # Written as soon as it is known, so that a batch that is cut loses nothing.
                    row = batch.add(outcome)
                    if row is not None:
                        unfinished.add(stamps[each], row)
                    result = outcome.result
                    told = result.to_dict() if as_json and result is not None else None
                if told is not None:
                    typer.echo(json.dumps(told, ensure_ascii=False))
    except KeyboardInterrupt:
        if batch.write(seconds=clock.perf_counter() - started) is not None:
            unfinished.leave()
            typer.echo("faultlens: the same line with --resume goes on from here.", err=True)
        raise
    seconds = clock.perf_counter() - started
    print_failures(batch.failed)
    page = batch.write(seconds=seconds)
    unfinished.finish()
    if not (as_json or quiet):
        show(seconds)
        if page is not None:
            typer.echo(f"Report: {page}")
    if any(fails(x) for x in batch.results):
        raise typer.Exit(FAULT_FOUND)
    if batch.failed:
        raise typer.Exit(InputError.exit_code)


def _dated(outcome: O, file: str | Path) -> O:
    if outcome.result is None:
        return outcome
    record: Any = outcome
    told: O = replace(record, result=dated(outcome.result, file))
    return told


def _say_what_is_kept(unfinished: Unfinished[Any], kept: int, files: int, *, quiet: bool) -> None:
    if quiet or not (unfinished.found or unfinished.resumed):
        return
    if not unfinished.found:
        told = "no batch was cut here before; every file is judged."
    elif unfinished.resumed:
        told = f"{kept} of {files} files were judged before and are kept; {files - kept} follow."
    else:
        told = "a batch was cut here before; every file is judged anew (--resume would go on)."
    typer.echo(f"faultlens: {told}", err=True)


def _told(value: object) -> object:
    """A value of an option: of files what they hold, so that a changed one is noticed."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_told(x) for x in value]
    text = str(value)
    file = Path(text.removeprefix("@"))
    try:
        if file.is_file():
            return f"{text} ({file_sha256(file)[:12]})"
        inside = glob(f"{file}/*" if file.is_dir() else text)
    except (OSError, ValueError):
        # A name too long or with a zero in it is no file: the text is all there is.
        return text
    if not inside:
        return text
    stamps = repr([stamp_of([x]) for x in sorted(inside)])
    return f"{text} ({len(inside)} files, {sha256(stamps.encode()).hexdigest()[:12]})"
