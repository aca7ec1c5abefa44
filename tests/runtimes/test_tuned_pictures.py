"""A bundle says which pictures it was tuned on; what it says is read within bounds."""

import json
from pathlib import Path

import pytest

from faultlens.core.errors import BundleError
from faultlens.runtimes import tuned_pictures as module
from faultlens.runtimes.tuned_pictures import TUNED_ON, tuned_pictures


def test_hashes_are_read_and_none_where_nothing_was_tuned(tmp_path: Path) -> None:
    assert tuned_pictures(tmp_path) == frozenset()
    rows = [{"file": "a.png", "sha256": "0a"}, {"file": "b.png", "sha256": "0b"}]
    (tmp_path / TUNED_ON).write_text(json.dumps({"pictures": rows}))
    assert tuned_pictures(tmp_path) == {"0a", "0b"}
    # A model of recordings that was tuned lists none.
    (tmp_path / TUNED_ON).write_text(json.dumps({"windows": 12}))
    assert tuned_pictures(tmp_path) == frozenset()


@pytest.mark.parametrize("text", ["[]", "{", '{"pictures": [{}]}', '{"pictures": 7}'])
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / TUNED_ON).write_text(text)
    with pytest.raises(BundleError, match="does not say what the model was tuned on"):
        tuned_pictures(tmp_path)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BYTES", 8)
    (tmp_path / TUNED_ON).write_text(json.dumps({"pictures": []}))
    with pytest.raises(BundleError, match="larger than"):
        tuned_pictures(tmp_path)
