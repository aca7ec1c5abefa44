"""What a careful engineer is told of a measured scan: near limits, other names, the border."""

from collections.abc import Sequence

import numpy as np

from faultlens.core.notice import Notice
from faultlens.inference.measured_findings import measured_findings
from faultlens.inference.measured_notices import MOST_TOLD, measured_notices
from faultlens.profiles.severity_file import parsed_rules
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.text.defect_sentences import understood_defects
from tests.measured_defects import defect, even_map

RULES = parsed_rules(
    "format = 1\n[[rule]]\nname = 'cracks'\nseverity = 'scrap'\ndefects = ['crack']\n"
    "[[rule]]\nname = 'deep'\nseverity = 'rework'\ndepth_mm.at_least = 0.1\n"
)


def told(
    sentences: Sequence[str], defects: Sequence[SurfaceDefect], names: Sequence[Sequence[float]]
) -> list[Notice]:
    asked = understood_defects(sentences)
    found = measured_findings(
        asked, (), defects, np.array(names), even_map(), threshold=8.0, rules=RULES
    )
    return measured_notices(found, asked, RULES, 200.0)


def test_nothing_is_said_of_a_plain_case() -> None:
    assert told(["scratch"], [defect(0.05)], [[0.98, 0.02]]) == []


def test_a_defect_smaller_than_asked_is_said_with_its_size() -> None:
    (notice,) = told(["scratch deeper than 0.05 mm"], [defect(0.02, 0.004)], [[0.98, 0.02]])
    assert notice.en == (
        "Defect 1 is like 'scratch', but 'deeper than 0.05 mm' does not hold: 0.020 ± 0.004 mm. It "
        "does not count as a defect."
    )
    assert "0.020 ± 0.004" in notice.zh and "不计为缺陷" in notice.zh


def test_a_size_that_holds_within_its_uncertainty_is_said_with_its_chance() -> None:
    (notice,) = told(["scratch deeper than 0.05 mm"], [defect(0.055, 0.01)], [[0.98, 0.02]])
    assert "0.055 ± 0.010 mm; with 84 % probability it truly does" in notice.en
    assert "84 %" in notice.zh


def test_a_severity_within_the_uncertainty_names_both_and_the_limit() -> None:
    (notice,) = told(["dent"], [defect(0.098, 0.01)], [[0.98, 0.02]])
    assert "decided as accept, within the uncertainty of a limit (accept to rework)" in notice.en
    assert "depth 0.098 ± 0.01 mm against 0.1 mm of 'deep' (rework)" in notice.en
    assert "合格" in notice.zh and "返修" in notice.zh


def test_another_name_that_would_be_severer_is_said() -> None:
    (notice,) = told(["scratch", "crack"], [defect(0.05)], [[0.65, 0.3, 0.05]])
    assert "may also be 'crack' (probability 0.30); it would then be scrap by 'cracks'" in notice.en
    # A milder one is not worth a word.
    assert told(["scratch", "crack"], [defect(0.05)], [[0.3, 0.65, 0.05]]) == []
    assert told(["scratch", "crack"], [defect(0.05)], [[0.85, 0.1, 0.05]]) == []


def test_a_defect_at_the_border_may_be_larger() -> None:
    (notice,) = told(["scratch"], [defect(0.05, at_border=True)], [[0.98, 0.02]])
    assert notice.en.startswith("Defect 1 reaches the end of the scan")


def test_what_covers_much_of_the_scan_may_be_the_shape_of_the_part() -> None:
    (notice,) = told(["scratch"], [defect(0.05, area_mm2=50.0)], [[0.98, 0.02]])
    assert notice.en.startswith("Defect 1 covers 25 % of the scan") and "25 %" in notice.zh


def test_many_of_one_kind_are_counted() -> None:
    many = [defect(0.05, at_border=True) for _ in range(MOST_TOLD + 2)]
    notices = told(["scratch"], many, [[0.98, 0.02]] * len(many))
    assert len(notices) == MOST_TOLD + 1
    assert notices[-1].en == "The same of 2 more defects."


def test_what_cannot_be_measured_says_why() -> None:
    (notice,) = told(["scratch longer than 30 px"], [defect(0.05)], [[0.98, 0.02]])
    assert "'longer than 30 px' of 'scratch longer than 30 px' is not held" in notice.en
