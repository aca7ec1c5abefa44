"""`faultlens` commands without the seconds in which each process imports the same packages.

    python warm_commands.py SOCKET               imports them once, and waits
    python warm_commands.py SOCKET ARGUMENTS     runs `faultlens ARGUMENTS` in a fork of it

The fork has the caller's folder, environment and streams, and the caller leaves with its exit code.
"""

import json
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

SLOW_TO_IMPORT = (
    "h5py", "jinja2", "matplotlib.figure", "onnxruntime", "onnxscript", "scipy.signal",
    "scipy.stats", "sklearn.manifold", "torch", "torch.onnx", "transformers",
    "faultlens.cli.main",
)  # fmt: skip
MOST_BYTES = 1 << 20
"""Of arguments and environment."""


def serve(path: str) -> NoReturn:
    """Import, listen, and fork for each caller; ends when standard input does."""
    for name in SLOW_TO_IMPORT:
        import_module(name)
    # Nobody waits for the forks; each tells its caller how it ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    run(connection)


def run(connection: socket.socket) -> NoReturn:
    """In the fork: take the caller's place, run the command, tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said, streams, _, _ = socket.recv_fds(connection, MOST_BYTES, 3)
    asked = json.loads(said)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    # Those of the start may remember that they were files, and these are pipes.
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["faultlens", *asked["arguments"]]
    code = 1
    try:
        import_module("faultlens.cli.main").main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        with suppress(OSError):
            connection.sendall(bytes([code]))
        os._exit(code)


def ask(path: str, arguments: list[str]) -> int:
    """As the caller: have the command run, wait for its exit code."""
    asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
        answer = connection.recv(1)
    # No answer: it was killed.
    return answer[0] if answer else 1


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1])
