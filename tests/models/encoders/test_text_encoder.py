"""A text encoder takes back only what fits it."""

import pytest

pytest.importorskip("torch", reason="encoders need torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UnreadableFileError
from faultlens.models.encoders.text_lstm import LstmTextEncoder


@pytest.mark.parametrize("change", ["less", "more", "shape"])
def test_what_does_not_fit_is_refused_and_changes_nothing(change: str) -> None:
    encoder = LstmTextEncoder(("race", "fault"), width=4, word_width=4)
    before, kept = encoder.kept(), encoder.kept()
    if change == "less":
        del kept["words.weight"]
    elif change == "more":
        kept["other"] = torch.zeros(1)
    else:
        kept["words.weight"] = torch.zeros(9, 4)
    with pytest.raises(UnreadableFileError, match="Name the text model"):
        encoder.take(kept)
    assert all(torch.equal(x, before[name]) for name, x in encoder.kept().items())
