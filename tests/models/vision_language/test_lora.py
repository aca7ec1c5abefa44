"""LoRA on towers: nothing changes at first, the last blocks alone learn, merging keeps what was."""

from pathlib import Path

import pytest
import torch
from torch import nn

from faultlens.models.lora import LoraSettings
from faultlens.models.vision_language.load import (
    VisionLanguage,
    example_ids,
    example_pixels,
    load_vision_language,
)
from faultlens.models.vision_language.lora import add_tower_lora, merge_tower_lora
from tests.tiny_vision import tiny_vision

SETTINGS = LoraSettings(rank=2, alpha=4, dropout=0.0)


@pytest.fixture(params=["clip", "siglip", "chinese_clip"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> VisionLanguage:
    """A small model of each family."""
    return load_vision_language(str(tiny_vision(request.param, tmp_path / "tiny")))


def said(loaded: VisionLanguage) -> list[torch.Tensor]:
    with torch.no_grad():
        vision = loaded.vision(example_pixels(loaded, 2))
        return [*vision, loaded.words(example_ids(loaded, 2))]


def test_merging_keeps_what_was_learned(loaded: VisionLanguage) -> None:
    first = said(loaded)
    shapes = {name: x.shape for name, x in loaded.vision.state_dict().items()}
    towers: list[nn.Module] = [loaded.vision, loaded.words]
    for tower in towers:
        add_tower_lora(tower, SETTINGS, blocks=2)
    for before, now in zip(first, said(loaded), strict=True):
        assert torch.allclose(before, now, atol=1e-6)
    for tower in towers:
        names = [name for name, x in tower.named_parameters() if x.requires_grad]
        assert len(names) == 2 * 2 * 2
        assert not any(".0." in x.partition("attention")[0] for x in names)
        for x in tower.parameters():
            if x.requires_grad:
                x.data += 0.3 * torch.randn_like(x)
    learned = said(loaded)
    moved = [float((x - y).abs().max()) for x, y in zip(first, learned, strict=True)]
    image, patches, _, words = moved  # features come from below the last blocks
    assert min(image, patches, words) > 1e-3
    for tower in towers:
        merge_tower_lora(tower, blocks=2)
    for before, now in zip(learned, said(loaded), strict=True):
        assert torch.allclose(before, now, atol=1e-5)
    assert {name: x.shape for name, x in loaded.vision.state_dict().items()} == shapes


def test_windows_see_what_the_tower_learned(tmp_path: Path) -> None:
    loaded = load_vision_language(str(tiny_vision("clip", tmp_path / "tiny")))
    assert loaded.windows is not None
    pixels = example_pixels(loaded, 2)
    with torch.no_grad():
        before = loaded.windows(pixels)[0]
        add_tower_lora(loaded.vision, SETTINGS, blocks=9)
        for x in loaded.vision.parameters():
            if x.requires_grad:
                x.data += 0.3 * torch.randn_like(x)
        merge_tower_lora(loaded.vision, blocks=9)
        assert (loaded.windows(pixels)[0] - before).abs().max() > 1e-3
