"""Drawn masks teach where defects are; LoRA moves the towers; both are measured on pictures left
out, and the bundle needs no torch."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.images.read import read_image
from faultlens.inference.inspect import inspect
from faultlens.metrics.classification import auroc
from faultlens.runtimes.loaded import load_model
from faultlens.training.few_pictures.tune_pictures import tune_pictures
from tests.training.few_pictures.textures import SIDE, labelled

KINDS = {"pitting": "stripes", "scratch": "dots"}


def half_marked(folder: Path, count: int, first_seed: int) -> list[LabelledPicture]:
    """Plain metal, on the left half of which there is a texture; the mask says so."""
    folder.mkdir(parents=True, exist_ok=True)
    marked = []
    for each in labelled(folder, KINDS, count, first_seed=first_seed):
        plain = np.random.default_rng(first_seed).normal(128, 6, (SIDE, SIDE)).clip(0, 255)
        pixels = np.array(Pillow.open(each.path))
        pixels[:, SIDE // 2 :] = plain[:, SIDE // 2 :].astype(np.uint8)
        Pillow.fromarray(pixels).save(each.path)
        mask = np.zeros((SIDE, SIDE), np.uint8)
        mask[:, : SIDE // 2] = 255
        path = each.path.with_name(f"{each.path.stem}-mask.png")
        Pillow.fromarray(mask).save(path)
        marked.append(replace(each, masks=(path,), mask_level=127))
    return marked


def test_drawn_masks_teach_where_defects_are(tmp_path: Path) -> None:
    made, on = tune_pictures(half_marked(tmp_path / "shots", 4, 0), tmp_path / "b")
    assert any("Places learned from 8 drawn defects" in x.en for x in on.notices)
    adapters = load_model(made.folder).adapters
    assert adapters is not None
    assert adapters.places is not None
    base, tuned = (
        _area(half_marked(tmp_path / "new", 2, 60), x)
        for x in ("builtin/surface", str(made.folder))
    )
    assert tuned > 0.95
    assert tuned >= base


def _area(pictures: list[LabelledPicture], model: str) -> float:
    """How well heat parts the marked half of each picture from the other."""
    areas = []
    for each in pictures:
        found = inspect(read_image(each.path), defects=list(KINDS), model=model)
        heat = next(x.heat for x in found.findings if x.is_defect)
        assert heat is not None
        middle = SIDE // 2
        areas.append(auroc(heat[:, : middle - 8].ravel(), heat[:, middle + 8 :].ravel()))
    return float(np.mean(areas))


def test_lora_moves_the_towers_and_the_bundle_needs_no_torch(tmp_path: Path) -> None:
    made, on = tune_pictures(
        labelled(tmp_path / "shots", KINDS, 2), tmp_path / "b", method="lora", epochs=2
    )
    assert on.method == "lora"
    assert on.left_out == 4
    assert any("differ by" in x.en for x in on.notices)
    assert not (tmp_path / "b.training").exists()
    base = load_model("builtin/surface").bundle
    assert made.files["image.onnx"] != base.files["image.onnx"]
    (unseen,) = labelled(tmp_path, {"scratch": "dots"}, 1, first_seed=5)
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "import faultlens\n"
        f"found = faultlens.inspect(faultlens.read_image({str(unseen.path)!r}), "
        f"model={str(made.folder)!r})\n"
        "print(sorted(x.label for x in found.findings))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "['no defect', 'pitting', 'scratch', 'unknown']" in done.stdout


def test_lora_wants_a_second_picture_of_each_class(tmp_path: Path) -> None:
    from faultlens.core.errors import UsageError

    with pytest.raises(UsageError, match="one only of pitting, scratch"):
        tune_pictures(labelled(tmp_path / "shots", KINDS, 1), tmp_path / "b", method="lora")
    assert not (tmp_path / "b").exists()
