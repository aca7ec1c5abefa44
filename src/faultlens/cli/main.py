"""`faultlens VERB ...`: the table of verbs, and errors turned into words and exit codes."""

import io
import os
import sys
from typing import Annotated

import typer

from faultlens.cli.ablate import ablate
from faultlens.cli.calibrate import calibrate
from faultlens.cli.data import data
from faultlens.cli.demo import demo
from faultlens.cli.diagnose import diagnose
from faultlens.cli.diagram import diagram
from faultlens.cli.doctor import doctor
from faultlens.cli.evaluate import evaluate
from faultlens.cli.export import export
from faultlens.cli.inspect import inspect
from faultlens.cli.knowledge import knowledge
from faultlens.cli.models import models
from faultlens.cli.prompts import prompts
from faultlens.cli.simulate import simulate
from faultlens.cli.train import train
from faultlens.cli.trend import trend
from faultlens.cli.tune import tune
from faultlens.core.errors import FaultlensError
from faultlens.core.version import __version__

OUR_FAULT = 1
INTERRUPTED = 130
"""128 + SIGINT, by custom of shells."""

app = typer.Typer(
    name="faultlens",
    help="Describe a fault in words; it is found in a recording or a picture, with the evidence "
    "beside it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for verb in (
    demo,
    diagnose,
    inspect,
    calibrate,
    simulate,
    knowledge,
    prompts,
    data,
    models,
    doctor,
    train,
    tune,
    evaluate,
    ablate,
    export,
    trend,
    diagram,
):
    app.command()(verb)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"faultlens {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Describe a fault in words; it is found in a recording or a picture, with the evidence."""


def main() -> None:
    """Run the command line; exit codes are those of the contracts."""
    for stream in (sys.stdout, sys.stderr):
        # A file name that is no text, or a terminal of few letters, is shown as well as can be.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except FaultlensError as error:
        typer.echo(f"faultlens: {error}", err=True)
        sys.exit(error.exit_code)
    except SystemExit as leaving:
        # typer turns an interrupt into this code without a word.
        if leaving.code == INTERRUPTED:
            typer.echo("faultlens: interrupted; every file written so far is whole.", err=True)
        raise
    except OSError as error:
        # A full disk, a folder without rights: the user's machine, told in its own words.
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"faultlens: {where}{error.strerror or error}.", err=True)
        sys.exit(OUR_FAULT)
    except Exception as error:
        if os.environ.get("FAULTLENS_DEBUG"):
            raise
        typer.echo(
            f"faultlens: our fault: {type(error).__name__}: {error}. Please report it; "
            "FAULTLENS_DEBUG=1 shows where.",
            err=True,
        )
        sys.exit(OUR_FAULT)
