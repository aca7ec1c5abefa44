"""Damaged infrared files end in a Thermal or in an error of ours that names the file."""

import time

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import InputError
from faultlens.images.thermal.radiometry import counts_of
from faultlens.images.thermal.read import thermal_of_bytes
from faultlens.images.thermal.thermal import Thermal
from tests.images.pictures import png, tiff
from tests.images.thermal.cameras import (
    CAMERA,
    SCENE,
    camera_record,
    fff,
    guide,
    r_jpeg,
    raw_record,
    visible_record,
)

LONGEST_S = 5.0
"""For one damaged file; the usual is milliseconds."""

COUNTS = np.rint(counts_of(SCENE, CAMERA)).astype(np.uint16)
VISIBLE = np.full((30, 40, 3), 90, np.uint8)
RECORDS = {
    1: raw_record(COUNTS, as_png=True),
    0x20: camera_record(CAMERA),
    0x0E: visible_record(VISIBLE, as_png=False),
}
WHOLE = {
    "r-jpeg": r_jpeg(fff(RECORDS), part_bytes=900),
    "fff": fff(RECORDS | {1: raw_record(COUNTS, as_png=False)}, order="<"),
    "guide": guide(np.zeros((288, 384)), VISIBLE),
    "png": png(COUNTS),
    "floats": tiff(SCENE.astype(np.float32)),
}


def outcome(content: bytes) -> Thermal | None:
    """The record, or None where it was refused in words that name it, within bounded time."""
    started = time.process_time()
    try:
        return thermal_of_bytes(content, name="plate 7", largest_pixels=1_000_000)
    except InputError as error:
        assert "plate 7" in str(error)
        return None
    finally:
        assert time.process_time() - started < LONGEST_S


def test_a_cut_file_is_refused_or_whole_in_its_temperatures() -> None:
    for name, content in WHOLE.items():
        whole = outcome(content)
        assert whole is not None, name
        refused = 0
        for cut in np.unique(np.linspace(0, len(content) - 1, 60).astype(int)):
            found = outcome(content[:cut])
            refused += found is None
            # A camera's file that lost its records still shows its false colours, and says so.
            assert found is None or not found.is_celsius or (found.values == whole.values).all()
        assert refused > 10, name


@settings(max_examples=250, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(
    name=st.sampled_from(sorted(WHOLE)),
    hits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    head=st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=4),
)
def test_bytes_changed_anywhere_do_no_harm(
    name: str, hits: list[tuple[float, int]], head: list[tuple[int, int]]
) -> None:
    content = bytearray(WHOLE[name])
    for share, value in hits:
        content[int(share * len(content))] = value
    for place, value in head:
        content[place] = value
    found = outcome(bytes(content))
    assert found is None or np.isfinite(found.values).any()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(content=st.binary(max_size=2000), start=st.sampled_from([b"", b"FFF\0", b"\xff\xd8\xff"]))
def test_any_bytes_do_no_harm(content: bytes, start: bytes) -> None:
    assert outcome(start + content) is None
