"""What was asked for last is remembered, and no more than its bound."""

from hypothesis import given
from hypothesis import strategies as some

from faultlens.hosting.remembered import Remembered


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    kept: Remembered[str] = Remembered(2)
    kept.put("a", "A")
    kept.put("b", "B")
    assert kept.find("a") == "A"
    kept.put("c", "C")
    assert [kept.find(x) for x in "abc"] == ["A", None, "C"]


def test_a_heavy_thing_takes_the_place_of_many() -> None:
    kept: Remembered[str] = Remembered(10)
    for key in "abcdef":
        kept.put(key, key)
    assert kept.put("heavy", "H", weight=8) == "H"
    assert [kept.find(x) for x in "abcdef"] == [None] * 4 + ["e", "f"]
    assert kept.put("too heavy", "T", weight=11) == "T"
    assert len(kept) == 0


@given(some.lists(some.tuples(some.integers(0, 9), some.integers(1, 12)), max_size=60))
def test_the_bound_holds_whatever_is_kept(steps: list[tuple[int, int]]) -> None:
    kept: Remembered[tuple[int, int]] = Remembered(20)
    for key, weight in steps:
        kept.put(key, (key, weight), weight=weight)
        found = [x for x in map(kept.find, range(10)) if x is not None]
        assert (key, weight) in found
        assert sum(weight for _, weight in found) <= 20
