"""An encoder of surfaces written by the graph of another computes what its module does."""

from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import BundleError
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.models.encoders.surface_filled import write_filled
from faultlens.models.encoders.surface_restored import restored_surface
from faultlens.runtimes.image_model import FEATURES, IMAGE, PATCHES, PIXELS
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.parity import parity


def fresh(seed: int) -> SurfaceEncoder:
    """Weights and statistics of which none is 0 or 1."""
    torch.manual_seed(seed)
    encoder = SurfaceEncoder().eval()
    for layer in encoder.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            for value in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
                assert value is not None
                torch.nn.init.uniform_(value, 0.3, 0.9)
    return encoder


def test_it_computes_the_same_and_can_be_restored_and_written_again(tmp_path: Path) -> None:
    encoder, like = fresh(3), load_model("builtin/surface").bundle.path("image.onnx")
    write_filled(encoder, like, tmp_path / "one.onnx")
    pixels = torch.rand(2, 3, 72, 96, generator=torch.Generator().manual_seed(0))
    outputs = (IMAGE, PATCHES, FEATURES)
    parity(encoder, tmp_path / "one.onnx", {PIXELS: pixels}, bound=1e-4, outputs=outputs)
    restored = restored_surface(tmp_path / "one.onnx")
    write_filled(restored, tmp_path / "one.onnx", tmp_path / "two.onnx")
    parity(encoder, tmp_path / "two.onnx", {PIXELS: pixels}, bound=1e-4, outputs=outputs)
    write_filled(encoder, like, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == (tmp_path / "one.onnx").read_bytes()


def test_the_graph_of_another_network_is_refused(tmp_path: Path) -> None:
    other = load_model("builtin/bearing").bundle.path("lines.onnx")
    with pytest.raises(BundleError, match=r"no place for.*Give builtin/surface"):
        write_filled(fresh(0), other, tmp_path / "x.onnx")
    assert not list(tmp_path.iterdir())
