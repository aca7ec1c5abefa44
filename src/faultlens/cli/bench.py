"""`faultlens bench`: where the time of a result goes here; or how the service does under load."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from faultlens.cli import options
from faultlens.cli.calibrate_pictures import refuse_given
from faultlens.core.errors import UsageError
from faultlens.core.files import write_text
from faultlens.core.stages import STAGES

if TYPE_CHECKING:
    from faultlens.reports.stage_share_figure import StageTimes

SERVICE = "service"

RESULTS = Path("results/service")


def bench(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=f"[{SERVICE} | FILES]...",
            help=f"'{SERVICE}' for the service under load; or recordings or pictures to time; "
            "without either, what the simulators write.",
            show_default=False,
        ),
    ] = None,
    model: options.AnyModelName = None,
    rpm: options.Rpm = None,
    bearing: options.BearingText = None,
    sample_rate: options.SampleRate = None,
    count: Annotated[
        int, typer.Option("--count", min=1, help="Simulated files of each kind.")
    ] = 20,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            help="Of the service: match, diagnose, overload, workers, kills; comma between them.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Of the service: a look at whether all of it runs.")
    ] = False,
    kills: Annotated[
        int | None, typer.Option("--kills", min=1, help="Of the service: servers to stop.")
    ] = None,
    out: options.OutFolder = None,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Show where the time goes, from a file to its result: decode, prepare, model, post.

    'faultlens bench service' starts the service and loads it from another process: requests per
    second beside a plain handler around the Hugging Face pipeline, twice the sustainable load, and
    stops at random moments. All of it takes an hour; --only chooses.
    """
    if what == [SERVICE]:
        recording = {"--model": model, "--rpm": rpm, "--bearing": bearing}
        _refuse("the service", recording | {"--sample-rate": sample_rate})
        _bench_service(only, quick, kills, out or RESULTS, as_json=as_json, quiet=quiet)
        return
    _refuse("files", {"--only": only, "--quick": quick or None, "--kills": kills})
    measured = _measured(what or [], count, model, rpm, bearing, sample_rate)
    if as_json:
        typer.echo(json.dumps(_as_json(measured)))
    elif not quiet:
        _print(measured, lang)
    if out is not None:
        from faultlens.reports.picture import write_picture
        from faultlens.reports.stage_share_figure import stage_share_figure

        write_text(out / "stages.json", json.dumps(_as_json(measured), indent=1) + "\n")
        write_picture(out / "stages.png", stage_share_figure(measured, lang))
        if not (as_json or quiet):
            typer.echo(f"Picture: {out / 'stages.png'}")


def _refuse(of: str, given: Mapping[str, object]) -> None:
    if odd := [name for name, value in given.items() if value is not None]:
        raise UsageError(f"A bench of {of} takes no {', '.join(odd)}; leave it out.")


def _measured(
    files: Sequence[str],
    count: int,
    model: str | None,
    rpm: float | None,
    bearing: str | None,
    sample_rate: float | None,
) -> "list[StageTimes]":
    from faultlens.evaluation.stage_times import (
        OWN,
        diagnose_work,
        every_kind,
        inspect_work,
        stage_times,
    )
    from faultlens.inference.batch import expand
    from faultlens.inference.inspect_batch import are_pictures, expand_pictures
    from faultlens.models.shipped import DEFAULT
    from faultlens.runtimes.picture_model import SURFACE_MODEL
    from faultlens.signals.catalogue import parse_bearing

    known = {"--rpm": rpm, "--bearing": bearing, "--sample-rate": sample_rate}
    if not files:
        _refuse("simulated files", {"--model": model, **known})
        with tempfile.TemporaryDirectory() as folder:
            return list(every_kind(Path(folder), count))
    if are_pictures(files):
        refuse_given("pictures", known)
        work = inspect_work(model or SURFACE_MODEL)
        return [stage_times("inspect", OWN, expand_pictures(files), work)]
    work = diagnose_work(
        model or DEFAULT,
        shaft_rpm=rpm,
        bearing=None if bearing is None else parse_bearing(bearing),
        sample_rate_hz=sample_rate,
    )
    return [stage_times("diagnose", OWN, expand(files), work)]


def _as_json(measured: "Sequence[StageTimes]") -> dict[str, object]:
    from faultlens.reports.stage_share_figure import GUIDE

    return {
        "measured": [
            {
                "verb": each.verb,
                "what": each.what.en,
                "files": each.files,
                "milliseconds": {x: round(1000 * each.seconds[x], 4) for x in STAGES},
                "shares": {x: round(each.share(x), 4) for x in STAGES},
            }
            for each in measured
        ],
        "guide_shares": {x: share / 100 for x, share in GUIDE.items()},
    }


def _print(measured: "Sequence[StageTimes]", lang: str) -> None:
    from faultlens.reports.stage_share_figure import GUIDE, milliseconds, stage_word

    table = Table(box=None, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("")
    table.add_column("n", justify="right")
    for name in STAGES:
        table.add_column(f"{stage_word(name, lang)}, ms", justify="right")
    for each in measured:
        cells = (f"{milliseconds(each.seconds[x])} ({each.share(x):.0%})" for x in STAGES)
        name = f"{stage_word(each.verb, lang)}: {each.what.of(lang)}"
        table.add_row(name, str(each.files), *cells)
    stated = (f"({GUIDE[x]:.0f}%)" if x in GUIDE else "-" for x in STAGES)
    table.add_row(f"{stage_word('guide', lang)} ({stage_word('stated', lang)})", "-", *stated)
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, 100)
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)


def _bench_service(
    only: str | None, quick: bool, kills: int | None, out: Path, *, as_json: bool, quiet: bool
) -> None:
    from faultlens.evaluation.figures import figures_json
    from faultlens.evaluation.service.bench_service import PARTS, measure, page, sizes_for

    parts = PARTS if only is None else tuple(x.strip() for x in only.split(","))
    with tempfile.TemporaryDirectory() as models:
        sections = measure(
            parts, sizes_for(quick=quick, kills=kills), out, Path(models), quiet=quiet
        )
    if as_json:
        rows = json.loads(figures_json(x for each in sections for x in each.figures))
        typer.echo(json.dumps({"figures": rows}, ensure_ascii=False))
    elif not quiet:
        typer.echo(page(sections))
