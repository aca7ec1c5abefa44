"""Which models LoRA can open, and what is said of those it cannot."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.picture import CLIP, PicturePreparation
from faultlens.models.lora import OURS, LoraSettings
from faultlens.runtimes.adapters import ADAPTED
from faultlens.runtimes.bundle import PRECISION
from faultlens.runtimes.card import CardSource
from faultlens.runtimes.loaded import Model, load_model
from faultlens.training.few_pictures.lora_towers import LATE, Towers, merge_towers, open_towers


def opened(model: Model) -> Towers:
    return open_towers(model, LoraSettings(rank=1), blocks=1, words=True, seed=0)


def changed(sources: tuple[CardSource, ...] = (), **preparation: Any) -> Model:
    told = load_model("builtin/surface").bundle
    merged: Mapping[str, Any] = {**told.preparation, **preparation}
    return Model(replace(told, card=replace(told.card, sources=sources), preparation=merged))


def test_late_maps_alone_learn_and_nothing_of_peft_is_left() -> None:
    towers = opened(load_model("builtin/surface"))
    learning = [name for name, x in towers.image.named_parameters() if x.requires_grad]
    assert learning
    assert all(name.startswith(LATE) and OURS in name for name in learning)
    assert towers.words is None
    names = set(opened(load_model("builtin/surface")).image.state_dict())
    merge_towers(towers, blocks=1)
    left = set(towers.image.state_dict())
    assert not any(OURS in name or "base_layer" in name for name in left)
    assert len(left) < len(names)


def test_a_model_that_pictures_adapted_already_is_refused() -> None:
    source = CardSource("builtin/surface@0ef304561827", "MIT", "0" * 64)
    with pytest.raises(
        UsageError, match=r"Give the model that it was tuned from .builtin/surface@"
    ):
        opened(changed((source,), **{ADAPTED: {}}))


def test_a_bundle_of_unknown_origin_is_refused() -> None:
    squeezed = PicturePreparation(CLIP, 32).to_dict()
    with pytest.raises(BundleError, match="cannot be trained on: it is of unknown origin"):
        opened(changed(**squeezed))


def test_a_bundle_of_whole_numbers_is_refused() -> None:
    source = CardSource("openai/clip-vit-base-patch32", "MIT", "0" * 64)
    squeezed = {**PicturePreparation(CLIP, 32).to_dict(), PRECISION: "int8"}
    with pytest.raises(BundleError, match=r"it is no single precision\. Give the model of Hugging"):
        opened(changed((source,), **squeezed))
