"""A text tower of seven words and three numbers, written as a bundle wherever a test wants one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.golden import golden_bytes

WORDS = ("?", "a", "crack", "inner", "race", "fault", "healthy")
TABLE = np.random.default_rng(3).normal(size=(len(WORDS), 3)).astype(np.float32)
IDS = np.array([[3, 4, 5], [6, 0, 0]])
MASK = np.array([[1, 1, 1], [1, 0, 0]])

# The sum of the vectors of a sentence's words, at unit length.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
tower (int64[batch, token] ids, int64[batch, token] mask) => (float[batch, 3] embedding)
{
    rows = Gather (table, ids)
    weights = Cast <to = 1> (mask)
    last = Constant <value_ints = [2]> ()
    column = Unsqueeze (weights, last)
    kept = Mul (rows, column)
    tokens = Constant <value_ints = [1]> ()
    summed = ReduceSum <keepdims = 0> (kept, tokens)
    embedding = LpNormalization <axis = 1, p = 2> (summed)
}
"""

CARD = ModelCard(
    summary="Sentences in, places in the space of words out.",
    licence="MIT",
    training_data="Seven words.",
    results=(CardResult("paraphrases, top-1 of 5", "0.95 [0.90, 0.98]", "make bench"),),
    limits="English and 中文.",
    sources=(CardSource("a teacher", "Apache-2.0", "ab" * 32),),
)

Make = Callable[..., Bundle]


def expected(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """What the graph computes, by numpy."""
    summed = (TABLE[ids] * mask[..., None]).sum(axis=1)
    rows: np.ndarray = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    return rows.astype(np.float32)


@pytest.fixture(scope="session")
def tower() -> dict[str, bytes]:
    """The files of the tower."""
    model = onnx.parser.parse_model(GRAPH)
    model.graph.initializer.append(onnx.numpy_helper.from_array(TABLE, "table"))
    words = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="?"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return {
        "text.onnx": model.SerializeToString(),
        "tokenizer.json": tokenizer.to_str().encode(),
        "golden.npz": golden_bytes({"text": ({"ids": IDS, "mask": MASK}, expected(IDS, MASK))}),
    }


@pytest.fixture
def make(tower: dict[str, bytes], tmp_path: Path) -> Make:
    """Write the tower as a bundle, with whatever a test wants otherwise."""

    def write(folder: Path = tmp_path / "tower", **changes: Any) -> Bundle:
        given: dict[str, Any] = {
            "name": "mine/tower", "kind": "text", "card": CARD,
            "preparation": {"longest": 64, "rate": 0.1}, "classes": ("inner", "healthy"),
            "calibration": {"slope": 7.25}, "text": None, "files": tower,
        }  # fmt: skip
        return write_bundle(folder, **{**given, **changes})

    return write
