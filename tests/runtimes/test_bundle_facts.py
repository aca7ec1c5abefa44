"""The pictures of a bundle rest on its manifest and its files alone."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.models.outline import LayerOutline
from faultlens.runtimes.bundle_facts import bundle_facts, by_reading, flat
from faultlens.runtimes.drawn_layers import boxes, tower
from faultlens.runtimes.loaded import Model, builtin_folders, load_model
from faultlens.runtimes.onnx_outline import onnx_outline


def layer(name: str, kind: str, parameters: int = 0) -> LayerOutline:
    return LayerOutline(name, kind, (4,), parameters, 0)


def test_a_layer_takes_the_activations_and_norms_behind_it() -> None:
    rows = [layer("0", "Conv1d", 8), layer("1", "BatchNorm1d", 2), layer("2", "ReLU"),
            layer("3", "Dropout"), layer("4", "Linear", 5)]  # fmt: skip
    assert [(x.title, x.parameters) for x in boxes(rows)] == [
        ("Conv1d · BatchNorm1d · ReLU", 10),
        ("Linear", 5),
    ]


def test_equal_blocks_are_drawn_once_with_all_their_numbers() -> None:
    rows = [
        layer(f"blocks.{i}.{name}", kind, 3)
        for i in range(4)
        for name, kind in (("norm", "LayerNorm"), ("one", "Linear"), ("two", "Linear"))
    ]
    (box,) = boxes(rows)
    assert (box.title, box.times, box.parameters) == ("LayerNorm · 2 Linear", 4, 36)


def test_members_of_one_architecture_are_drawn_once() -> None:
    rows = [layer(f"members.{i}.0", "Linear", 7) for i in range(3)]
    made = tower("lines", (2,), rows, "frozen")
    assert (made.members, made.parameters, len(made.layers)) == (3, 7, 1)


@pytest.mark.parametrize("stem", ["lines", "orders", "waveform"])
def test_no_number_is_lost_between_file_and_picture(stem: str) -> None:
    model = load_model("builtin/bearing")
    (drawn,) = [x for x in bundle_facts(model).towers if x.name == stem]
    stored = sum(x.parameters for x in onnx_outline(model.bundle.path(f"{stem}.onnx")))
    assert drawn.parameters is not None
    assert drawn.parameters * drawn.members == stored
    assert sum(x.parameters for x in drawn.layers) == drawn.parameters


def test_facts_of_the_built_in_model_are_those_of_its_manifest() -> None:
    model = load_model("builtin/bearing")
    facts = bundle_facts(model)
    manifest = json.loads((model.bundle.folder / "manifest.json").read_text(encoding="utf-8"))
    assert facts.classes == tuple(manifest["classes"])
    assert facts.dim == 256
    assert facts.text.about == (("reference", manifest["text"]["sha256"][:12]),)
    assert [x.input_shape for x in facts.towers] == [(271,), (12, 586), (25600,)]
    assert dict(facts.stages[0].settings)["lines_epochs"] == "12"
    assert np.allclose(np.diag(facts.likeness), 1, atol=1e-5)
    trained = {x.name for x in facts.stages[0].parts if x.state == "trained"}
    assert trained == {"lines", "orders", "waveform"}


def test_a_changed_manifest_changes_the_facts(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(builtin_folders()["builtin/bearing"], tmp_path / "mine"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["preparation"]["recipe"]["lines_epochs"] = 99
    manifest["name"] = "mine/bearing"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    facts = bundle_facts(load_model(folder))
    assert facts.name.startswith("mine/bearing@")
    assert dict(facts.stages[0].settings)["lines_epochs"] == "99"


def test_a_bundle_of_sentences_is_refused() -> None:
    model: Model = load_model("builtin/text")
    with pytest.raises(UsageError, match="takes text"):
        bundle_facts(model)


def test_numbers_of_several_readings_stand_side_by_side_and_equal_ones_once() -> None:
    table = {"lines": {"rate": 0.05, "scale": 8.0}, "orders": {"rate": 0.05}}
    assert by_reading(table) == (
        ("readings", "lines / orders"),
        ("rate", "0.05"),
        ("scale", "8 / –"),
    )
    assert by_reading({"temperature": 1.5}) == (("temperature", "1.5"),)


def test_what_is_not_set_is_left_out_of_settings() -> None:
    assert list(flat({"a": {"b": None, "c": 2}, "d": []})) == [("c", "2"), ("d", "")]
