"""Rows are those of transformers; places and windows are those of a plain computation."""

from typing import Any

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")

import torch
import transformers
from torch.nn.functional import normalize

from faultlens.models.vision_language.load import (
    FAMILIES,
    VisionLanguage,
    example_ids,
    example_pixels,
    load_vision_language,
)

KINDS = ("clip", "siglip", "siglip2", "chinese_clip")


def loaded(tiny: Any, kind: str) -> tuple[VisionLanguage, Any]:
    """A model of ours, and the same as transformers has it."""
    ours = load_vision_language(str(tiny(kind)))
    theirs = getattr(transformers, FAMILIES[ours.family]).from_pretrained(tiny(kind)).eval()
    return ours, theirs


def pooled(theirs: Any, tokens: Any) -> Any:
    """One row of tokens of one picture after the last block, (token, width), by transformers."""
    vision = theirs.vision_model
    after = vision.post_layernorm(tokens)
    if hasattr(vision, "head"):
        return vision.head(after[None])[0]
    return theirs.visual_projection(after[0])


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_rows_of_pictures_and_of_words_are_those_of_transformers(tiny: Any, kind: str) -> None:
    ours, theirs = loaded(tiny, kind)
    pixels, ids = example_pixels(ours, 3), example_ids(ours, 5)
    expected = theirs.get_image_features(pixel_values=pixels).pooler_output
    torch.testing.assert_close(ours.vision(pixels).image, normalize(expected, dim=-1))
    hidden = {"attention_mask": (ids != 0).long()} if kind == "chinese_clip" else {}
    said = theirs.get_text_features(input_ids=ids, **hidden).pooler_output
    torch.testing.assert_close(ours.words(ids), normalize(said, dim=-1))


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_places_are_those_of_the_formula_written_out(tiny: Any, kind: str) -> None:
    ours, theirs = loaded(tiny, kind)
    vision, pixels = theirs.vision_model, example_pixels(ours, 2)
    hidden = vision(pixel_values=pixels, output_hidden_states=True).hidden_states
    heads, before = 2, 0 if ours.family == "siglip" else 1
    for picture in range(2):
        # Of three blocks the second path begins at the middle one: x <- x + W_o softmax(v v^T/d) v.
        x = hidden[1][picture]
        for at in (1, 2):
            layer = vision.encoder.layers[at]
            value = layer.self_attn.v_proj(layer.layer_norm1(hidden[at][picture]))
            mixed = []
            for head in value.chunk(heads, dim=-1):
                weights = torch.softmax(head @ head.T / head.shape[-1] ** 0.5, dim=-1)
                mixed.append(weights @ head)
            x = x + layer.self_attn.out_proj(torch.cat(mixed, dim=-1))
        for place in range(16):
            token = x[before + place]
            if ours.family == "siglip":
                # A picture of one token: its head pools it alone.
                row = pooled(theirs, token[None])
            else:
                row = theirs.visual_projection(vision.post_layernorm(token))
            found = ours.vision(pixels).patches[picture, :, place // 4, place % 4]
            torch.testing.assert_close(found, normalize(row, dim=-1), atol=1e-4, rtol=0)
        compared = vision.encoder.layers[1].layer_norm1(hidden[1][picture])[before:]
        features = ours.vision(pixels).features[picture].flatten(1).T
        torch.testing.assert_close(features, normalize(compared, dim=-1), atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", ["clip", "siglip"])
@torch.no_grad()
def test_windows_are_pictures_of_their_patches_alone(tiny: Any, kind: str) -> None:
    ours, theirs = loaded(tiny, kind)
    vision, pixels = theirs.vision_model, example_pixels(ours, 2)
    tokens = vision.embeddings(pixels)
    if kind == "clip":
        tokens = vision.pre_layrnorm(tokens)
    before = tokens.shape[1] - 16
    assert ours.windows is not None
    for side, found in zip((2, 3), ours.windows(pixels), strict=True):
        count = 4 - side + 1
        assert found.shape == (2, 12 if kind == "clip" else 16, count, count)
        for top in range(count):
            for left in range(count):
                square = [
                    before + row * 4 + column
                    for row in range(top, top + side)
                    for column in range(left, left + side)
                ]
                seen = tokens[:, [*range(before), *square]]
                for layer in vision.encoder.layers:
                    seen = layer(seen, attention_mask=None)
                for picture in range(2):
                    row = normalize(pooled(theirs, seen[picture]), dim=-1)
                    torch.testing.assert_close(found[picture, :, top, left], row, atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_picture_is_the_same_among_others_and_alone(tiny: Any) -> None:
    ours, _ = loaded(tiny, "clip")
    pixels = example_pixels(ours, 4)
    for whole, one in zip(ours.vision(pixels), ours.vision(pixels[2:3]), strict=True):
        torch.testing.assert_close(whole[2:3], one)


@torch.no_grad()
def test_what_fills_up_behind_a_sentence_does_not_matter(tiny: Any) -> None:
    for kind in ("clip", "chinese_clip"):
        ours, _ = loaded(tiny, kind)
        ids = example_ids(ours, 3)
        if kind == "chinese_clip":
            ids = ids.clamp(min=1)
        longer = torch.cat([ids, torch.full((3, 9), ours.word_facts.fill)], dim=1)
        torch.testing.assert_close(ours.words(longer), ours.words(ids))
