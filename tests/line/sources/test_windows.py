"""Windows are whole blocks in order: each sample once, whatever the network did."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import TooLargeError
from faultlens.line.sources.blocks import Block
from faultlens.line.sources.window import Again, Outcome, Passed, Position, Window
from faultlens.line.sources.windows import Windows
from tests.line.sources.block_streams import AT, stream_of


def fed(windows: Windows, blocks: Iterable[Block], now_s: float = 0.0) -> list[Outcome]:
    return [x for block in blocks for x in windows.add(block, now_s)]


def only(outcomes: Sequence[Outcome]) -> list[Window]:
    return [x for x in outcomes if isinstance(x, Window)]


def said(outcomes: Sequence[Outcome]) -> str:
    return " ".join(str(x.notice) for x in outcomes if isinstance(x, Passed))


def test_eight_blocks_of_a_quarter_second_are_a_window_of_two() -> None:
    made = only(fed(Windows(2.0), stream_of(17)))
    assert [(x.first, x.at.seq, x.time) for x in made] == [
        (0, 7, AT),
        (8, 15, AT + timedelta(seconds=2)),
    ]
    assert made[1].samples.tolist() == list(range(2000, 4000))
    assert (made[0].unit, made[0].shaft_rpm, made[0].sample_rate_hz) == ("g", 1480.0, 1000.0)
    assert made[1].id == "pump.20261126T080002.000000Z.8"


def test_blocks_that_do_not_divide_a_window_make_longer_ones() -> None:
    made = only(fed(Windows(2.0), stream_of(14, samples=300)))
    assert [len(x.samples) for x in made] == [2100, 2100]


def test_a_long_block_is_cut_and_is_safe_with_its_last_piece() -> None:
    made = only(fed(Windows(2.0), stream_of(2, samples=5000)))
    assert [(x.first, x.piece, x.is_end, len(x.samples)) for x in made] == [
        (0, 1, False, 2500), (0, 2, True, 2500), (1, 1, False, 2500), (1, 2, True, 2500),
    ]  # fmt: skip
    assert [x.time for x in made[:2]] == [AT, AT + timedelta(seconds=2.5)]
    assert len({x.id for x in made}) == 4


@given(
    samples=st.integers(40, 3000),
    window_s=st.floats(0.3, 3.0),
    seed=st.integers(0, 1000),
    start=st.integers(0, 40),
)
def test_late_and_doubled_blocks_change_nothing(
    samples: int, window_s: float, seed: int, start: int
) -> None:
    blocks = stream_of(30, samples=samples, first=start)
    expected = only(fed(Windows(window_s), blocks))
    draw = random.Random(seed)
    shuffled = [blocks[0]]
    # Each block may come up to four places late; some come twice.
    order = sorted(blocks[1:], key=lambda x: x.seq + draw.uniform(0, 4))
    for block in order:
        shuffled += [block] * draw.choice((1, 1, 1, 2))
    made = only(fed(Windows(window_s), shuffled))
    assert [x.id for x in made] == [x.id for x in expected]
    for one, two in zip(made, expected, strict=True):
        assert one.samples.tolist() == two.samples.tolist()
    together = np.concatenate([x.samples for x in made]) if made else np.zeros(0)
    assert (np.diff(together) > 0).all()


@given(samples=st.integers(40, 3000), safe=st.integers(0, 8))
def test_after_a_restart_the_same_blocks_make_the_same_windows(samples: int, safe: int) -> None:
    blocks = stream_of(40, samples=samples)
    expected = only(fed(Windows(1.0), blocks))
    ends = [x for x in expected if x.is_end][: safe + 1]
    if not ends:
        return
    last = blocks[ends[-1].at.seq]
    known = {"pump": Position(0, last.seq, last.time, last.duration_s)}
    # The sender goes on with what is new, and then sends again what is not safe, and some that is.
    again = [*blocks[35:], *blocks[max(0, last.seq - 3) : 35]]
    made = only(fed(Windows(1.0, known=known), again))
    rest = expected[expected.index(ends[-1]) + 1 :]
    assert [x.id for x in made] == [x.id for x in rest]


def test_a_block_that_came_before_is_said_to_be_safe_again_and_makes_nothing() -> None:
    windows = Windows(1.0)
    fed(windows, stream_of(6))
    assert fed(windows, stream_of(6)[3:5]) == [Again("pump"), Again("pump")]


def test_at_the_first_start_older_blocks_may_come_after_newer_ones() -> None:
    blocks = stream_of(24)
    windows = Windows(2.0, settle_s=1.0)
    assert fed(windows, [*blocks[20:], *blocks[:12]], now_s=10.0) == []
    found = windows.overdue(11.0)
    found += fed(windows, blocks[12:20], now_s=11.0)
    assert [(x.first, x.at.seq) for x in only(found)] == [(0, 7), (8, 15), (16, 23)]


def test_a_block_that_never_comes_is_waited_for_and_then_passed_over() -> None:
    blocks = stream_of(16)
    windows = Windows(2.0, gap_s=5.0)
    assert fed(windows, [*blocks[:6], *blocks[7:]], now_s=100.0) == []
    assert windows.overdue(104.9) == []
    found = windows.overdue(105.1)
    assert [(x.first, x.at.seq) for x in only(found)] == [(0, 5), (8, 15)]
    assert "1 blocks never came (6 to 6)" in said(found)
    # Block 7 alone is too short; it is said, and all samples are accounted for.
    assert "blocks 7 to 7 have 0.25 s" in said(found)


def test_what_is_left_of_a_sender_that_went_silent_is_judged() -> None:
    windows = Windows(2.0)
    fed(windows, stream_of(6), now_s=10.0)
    assert windows.overdue(60.0) == []
    assert [(x.first, x.at.seq) for x in only(windows.overdue(71.0))] == [(0, 5)]


def test_a_sender_that_begins_anew_is_heard_whatever_its_clock_says() -> None:
    for at, stream in ((AT + timedelta(hours=1), 0), (AT - timedelta(days=9000), 0), (AT, 77)):
        windows = Windows(2.0)
        before = fed(windows, stream_of(13))
        found = fed(windows, stream_of(9, at=at, stream=stream))
        assert "began anew, at block 0" in said(found)
        assert [(x.first, x.at.seq) for x in only(found)] == [(8, 12), (0, 7)]
        assert len({x.id for x in only([*before, *found])}) == 3


def test_a_clock_that_jumps_back_makes_no_window_across_the_jump_and_loses_none_after() -> None:
    blocks = stream_of(24)
    back = [replace(x, time=x.time - timedelta(hours=1)) for x in blocks[12:]]
    made = only(fed(Windows(2.0), [*blocks[:12], *back]))
    assert [(x.first, x.at.seq) for x in made] == [(0, 7), (8, 11), (12, 15), (16, 23)]


@given(seed=st.integers(0, 10_000))
def test_whatever_a_sender_sends_no_sample_is_in_two_windows_and_nothing_breaks(seed: int) -> None:
    draw = random.Random(seed)
    windows, sent, now_s = Windows(1.0, settle_s=0.5), 0, 0.0
    made: list[Window] = []
    for _ in range(40):
        seconds = draw.choice((0, 1, draw.uniform(-100_000, 100_000)))
        one = stream_of(1, samples=draw.choice((2, 300, 2500)), at=AT + timedelta(seconds=seconds))
        block = replace(
            one[0],
            seq=draw.choice((draw.randrange(12), 2**63 - 1)),
            stream=draw.randrange(3),
            sample_rate_hz=draw.choice((1e3, 2e3)),
        )
        sent += len(block.samples)
        made += only(windows.add(block, now_s))
        now_s += draw.choice((0.0, 1.0, 30.0))
        made += only(windows.overdue(now_s))
    assert sum(len(x.samples) for x in made) <= sent
    assert all(len(x.samples) / x.sample_rate_hz >= 0.5 - 1e-9 for x in made)


def test_another_rate_begins_another_window() -> None:
    slow = stream_of(4, samples=250, rate_hz=500.0, first=2, at=AT + timedelta(seconds=0.5))
    found = fed(Windows(1.0), [*stream_of(2), *slow])
    assert [(x.first, x.at.seq, x.sample_rate_hz) for x in only(found)] == [
        (0, 1, 1000.0), (2, 3, 500.0), (4, 5, 500.0),
    ]  # fmt: skip


def test_a_speed_that_one_block_lacks_is_not_made_up() -> None:
    blocks = stream_of(8)
    blocks[3] = replace(blocks[3], shaft_rpm=None)
    assert only(fed(Windows(2.0), blocks))[0].shaft_rpm is None


def test_channels_have_nothing_to_do_with_each_other() -> None:
    windows = Windows(0.5)
    pairs = zip(stream_of(4), stream_of(4, channel="fan/a"), strict=True)
    made = only(fed(windows, [x for pair in pairs for x in pair]))
    assert [x.channel for x in made] == ["pump", "fan/a"] * 2
    assert made[1].id == "fan_a.20261126T080000.000000Z.0"


def test_a_flood_of_channels_or_of_blocks_out_of_order_takes_no_memory_without_end() -> None:
    windows = Windows(1.0)
    with pytest.raises(TooLargeError, match="takes no more"):
        for number in range(2000):
            fed(windows, stream_of(1, samples=2, rate_hz=8.0, channel=f"c{number}"))
    windows = Windows(1.0)
    blocks = stream_of(2000, samples=10)
    found = fed(windows, [blocks[0], *blocks[2:]])
    assert "1 blocks never came (1 to 1)" in said(found)
    assert len(only(found)) == 20
