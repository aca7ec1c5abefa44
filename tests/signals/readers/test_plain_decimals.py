"""Plain decimals become the very doubles that Python reads; anything else is left to others."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.signals.read import read_signal
from faultlens.signals.readers import plain_decimals
from faultlens.signals.readers.plain_decimals import plain_table

DECIMALS = st.from_regex(r"-?([0-9]{1,9}(\.[0-9]{0,6})?|\.[0-9]{1,9})", fullmatch=True)


@settings(max_examples=200)
@given(st.lists(st.tuples(DECIMALS, DECIMALS), min_size=1, max_size=30))
def test_every_cell_is_the_double_that_python_reads(rows: list[tuple[str, str]]) -> None:
    found = plain_table("".join(f"{a},{b}\n" for a, b in rows), ",", 2)
    assert found is not None
    assert found.tolist() == [[float(a), float(b)] for a, b in rows]


def test_a_few_small_numbers_may_be_printed_with_an_exponent() -> None:
    values = np.random.default_rng(3).normal(0, 0.01, 40_000)
    text = "".join(f"{x:.8g}\n" for x in values)
    assert 100 < text.count("e") < len(values) / 16
    found = plain_table(text, None, 1)
    assert found is not None
    assert found[:, 0].tolist() == [float(x) for x in text.split()]
    plain = "1\n" * 40
    for odd in ("1e", "e5", "1e5e5", "1e+", "-e1", "1.e", "e"):
        assert plain_table(f"{plain}{odd}\n", None, 1) is None
    big = plain_table(f"{plain}-1.5E+300\n", None, 1)
    assert big is not None
    assert big[-1, 0] == -1.5e300


@pytest.mark.parametrize("form", ["{:.6f}", "{:.12f}", "{:.0f}", "{:g}"])
def test_a_recording_over_many_passes_is_read_as_loadtxt_reads_it(form: str) -> None:
    values = np.random.default_rng(0).normal(0, 20, 20_000).clip(-99, 99).round(3)
    text = "".join(form.format(x) + "\n" for x in values)
    assert len(text) > 0.4 * plain_decimals.AT_ONCE
    found = plain_table(text * 3, None, 1)
    assert found is not None
    assert np.array_equal(found[:, 0], np.tile([float(x) for x in text.split()], 3))


@pytest.mark.parametrize(
    "text",
    [
        "1.5,2e-3\n",  # an exponent, and many of them
        "1.5, 2\n",  # a blank
        '"1.5",2\n',
        "1.5,\n",
        "1.5\n",  # too few cells
        "1.5,2,3\n",  # too many
        "1\n2,3,4\n",  # as many as two rows have, but not where they have them
        "1.5,2 # at rest\n",
        "1.5,nan\n",
        "1.2.3,4\n",
        "1-2,3\n",
        "--1,3\n",
        "-,3\n",
        ".,3\n",
        "+1,3\n",
        "1,1234567890.123456\n",  # 16 digits: the last one may round
        "1,２\n",  # a digit of another width
        "1,2\n\n3,4\n",
    ],
)
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    assert plain_table("0,0\n" + text, ",", 2) is None


def test_lines_at_the_end_may_be_missing_or_empty() -> None:
    for text in ("1 2\n3 4", "1 2\n3 4\n", "1 2\n3 4\n\n\n"):
        found = plain_table(text, None, 2)
        assert found is not None
        assert found.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert plain_table("\n\n", None, 2) is None


def test_a_line_longer_than_a_pass_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_decimals, "AT_ONCE", 16)
    row = ";".join(f"{x}.25" for x in range(100))
    found = plain_table(f"{row}\n{row}\n", ";", 100)
    assert found is not None
    assert found.shape == (2, 100) and found[1, 99] == 99.25


@pytest.mark.parametrize("header", ["", "time (s),acc (g)\n", "# 8 kHz, bearing 6205\n"])
def test_a_recorders_table_goes_this_way(
    header: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cost: going from cell to cell takes four times as long, and is not done."""
    values = np.sin(np.arange(3000) / 7).round(5)
    path = tmp_path / "a.csv"
    rows = (f"{i / 8000:.7f},{x:.5f}\n" for i, x in enumerate(values))
    path.write_text(header + "".join(rows))
    monkeypatch.delattr(np, "loadtxt")
    found = read_signal(path)
    assert found.sample_rate_hz == 8000
    assert np.array_equal(found.samples, values)
