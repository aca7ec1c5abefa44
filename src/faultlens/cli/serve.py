"""`faultlens serve`: the service at an address of this machine, until a signal ends it."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

WHO_MAY, USUAL = "read, infer, admin", "infer"


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address to listen at; 127.0.0.1 is heard here alone."),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen at; 0 takes a free one.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", help="Processes that compute; 0 takes one per core."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Model of pictures, inspected and matched.")
    ] = None,
    diagnose_model: Annotated[
        str | None, typer.Option("--diagnose-model", help="Model of recordings.")
    ] = None,
    measure_model: Annotated[
        str | None, typer.Option("--measure-model", help="Model of scans.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option("--device", help="Where models run: cpu, cuda, tensorrt, openvino."),
    ] = None,
    profiles: Annotated[
        Path | None,
        typer.Option("--profiles", help="Folder of profiles, NAME.profile, that requests name."),
    ] = None,
    models: Annotated[
        Path | None,
        typer.Option("--models", help="Folder of bundles that requests name by their folder."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="File of hashed API keys; without one, everybody may ask."),
    ] = None,
    add_key: Annotated[
        str | None,
        typer.Option(
            "--add-key",
            help="NAME or NAME:ROLE; make a key, add its hash to the file of --keys, print the key "
            f"and end. Roles: {WHO_MAY}; {USUAL} if left out.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not print the address.")] = False,
) -> None:
    """Serve the HTTP interface; its pages are at /docs.

    Every other setting is an environment variable FAULTLENS_*; an option given here beats it.
    """
    optional_import("fastapi", extra="serve")
    optional_import("uvicorn", extra="serve")
    from faultlens.service.settings import settings_from

    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "workers": workers,
        "inspect_model": model,
        "match_model": model,
        "diagnose_model": diagnose_model,
        "measure_model": measure_model,
        "device": device,
        "profiles_dir": _text(profiles),
        "models_dir": _text(models),
        "api_keys_file": _text(keys),
    }
    settings = replace(settings_from(), **{k: x for k, x in given.items() if x is not None})
    if add_key is not None:
        _add_key(settings.api_keys_file, add_key)
        return
    from faultlens.service.serve import serve as serve_until_told

    def ready(address: str) -> None:
        if not quiet:
            print(f"faultlens serves at {address}", flush=True)

    serve_until_told(settings, ready=ready)


def _add_key(file: str, wanted: str) -> None:
    from faultlens.hosting.key_file import Role, add_key

    if not file:
        raise UsageError("--add-key needs the file of keys; name it with --keys keys.toml.")
    name, _, word = wanted.partition(":")
    roles = {x.word: x for x in Role}
    if (word or USUAL) not in roles:
        raise UsageError(
            f"--add-key is '{wanted}'; give NAME:ROLE, such as line-3:infer. Roles: {WHO_MAY}."
        )
    typer.echo(add_key(file, name, roles[word or USUAL]))
    typer.echo(f"The key of '{name}' is shown this once; {file} holds its hash alone.", err=True)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
