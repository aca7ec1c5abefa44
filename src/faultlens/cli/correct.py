"""`faultlens correct`: what a file really shows, kept beside what had been said of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from faultlens.cli import options
from faultlens.cli.failures import print_failures
from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.datasets.corrections import correct as keeping
from faultlens.datasets.corrections.content import kind_of
from faultlens.datasets.corrections.correct import Corrected
from faultlens.datasets.corrections.correction import PICTURE
from faultlens.datasets.corrections.corrections_set import read_corrections
from faultlens.inference.batch import each_file, expand
from faultlens.inference.inspect_batch import are_pictures, expand_pictures
from faultlens.runtimes.devices import CPU

LARGEST_RESULTS_BYTES = 1 << 28

SHOWN = 3
"""Confusions that are told at the end, the most frequent."""


def correct(
    files: Annotated[
        list[str],
        typer.Argument(help="Pictures or recordings, globs or folders.", show_default=False),
    ],
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            help="What they show, in words: scratch, inner race fault, no defect, healthy.",
        ),
    ] = None,
    corrections: Annotated[
        Path, typer.Option("--corrections", "--out", help="Folder of the set of corrections.")
    ] = keeping.CORRECTIONS,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of what was said of a file before.")
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back what was said of a file; no label then.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who says it; left out, the user of this machine.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why, in words.")] = "",
    mask: Annotated[
        Path | None,
        typer.Option(
            "--mask",
            help="Picture of the same shape, white where the defect is, or a folder of masks named "
            "as the pictures.",
        ),
    ] = None,
    said: Annotated[
        Path | None,
        typer.Option(
            "--said",
            help="What had been said: results of inspect or diagnose, JSON or JSON lines. Left "
            "out, the model is asked now.",
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Ask the model what it says of the file.")
    ] = True,
    model: options.AnyModelName = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Profile that was used, from calibrate.")
    ] = None,
    rpm: options.Rpm = None,
    bearing: options.BearingText = None,
    sample_rate: options.SampleRate = None,
    channel: options.ChannelName = None,
    device: options.Device = CPU,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what pictures or recordings really show; tune and calibrate --labelled learn from it.

    The set keeps a copy of each file with its label, who said so and when, and what the model had
    said. It knows a file again under any name and in any format. Of one file one label holds:
    another is refused, unless --replace says that it takes the place of the first.
    """
    if (label is None) != withdraw:
        raise UsageError(
            "Say what the files show with --label, or take back what was said of them with "
            "--withdraw; one of the two."
        )
    options.writable_folder(corrections.parent)
    paths = [Path(x) for x in (expand_pictures if are_pictures(files) else expand)(files)]
    facts = {
        "sample_rate_hz": sample_rate,
        "channel": channel,
        "shaft_rpm": rpm,
        "bearing": _bearing(bearing),
    }
    if withdraw:
        work: Callable[[Path], Corrected] = partial(
            keeping.withdraw, corrections=corrections, by=by, note=note
        )
    else:
        assert label is not None  # one of the two is given
        before = _said_in(said) if said is not None else None
        if before is None and ask:
            before = partial(_asked_now, model=model, profile=profile, facts=facts)
        work = partial(
            _corrected, label=label, before=before, mask=mask, facts=facts,
            stated={"corrections": corrections, "by": by, "note": note, "replace": replace},
        )  # fmt: skip
    outcomes = list(each_file(paths, work))
    failed = [x for x in outcomes if x.result is None]
    print_failures(failed)
    for outcome in outcomes:
        if outcome.result is not None:
            _tell(outcome.file, outcome.result, as_json=as_json, quiet=quiet)
    if not (as_json or quiet):
        _tell_set(corrections)
    if failed:
        raise typer.Exit(InputError.exit_code)


def _corrected(
    path: Path,
    *,
    label: str,
    before: Callable[[Path], Mapping[str, Any] | None] | None,
    mask: Path | None,
    facts: Mapping[str, Any],
    stated: Mapping[str, Any],
) -> Corrected:
    result = None if before is None else before(path)
    drawn = _mask_of(path, mask) if mask is not None else None
    return keeping.correct(path, label, said=result, mask=drawn, **stated, **facts)


