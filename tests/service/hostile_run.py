"""All hostile requests against one server: `python -m tests.service.hostile_run [--seeds N]`."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.hostile_requests import CLOSED, Hostile
from tests.service.hostile_uploads import CANARY, good_picture, good_recording, hostile_groups
from tests.service.raw_client import answers_to, leave_within
from tests.service.watched_server import WatchedServer, watched_server

LARGEST_MB = 1000.0
"""Of the front and its two workers together."""

_LONGEST_S = 90.0
_SETTLED_S = 60.0


@dataclass
class Told:
    """What came of all requests.

    Args:
        statuses: how often each was answered; `CLOSED` for no answer.
        wrong: names of requests with what they were answered and should not have been.
        largest_mb: memory of all processes together, at most.
        seconds: of the whole run.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    largest_mb: float = 0.0
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.statuses.values())


def hostile_run(
    folder: Path, *, seeds: int = 1, heavy: bool = True, settings: Mapping[str, str] | None = None
) -> Told:
    """Send everything to a new server, and look at it after each group.

    Args:
        folder: empty.
        seeds: different sets of damaged files.
        heavy: also what takes seconds to make or to refuse.
        settings: of the service, beside those of the run.
    """
    started, told = time.monotonic(), Told()
    keys = folder / "keys.toml"
    key = _key(keys)
    (folder / "profiles").mkdir()
    asked = {
        "FAULTLENS_API_KEYS_FILE": str(keys), "FAULTLENS_WORKERS": "2",
        "FAULTLENS_PROFILES_DIR": str(folder / "profiles"), "FAULTLENS_BODY_TIMEOUT_S": "3",
        "FAULTLENS_QUEUE_WAIT_S": "60", "FAULTLENS_DRAIN_S": "0", "FAULTLENS_TIMEOUT_S": "12",
        **(settings or {}),
    }  # fmt: skip
    with watched_server(folder, asked) as server, ThreadPoolExecutor(8) as slow:
        good = _judged(server, key)
        late: list[tuple[Hostile, Future[tuple[list[int], bytes]]]] = []
        for seed in range(seeds):
            for group, requests in hostile_groups(key, seed).items():
                for each in requests:
                    if (each.heavy and not heavy) or (seed and group != "damage"):
                        continue
                    if each.pause_s or each.name.startswith("slow"):
                        late.append((each, slow.submit(_sent, server, each)))
                    else:
                        _note(told, each, *_sent(server, each))
                told.wrong += [f"{group}: {x}" for x in _still_well(server, key, good)]
        for number in range(20):
            leave_within(server.port, good_picture(key), number / 19)
            told.statuses[CLOSED] += 1
        for each, answer in late:
            _note(told, each, *answer.result())
        told.wrong += _still_well(server, key, good)
        told.largest_mb = server.largest_mb
    told.wrong += _left_behind(folder, key, (folder / "log").read_text(errors="replace"))
    told.seconds = time.monotonic() - started
    return told


def _key(file: Path) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "faultlens", "serve", "--add-key", "hostile:infer", "--keys", file],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.strip()


def _sent(server: WatchedServer, each: Hostile) -> tuple[list[int], bytes]:
    try:
        return answers_to(server.port, each.pieces(), pause_s=each.pause_s, longest_s=_LONGEST_S)
    except TimeoutError:
        return [-1], b""


def _note(told: Told, each: Hostile, statuses: list[int], received: bytes) -> None:
    told.statuses.update(statuses or [CLOSED])
    unexpected = set(statuses or [CLOSED]) - each.allowed
    if unexpected:
        said = received.partition(b"\r\n\r\n")[2][:300].decode(errors="replace")
        told.wrong.append(f"{each.name}: {statuses or 'closed'} {said}")
    for forbidden in (b"x-injected:", b"set-cookie:"):
        if forbidden in received.partition(b"\r\n\r\n")[0].lower():
            told.wrong.append(f"{each.name}: the answer has the header {forbidden!r}")
    if b"root:x:0:0" in received:
        told.wrong.append(f"{each.name}: the answer holds a file of the server")


def _judged(server: WatchedServer, key: str) -> list[object]:
    """The results of two good requests, without what differs from one to the next."""
    out = []
    for sent in (good_picture(key), good_recording(key)):
        statuses, received = answers_to(server.port, [sent], longest_s=_LONGEST_S)
        result = json.loads(received.partition(b"\r\n\r\n")[2])
        result.pop("seconds")
        out.append((statuses, result))
    return out


def _still_well(server: WatchedServer, key: str, good: list[object]) -> list[str]:
    wrong = [] if server.is_ready() else ["the server is not ready"]
    until = time.monotonic() + _SETTLED_S
    while _judged(server, key) != good:
        if time.monotonic() > until:
            return [*wrong, "a good request is answered otherwise than before"]
    while server.uploads() and time.monotonic() < until:
        time.sleep(0.05)
    return [*wrong, *(f"{x} is left behind" for x in server.uploads())]


def _left_behind(folder: Path, key: str, log: str) -> list[str]:
    wrong = [f"the log holds {x}" for x in (CANARY, key) if x in log]
    wrong += [f"the log: {x[:500]}" for x in log.splitlines() if '"level": "error"' in x
              and "replaced" not in x]  # fmt: skip
    places = [folder, Path("/tmp"), Path("/dev/shm"), Path("/"), Path.cwd()]
    wrong += [f"{x} was written" for place in places for x in place.glob(f"*{CANARY}*")]
    for name in ("home", "tmp", "work", "profiles"):
        # Rows of sentences, under their hashes, are kept for the next start.
        kept = {"faultlens", "prompts.sqlite"} if name == "home" else set()
        inside = (x for x in (folder / name).rglob("*") if x.name not in kept)
        wrong += [f"{x} was written" for x in inside]
    return wrong


def main() -> int:
    """Tell what came of it; 1 where anything was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=3, help="sets of damaged files")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = hostile_run(Path(folder), seeds=asked.seeds)
    statuses = ", ".join(f"{k or 'closed'}: {n}" for k, n in sorted(told.statuses.items()))
    print(f"{told.requests} requests in {told.seconds:.0f} s; {statuses}")
    print(f"memory of all processes: {told.largest_mb:.0f} MB at most")
    print(*told.wrong, sep="\n")
    return bool(told.wrong or told.largest_mb > LARGEST_MB)


if __name__ == "__main__":
    sys.exit(main())
