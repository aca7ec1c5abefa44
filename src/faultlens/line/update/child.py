"""A long computation in a process of its own, that gives way to the line: niced, and stoppable."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from threading import Event
from typing import Any

from faultlens.core.errors import FaultlensError

LOOK_S = 0.2
"""Between two looks at whether it is done or the line shuts down, s."""

LEAVE_S = 3.0
"""A child that is told to end has so long before it is killed, s."""

LAST_WORDS = 2000
"""Characters of its messages that are told where it fails."""


class ChildFailed(FaultlensError):
    """The child process did not do what it was to do; the message ends with its own words."""


class ChildStopped(FaultlensError):
    """The line shuts down: the child was ended, and begins anew at the next start."""


def run_child(arguments: Sequence[str], niceness: int, stop: Event) -> dict[str, Any]:
    """Run `python ARGUMENTS` and return the JSON object that it printed.

    Args:
        arguments: of the interpreter, such as ["-m", "faultlens", "tune", ..., "--json"].
        niceness: 0 to 19; the line's own threads come first.
        stop: set when the line shuts down.

    Raises:
        ChildFailed: it ended with an error, or printed no JSON object.
        ChildStopped: `stop` was set.

    Example:
        >>> run_child(["-c", "print('{\\"nice\\": 1}')"], 10, Event())
        {'nice': 1}
    """
    # Into files: a full pipe would stop a child that says much.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            env=environment,
        )
        try:
            _give_way(child.pid, niceness)
            while child.poll() is None:
                if stop.wait(LOOK_S):
                    raise ChildStopped("the line shuts down")
        finally:
            _end(child)
        out.seek(0)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()[-LAST_WORDS:]
        if child.returncode != 0:
            raise ChildFailed(f"it ended with exit code {child.returncode}: {said or 'no words'}")
        try:
            answer = json.loads(out.read())
        except ValueError as error:
            raise ChildFailed(f"it printed no JSON ({error}): {said or 'no words'}") from error
    if not isinstance(answer, dict):
        raise ChildFailed("it printed no JSON object")
    return answer


def _give_way(pid: int, niceness: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except (OSError, AttributeError):
        # It may have ended already; and where there are no priorities it runs without.
        return


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
