"""A model's card goes through JSON and back; a damaged one says what is wrong."""

import json
from typing import Any

import pytest

from faultlens.core.errors import BundleError
from faultlens.runtimes.card import CardResult, CardSource, ModelCard

CARD = ModelCard(
    "In and out.", "MIT", "无", (CardResult("recall", "0.9", "make bench"),), "None.\nNone.",
    (CardSource("a teacher", "Apache-2.0", "0" * 64), CardSource("a simulator", "MIT", "")),
)  # fmt: skip


def test_a_card_is_read_as_it_was_written() -> None:
    table = json.loads(json.dumps(CARD.to_dict()))
    assert table["results"] == [{"what": "recall", "value": "0.9", "command": "make bench"}]
    assert ModelCard.from_dict(table, "x") == CARD


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limits": None}, "x is a damaged bundle: its field 'limits' is None where words belong"),
        ({"results": {}}, "its field 'results' is {} where a list"),
        ({"results": ["0.9"]}, "its field 'results' is '0.9' where a table"),
        ({"results": [{"what": "recall"}]}, "its field 'value' is missing"),
        ({"sources": [{"name": "a", "licence": "b", "sha256": "c"}]}, "has the hash 'c'; 64 hex"),
        ({"sources": [{"name": "a", "licence": "b", "sha": ""}]}, "Unknown field 'sha'"),
        ({"summary": "a\x9bb"}, "'summary' holds control characters"),
        ({"licences": "MIT"}, "Unknown field 'licences'. Nearest: licence"),
    ],
)
def test_a_damaged_card_says_what_is_wrong(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BundleError, match=words):
        ModelCard.from_dict({**json.loads(json.dumps(CARD.to_dict())), **change}, "x")
