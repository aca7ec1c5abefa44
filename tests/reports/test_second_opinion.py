"""The rule's verdict in one line: it agrees, agrees in part, or says what to look at."""

from dataclasses import replace

import pytest

from faultlens.reports.second_opinion import opinion_remark, opinion_sentence
from faultlens.reports.view import SecondOpinion

SAME = SecondOpinion("builtin/physics@0", "inner race fault", "inner_race", 0.967, True, True)
OTHER = SecondOpinion("builtin/physics@0", "healthy", "healthy", 0.81, False, False)


@pytest.mark.parametrize(
    ("opinion", "lang", "told"),
    [
        (SAME, "en", "The training-free rule agrees: inner race fault, 0.97."),
        (
            replace(SAME, in_part=True),
            "en",
            "The training-free rule agrees in part: inner race fault, 0.97.",
        ),
        (OTHER, "en", "The training-free rule says healthy (0.81): look at the lines before act"),
        (replace(SAME, verdict="内圈故障"), "zh", "免训练规则的结论一致：内圈故障，0.97。"),
        (OTHER, "zh", "免训练规则的结论为正常（0.81）：采取措施前请先查看谱线。"),
    ],
)
def test_a_second_opinion_is_one_sentence(opinion: SecondOpinion, lang: str, told: str) -> None:
    assert opinion_sentence(opinion, lang).startswith(told)


def test_a_row_of_a_table_remarks_on_dissent_alone() -> None:
    assert opinion_remark(SAME) == opinion_remark(replace(SAME, in_part=True)) == ""
    assert opinion_remark(OTHER) == "rule: healthy (0.81)"
    assert opinion_remark(OTHER, "zh") == "规则：正常（0.81）"
