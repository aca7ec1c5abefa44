"""Golden outputs are computed again where a bundle runs; a machine that computes others is told."""

from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import BundleError, UnknownNameError
from faultlens.runtimes import golden
from faultlens.runtimes.golden import check_golden, checked_runtime, golden_bytes

from .conftest import IDS, MASK, expected


def golden_of(outputs: np.ndarray, stem: str = "text") -> bytes:
    return golden_bytes({stem: ({"ids": IDS, "mask": MASK}, outputs)})


def test_the_same_runs_give_the_same_file() -> None:
    assert golden_of(expected(IDS, MASK)) == golden_of(expected(IDS, MASK))


def test_golden_outputs_that_agree_let_the_encoder_pass(make: Any) -> None:
    made = make()
    assert check_golden(made, "text") < 1e-6
    assert checked_runtime(made, "text").run({"ids": IDS, "mask": MASK}).shape == (2, 3)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (expected(IDS, MASK) + 2e-3, "they differ by 0.002, 0.001 is allowed. Use the versions"),
        (expected(IDS, MASK) * np.nan, "they differ by nan"),
        (expected(IDS, MASK)[:1], "they differ by inf"),
    ],
)
def test_golden_outputs_that_differ_are_refused(
    make: Any, tower: dict[str, bytes], outputs: np.ndarray, words: str
) -> None:
    made = make(files={**tower, "golden.npz": golden_of(outputs)})
    for _ in range(2):
        with pytest.raises(BundleError, match=f"text.onnx computes other embeddings.*{words}"):
            checked_runtime(made, "text")


def test_a_golden_file_that_is_missing_or_damaged_is_said(
    make: Any, tower: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BundleError, match=r"it holds no 'golden.npz', only text.onnx"):
        check_golden(make(files={"text.onnx": tower["text.onnx"]}), "text")
    for content in (b"", b"PK\x05\x06" + bytes(18), golden_of(expected(IDS, MASK), "orders")):
        made = make(files={**tower, "golden.npz": content})
        with pytest.raises(BundleError, match=r"golden.npz cannot be read \(.*Fetch it"):
            check_golden(made, "text")
    monkeypatch.setattr(golden, "LARGEST_GOLDEN_BYTES", 10)
    made = make(made.folder.with_name("large"))
    with pytest.raises(BundleError, match="it unpacks to more than 100 MB"):
        check_golden(made, "text")


def test_an_array_of_objects_is_never_unpickled(make: Any, tower: dict[str, bytes]) -> None:
    content = golden_bytes({"text": ({"ids": IDS}, np.array([{}], dtype=object))})
    with pytest.raises(BundleError, match=r"golden.npz cannot be read \(Object arrays"):
        check_golden(make(files={**tower, "golden.npz": content}), "text")


def test_an_encoder_that_the_bundle_has_not_is_named(make: Any) -> None:
    with pytest.raises(
        UnknownNameError, match=r"Unknown encoder of mine/tower 'txt'. Nearest: text"
    ):
        checked_runtime(make(), "txt")
