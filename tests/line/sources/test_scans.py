"""Scans are whole blocks in order, as the encoder spaced them: each row once."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.line.sources.gathering import Gathering
from faultlens.line.sources.scan_blocks import ScanBlock
from faultlens.line.sources.scans import Scan, ScanRule
from faultlens.line.sources.window import Again, Passed
from faultlens.surfaces.readers.intrinsics import Intrinsics
from tests.line.sources.scan_streams import AT, PITCH_MM, rows_of

Made = Sequence[Scan | Passed | Again]


def fed(frame_rows: int, blocks: Iterable[ScanBlock]) -> Made:
    made = Gathering(ScanRule(frame_rows))
    return [x for block in blocks for x in made.add(block, 0.0)]


def scans(made: Made) -> list[Scan]:
    return [x for x in made if isinstance(x, Scan)]


def rows(scan: Scan) -> list[int]:
    return [int(x) for x in scan.heights_mm[:, 0]]


def test_three_blocks_of_four_rows_are_a_scan_of_ten() -> None:
    made = scans(fed(10, rows_of(7)))
    assert [rows(x) for x in made] == [list(range(12)), list(range(12, 24))]
    assert [x.id for x in made][1] == "top.20261126T080003.000000Z.3"
    assert (made[1].first, made[1].at.seq, made[1].time) == (3, 5, AT + timedelta(seconds=3))


def test_a_scan_as_points_has_the_encoder_s_pitch_along_y() -> None:
    (scan,) = scans(fed(4, rows_of(1)))
    surface = scan.surface()
    assert surface.grid == (4, 5)
    np.testing.assert_allclose(surface.points_mm[-1], [4 * 0.1, 3 * PITCH_MM, 3.0])


def test_each_block_is_a_scan_where_nobody_says_how_many_rows() -> None:
    assert [len(rows(x)) for x in scans(fed(0, rows_of(3)))] == [4, 4, 4]


def test_a_depth_image_is_a_scan_and_lies_where_its_camera_saw_it() -> None:
    camera = Intrinsics(fx=100.0, fy=200.0, cx=1.0, cy=0.0)
    heights = np.array([[500, np.nan, 500], [500, 500, 600]], np.float32)
    image = ScanBlock("eye", 0, AT, heights, camera=camera)
    (scan,) = scans(fed(100, [image]))
    surface = scan.surface()
    assert (surface.grid, surface.viewpoint_mm) == ((2, 3), (0.0, 0.0, 0.0))
    # By the pinhole: x = (column - cx) / fx * depth, y = (row - cy) / fy * depth.
    np.testing.assert_allclose(surface.points_mm[0], [-5.0, 0.0, 500.0])
    np.testing.assert_allclose(surface.points_mm[5], [6.0, 3.0, 600.0])
    assert not surface.measured[1]


@pytest.mark.parametrize(
    "change",
    [
        {"travel_mm": 99.0},
        {"part": "B18"},
        {"pitch_mm": 0.5},
        {"heights_mm": np.zeros((4, 6), np.float32)},
    ],
)
def test_a_jump_another_part_or_another_raster_ends_a_scan(change: dict[str, Any]) -> None:
    blocks = rows_of(3)
    blocks[1:] = [replace(x, **change) for x in blocks[1:]]
    made = scans(fed(12, blocks[:2]))
    assert [rows(x) for x in made] == [[0, 1, 2, 3]]


def test_an_encoder_that_slips_less_than_half_a_pitch_ends_none() -> None:
    first, second = rows_of(2)
    slipped = replace(second, travel_mm=(second.travel_mm or 0) + 0.4 * PITCH_MM)
    assert [len(rows(x)) for x in scans(fed(8, [first, slipped]))] == [8]


def test_a_belt_that_stood_still_for_an_hour_ends_none() -> None:
    first, second = rows_of(2)
    late = replace(second, time=second.time + timedelta(hours=1))
    assert [len(rows(x)) for x in scans(fed(8, [first, late]))] == [8]


def test_a_missing_block_is_said_and_what_there_is_is_measured() -> None:
    made = Gathering(ScanRule(12), gap_s=5.0)
    blocks = rows_of(3)
    assert made.add(blocks[0], 0.0) == [] and made.add(blocks[2], 1.0) == []
    assert made.overdue(5.9) == []
    first, passed, second = made.overdue(6.1)
    assert isinstance(first, Scan) and isinstance(passed, Passed) and isinstance(second, Scan)
    assert (rows(first), rows(second)) == ([0, 1, 2, 3], [8, 9, 10, 11])
    assert "1 blocks never came (1 to 1)" in passed.notice.en
    assert passed.at is not None and passed.at.seq == 1


def test_a_block_that_comes_again_makes_nothing_and_a_new_start_begins_anew() -> None:
    made = Gathering(ScanRule(4))
    blocks = rows_of(2)
    for block in blocks:
        made.add(block, 0.0)
    assert made.add(blocks[0], 0.0) == [Again("top")]
    # Numbers from 0 again, later: a sender that names no stream is known by its times.
    begun = made.add(replace(blocks[0], time=AT + timedelta(minutes=1)), 0.0)
    assert [type(x) for x in begun] == [Passed, Scan]


@given(st.integers(0, 9), st.integers(1, 20), st.randoms(use_true_random=False))
def test_whatever_the_network_does_each_row_comes_once_in_order(
    twice: int, frame_rows: int, chance: random.Random
) -> None:
    blocks = rows_of(9)
    sent = [*blocks, *chance.choices(blocks, k=twice)]
    chance.shuffle(sent)
    made = Gathering(ScanRule(frame_rows), settle_s=1.0)
    out = [x for block in sent for x in made.add(block, 0.0)]
    out += made.overdue(2.0) + made.overdue(100.0)
    assert [row for scan in scans(out) for row in rows(scan)] == list(range(36))
