"""A CLIP by lot reads sentences as a real one does: a token for each of their words."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pip install 'faultlens[train]'")
pytest.importorskip("transformers", reason="pip install 'faultlens[train]'")

from faultlens.evaluation.clip_by_lot import Shape, write_clip

SHAPE = Shape("tiny", patch=16, size=32, width=64, depth=1, words_width=64, words_depth=1)


def test_each_word_asked_for_is_one_token(tmp_path: Path) -> None:
    sentences = ["metal surface with weld defect", "metal surface with a crack"]
    write_clip(tmp_path, SHAPE, sentences)
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path)
    # Words, start and end.
    assert [len(tokenizer(x)["input_ids"]) for x in sentences] == [7, 7]
    assert len(tokenizer("unheard")["input_ids"]) > 3
