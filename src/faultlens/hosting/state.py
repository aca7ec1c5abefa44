"""What a host tells of itself: how it stands now, and what became of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HostState:
    """How a host stands.

    Args:
        ready: whether it takes tasks and a worker can do them.
        workers: processes that can compute now.
        busy: those of them that do.
        queued: tasks that wait.
        models: verb -> reference with hash of what judges where a request names no model.
        device: where the models run.
        pids: process numbers of the workers.
        restarts: workers that were replaced because they died or were too slow, since the start.
    """

    ready: bool
    workers: int
    busy: int
    queued: int
    models: Mapping[str, str] = field(default_factory=dict)
    device: str = "cpu"
    pids: tuple[int, ...] = ()
    restarts: int = 0


@dataclass(frozen=True)
class BatchFacts:
    """What became of a batch.

    Args:
        verb: of `hosting.task.VERBS`, or "check-profile".
        size: tasks of it.
        waited_s: of each task, from its arrival to the start of the batch, s.
        seconds: from the start of the batch to its last answer, s.
        restarts: as in `HostState`, after it.
    """

    verb: str
    size: int
    waited_s: tuple[float, ...]
    seconds: float
    restarts: int = 0
