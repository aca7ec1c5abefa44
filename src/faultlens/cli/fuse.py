"""`faultlens fuse`: results of several sensors of one asset in, one verdict with reasons out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from faultlens.cli import options
from faultlens.cli.failures import FAULT_FOUND
from faultlens.core.errors import InputError
from faultlens.inference.verdict.files import expand_results, read_results
from faultlens.inference.verdict.fuse import fuse as joined
from faultlens.inference.verdict.healthy_visits import FALSE_ALARMS
from faultlens.inference.verdict.pooling import DEPENDENCE, SHARED
from faultlens.inference.verdict.sensors import readings_of
from faultlens.inference.verdict.verdict import Verdict
from faultlens.inference.verdict.visit import HOURS_APART
from faultlens.reports.verdict_phrases import verdict_phrase
from faultlens.reports.verdict_words import score_of

NAMES = ("verdict.png", "verdict.json", "report.html")
"""What --out receives."""


def fuse(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Results of one asset, as --json of diagnose, inspect and measure writes them: "
            "files, globs, folders, or - for standard input.",
            show_default=False,
        ),
    ],
    asset: Annotated[
        str | None, typer.Option("--asset", help="The asset, where results do not name it.")
    ] = None,
    base_rate: Annotated[
        float | None,
        typer.Option(
            "--base-rate",
            help="Chance of a fault before anybody looked, per sensor, such as 0.02; without it "
            "one half, at which the sensors' own probabilities are read.",
        ),
    ] = None,
    shared: Annotated[
        float,
        typer.Option(
            "--shared",
            help="Probability that all sensors see one and the same fault (1), not each its own "
            "(0), before anybody looked.",
        ),
    ] = SHARED,
    dependence: Annotated[
        float,
        typer.Option("--dependence", help="Correlation of errors of sensors of one kind, 0 to 1."),
    ] = DEPENDENCE,
    hours_apart: Annotated[
        float,
        typer.Option("--hours-apart", help="Hours that results may lie apart without a warning."),
    ] = HOURS_APART,
    healthy: Annotated[
        list[str] | None,
        typer.Option(
            "--healthy",
            help="Joined verdicts (JSON) of earlier visits to the healthy asset: files, globs or "
            "folders; they set the threshold of the joined probability.",
        ),
    ] = None,
    false_alarms: Annotated[
        float,
        typer.Option(
            "--false-alarms", help="With --healthy: share of healthy visits that may alarm."
        ),
    ] = FALSE_ALARMS,
    out: options.OutFolder = None,
    as_json: options.AsJson = False,
    fail_on_fault: Annotated[
        bool, typer.Option("--fail-on-fault", help="Exit with 10 when the joined verdict alarms.")
    ] = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Join what several sensors say of one asset into one verdict, with reasons.

    Vibration, pictures, and infrared beside them; any may be missing, healthy or unknown. It alarms
    where any sensor does by its own threshold, so falsely at most as often as all sensors together;
    with --healthy, by a threshold of the joined probability. --out receives verdict.png,
    verdict.json and report.html.
    """
    results, failed = _read(files)
    visits, unread = _read(healthy) if healthy else ([], False)
    found = joined(
        *results,
        asset=asset,
        base_rate=base_rate,
        shared=shared,
        dependence=dependence,
        hours_apart=hours_apart,
        healthy=visits,
        false_alarms=false_alarms,
        lang=lang,
    )
    if out is not None:
        for name in NAMES:
            found.save(out / name)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    elif not quiet:
        _print(found, out)
    if fail_on_fault and found.alarm:
        raise typer.Exit(FAULT_FOUND)
    if failed or unread:
        raise typer.Exit(InputError.exit_code)


def _read(patterns: list[str]) -> tuple[list[Mapping[str, Any]], bool]:
    """The results in all files, and whether any file was bad; the last error where all are."""
    found: list[Mapping[str, Any]] = []
    wrong: InputError | None = None
    for path in expand_results(patterns):
        try:
            its = read_results(path)
            for each in its:
                if "parts" not in each:
                    readings_of(each, path)
            found += its
        except InputError as error:
            wrong = error
            typer.echo(f"faultlens: {error}", err=True)
    if wrong is not None and not found:
        raise typer.Exit(InputError.exit_code)
    return found, wrong is not None


def _print(found: Verdict, out: Path | None) -> None:
    view, lang = found.view, found.lang
    colour = "red" if found.alarm else "green" if view.says == "healthy" else "yellow"
    typer.secho(found.sentence, fg=colour, bold=True)
    typer.echo()
    for row in view.rows:
        mark = verdict_phrase("alarm" if row.alarm else "no_alarm", lang)
        limit = "–" if row.threshold is None else f"{row.threshold:.2f}"
        typer.echo(
            f"{verdict_phrase(row.kind, lang)}  {row.name}: {row.verdict} {score_of(row)}; "
            f"{mark} ({row.alarm_score:.3f} / {limit})"
        )
    typer.echo()
    told = view.rows and found.reasons[len(view.rows) :]
    for reason in told:
        typer.echo(reason)
    for warning in found.warnings:
        typer.echo(f"! {warning}")
    if out is not None:
        typer.echo(", ".join(str(out / name) for name in NAMES))
