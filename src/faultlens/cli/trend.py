"""`faultlens trend`: dated recordings of one asset in, its health over time out."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.failures import print_failures
from faultlens.core.errors import InputError, UnusableSignalError
from faultlens.core.interrupts import noted_interrupts
from faultlens.core.notice import Notice
from faultlens.core.progress import progress
from faultlens.inference.batch import Outcome, each_file
from faultlens.inference.snapshot import Snapshot, snapshot_file, vibration_channels
from faultlens.inference.timeline import recordings_of
from faultlens.inference.trend import FALSE_ALARMS, FEWEST_HEALTHY, trend_of
from faultlens.inference.trend_result import Trend
from faultlens.metrics.change import LOOSEST, STRICTEST
from faultlens.signals.catalogue import parse_bearing


def trend(
    folder: Annotated[
        list[str],
        typer.Argument(
            help="Folder with the recordings of one asset; or files and globs.", show_default=False
        ),
    ],
    healthy: Annotated[
        int | None,
        typer.Option(
            "--healthy",
            min=FEWEST_HEALTHY,
            help="How many first recordings are healthy; 25, or a third of fewer than 75.",
        ),
    ] = None,
    false_alarms: Annotated[
        float,
        typer.Option(
            "--false-alarms",
            min=STRICTEST,
            max=LOOSEST,
            help="Nominal chance that a healthy asset is ever warned of.",
        ),
    ] = FALSE_ALARMS,
    rpm: options.Rpm = None,
    bearing: options.BearingText = None,
    sample_rate: options.SampleRate = None,
    channel: options.ChannelName = None,
    out: options.OutFolder = None,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Follow the health of one asset: indicator with its band, first warning and alarm, and why.

    The first recordings are taken as healthy; each later one is held against them and judged by
    the past alone. Times come from sidecars, from the files, or from dates in their names
    (20240531_1020, 2004.02.12.10.32.39). With speed and bearing the lines of its parts are
    followed too. --out receives trend.png, trend.csv and trend.json.
    """
    paths, passed = recordings_of(folder)
    known = None if bearing is None else parse_bearing(bearing)
    outcomes: list[Outcome[Snapshot]] = []
    with noted_interrupts() as check:
        work = partial(
            snapshot_file,
            channels=_channels(paths, channel, sample_rate),
            sample_rate_hz=sample_rate,
            shaft_rpm=rpm,
            bearing=known,
        )
        for outcome in progress(
            each_file(paths, work), label="Measuring", total=len(paths), quiet=quiet
        ):
            check()
            outcomes.append(outcome)
    failed = [x for x in outcomes if x.result is None]
    made = [x.result for x in outcomes if x.result is not None]
    if not made:
        print_failures(failed)
        raise UnusableSignalError("None of the recordings could be read; there is no trend.")
    found = trend_of(
        made,
        healthy=healthy,
        false_alarms=false_alarms,
        title=Path(folder[0]).resolve().name if len(folder) == 1 else "",
        warnings=passed,
        lang=lang,
    )
    left_out: list[Outcome[Snapshot]] = [Outcome(Path(x), reason=why) for x, why in found.left_out]
    print_failures([*failed, *left_out])
    if out is not None:
        for suffix in ("csv", "json", "png"):
            found.save(out / f"trend.{suffix}")
    if as_json:
        failures = [{"file": str(x.file), "reason": x.reason} for x in failed]
        typer.echo(json.dumps({**found.to_dict(), "failed": failures}, ensure_ascii=False))
    elif not quiet:
        _print(found, out)
    if failed or left_out:
        raise typer.Exit(InputError.exit_code)


def _channels(
    paths: tuple[Path, ...], wanted: str | None, sample_rate_hz: float | None
) -> tuple[str, ...] | None:
    """The channels that are read of every recording: those of the first that can be read."""
    if wanted is not None:
        return (wanted,)
    for path in paths:
        try:
            return vibration_channels(path, sample_rate_hz=sample_rate_hz)
        except (InputError, OSError):
            continue  # told when its turn comes
    return None


def _print(found: Trend, out: Path | None) -> None:
    view, lang = found.view, found.lang
    colour = "red" if view.alarm else "yellow" if view.warning else "green"
    typer.secho(found.sentence, fg=colour, bold=True)
    indicator, low, high = (float(x[-1]) for x in (view.indicator, view.low, view.high))
    now = Notice(
        en=f"Indicator now {indicator:.2f} (95 % band {low:.2f} to {high:.2f}; 1 warns, 2 alarms), "
        f"{len(view.files)} recordings.",
        zh=f"当前指标 {indicator:.2f}（95 % 区间 {low:.2f}～{high:.2f}；1 预警，2 报警），"
        f"共 {len(view.files)} 条记录。",
    )
    typer.echo(now.of(lang))
    for warning in found.warnings:
        typer.echo(f"! {warning}")
    if out is not None:
        typer.echo(f"{out / 'trend.png'}, {out / 'trend.csv'}, {out / 'trend.json'}")
