"""Running a model writes nothing of its user and sends nothing: ONNX Runtime is told so first."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"

CODE = """
from faultlens.runtimes.loaded import load_model
load_model("builtin/text").encode_text(["crack"])
"""


def test_a_run_leaves_no_file_behind(tmp_path: Path) -> None:
    places = {x: str(tmp_path / x.lower()) for x in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        Path(place).mkdir()
    inherited = {x: y for x, y in os.environ.items() if x != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(
        [sys.executable, "-c", CODE],
        env={**inherited, **places, "PYTHONPATH": str(SOURCE)},
        check=True,
        timeout=120,
    )
    assert [x for x in tmp_path.rglob("*") if x.is_file()] == []
