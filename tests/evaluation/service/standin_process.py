"""A server of known speed within a world whose clock leaps, and what of it is a process."""

from pathlib import Path
from typing import Any, cast

from faultlens.evaluation.service.generator import Target
from faultlens.evaluation.service.processes import Server
from tests.evaluation.service.standin_server import Standin
from tests.virtual_time import Handler, World


class StandinProcess:
    """A server in the world, as far as it is a process: it can be told to end, and does.

    Args:
        world: in which it listens.
        service_s: of each request, one after the other, s.
        queue: requests that may wait.
        exit_code: 0 for one that first finishes what it has begun.
    """

    pid = 1

    def __init__(
        self, world: World, service_s: float, queue: int = 10_000, exit_code: int = 0
    ) -> None:
        self._world, self._exit_code = world, exit_code
        self._made: list[Standin] = []
        self._stopping = self._gone = False

        def making() -> Handler:
            self._made.append(Standin(service_s, queue))
            return self._made[-1].handle

        self.port = world.listen(making)
        self.server = Server(cast(Any, self), Target(self.port), Path("no-log"), 0.0)

    def told_to_end(self) -> None:
        """As by SIGTERM."""
        self._stopping = True
        self._world.leave(self.port)
        self._made[-1].stopped.set()

    def poll(self) -> int | None:
        """Its exit code, when it has ended."""
        if not self._gone and self._stopping and not (self._exit_code == 0 and self._busy()):
            self._gone = True
            self._world.leave(self.port, abrupt=True)
        return self._exit_code if self._gone else None

    def _busy(self) -> bool:
        return self._made[-1].waiting > 0
