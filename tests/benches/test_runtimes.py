"""Every way to run a model is timed in turns and compared with ONNX Runtime in single precision."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")
pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")
pytest.importorskip("openvino", reason="pip install 'faultlens[openvino]'")

from benches.runtime_ways import CLIP, SINGLE, WAYS, memory_mb, opened, ways_here
from benches.runtimes import TOGETHER, machine, measured, page_of
from faultlens.evaluation.clip_by_lot import Shape, write_clip
from faultlens.runtimes.golden import golden_run
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.reduced import reduced_bundle
from faultlens.runtimes.trial import Trial

TINY = Shape("tiny", patch=16, size=32, width=64, depth=2, words_width=64, words_depth=1)
LINES = "lines"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in model of bearings in every precision."""
    top, source = tmp_path_factory.mktemp("ways"), load_model("builtin/bearing")
    (top / "fp32").symlink_to(source.bundle.folder, target_is_directory=True)
    shown = {LINES: [golden_run(source.bundle, LINES)[0]]}
    trial = Trial("nothing", lambda model: {}, shown)
    for precision in ("fp16", "int8"):
        reduced_bundle(source, top / precision, precision=precision, trial=trial)
    return top


@pytest.fixture
def rows(folder: Path) -> np.ndarray:
    given = golden_run(load_model(folder / "fp32").bundle, LINES)[0]["x"]
    return np.resize(given, (TOGETHER, given.shape[1]))


def test_all_ways_are_measured_and_give_the_rows_of_single_precision(
    folder: Path, rows: np.ndarray
) -> None:
    found = measured("ours", folder, LINES, {"x": rows}, passes=2, memory=False)
    assert [x.way for x in found] == [name for name, x in WAYS.items() if x.device]
    by_way = {x.way: x for x in found}
    assert by_way[SINGLE].times == 1.0 and by_way[SINGLE].cosine == pytest.approx(1, abs=1e-4)
    assert all(x.ms > 0 and x.per_second > 0 and x.cosine > 0.97 for x in found)
    assert by_way["ONNX Runtime int8"].disk_mb < by_way[SINGLE].disk_mb
    page = page_of(found, machine())
    assert page.count("\n| ours | ") == len(found) and "OpenVINO int8" in page


def test_memory_is_that_of_a_process_of_its_own(
    folder: Path, rows: np.ndarray, tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", x=rows[:1])
    assert memory_mb(WAYS[SINGLE], folder, LINES, 1, tmp_path / "a.npz") >= 0


def test_torch_runs_the_folder_of_a_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / CLIP, TINY, ["crack"])
    pixels = np.random.default_rng(0).normal(size=(2, 3, 32, 32)).astype(np.float32)
    found = [
        opened(WAYS[name], tmp_path, "whole", 1).run({"pixels": pixels})
        for name in ("torch fp32", "torch bf16")
    ]
    assert (found[0] * found[1]).sum(axis=1).min() > 0.99
    assert [x.name for x in ways_here(tmp_path)] == [x for x in WAYS if x.startswith("torch")]
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert [x.name for x in ways_here(tmp_path)] == ["torch fp32", "torch bf16"]
