"""Labels in a row keep their order and their distance, and move no more than they must."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faultlens.reports.label_rows import spread, strongest_that_fit


def test_labels_with_room_stay_over_their_peaks() -> None:
    assert spread([1, 5, 9], [1, 1, 1], 0, 10).tolist() == [1, 5, 9]


def test_two_labels_at_one_peak_part_evenly() -> None:
    assert spread([5, 5], [2, 2], 0, 10).tolist() == [4, 6]


def test_a_row_without_labels_is_empty() -> None:
    assert spread([], [], 0, 1).size == 0


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=20),
    st.lists(st.floats(0.05, 0.5), min_size=20, max_size=20),
)
def test_no_two_labels_overlap_and_none_leaves_the_row(
    peaks: list[float], all_widths: list[float]
) -> None:
    peaks = sorted(peaks)
    widths = np.array(all_widths[: len(peaks)])
    places = spread(peaks, widths.tolist(), 0, 10)
    assert np.all(np.diff(places) >= (widths[:-1] + widths[1:]) / 2 - 1e-9)
    assert places[0] - widths[0] / 2 >= -1e-9
    assert places[-1] + widths[-1] / 2 <= 10 + 1e-9


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 3)), max_size=20))
def test_what_is_kept_fits_and_holds_the_strongest(rows: list[tuple[float, float]]) -> None:
    strengths, widths = [x for x, _ in rows], [x for _, x in rows]
    kept = strongest_that_fit(strengths, widths, 5.0)
    assert sum(widths[i] for i in kept) <= 5.0 + 1e-9
    assert list(kept) == sorted(kept)
    if rows:
        assert int(np.argmax(strengths)) in kept
