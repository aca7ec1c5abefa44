"""The surface encoder gives unit points of picture and patches, at any size, and is exported."""

from pathlib import Path

import pytest
import torch

from faultlens.models.encoders.encoder import DIM
from faultlens.models.encoders.surface import SurfaceEncoder, levelled
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx


@pytest.fixture(scope="module")
def encoder() -> SurfaceEncoder:
    torch.manual_seed(0)
    return SurfaceEncoder(widths=(4, 4, 8, 8, 8), blocks=(0, 1, 0, 0, 0), neck=8).eval()


def picture(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("row", "column"), [(64, 96), (61, 43), (16, 16)])
def test_points_have_length_one_at_any_size(encoder: SurfaceEncoder, row: int, column: int) -> None:
    image, patches, features = encoder(picture(2, 3, row, column))
    grid = (-(-row // 8), -(-column // 8))
    assert image.shape == (2, DIM)
    assert patches.shape == (2, DIM, *grid)
    assert features.shape[2:] == grid
    for points in (image, patches, features):
        assert torch.allclose(points.norm(dim=1), torch.ones(()), atol=1e-4)


def test_an_even_surface_is_no_accident(encoder: SurfaceEncoder) -> None:
    for level in (0.0, 0.5, 1.0):
        assert all(torch.isfinite(x).all() for x in encoder(torch.full((1, 3, 32, 32), level)))


def test_gain_and_offset_of_the_camera_change_nothing() -> None:
    seen = picture(1, 1, 64, 64).expand(-1, 3, -1, -1)
    assert torch.allclose(levelled(seen), levelled(0.5 * seen + 0.2), atol=0.01)


def test_uneven_light_is_levelled_around_each_pixel() -> None:
    texture = picture(1, 1, 96, 96).expand(-1, 3, -1, -1)
    light = torch.linspace(0.2, 1.0, 96).expand(96, 96)
    middle = (slice(None), 1, slice(16, 80), slice(16, 80))
    even, uneven = levelled(texture)[middle], levelled(texture * light)[middle]
    assert torch.corrcoef(torch.stack([even.flatten(), uneven.flatten()]))[0, 1] > 0.9


def test_colour_is_seen_and_grey_has_none() -> None:
    grey = picture(1, 1, 32, 32).expand(-1, 3, -1, -1)
    red = grey * torch.tensor([1.0, 0.6, 0.4])[None, :, None, None]
    assert levelled(grey)[:, 2:].abs().max() == 0
    assert levelled(red)[:, 2].mean() > 0.5


def test_the_exported_encoder_computes_the_same(encoder: SurfaceEncoder, tmp_path: Path) -> None:
    path = tmp_path / "image.onnx"
    outputs = ("image", "patches", "features")
    export_onnx(
        encoder,
        {"pixels": picture(2, 3, 40, 56)},
        path,
        dynamic={"pixels": {0: "batch", 2: "row", 3: "column"}},
        outputs=outputs,
    )
    for shape in ((1, 3, 24, 32), (3, 3, 45, 29)):
        assert parity(encoder, path, {"pixels": picture(*shape)}, outputs=outputs) < 1e-4
