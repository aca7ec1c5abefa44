"""`faultlens doctor`: what this installation has, and the pip line for what it has not."""

import importlib.metadata
import json
import platform
import sys

import typer

from faultlens.cli import options
from faultlens.core.version import __version__
from faultlens.models.shipped import reference

BASE = ("numpy", "scipy", "matplotlib", "h5py", "jinja2", "rich", "typer")
EXTRAS = {"formats": ("nptdms", "pyuff", "pyarrow")}


def doctor(as_json: options.AsJson = False) -> None:
    """Say versions, models and optional packages of this installation."""
    found = {
        "faultlens": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "model": reference(),
        "packages": {name: _version(name) for name in BASE},
        "extras": {
            extra: {name: _version(name) for name in names} for extra, names in EXTRAS.items()
        },
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for key in ("faultlens", "python", "platform", "model"):
        typer.echo(f"{key:<12} {found[key]}")
    for name in BASE:
        typer.echo(f"{name:<12} {_version(name)}")
    for extra, names in EXTRAS.items():
        missing = [name for name in names if _version(name) is None]
        state = f"missing {', '.join(missing)}: pip install 'faultlens[{extra}]'"
        typer.echo(f"[{extra}]{'':<{10 - len(extra)}} {state if missing else 'complete'}")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
