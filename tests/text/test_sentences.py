"""One line of text is split into sentences; quoted parts keep their commas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("inner race fault, outer race fault", ("inner race fault", "outer race fault")),
        ("a,b;c", ("a", "b", "c")),
        ("外圈剥落，内圈点蚀；正常", ("外圈剥落", "内圈点蚀", "正常")),
        ("内圈、外圈复合故障", ("内圈、外圈复合故障",)),
        ('"outer, inner intact", cage', ("outer, inner intact", "cage")),
        ("“外圈故障，内圈完好”，正常", ("外圈故障，内圈完好", "正常")),
        ("the bearing's cage, the ring's crack", ("the bearing's cage", "the ring's crack")),
        (" , inner ,, ", ("inner",)),
    ],
)  # fmt: skip
def test_commas_and_semicolons_of_both_languages_split(
    text: str, sentences: tuple[str, ...]
) -> None:
    assert split_sentences(text) == sentences


def test_an_open_quotation_and_an_empty_line_are_refused() -> None:
    with pytest.raises(UsageError, match=r'quotation is not closed.*closing "'):
        split_sentences('"inner race, outer race')
    with pytest.raises(UsageError, match=r"No sentence given. Separate sentences by commas"):
        split_sentences(" ,， ")


@given(st.lists(st.text("abc 外圈", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_what_was_joined_by_commas_comes_back(sentences: list[str]) -> None:
    assert split_sentences(",".join(sentences)) == tuple(sentences)


def test_a_chinese_list_comma_parts_sentences_but_not_the_parts_of_a_compound() -> None:
    assert split_sentences("外圈剥落、内圈点蚀") == ("外圈剥落", "内圈点蚀")
    assert split_sentences("内圈剥落，外圈点蚀、保持架断裂") == (
        "内圈剥落",
        "外圈点蚀",
        "保持架断裂",
    )
    assert split_sentences("外圈、内圈复合故障") == ("外圈、内圈复合故障",)
