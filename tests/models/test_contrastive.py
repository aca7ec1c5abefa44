"""Scaled cosines between recordings and sentences, the scale learned and clamped."""

import math

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from torch import nn

from faultlens.models.adapter import ResidualAdapter
from faultlens.models.contrastive import FIRST_SCALE, LARGEST_SCALE, ContrastiveModel
from faultlens.models.encoders.spectrum import SpectrumEncoder


def model(**parts: nn.Module) -> ContrastiveModel:
    torch.manual_seed(0)
    return ContrastiveModel(SpectrumEncoder(16, 8), **parts).eval()


def test_its_answers_are_scale_times_cosine() -> None:
    made, x = model(project=nn.Linear(5, 8, bias=False)), torch.randn(4, 1, 16)
    features = torch.randn(3, 5)
    points, sentences = made.encoder(x), made.project(features)
    cosine = nn.functional.cosine_similarity(points[:, None], sentences[None], dim=2)
    assert torch.allclose(made(x, features), FIRST_SCALE * cosine, atol=1e-4)


def test_the_length_of_a_sentences_row_says_nothing() -> None:
    made, x, features = model(), torch.randn(4, 1, 16), torch.randn(3, 8)
    assert torch.allclose(made(x, features), made(x, 50 * features), atol=1e-4)


def test_the_scale_is_learned_and_never_above_its_clamp() -> None:
    made = model()
    with torch.no_grad():
        made.log_scale.fill_(math.log(1e6))
    assert made.scale.item() == pytest.approx(LARGEST_SCALE)
    with torch.no_grad():
        made.log_scale.fill_(math.log(20.0))
    torch.autograd.backward(made(torch.randn(4, 1, 16), torch.randn(3, 8)).sum())
    assert made.log_scale.grad is not None and made.log_scale.grad.abs() > 0


def test_an_adapter_moves_recordings_and_leaves_sentences() -> None:
    adapter = ResidualAdapter(8, 4)
    nn.init.normal_(adapter.up.weight)
    x, features = torch.randn(4, 1, 16), torch.randn(3, 8)
    plain, adapted = model(), model(adapter=adapter)
    adapted.encoder.load_state_dict(plain.encoder.state_dict())
    assert not torch.allclose(plain.points(x), adapted.points(x), atol=1e-2)
    assert torch.equal(plain.sentences(features), adapted.sentences(features))
