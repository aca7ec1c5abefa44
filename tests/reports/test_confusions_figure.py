"""What is said of each defect stands in its row: one name, several that fit, or none."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from faultlens.reports.confusions_figure import confusions_figure

SAID = np.array([[8, 1, 0, 3, 0], [0, 5, 0, 6, 1], [0] * 5])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_counts_thresholds_and_what_is_no_name_are_shown(lang: str) -> None:
    figure = confusions_figure(
        SAID, ["crack", "scratch", "dent"], [0.4, 0.25, 0.0], [0.1, 0.2, 1.0], lang
    )
    names, rest = (next(x for x in figure.axes if x.get_label() == y) for y in ("names", "rest"))
    assert [x.get_text() for x in names.texts][::2] == ["8", "1", "5"]
    assert [x.get_text() for x in rest.texts] == ["3", "25.0%", "6", "50.0%", "1", "8.3%"]
    told = [x.get_text() for axes in figure.axes for x in axes.texts]
    told += [x.get_text() for x in figure.texts]
    assert {"0.40", "0.90", "0.25", "0.80"} <= set(told)
    assert told.count("–") == 2  # of dents nothing was labelled
    assert ("several fit" if lang == "en" else "多种相符") in told


def test_right_wrong_and_undecided_differ_in_colour() -> None:
    figure = confusions_figure(SAID[:2, [0, 1, 3, 4]], ["a", "b"], [0.4, 0.25], [0.1, 0.2])
    names, rest = (next(x for x in figure.axes if x.get_label() == y) for y in ("names", "rest"))
    right, wrong = (to_rgb(names.patches[i].get_facecolor()) for i in (0, 1))
    several = to_rgb(rest.patches[0].get_facecolor())
    assert right[2] > right[0] and wrong[0] > wrong[2]
    assert max(several) - min(several) < 0.08, "what is no name is grey"
    # Shares are of the whole row, also beside the names.
    assert to_rgb(rest.patches[2].get_facecolor())[0] < several[0]
