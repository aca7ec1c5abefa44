"""`faultlens search`: results that a line remembers, by words, machine, time and verdict."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from faultlens.cli import options
from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from faultlens.store.questions.results import ResultRow

NARROWEST = 110
"""Columns below which words would be cut letter by letter."""

_AGO = re.compile(r"(\d{1,6})(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _a_file(file: Path | None) -> Path | None:
    return None if file is None else options.writable_file(file)


def search(
    store: Annotated[
        str,
        typer.Option(
            "--store",
            help="URL of the line's database: sqlite:///FILE or postgresql://USER@HOST/NAME.",
            show_default=False,
        ),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Each must stand in the verdict, asset, source, channel or shift, or begin the id "
            "of the part or frame.",
            show_default=False,
        ),
    ] = None,
    asset: Annotated[str | None, typer.Option("--asset", help="Only of this machine.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only of this source.")] = None,
    part: Annotated[str | None, typer.Option("--part", help="Only of the part of this id.")] = None,
    verdict: Annotated[
        str | None, typer.Option("--verdict", help="Only of this verdict, word for word.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="From then on: 2026-11-26, 2026-11-26T08:30, or 8h, 7d ago."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Before then.")] = None,
    alarm: Annotated[
        bool | None,
        typer.Option("--alarm/--no-alarm", help="Only frames that alarm, or that do not."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="Rows to show, newest first.")
    ] = 50,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write every result that is found, as .csv or .parquet.",
            callback=_a_file,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON on standard output, a line per result.")
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Search the results of a line by words, machine, time and verdict; list or export them.

    Times without a zone are those of this machine. --out writes all that is found, not only the
    rows shown.
    """
    optional_import("sqlalchemy", extra="line")
    from faultlens.store.exporting import export
    from faultlens.store.questions.filters import Filters
    from faultlens.store.questions.results import results, total
    from faultlens.store.store import open_store

    now = datetime.now(UTC)
    filters = Filters(
        asset=asset,
        source=source,
        part=part,
        verdict=verdict,
        alarm=alarm,
        text=" ".join(words or ()),
        since=None if since is None else _time("--since", since, now),
        until=None if until is None else _time("--until", until, now),
    )
    opened = open_store(store, must_exist=True)
    try:
        if out is not None:
            written = export(opened, filters, out)
            if not quiet:
                typer.echo(f"{written} results are in {out}.", err=True)
        page = results(opened, filters, limit=limit)
        if as_json:
            for row in page.rows:
                typer.echo(_json(row))
        elif not quiet:
            _print(page.rows, total(opened, filters) if page.next else len(page.rows))
    finally:
        opened.close()


def _time(name: str, text: str, now: datetime) -> datetime:
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        # Without a zone it is taken as this machine's.
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{name} is '{text}'; give a day (2026-11-26), a time (2026-11-26T08:30), or how long "
            "ago (30m, 8h, 7d, 2w)."
        ) from error


def _json(row: "ResultRow") -> str:
    table = asdict(row)
    times = {k: x.isoformat() for k, x in table.items() if isinstance(x, datetime)}
    return json.dumps(table | times, ensure_ascii=False)


def _print(rows: "tuple[ResultRow, ...]", found: int) -> None:
    if not rows:
        typer.echo("No result is like that.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("time", no_wrap=True)
    for head in ("source", "frame", "part", "verdict"):
        table.add_column(head, overflow="fold")
    table.add_column("score", no_wrap=True, justify="right")
    table.add_column("", no_wrap=True)
    for row in rows:
        at = row.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        where = f"{row.source}/{row.channel}" if row.channel else row.source
        verdict = row.verdict or f"not judged: {row.error}"
        sign = "alarm" if row.alarm else ""
        table.add_row(at, where, row.frame, row.part or "", verdict, f"{row.score:.3f}", sign)
    # Names are what they are: no markup, no emoji, no guessed highlights.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as shown:
        console.print(table)
    # rich fills tables up to the right edge; whoever copies the text wants none of that.
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)
    if found > len(rows):
        typer.echo(f"{len(rows)} of {found} shown; --limit shows more, --out writes all.", err=True)
