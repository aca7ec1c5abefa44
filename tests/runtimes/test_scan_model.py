"""The model of scans is opened by its name; another kind, other patches and damage are refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.deviation_patch import NUMBERS, SIDE, VIEWS, ScanPatches
from faultlens.runtimes.bundle import write_bundle
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.scan_model import AT_ONCE, load_scan_model


def patches(count: int) -> ScanPatches:
    rng = np.random.default_rng(0)
    views = rng.normal(size=(count, VIEWS, SIDE, SIDE)).astype(np.float32)
    return ScanPatches(views, rng.normal(size=(count, len(NUMBERS))).astype(np.float32),
                       ("depression",) * count)  # fmt: skip


def test_it_is_trained_into_the_text_tower_that_is_here_and_needs_no_torch_to_run() -> None:
    model = load_scan_model()
    assert model.kind == "scan" and model.text.reference == load_model("builtin/text").reference
    rows = model.encode(patches(AT_ONCE + 3))
    assert rows.shape == (AT_ONCE + 3, 256)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert np.allclose(rows[-1], model.encode(part(patches(AT_ONCE + 3), -1))[0], atol=1e-4)
    assert model.encode(patches(0)).shape == (0, 256)


def part(whole: ScanPatches, at: int) -> ScanPatches:
    return ScanPatches(whole.views[at][None], whole.numbers[at][None], whole.reliefs[at:])


def test_a_bundle_of_three_megabytes_at_most() -> None:
    folder = load_scan_model().bundle.folder
    assert sum(x.stat().st_size for x in folder.iterdir()) < 3_000_000


def test_other_models_and_other_payloads_are_refused() -> None:
    with pytest.raises(UsageError, match="takes image, not scans"):
        load_scan_model("builtin/surface")
    with pytest.raises(UsageError, match="takes ScanPatches, not a ndarray"):
        load_scan_model().encode(np.zeros((1, 5)))  # type: ignore[arg-type]


def test_a_model_of_other_patches_is_refused(tmp_path: Path) -> None:
    bundle = load_scan_model().bundle
    made = write_bundle(
        tmp_path / "scan",
        name="mine/scan",
        kind="scan",
        card=replace(bundle.card),
        preparation={**bundle.preparation, "side": 48},
        classes=bundle.classes,
        calibration=bundle.calibration,
        text=bundle.text,
        files={x: bundle.path(x) for x in bundle.files},
    )
    with pytest.raises(BundleError, match="takes other patches than this faultlens cuts out"):
        load_scan_model(made.folder)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    shutil.copytree(load_scan_model().bundle.folder, folder)
    changed = bytearray((folder / "scan.onnx").read_bytes())
    changed[-1] ^= 1
    (folder / "scan.onnx").write_bytes(changed)
    with pytest.raises(BundleError, match="is not the one that was written"):
        load_scan_model(folder)
