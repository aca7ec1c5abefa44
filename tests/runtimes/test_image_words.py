"""Sentences of an image model are cut as its manifest says, and remembered by its tower's hash."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.picture import PicturePreparation
from faultlens.runtimes import image_words
from faultlens.runtimes.bundle import TextLink
from faultlens.runtimes.golden import golden_bytes
from faultlens.runtimes.image_words import encode_words
from faultlens.runtimes.loaded import Model, load_model

# Two numbers that say how many tokens there are, and how large they are.
GRAPH = """
<ir_version: 10, opset_import: ["": 18]>
count (int64[n, t] ids) => (float[n, 2] embedding)
{
    numbers = Cast <to = 1> (ids)
    axis = Constant <value_ints = [1]> ()
    ones = Sign (numbers)
    count = ReduceSum <keepdims = 1> (ones, axis)
    total = ReduceSum <keepdims = 1> (numbers, axis)
    embedding = Concat <axis = 1> (count, total)
}
"""
IDS = np.array([[3, 4, 5]])
FACTS = {"longest": 4, "fill": 0, "to": 0}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def model(make: Any, tower: dict[str, bytes]) -> Any:
    """A model of pictures that brings words of its own, cut as a test wants."""

    def build(**facts: Any) -> Model:
        made = make(
            kind="image",
            preparation={**PicturePreparation().to_dict(), "words": {**FACTS, **facts}},
            files={
                "text.onnx": onnx.parser.parse_model(GRAPH).SerializeToString(),
                "tokenizer.json": tower["tokenizer.json"],
                "golden.npz": golden_bytes(
                    {"text": ({"ids": IDS}, np.array([[3, 12]], np.float32))}
                ),
            },
        )
        return load_model(made.folder)

    return build


def test_a_sentence_is_filled_up_to_the_longest_or_to_what_training_had(model: Any) -> None:
    # "inner race fault" is 3, 4, 5; "crack" is 2.
    np.testing.assert_array_equal(
        encode_words(model(), ["crack", "inner race fault"]), [[1, 2], [3, 12]]
    )
    np.testing.assert_array_equal(encode_words(model(to=6, fill=7), ["crack"]), [[6, 2 + 5 * 7]])


def test_a_sentence_is_cut_where_training_cut_it(model: Any) -> None:
    long = " ".join(["crack"] * 9)
    np.testing.assert_array_equal(encode_words(model(longest=2), [long]), [[2, 4]])


def test_many_sentences_come_in_their_order(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_words, "SENTENCES_AT_ONCE", 3)
    sentences = [" ".join(["crack"] * (1 + at % 4)) for at in range(11)]
    found = encode_words(model(), sentences)
    np.testing.assert_array_equal(found[:, 0], [1 + at % 4 for at in range(11)])


def test_a_model_is_asked_for_a_sentence_once(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = model()
    expected = first.encode_text(["crack", "healthy"])
    monkeypatch.setattr(image_words, "encode_words", None)
    np.testing.assert_array_equal(first.encode_text(["healthy", "crack"]), expected[::-1])


def test_one_that_was_trained_into_another_tower_remembers_by_that_tower(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faultlens.runtimes import loaded

    built = make(name="builtin/text")
    monkeypatch.setattr(loaded, "builtin_folders", lambda: {"builtin/text": built.folder})
    link = TextLink("builtin/text", built.sha256)
    folder = built.folder.with_name("surface")
    surface = load_model(
        make(folder, kind="image", text=link, preparation=PicturePreparation().to_dict()).folder
    )
    # It holds a text.onnx of its own here, so take that away.
    monkeypatch.setattr(Model, "brings_text", property(lambda self: False))
    rows = surface.encode_text(["crack"])
    np.testing.assert_allclose(rows, load_model("builtin/text").encode_text(["crack"]), atol=1e-6)


@pytest.mark.parametrize(
    "facts", [{"longest": "many"}, {"longest": 0}, {"to": -1}, {"fill": -2}, {"to": 10**9}]
)
def test_a_manifest_that_cuts_nonsense_is_refused(model: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(BundleError, match=r"its manifest .*Fetch it or make it again"):
        encode_words(model(**facts), ["crack"])


def test_nothing_is_asked_for_an_empty_sentence(model: Any) -> None:
    for sentences in ([], [""], "crack", [3]):
        with pytest.raises(UsageError):
            model().encode_text(sentences)
