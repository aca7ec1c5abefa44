"""Every encoder gives unit rows of the shared space, whatever the batch, and can be exported."""

from pathlib import Path

import pytest
import torch

from faultlens.models.contrastive import LARGEST_SCALE, ContrastiveModel
from faultlens.models.encoders.encoder import DIM, AbstractEncoder, MeanEncoder
from faultlens.models.encoders.vibration import CombEncoder, VectorEncoder, WaveformEncoder
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx
from making.bearing import fresh_encoder

SMALL: dict[str, tuple[AbstractEncoder, tuple[int, ...]]] = {
    "vector": (VectorEncoder(features=7, width=8), (7,)),
    "comb": (CombEncoder(12, [0.5, 1.0, 1.5, 2.0], width=8, heads=2), (12, 4)),
    "waveform": (WaveformEncoder(bands=2, width=4), (4096,)),
    "mean": (MeanEncoder([VectorEncoder(7, 8), VectorEncoder(7, 8)]), (7,)),
}


@pytest.fixture(params=SMALL)
def encoder(request: pytest.FixtureRequest) -> tuple[AbstractEncoder, tuple[int, ...]]:
    module, shape = SMALL[request.param]
    return module.eval(), shape


def test_rows_have_length_one(encoder: tuple[AbstractEncoder, tuple[int, ...]]) -> None:
    module, shape = encoder
    points = module(torch.randn(3, *shape))
    assert points.shape == (3, DIM)
    assert torch.allclose(points.norm(dim=1), torch.ones(3), atol=1e-5)


def test_a_recording_is_encoded_alike_in_any_company(
    encoder: tuple[AbstractEncoder, tuple[int, ...]],
) -> None:
    module, shape = encoder
    x = torch.randn(4, *shape, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(module(x)[:1], module(x[:1]), atol=1e-5)


def test_silence_is_no_accident(encoder: tuple[AbstractEncoder, tuple[int, ...]]) -> None:
    module, shape = encoder
    assert torch.isfinite(module(torch.zeros(2, *shape))).all()


def test_the_exported_encoder_computes_the_same(
    encoder: tuple[AbstractEncoder, tuple[int, ...]], tmp_path: Path
) -> None:
    module, shape = encoder
    example = {"x": torch.randn(3, *shape, generator=torch.Generator().manual_seed(0))}
    path = tmp_path / "encoder.onnx"
    export_onnx(module, example, path, dynamic={"x": {0: "batch"}})
    assert parity(module, path, example, bound=1e-3) < 1e-3


def test_the_mean_of_one_is_that_one() -> None:
    one = SMALL["vector"][0]
    x = torch.randn(2, 7)
    assert torch.allclose(MeanEncoder([one]).eval()(x), one.eval()(x), atol=1e-6)


@pytest.mark.parametrize("reading", ["lines", "orders", "waveform"])
def test_there_is_an_encoder_for_each_reading(reading: str) -> None:
    assert isinstance(fresh_encoder(reading), AbstractEncoder)


def test_the_scale_is_clamped() -> None:
    model = ContrastiveModel(SMALL["vector"][0])
    with torch.no_grad():
        model.log_scale.fill_(50.0)
    assert model.scale.item() == pytest.approx(LARGEST_SCALE)
