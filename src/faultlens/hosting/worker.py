"""A worker: reads batches from its standard input, a socket, and answers them there.

Started by `WorkerProcess`: `python -m faultlens.hosting.worker`.
"""

import gc
import logging
import os
import signal
import socket
import sys
import threading
from queue import SimpleQueue
from typing import Any

from faultlens.core.errors import FaultlensError
from faultlens.hosting.memory import cap_memory, regained_bytes
from faultlens.hosting.messages import BrokenMessageError, packed, read_message
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import Answer
from faultlens.hosting.wire import read_task, told_answer
from faultlens.hosting.worker_process import FAILURES

TOO_LARGE = 413
"""Status of what may have run out of memory."""

LEAST_ROOM = 0.5
"""Share of the memory for work below which a worker makes way for another."""

_log = logging.getLogger("faultlens.worker")

_BUFFER_BYTES = 1 << 16


def main() -> None:
    """Work until the front closes the socket, or is gone.

    Example:
        >>> main.__name__  # `WorkerProcess` shows it at work
        'main'
    """
    # When to stop is for the front to decide; it says so by closing the socket.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    logging.basicConfig(format="%(message)s")
    channel = _own_channel()
    inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
    threading.Thread(target=_read_all, args=(channel, inbox), daemon=True).start()
    plan = HostPlan.from_dict(inbox.get()["plan"])
    try:
        # Here, so that what is missing is told as the reason for not starting.
        from faultlens.hosting.desk import Desk
        from faultlens.hosting.warming import warm_up
        from faultlens.hosting.work import work

        desk = Desk(plan)
        seconds = warm_up(desk)
    except FaultlensError as error:
        kind = next((x.__name__ for x in type(error).__mro__ if x.__name__ in FAILURES), "")
        channel.sendall(packed({"failed": {"kind": kind, "message": str(error)}}))
        return
    # What is loaded stays, and need not be gone through again and again.
    gc.collect()
    gc.freeze()
    headroom = int(plan.work_memory_mb * 1e6)
    cap_memory(headroom)
    ready = {
        "models": desk.references,
        "seconds": seconds,
        "device": desk.device,
        # Nothing else brings it in.
        "exported": "torch" in sys.modules,
    }
    channel.sendall(packed(ready))

    ran_out = False

    def tell(number: int, answer: Answer) -> None:
        nonlocal ran_out
        ran_out |= answer.problem is not None and answer.problem.status == TOO_LARGE
        head = {"number": number, "answer": told_answer(answer)}
        channel.sendall(packed(head, answer.content))

    while True:
        work(desk, [read_task(x) for x in inbox.get()["tasks"]], tell)
        if ran_out:
            room = regained_bytes()
            if room is not None and room < LEAST_ROOM * headroom:
                # The front starts another: the next file shall not suffer for the last.
                _log.error("A file that was too large left %d MB of room.", room // 1_000_000)
                return
            ran_out = False


def _own_channel() -> socket.socket:
    """The socket, taken away from standard input: nothing else here reads from it."""
    channel = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return channel


def _read_all(channel: socket.socket, inbox: SimpleQueue[dict[str, Any]]) -> None:
    """Read beside the work, so that it ends with the front also in its middle: nobody waits."""
    try:
        with os.fdopen(os.dup(channel.fileno()), "rb", buffering=_BUFFER_BYTES) as reader:
            while (message := read_message(reader)) is not None:
                inbox.put(message[0])
    except (OSError, BrokenMessageError):
        # A front that died in the middle of a message.
        pass
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
