"""What a host is to do: models, folders, processes and bounds, in one record."""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from faultlens.core.errors import UsageError
from faultlens.hosting.task import DIAGNOSE, INSPECT, MATCH, MEASURE, VERBS

COMMAND = (sys.executable, "-m", "faultlens.hosting.worker")
"""What a worker is started by."""


def _shipped() -> dict[str, str]:
    return {
        MATCH: "builtin/surface",
        INSPECT: "builtin/surface",
        DIAGNOSE: "builtin/bearing",
        MEASURE: "builtin/scan",
    }


@dataclass(frozen=True)
class HostPlan:
    """What a host is to do.

    Args:
        models: verb -> model that judges where a request names none.
        models_dir: folder of bundles that requests may name; "" for none.
        profiles_dir: folder of profiles, NAME.profile; "" for none.
        workers: processes that compute; 0 takes one per processor core.
        threads: threads of one pass in a worker; 0 shares the cores out.
        device: where the models run, see `runtimes.devices`.
        batch_size: tasks that a worker takes at once, at most.
        batch_wait_s: longest wait of a task for others to share its pass, s.
        queue_size: tasks that wait at most.
        queue_wait_s: a task that would wait longer is refused, s.
        timeout_s: longest computation of a task; then its worker is ended, s.
        work_memory_mb: memory that a worker may take beyond that of its warm models (Linux), MB.
        allow_urls: whether pictures are fetched from public URLs.
        command: what starts a worker.

    Raises:
        UsageError: a bound that is no positive number, or a verb without a model.

    Example:
        >>> HostPlan(batch_size=0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: batch_size is 0; it must be 1 or more.
    """

    models: Mapping[str, str] = field(default_factory=_shipped)
    models_dir: str = ""
    profiles_dir: str = ""
    workers: int = 0
    threads: int = 0
    device: str = "cpu"
    batch_size: int = 16
    batch_wait_s: float = 0.002
    queue_size: int = 256
    queue_wait_s: float = 1.0
    timeout_s: float = 30.0
    work_memory_mb: float = 350.0
    allow_urls: bool = False
    command: tuple[str, ...] = COMMAND

    def __post_init__(self) -> None:
        for name in ("batch_size", "queue_size"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}; it must be 1 or more.")
        for name in ("workers", "threads", "batch_wait_s"):
            if getattr(self, name) < 0:
                raise UsageError(f"{name} is {getattr(self, name)}; it must not be negative.")
        for name in ("queue_wait_s", "timeout_s", "work_memory_mb"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} is {getattr(self, name)}; it must be positive.")
        if set(self.models) != set(VERBS):
            raise UsageError(
                f"models names {', '.join(sorted(self.models)) or 'nothing'}; give one for each of "
                f"{', '.join(VERBS)}."
            )

    @property
    def processes(self) -> int:
        """Worker processes."""
        return self.workers or usable_cores()

    @property
    def threads_each(self) -> int:
        """Threads of one pass in a worker: all workers together use no more than the cores."""
        return self.threads or max(1, usable_cores() // self.processes)

    def with_model(self, verb: str, model: str) -> "HostPlan":
        """The same with another model for one verb."""
        return replace(self, models={**self.models, verb: model})

    def to_dict(self) -> dict[str, Any]:
        """What a worker is told, as plain values."""
        return {**asdict(self), "models": dict(self.models), "command": list(self.command)}

    @staticmethod
    def from_dict(table: Mapping[str, Any]) -> "HostPlan":
        """The plan of `to_dict`."""
        return HostPlan(**{**table, "command": tuple(table["command"])})


def usable_cores() -> int:
    """Processor cores that this process may use.

    Example:
        >>> usable_cores() >= 1
        True
    """
    try:
        return len(os.sched_getaffinity(0))
    # Not on every system.
    except AttributeError:
        return os.cpu_count() or 1
