"""Recordings are chosen by any field or attribute; an unknown name or value lists the known."""

import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.datasets.selection import where
from tests.datasets.conftest import Make


def test_all_that_is_wanted_must_hold(make: Make) -> None:
    made = [
        make(f"{load} {size}", condition=load, attributes={"size": size})
        for load in ("0 hp", "1 hp")
        for size in ("0.007 in", "0.014 in")
    ]
    assert where(made, {}) == tuple(made)
    assert where(made, {"condition": "1 hp"}) == tuple(made[2:])
    assert where(made, {"condition": "1 hp", "size": "0.007 in"}) == (made[2],)


def test_an_unknown_name_or_value_lists_what_there_is(make: Make) -> None:
    made = [make("a", attributes={"size": "0.007 in"}), make("b")]
    with pytest.raises(UnknownNameError, match=r"of the recordings 'sise'\. Nearest: size"):
        where(made, {"sise": "0.007 in"})
    with pytest.raises(UnknownNameError, match=r"Unknown size '7'. Known: 0\.007 in"):
        where(made, {"size": "7"})
    # What is true of none of those that are left is no value there either.
    with pytest.raises(UnknownNameError, match=r"Unknown key 'b'\. Known: a"):
        where(made, {"size": "0.007 in", "key": "b"})
