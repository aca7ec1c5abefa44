"""Results become JSON that reads back as they were, whatever stands in their names."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from faultlens.hosting.plain_json import json_bytes

VALUES = some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text()
NUMBERS = some.floats(allow_nan=False, allow_infinity=False)


@given(some.dictionaries(some.text(), VALUES | NUMBERS | some.lists(VALUES, max_size=3)))
def test_what_is_written_reads_back_as_it_was(told: dict[str, Any]) -> None:
    assert json.loads(json_bytes(told)) == told


def test_half_a_letter_out_of_a_file_is_written_as_an_escape() -> None:
    assert json.loads(json_bytes({"channel": "acc \ud800"})) == {"channel": "acc \ud800"}
