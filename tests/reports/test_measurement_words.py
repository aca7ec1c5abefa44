"""Words of a measurement: sizes to the digits they are known to, the verdict in one sentence."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.reports.measurement_view import DefectMark, MeasurementView, ScanFinding
from faultlens.reports.measurement_words import (
    length_of,
    measurement_sentence,
    with_uncertainty,
)
from tests.reports.measured_scans import measured, plate, sheet


@pytest.mark.parametrize(
    ("value", "half_width", "words"),
    [
        (0.31237, 0.0083, "0.312 ± 0.008"),
        (0.31237, 0.0123, "0.312 ± 0.012"),
        (152.3, 14.2, "152 ± 14"),
        (1523.0, 420.0, "1523 ± 420"),
        (9.04, 0.96, "9.0 ± 1.0"),
        (0.0, 0.002, "0.0000 ± 0.0020"),
        (0.3965064, 4e-9, "0.3965 ± 0.0002"),
        (3.14159, np.nan, "3.14"),
        (3.14159, 0.0, "3.14"),
    ],
)
def test_a_size_has_the_digits_that_it_is_known_to(
    value: float, half_width: float, words: str
) -> None:
    assert with_uncertainty(value, half_width) == words


def test_small_lengths_are_told_in_micrometres() -> None:
    assert length_of(0.0042, 0.0005) == "4.2 ± 0.5 µm"
    assert length_of(0.31, 0.0005, unit=False) == "0.3100 ± 0.0005"


def test_the_verdict_in_both_languages() -> None:
    assert measurement_sentence(plate()) == (
        "Dent, probable: 0.310 ± 0.008 mm deep, 7.2 mm across, at the left; 2 more defects; "
        "the part: scrap; threshold 0.62 (1 % false alarms)."
    )
    assert measurement_sentence(plate("zh")) == (
        "凹坑（很可能）：深 0.310 ± 0.008 mm，直径约 7.2 mm，左侧；另有 2 处缺陷；"
        "零件判定：报废；报警阈值 0.62（误报率 1 %）。"
    )


def test_what_does_not_count_is_not_told() -> None:
    view = plate()
    faint = tuple(replace(x, counts=False) for x in view.defects[1:])
    told = measurement_sentence(replace(view, defects=(view.defects[0], *faint)))
    assert "more defect" not in told
    one = measurement_sentence(replace(view, defects=(*view.defects[:2], faint[1])))
    assert "1 more defect;" in one


def test_a_sound_scan_tells_how_rough_it_is() -> None:
    view = measured(sheet(), false_alarm_rate=None)
    assert measurement_sentence(view) == (
        "No defect above the alarm threshold; the surface scatters by 4.00 µm about its reference; "
        "threshold 0.62 (false alarms not measured)."
    )


def test_a_deviation_without_a_name_is_unknown_with_its_size() -> None:
    told = measurement_sentence(replace(plate(), verdict="unknown", kind="unknown"))
    assert told.startswith("Unknown: something deviates that none of the sentences fits: 0.310")


def test_records_refuse_other_words() -> None:
    view = plate()
    with pytest.raises(UsageError, match="'broken'; it must be one of defect, unknown"):
        replace(view, kind="broken")
    with pytest.raises(UsageError, match="'bad'; it must be one of scrap, rework, accept"):
        replace(view, severity="bad")
    with pytest.raises(UsageError, match="severity"):
        DefectMark(view.defects[0].defect, "dent", severity="bad")
    with pytest.raises(UsageError, match="kind"):
        ScanFinding("dent", 0.5, "hole")
    with pytest.raises(UnknownNameError):
        measurement_sentence(replace(view, lang="de"))


def test_a_view_kept_of_a_batch_holds_no_map() -> None:
    view = plate()
    light: MeasurementView = view.light()
    assert light.deviations.deviations_mm.size == 1
    assert light.defects == view.defects and light.best == view.best
