"""What an operator decides about the service: environment variables FAULTLENS_*, one record."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.runtimes.devices import DEVICES

PREFIX = "FAULTLENS_"

CHOICES: dict[str, tuple[str, ...]] = {
    "device": tuple(DEVICES),
    "log_level": ("debug", "info", "warning", "error"),
}
"""Setting -> the words that it may be."""

RANGES: dict[str, tuple[float, float]] = {
    "port": (0, 65_535),
    "workers": (0, 256),
    "threads": (0, 256),
    "batch_size": (1, 1_024),
    "batch_wait_ms": (0, 1_000),
    "queue_size": (1, 100_000),
    "queue_wait_s": (0.01, 3_600),
    "timeout_s": (0.1, 3_600),
    "body_timeout_s": (0.1, 3_600),
    "work_memory_mb": (50, 1_000_000),
    "drain_s": (0, 600),
    "stop_timeout_s": (0, 3_600),
    "max_body_mb": (0.001, 10_000),
    "max_files": (1, 10_000),
    "max_pixels": (1, 1_000_000_000),
    "max_samples": (1, 1_000_000_000),
    "max_points": (1, 1_000_000_000),
    "max_prompts": (1, 100_000),
    "max_prompt_chars": (1, 100_000),
    "requests_per_minute": (0, 1_000_000),
}
"""Setting -> smallest and largest value: beyond them stands a slip of the pen, not a wish."""

FOLDERS = ("models_dir", "profiles_dir")

NOT_OURS = ("API_KEY", "BEARINGS", "CACHE", "DEBUG", "HF_MIRRORS", "SHARED", "URL")
"""Variables with our prefix that other rooms read, the client among them."""

BY_KUBERNETES = re.compile(r"PORT_\w+|SERVICE_(HOST|PORT)\w*")
"""What Kubernetes sets in every container beside a Service that is named faultlens."""

ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class ServiceSettings:
    """The service's settings; each is an environment variable, FAULTLENS_ and its name in capitals.

    Args:
        host: address to listen at (`faultlens serve`).
        port: port to listen at (`faultlens serve`); 0 takes a free one.
        workers: processes that compute; 0 takes one per processor core.
        threads: threads of one pass in a worker; 0 shares the cores out.
        device: where the models run: cpu, cuda, tensorrt or openvino.
        inspect_model: model of /v1/inspect.
        match_model: model of /match-image-text; empty for that of /v1/inspect.
        diagnose_model: model of /v1/diagnose.
        measure_model: model of /v1/measure.
        models_dir: folder of bundles that can be served by their folder's name.
        profiles_dir: folder of profiles, NAME.profile, that requests name.
        batch_size: requests that share a pass at most.
        batch_wait_ms: longest wait of a request for others to share its pass, milliseconds.
        queue_size: requests that wait at most; beyond, 503 with Retry-After.
        queue_wait_s: a request that would wait longer is refused with 503, seconds.
        timeout_s: longest computation of one request, seconds; then its worker ends.
        body_timeout_s: longest time for a request's body to arrive, seconds.
        work_memory_mb: memory that a worker may take beyond its models, MB (1e6 bytes); work that
            needs more is refused (Linux). Pictures of more pixels need more.
        drain_s: from SIGTERM on the service still answers and tells clients to leave, seconds.
        stop_timeout_s: longest wait for open requests at the end, seconds.
        max_body_mb: largest request, MB (1e6 bytes).
        max_files: files of one request.
        max_pixels: pixels of one picture.
        max_samples: samples of one recording.
        max_points: points of one scan; more need more memory too (2 million: 700 MB).
        max_prompts: sentences of one request.
        max_prompt_chars: letters of one sentence.
        api_keys_file: file of hashed keys (`faultlens serve --add-key NAME`); empty leaves the
            service open to everybody who reaches its port.
        requests_per_minute: of a key that states no limit itself; 0 for no limit.
        cors_origins: origins of web pages that may ask, with commas between; `*` for all, empty
            for none.
        allow_urls: fetch pictures from public URLs that requests name.
        log_level: least severity that is logged.
        telemetry: send traces as the OTEL_* variables say (extra `telemetry`).
        docs: serve /docs and /openapi.json.
        root_path: path under which a proxy publishes the service, as in /faultlens.

    Raises:
        UsageError: a value that is out of range, or of the wrong form.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 0
    threads: int = 0
    device: str = "cpu"
    inspect_model: str = "builtin/surface"
    match_model: str = ""
    diagnose_model: str = "builtin/bearing"
    measure_model: str = "builtin/scan"
    models_dir: str = ""
    profiles_dir: str = ""
    batch_size: int = 16
    batch_wait_ms: float = 2.0
    queue_size: int = 256
    queue_wait_s: float = 1.0
    timeout_s: float = 30.0
    body_timeout_s: float = 30.0
    work_memory_mb: float = 350.0
    drain_s: float = 1.0
    stop_timeout_s: float = 30.0
    max_body_mb: float = 64.0
    max_files: int = 32
    max_pixels: int = 25_000_000
    max_samples: int = 10_000_000
    max_points: int = 1_100_000
    max_prompts: int = 256
    max_prompt_chars: int = 400
    api_keys_file: str = ""
    requests_per_minute: float = 0.0
    cors_origins: str = ""
    allow_urls: bool = False
    log_level: str = "info"
    telemetry: bool = False
    docs: bool = True
    root_path: str = ""

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            # Written so that it refuses what is no number too.
            if not least <= value <= most:
                raise _wrong(name, value, f"a number from {least:,} to {most:,}")
        for name, words in CHOICES.items():
            if getattr(self, name) not in words:
                raise _wrong(name, getattr(self, name), f"one of {', '.join(words)}")
        for name in FOLDERS:
            stated = getattr(self, name)
            if stated and not Path(stated).is_dir():
                raise _wrong(name, stated, "a folder that is there; make it, or leave it out")
        for name in ("host", "inspect_model", "diagnose_model", "measure_model"):
            if not getattr(self, name).strip():
                raise _wrong(name, getattr(self, name), "a name; leave it out for the default")
        for origin in self.origins:
            if origin != "*" and not ORIGIN.fullmatch(origin):
                raise _wrong("cors_origins", origin, "an origin, as in https://plant.example:8443")
        if len(self.origins) > 1 and "*" in self.origins:
            raise _wrong("cors_origins", self.cors_origins, "'*' alone, or origins without it")
        if self.root_path and not re.fullmatch(r"(/[\w.~-]+)+", self.root_path):
            raise _wrong("root_path", self.root_path, "a path without an end, as in /faultlens")

    @property
    def max_body_bytes(self) -> int:
        """Largest request, bytes."""
        return int(self.max_body_mb * 1e6)

    @property
    def match_reference(self) -> str:
        """Model of /match-image-text."""
        return self.match_model or self.inspect_model

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins of web pages that may ask."""
        return tuple(x.strip() for x in self.cors_origins.split(",") if x.strip())


def settings_from(environment: Mapping[str, str] | None = None) -> ServiceSettings:
    """The settings that environment variables state, the others at their defaults.

    Args:
        environment: names and values; None for the process's own.

    Raises:
        UsageError: a value that is none of its kind, or out of range.
        UnknownNameError: a variable FAULTLENS_* that is no setting: left out in silence, a letter
            too few in the name of the file of keys would leave the service open.

    Example:
        >>> settings_from({"FAULTLENS_WORKERS": "2", "FAULTLENS_ALLOW_URLS": "true"}).workers
        2
        >>> settings_from({"FAULTLENS_PORT": "many"})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: FAULTLENS_PORT is 'many'; it must be a whole number.
    """
    given = os.environ if environment is None else environment
    defaults = {x.name: x.default for x in fields(ServiceSettings)}
    found: dict[str, Any] = {}
    for variable, text in given.items():
        ours, _, name = variable.partition(PREFIX)
        if ours or not name or name in NOT_OURS or _is_by_kubernetes(name, text):
            continue
        setting = name.lower()
        if setting not in defaults or name != name.upper():
            known = [f"{PREFIX}{x.upper()}" for x in defaults]
            raise UnknownNameError("environment variable", variable, known)
        # An empty one is how a compose file leaves a setting out.
        if text.strip():
            found[setting] = _value(setting, text.strip(), defaults[setting])
    return ServiceSettings(**found)


def _is_by_kubernetes(name: str, text: str) -> bool:
    return BY_KUBERNETES.fullmatch(name) is not None or (name == "PORT" and "://" in text)


def _value(setting: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in known:
            raise _wrong(setting, text, "true or false")
        return known[text.lower()]
    if isinstance(default, str):
        return text.lower() if setting in CHOICES else text
    try:
        return int(text) if isinstance(default, int) else float(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise _wrong(setting, text, kind) from None


def _wrong(setting: str, value: object, allowed: str) -> UsageError:
    given = f"'{value}'" if isinstance(value, str) else value
    return UsageError(f"{PREFIX}{setting.upper()} is {given}; it must be {allowed}.")
