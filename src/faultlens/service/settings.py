"""What an operator decides about the service: environment variables FAULTLENS_*, one record."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from faultlens.core.errors import UsageError

PREFIX = "FAULTLENS_"


def _of(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class ServiceSettings:
    """The service's settings; each is an environment variable, FAULTLENS_ and its name in capitals.

    The field's `metadata["about"]` says what it is; `docs/service-settings.md` is made of them.
    """

    host: str = _of("127.0.0.1", "Address to listen at (faultlens serve).")
    port: int = _of(8000, "Port to listen at (faultlens serve); 0 takes a free one.")
    workers: int = _of(0, "Processes that compute; 0 takes one per processor core.")
    threads: int = _of(0, "Threads of one pass in a worker; 0 shares the cores out.")
    device: str = _of("cpu", "Where the models run: cpu, cuda, tensorrt, openvino.")
    inspect_model: str = _of("builtin/surface", "Model of /v1/inspect.")
    match_model: str = _of("", "Model of /match-image-text; empty for that of /v1/inspect.")
    diagnose_model: str = _of("builtin/bearing", "Model of /v1/diagnose.")
    models_dir: str = _of("", "Folder of bundles that can be served by their folder's name.")
    profiles_dir: str = _of("", "Folder of profiles, NAME.profile, that requests name.")
    batch_size: int = _of(16, "Requests that share a pass at most.")
    batch_wait_ms: float = _of(2.0, "Longest wait of a request for others to share its pass, ms.")
    queue_size: int = _of(256, "Requests that wait at most; beyond, 503 with Retry-After.")
    queue_wait_s: float = _of(1.0, "A request that would wait longer is refused with 503, s.")
    timeout_s: float = _of(30.0, "Longest computation of one request; then its worker ends, s.")
    body_timeout_s: float = _of(30.0, "Longest time for a request's body to arrive, s.")
    drain_s: float = _of(1.0, "From SIGTERM on: still answers, tells clients to leave, s.")
    stop_timeout_s: float = _of(30.0, "Longest wait for open requests at the end, s.")
    max_body_mb: float = _of(64.0, "Largest request, MB.")
    max_files: int = _of(32, "Files of one request.")
    max_pixels: int = _of(25_000_000, "Pixels of one picture.")
    max_samples: int = _of(10_000_000, "Samples of one recording.")
    max_prompts: int = _of(256, "Sentences of one request.")
    max_prompt_chars: int = _of(400, "Letters of one sentence.")
    api_keys_file: str = _of("", "Hashed keys (faultlens serve --add-key); empty leaves it open.")
    requests_per_minute: float = _of(0.0, "Of a key that states no rate itself; 0 for no limit.")
    cors_origins: str = _of("", "Origins of browsers that may ask, with commas; empty for none.")
    allow_urls: bool = _of(False, "Fetch pictures from public URLs that requests name.")
    log_level: str = _of("info", "debug, info, warning or error.")
    telemetry: bool = _of(False, "Send traces as the OTEL_* variables say (extra telemetry).")
    docs: bool = _of(True, "Serve /docs and /openapi.json.")
    root_path: str = _of("", "Path under which a proxy publishes the service.")

    @property
    def max_body_bytes(self) -> int:
        """Largest request, bytes."""
        return int(self.max_body_mb * 1e6)

    @property
    def match_reference(self) -> str:
        """Model of /match-image-text."""
        return self.match_model or self.inspect_model


def settings_from(environment: Mapping[str, str] | None = None) -> ServiceSettings:
    """The settings that environment variables state, the others at their defaults.

    Args:
        environment: names and values; None for the process's own.

    Raises:
        UsageError: a value that is none of its kind, or out of range.

    Example:
        >>> settings_from({"FAULTLENS_WORKERS": "2", "FAULTLENS_ALLOW_URLS": "true"}).workers
        2
        >>> settings_from({"FAULTLENS_PORT": "many"})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: FAULTLENS_PORT is 'many'; it must be a whole number.
    """
    given = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    for each in fields(ServiceSettings):
        assert each.default is not MISSING
        name = f"{PREFIX}{each.name.upper()}"
        if given.get(name, "") != "":
            found[each.name] = _value(name, given[name].strip(), each.default)
    settings = ServiceSettings(**found)
    for folder in ("models_dir", "profiles_dir"):
        stated = getattr(settings, folder)
        if stated and not Path(stated).is_dir():
            raise UsageError(
                f"{PREFIX}{folder.upper()} is '{stated}', which is no folder here. Make it, or "
                "leave the setting out."
            )
    return settings


def _value(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in known:
            raise UsageError(f"{name} is '{text}'; it must be true or false.")
        return known[text.lower()]
    if isinstance(default, str):
        return text
    try:
        number = int(text) if isinstance(default, int) else float(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise UsageError(f"{name} is '{text}'; it must be {kind}.") from None
    if not 0 <= number < float("inf"):
        raise UsageError(f"{name} is {text}; it must not be negative, and finite.")
    return number