def _mask_of(path: Path, mask: Path) -> Path:
    """The mask of a picture: the file given, or that of its name in the folder given."""
    if not mask.is_dir():
        return mask
    found = sorted(x for x in mask.iterdir() if x.stem in (path.stem, f"{path.stem}_mask"))
    if len(found) != 1:
        raise InputError(
            f"{mask} holds {len(found)} masks of {path.name}; it needs one, called "
            f"{path.stem}.png or {path.stem}_mask.png."
        )
    return found[0]


def _asked_now(
    path: Path, *, model: str | None, profile: Path | None, facts: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the model says of a file."""
    if kind_of(path) == PICTURE:
        from faultlens.images.read import read_image
        from faultlens.inference.inspect import inspect
        from faultlens.profiles.surface_profile import read_surface_profile
        from faultlens.runtimes.picture_model import SURFACE_MODEL

        of_product = None if profile is None else read_surface_profile(profile)
        image = read_image(path)
        return inspect(image, model=model or SURFACE_MODEL, profile=of_product).to_dict()
    from faultlens.inference.diagnose_file import diagnose_file
    from faultlens.models.shipped import DEFAULT
    from faultlens.profiles.profile import read_profile

    of_asset = None if profile is None else read_profile(profile)
    return diagnose_file(path, model=model or DEFAULT, profile=of_asset, **facts).to_dict()


def _said_in(file: Path) -> Callable[[Path], Mapping[str, Any] | None]:
    """What a file of results says, by the name of what they are of."""
    try:
        if file.stat().st_size > LARGEST_RESULTS_BYTES:
            raise ValueError(f"it is larger than {LARGEST_RESULTS_BYTES >> 20} MiB")
        text = file.read_text(encoding="utf-8")
        tables = _tables(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"{file} holds no results: {error}. Give what faultlens inspect --json or diagnose "
            "--json wrote."
        ) from error
    by_name = {str(x["file"]): x for x in tables}
    bare: dict[str, list[Mapping[str, Any]]] = {}
    for name, table in by_name.items():
        bare.setdefault(Path(name).name, []).append(table)

    def of_file(path: Path) -> Mapping[str, Any]:
        alike = bare.get(path.name, [])
        found = by_name.get(str(path)) or (alike[0] if len(alike) == 1 else None)
        if found is None:
            told = "no result" if not alike else f"{len(alike)} results"
            raise InputError(
                f"{file} has {told} of {path}; name the file as it was named there, or leave "
                "--said out."
            )
        return found

    return of_file


def _tables(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        tables = [json.loads(text)]
    except ValueError:
        tables = [json.loads(x) for x in text.splitlines() if x.strip()]
    if not all(isinstance(x, dict) and "file" in x and "verdict" in x for x in tables):
        raise ValueError("a result has a file and a verdict")
    return tables


def _bearing(text: str | None) -> Any:
    if text is None:
        return None
    from faultlens.signals.catalogue import parse_bearing

    return parse_bearing(text)


def _tell(path: Path, found: Corrected, *, as_json: bool, quiet: bool) -> None:
    for notice in found.notices:
        typer.echo(f"Note: {notice.en}", err=True)
    made = found.correction
    if as_json:
        table = {**json.loads(made.to_json()), "new": found.is_new, "confirms": made.confirms}
        typer.echo(json.dumps(table, ensure_ascii=False))
        return
    if quiet:
        return
    if not made.label:
        typer.echo(f"{path}: what was said of it is taken back.")
        return
    said = ""
    if made.said is not None:
        sure = "" if made.said.score is None else f" ({made.said.score:.0%})"
        agrees = ", as the model said" if made.confirms else f", not {made.said.verdict}{sure}"
        said = agrees
    already = "" if found.is_new else f" It was said already, by {made.by}, {made.time[:10]}."
    typer.echo(f"{path}: {made.label}{said}.{already}")


def _tell_set(folder: Path) -> None:
    there = read_corrections(folder)
    holding = there.holding()
    if not holding:
        return
    labels = sorted({x.meaning for x in holding})
    contradictions = len(there.contradictions())
    odd = f", {contradictions} contradictory ones left out" if contradictions else ""
    files = f"{len(holding)} file{'s' if len(holding) > 1 else ''}"
    called = f"{len(labels)} label{'s' if len(labels) > 1 else ''}"
    typer.echo(f"{folder}: {files} of {called} ({', '.join(labels)}){odd}.")
    for wrong, right, count in keeping.confusions_said(there)[:SHOWN]:
        typer.echo(f"  {right} was called {wrong}: {count}")
    typer.echo(f"Next: faultlens tune --train-data {quote(str(folder))}")
