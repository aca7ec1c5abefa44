"""`faultlens watch`: a line is watched until a signal ends it."""

import json
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from faultlens.line.configuration.line_config import LineConfig
    from faultlens.store.records import Record

EXAMPLE = files("faultlens.line.configuration") / "example.toml"

FAILED = 3
"""Exit code where a source failed: bad input, as of a batch with a bad file."""

MOST_LINES = 10_000
"""Lines of output that wait for who reads them; more are dropped."""

FLUSH_S = 2.0
"""For so long the end waits for who reads our output, s."""

_LONGEST_PASSWORD = 1024
"""Characters that are read of a password on standard input."""


def watch(
    file: Annotated[
        Path | None,
        typer.Argument(help="line.toml: sources, decision, sinks, store.", show_default=False),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print a line.toml to begin with, and end.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only read the file, and say every fault with its line.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            help="Database in place of the file's: sqlite:///FILE or "
            "postgresql://USER@HOST/DATABASE.",
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when every source has ended, as a replay does.")
    ] = False,
    add_user: Annotated[
        str | None,
        typer.Option(
            "--add-user",
            help="NAME:ROLE; ask for a password, add the user of the pages "
            "and end. Roles: viewer, operator, engineer.",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Alarms and events as JSON lines, and nothing else."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print neither alarms nor events.")
    ] = False,
) -> None:
    """Watch a line: frames in, verdicts, alarms and pages out, until it is interrupted.

    A changed line.toml holds from the next frame on, without a restart.
    """
    if example:
        typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
        return
    if file is None:
        raise UsageError(
            "Name the file of the line: faultlens watch line.toml. One to begin with: "
            "faultlens watch --example > line.toml"
        )
    from faultlens.line.pipeline.steady import one_core_for_algebra

    one_core_for_algebra()
    # Only now: this brings NumPy.
    from faultlens.line.configuration.reader import read_line_config

    config = read_line_config(file)
    if check:
        if not quiet:
            typer.echo(_right(config, as_json))
        return
    optional_import("sqlalchemy", extra="line")
    if add_user is not None:
        _add_user(store or config.store, add_user, quiet)
        return
    with _Printer() as printer:
        say = (lambda text: None) if quiet or as_json else printer.say
        failed = _watched(config, store, once, _teller(as_json, quiet, printer.say), say)
    if failed:
        raise typer.Exit(FAILED)


class _Printer:
    """Prints in a thread of its own: whoever reads our output slowly must not hold up the line."""

    def __init__(self) -> None:
        self._lines: Queue[str | None] = Queue(MOST_LINES)
        self._thread = Thread(target=self._run, name="output", daemon=True)

    def __enter__(self) -> "_Printer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Full):
            self._lines.put(None, timeout=FLUSH_S)
        self._thread.join(FLUSH_S)

    def say(self, line: str) -> None:
        """Print a line soon; dropped where thousands wait already."""
        with suppress(Full):
            self._lines.put_nowait(line)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                print(line, flush=True)
            except OSError:
                # Who read our output is gone; the line is not.
                sys.stdout = None


def _watched(
    config: "LineConfig",
    store: str | None,
    once: bool,
    told: "Callable[[Sequence[Record]], None]",
    say: Callable[[str], None],
) -> bool:
    """Watch until told to stop; whether a source failed."""
    from faultlens.line.watch import Watch

    stop = Event()

    def ready(address: str) -> None:
        say(f"pages at {address}")

    watched = Watch(config, store=store, told=told, ready=ready)
    before = {x: signal.signal(x, lambda *_: stop.set()) for x in (signal.SIGTERM, signal.SIGINT)}
    try:
        watched.start()
        sources = ", ".join(x.name for x in config.sources)
        say(f"faultlens watches '{config.name}': {sources}")
        watched.wait(stop, once=once)
        failed = watched.line.failed
        watched.close(once=once and not stop.is_set())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return once and bool(failed)


def _teller(
    as_json: bool, quiet: bool, say: Callable[[str], None]
) -> "Callable[[Sequence[Record]], None]":
    from faultlens.store.records import AlarmRecord, EventRecord, encoded

    def told(records: "Sequence[Record]") -> None:
        for record in records:
            if not isinstance(record, AlarmRecord | EventRecord):
                continue
            if as_json:
                kind, text = encoded(record)
                say(json.dumps({"record": kind, **json.loads(text)}, ensure_ascii=False))
            elif not quiet:
                say(_row(record))

    return (lambda records: None) if quiet and not as_json else told


def _row(record: "Record") -> str:
    from faultlens.store.records import AlarmRecord, EventRecord

    if isinstance(record, AlarmRecord):
        where = "/".join(x for x in (record.source, record.channel) if x)
        what = f"{record.step} {record.verdict} {record.score:.3f}".strip()
        return f"{_clock(record.time)}  alarm  {where}: {what}"
    if isinstance(record, EventRecord):
        return f"{_clock(record.time)}  {record.severity}  {record.en}"
    return ""


def _clock(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def _right(config: "LineConfig", as_json: bool) -> str:
    sources, sinks = [x.name for x in config.sources], [x.name for x in config.sinks]
    if as_json:
        return json.dumps({"line": config.name, "sources": sources, "sinks": sinks, "faults": []})
    sinks_of = f"sinks {', '.join(sinks)}" if sinks else "no sink"
    return (
        f"{config.path.name} is right: line '{config.name}', sources {', '.join(sources)}; "
        f"{sinks_of}."
    )


def _add_user(store: str, wanted: str, quiet: bool) -> None:
    from faultlens.store.store import open_store
    from faultlens.store.users import ROLES, add_user

    name, _, role = wanted.rpartition(":")
    if not name or role not in ROLES:
        raise UsageError(
            f"--add-user is '{wanted}'; give NAME:ROLE, such as mei:operator. Roles: "
            f"{', '.join(ROLES)}."
        )
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline(_LONGEST_PASSWORD + 1).rstrip("\r\n")
    held = open_store(store)
    try:
        add_user(held, name, role, password)
    finally:
        held.close()
    if not quiet:
        typer.echo(f"'{name}' may now use the pages as {role}.")
