"""A device is refused early where it is missing, and gets the options that it needs where it is."""

from pathlib import Path
from typing import Any

import onnxruntime
import pytest

from faultlens.core.errors import MissingPackageError, UnknownNameError
from faultlens.runtimes import devices
from faultlens.runtimes.devices import DEVICES, checked_device, device_in_use, on_device, use_device
from faultlens.runtimes.golden import check_golden
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.with_onnx import OnnxRuntime

GRAPHICS = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]


@pytest.fixture
def lines() -> Path:
    return load_model("builtin/bearing").bundle.path("lines.onnx")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The providers that sessions are opened with, on a machine that pretends to have graphics."""
    opened: list[Any] = []
    session = onnxruntime.InferenceSession

    class Pretending:
        def __init__(self, path: str, options: Any, providers: Any) -> None:
            opened.append(providers)
            self._real = session(path, options, providers=["CPUExecutionProvider"])

        def get_providers(self) -> list[str]:
            return [name for name, _ in opened[-1]]

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: GRAPHICS)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Pretending)
    return opened


@pytest.fixture(autouse=True)
def processor_again() -> Any:
    yield
    use_device("cpu")


@pytest.mark.parametrize("name", ["cuda", "tensorrt"])
def test_a_device_that_is_not_here_is_refused_with_what_brings_it(name: str) -> None:
    with pytest.raises(
        MissingPackageError,
        match=rf"cannot run models on {name}; it can on cpu.* pip install 'onnxruntime-gpu",
    ):
        use_device(name)
    assert device_in_use() == "cpu"


def test_openvino_is_refused_where_its_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str, *, extra: str) -> Any:
        raise MissingPackageError(module)

    monkeypatch.setattr(devices, "optional_import", missing)
    with pytest.raises(MissingPackageError, match=r"can on cpu.*'faultlens\[openvino\]'"):
        checked_device("openvino")


def test_a_name_that_is_none_lists_the_devices() -> None:
    with pytest.raises(UnknownNameError, match="Known: cpu, cuda, openvino, tensorrt"):
        checked_device("xpu")


def test_a_device_is_that_of_the_process_until_the_block_ends(asked: list[Any]) -> None:
    with on_device("cuda"):
        assert device_in_use() == "cuda"
    assert device_in_use() == "cpu"


def test_cuda_computes_in_single_precision_unless_half_is_let_pass(
    asked: list[Any], lines: Path
) -> None:
    OnnxRuntime(lines, device="cuda")
    OnnxRuntime(lines, device="cuda", half=True)
    assert [x[0] for x in asked] == [
        ("CUDAExecutionProvider", {"use_tf32": "0"}),
        ("CUDAExecutionProvider", {"use_tf32": "1"}),
    ]


def test_tensorrt_keeps_engines_in_the_cache_and_knows_the_lengths(
    asked: list[Any], lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path))
    OnnxRuntime(lines, device="tensorrt", half=True)
    (name, told), *others = asked[0]
    assert name == "TensorrtExecutionProvider"
    assert [x for x, _ in others] == GRAPHICS[1:]
    assert told["trt_engine_cache_path"] == told["trt_timing_cache_path"] == f"{tmp_path}/tensorrt"
    assert told["trt_engine_cache_enable"] == told["trt_timing_cache_enable"] == "1"
    assert told["trt_fp16_enable"] == "1"
    shapes = [told[f"trt_profile_{x}_shapes"] for x in ("min", "opt", "max")]
    assert shapes == ["x:1x271", "x:8x271", "x:256x271"]


def test_pictures_of_any_size_get_no_profile_and_sentences_two_inputs_of_one(
    asked: list[Any],
) -> None:
    OnnxRuntime(load_model("builtin/surface").bundle.path("image.onnx"), device="tensorrt")
    OnnxRuntime(load_model("builtin/text").bundle.path("text.onnx"), device="tensorrt")
    picture, text = (providers[0][1] for providers in asked)
    assert not [x for x in picture if "profile" in x]
    assert text["trt_profile_max_shapes"] == "ids:256x128,mask:256x128"


def test_a_device_whose_libraries_are_missing_is_no_silent_processor(
    asked: list[Any], lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake: Any = onnxruntime.InferenceSession
    monkeypatch.setattr(fake, "get_providers", lambda self: ["CPUExecutionProvider"])
    with pytest.raises(MissingPackageError, match=r"could not start cuda here.*--device cpu"):
        OnnxRuntime(lines, device="cuda")


def test_golden_outputs_are_checked_on_the_device_in_use(asked: list[Any]) -> None:
    bundle = load_model("builtin/bearing").bundle
    with on_device("cuda"):
        assert check_golden(bundle, "orders") < 1e-3
    assert asked[0][0][0] == "CUDAExecutionProvider"


def test_every_device_says_what_brings_it() -> None:
    assert next(iter(DEVICES)) == "cpu"
    assert all(x.brought_by.startswith("pip ") for x in DEVICES.values())
