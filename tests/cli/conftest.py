"""The command as a user runs it, in this process or in its own, and recordings to give it."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from faultlens.cli.main import main
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

SOURCE = Path(__file__).parents[2] / "src"
COMMAND = [sys.executable, "-m", "faultlens"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "80"}

Record = Callable[..., Path]


@dataclass(frozen=True)
class Said:
    """What a run of the command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `faultlens ARGUMENTS` in this process."""
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["faultlens", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        caught = capsys.readouterr()
        return Said(int(left.value.code or 0), caught.out, caught.err)

    return command


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start `faultlens ARGUMENTS` as a process of its own."""

    def command(*arguments: object, **more: object) -> subprocess.Popen[str]:
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT, **more}
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], text=True, encoding="utf-8", **how
        )  # type: ignore[call-overload,no-any-return]

    return command


@pytest.fixture(scope="session")
def signal() -> Callable[..., Signal]:
    """A 6205 at 1772 rpm with the faults named, 10 dB over its background."""

    def recorded(*families: str, seed: int = 1, seconds: float = 2.0) -> Signal:
        return simulate(
            families, bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
            sample_rate_hz=8000, seconds=seconds, seed=seed, snr_db=10.0,
        ).signal  # fmt: skip

    return recorded


@pytest.fixture
def record(tmp_path: Path, signal: Callable[..., Signal]) -> Record:
    """Write such a recording under a name, with its sidecar."""

    def written(name: str, *families: str, sidecar: bool = True, **more: object) -> Path:
        return write_signal(tmp_path / name, signal(*families, **more), sidecar=sidecar)

    return written
