"""`faultlens doctor`: what this installation has, and the pip line for what it has not."""

import importlib.metadata
import json
import platform
import sys
from typing import Any

import typer

from faultlens.cli import options
from faultlens.core.version import __version__
from faultlens.runtimes.devices import usable_devices
from faultlens.runtimes.listed import list_models

BASE = (
    "numpy", "scipy", "matplotlib", "h5py", "onnxruntime", "tokenizers", "jinja2", "rich", "typer",
)  # fmt: skip
EXTRAS = {
    "formats": ("nptdms", "pyuff", "pyarrow"),
    "serve": (
        "fastapi",
        "fastapi-offline",
        "httptools",
        "prometheus-client",
        "python-multipart",
        "uvicorn",
    ),
    "telemetry": ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"),
    "openvino": ("openvino",),
    "train": ("torch", "onnx", "onnxscript", "safetensors"),
}


def doctor(as_json: options.AsJson = False) -> None:
    """Say versions, models, devices and optional packages of this installation."""
    found: dict[str, Any] = {
        "faultlens": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "models": {x.name: x.reference or x.problem for x in list_models()},
        "devices": list(usable_devices()),
        "packages": {name: _version(name) for name in BASE},
        "extras": {
            extra: {name: _version(name) for name in names} for extra, names in EXTRAS.items()
        },
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for key in ("faultlens", "python", "platform"):
        typer.echo(f"{key:<12} {found[key]}")
    for reference in found["models"].values():
        typer.echo(f"{'model':<12} {reference}")
    typer.echo(f"{'devices':<12} {', '.join(found['devices'])}")
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
