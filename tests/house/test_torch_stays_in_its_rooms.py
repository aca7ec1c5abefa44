"""torch is imported only in its own rooms, and the base install does its work without it."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faultlens.client import Client
from faultlens.evaluation.service.processes import serving
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

PACKAGE = Path(__file__).parents[2] / "src" / "faultlens"
FILES = ("runtimes/with_torch.py", "runtimes/to_onnx.py", "runtimes/parity.py")
ROOMS = ("models/", "training/", "scaleout/", *FILES)

WITHOUT_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ImportError("torch is blocked by this test")

sys.meta_path.insert(0, NoTorch())
from faultlens.cli.main import main
sys.argv[0] = "faultlens"
main()
"""


def torch_imports(package: Path) -> list[str]:
    """Every import of torch outside its rooms."""
    found = []
    for file in sorted(package.rglob("*.py")):
        where = file.relative_to(package).as_posix()
        if where.startswith(ROOMS):
            continue
        code = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "torch" in code else ():
            names = [x.name for x in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{where}:{node.lineno}" for x in names if x.split(".")[0] == "torch"]
    return found


def without_torch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_torch_is_imported_in_its_rooms_only() -> None:
    assert torch_imports(PACKAGE) == []


@pytest.mark.parametrize(
    "code", ["import torch", "def f():\n    from torch.nn import Module", "import torch.fft as t"]
)
def test_the_check_finds_torch_in_a_wrong_room(tmp_path: Path, code: str) -> None:
    for room in ("signals", "models"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "a.py").write_text(code, encoding="utf-8")
    assert len(torch_imports(tmp_path)) == 1
    assert torch_imports(tmp_path)[0].startswith("signals/a.py")


def test_demo_and_diagnose_run_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    demo = without_torch(tmp_path, "demo")
    assert demo.returncode == 0, demo.stderr
    recordings = sorted((tmp_path / "faultlens-demo").rglob("*.csv"))
    assert recordings, "the demo wrote no recording"
    diagnosis = without_torch(tmp_path, "diagnose", str(recordings[0]), "--json")
    assert diagnosis.returncode == 0, diagnosis.stderr
    assert json.loads(diagnosis.stdout)["schema"] == 1


def test_the_service_and_its_workers_run_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    # Workers are processes of their own, so torch is blocked by a package of its name.
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "torch.py").write_text("raise ImportError('torch is blocked by this test')\n")
    made = simulate(("inner",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
                    sample_rate_hz=12000, seconds=1.0, seed=3)  # fmt: skip
    recording = write_signal(tmp_path / "inner.wav", made.signal)
    environment = {
        "PYTHONPATH": f"{blocked}:{PACKAGE.parent}",
        "FAULTLENS_WORKERS": "1",
        "FAULTLENS_DRAIN_S": "0",
    }
    with serving(environment=environment) as server:
        url = f"http://{server.target.host}:{server.target.port}"
        with Client(url) as client:
            result = client.diagnose(recording, shaft_rpm=1772, bearing="6205")
    assert result.verdict == "inner race fault"
