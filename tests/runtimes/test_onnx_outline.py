"""An ONNX file is read without torch or onnx, and says what these would say."""

import random
from pathlib import Path

import pytest

from faultlens.core.errors import BundleError
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.onnx_outline import onnx_inputs, onnx_outline

FILES = [("builtin/bearing", x) for x in ("lines", "orders", "waveform")] + [
    ("builtin/text", "text")
]


def path_of(name: str, stem: str) -> Path:
    return load_model(name).bundle.path(f"{stem}.onnx")


@pytest.mark.parametrize(("name", "stem"), FILES)
def test_numbers_and_inputs_are_those_that_onnx_reads(name: str, stem: str) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx comes with the extra train")
    path = path_of(name, stem)
    graph = onnx.load(path).graph
    weights = [onnx.numpy_helper.to_array(x) for x in graph.initializer]
    expected = sum(x.size for x in weights if x.dtype.name != "int64" and x.size > 1)
    assert sum(x.parameters for x in onnx_outline(path)) == expected
    assert list(onnx_inputs(path)) == [x.name for x in graph.input]


def test_layers_of_the_shipped_encoder_have_the_sizes_that_its_class_gives_them() -> None:
    layers = [x for x in onnx_outline(path_of("builtin/bearing", "lines")) if x.parameters]
    assert [x.parameters for x in layers[:3]] == [271 * 192 + 192, 192 * 192 + 192, 192 * 256 + 256]
    assert [x.output_shape for x in layers[:3]] == [(192,), (192,), (256,)]
    assert len(layers) == 12, "four members of three layers"


def test_kernel_and_stride_are_told() -> None:
    first = onnx_outline(path_of("builtin/bearing", "waveform"))[0]
    assert (first.kind, first.detail) == ("Conv", "kernel 64, stride 16")


def test_an_exported_module_has_the_counts_of_the_module(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch comes with the extra train")
    pytest.importorskip("onnxscript", reason="onnxscript comes with the extra train")
    from faultlens.models.encoders.vibration import VectorEncoder
    from faultlens.runtimes.to_onnx import export_onnx

    module = VectorEncoder(features=10, width=6).eval()
    example = {"x": torch.zeros(2, 10)}
    export_onnx(module, example, tmp_path / "a.onnx", dynamic={"x": {0: "batch"}})
    expected = sum(x.numel() for x in module.parameters())
    assert sum(x.parameters for x in onnx_outline(tmp_path / "a.onnx")) == expected


@pytest.mark.parametrize("keep", [0, 1, 17, 1000, 20000])
def test_a_file_that_is_cut_off_is_refused_by_name(tmp_path: Path, keep: int) -> None:
    whole = path_of("builtin/bearing", "waveform").read_bytes()
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(whole[:keep])
    with pytest.raises(BundleError, match=r"broken.onnx is no ONNX file"):
        onnx_outline(broken)


def test_changed_bytes_are_refused_or_read_but_never_a_crash(tmp_path: Path) -> None:
    chance, file = random.Random(0), tmp_path / "noise.onnx"
    whole = path_of("builtin/bearing", "waveform").read_bytes()
    # The end of the file holds names and shapes, its middle only weights.
    tail = whole[:2000] + whole[-9000:]
    for number in range(150):
        content = bytearray(tail if number % 2 else chance.randbytes(300))
        for _ in range(20):
            content[chance.randrange(len(content))] = chance.randrange(256)
        file.write_bytes(content)
        try:
            onnx_outline(file)
        except BundleError:
            continue
