"""`faultlens VERB ...`: the table of verbs, and errors turned into words and exit codes."""

import io
import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from faultlens.core.errors import FaultlensError
from faultlens.core.version import __version__

OUR_FAULT = 1
INTERRUPTED = 130
"""128 + SIGINT, by custom of shells."""

VERBS = (
    "demo",
    "diagnose",
    "inspect",
    "measure",
    "fuse",
    "calibrate",
    "correct",
    "simulate",
    "knowledge",
    "prompts",
    "data",
    "models",
    "doctor",
    "train",
    "tune",
    "evaluate",
    "ablate",
    "export",
    "serve",
    "watch",
    "search",
    "promote",
    "rollback",
    "bench",
    "trend",
    "diagram",
)
"""In the order of the help; each is the function of its name in the file of its name."""


class Verbs(TyperGroup):
    """The verbs, each imported when it is asked for: no verb waits for what another needs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the verbs."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb of a name, imported now."""
        if cmd_name not in VERBS:
            return None
        if cmd_name not in self.commands:
            alone = typer.Typer(add_completion=False, rich_markup_mode=None)
            module = import_module(f"faultlens.cli.{cmd_name}")
            alone.command(cmd_name)(getattr(module, cmd_name))
            self.commands[cmd_name] = get_command(alone)
        return self.commands[cmd_name]


app = typer.Typer(
    name="faultlens",
    cls=Verbs,
    help="Describe a fault in words; it is found in a recording or a picture, with the evidence "
    "beside it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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
