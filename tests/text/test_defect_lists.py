"""A comma-separated line is split where a new sentence begins, and nowhere else."""

import pytest

from faultlens.core.errors import UsageError
from faultlens.text.defect_lists import split_defects


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("crack,scratch", ["crack", "scratch"]),
        ("crack; no defect。划痕", ["crack", "no defect", "划痕"]),
        ("crack, not a scratch, but a dent", ["crack, not a scratch, but a dent"]),
        ("not a scratch, but a crack", ["not a scratch, but a crack"]),
        ("linear scratch with light reflection, width < 0.5mm, dent",
         ["linear scratch with light reflection, width < 0.5mm", "dent"]),
        ("0,5 mm crack, dent", ["0,5 mm crack", "dent"]),
        ("crack, longer than 2.5 mm, near the edge", ["crack, longer than 2.5 mm, near the edge"]),
        ("crack; not a dent, but a pit", ["crack", "not a dent, but a pit"]),
        ('"no rust, dents or cracks", rust', ["no rust, dents or cracks", "rust"]),
        ("不是划痕，而是裂纹；凹坑", ["不是划痕，而是裂纹", "凹坑"]),
        ("裂纹、划痕、凹坑", ["裂纹", "划痕", "凹坑"]),
        ("长于5毫米、宽度约0.2毫米的划痕", ["长于5毫米、宽度约0.2毫米的划痕"]),
        ("crack, , scratch,", ["crack", "scratch"]),
    ],
)  # fmt: skip
def test_a_line_is_split_where_a_sentence_begins(text: str, sentences: list[str]) -> None:
    assert list(split_defects(text)) == sentences


@pytest.mark.parametrize("text", ["", " ", ",,;"])
def test_a_line_without_a_sentence_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"No sentence given.*'crack, scratch'"):
        split_defects(text)


def test_an_open_quotation_is_refused() -> None:
    with pytest.raises(UsageError, match=r"quotation is not closed"):
        split_defects('"crack, dent')
