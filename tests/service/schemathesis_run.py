"""Schemathesis on a running service: `python -m tests.service.schemathesis_run --max-examples 200`.

All checks, all phases: the document's examples, its limits, random requests, and sequences of them.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.service.watched_server import watched_server

CONFIG = Path(__file__).with_name("schemathesis.toml")

_MANY_WRONG_KEYS = "from faultlens.service import security; security.FAILURES_PER_MINUTE = 1e6"
"""It tries wrong keys at every path, and more than 20 a minute are answered 429, not 401."""


@dataclass(frozen=True)
class Tested:
    """What schemathesis said.

    Args:
        cases: requests that it made.
        passed: whether nothing was wrong.
        output: its words.
        largest_mb: memory of the service.
    """

    cases: int
    passed: bool
    output: str
    largest_mb: float


def schemathesis_run(
    folder: Path, *, max_examples: int, seed: int = 1, options: Sequence[str] = ()
) -> Tested:
    """Run schemathesis against a new server.

    Args:
        folder: empty.
        max_examples: random requests per operation.
        seed: of these.
        options: further ones of `schemathesis run`.
    """
    keys, profiles = folder / "keys.toml", folder / "profiles"
    profiles.mkdir()
    made = subprocess.run(
        [sys.executable, "-m", "faultlens", "serve", "--add-key", "tester:admin", "--keys", keys],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    settings = {
        "FAULTLENS_API_KEYS_FILE": str(keys), "FAULTLENS_PROFILES_DIR": str(profiles),
        "FAULTLENS_WORKERS": "1", "FAULTLENS_QUEUE_WAIT_S": "30", "FAULTLENS_DRAIN_S": "0",
    }  # fmt: skip
    with watched_server(folder, settings, before=_MANY_WRONG_KEYS) as server:
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG),
            "run", f"{server.address}/openapi.json", "--checks", "all",
            "--header", f"Authorization: Bearer {made.stdout.strip()}",
            "--max-examples", str(max_examples), "--seed", str(seed), "--generation-deterministic",
            "--request-timeout", "60", "--no-color", *options,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    generated = re.search(r"(\d+) generated", done.stdout)
    return Tested(
        int(generated[1]) if generated else 0,
        done.returncode == 0,
        done.stdout + done.stderr,
        server.largest_mb,
    )


def main() -> int:
    """Tell what it said; 1 where anything was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--max-examples", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said = schemathesis_run(Path(folder), max_examples=asked.max_examples, seed=asked.seed)
    print(said.output)
    print(f"{said.cases} cases; memory of all processes: {said.largest_mb:.0f} MB at most")
    return 0 if said.passed else 1


if __name__ == "__main__":
    sys.exit(main())
