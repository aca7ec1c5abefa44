"""What speaks against a new label: a slip of the pen, a second word for a class, or no name."""

from difflib import get_close_matches

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.corrections.correction import PICTURE, Correction
from faultlens.datasets.corrections.corrections_set import Corrections
from faultlens.datasets.pictures.picture import NO_DEFECT, SOME_DEFECT
from faultlens.text.defect_sentences import understood_defect
from faultlens.text.defects import load_defects
from faultlens.text.knowledge import load_faults
from faultlens.text.matching import match_fault
from faultlens.text.spelling import plain

CLOSE = 0.8
"""Ratio of difflib from which one word is taken for a slip of another: "scrach" of "scratch"."""


def label_doubts(made: Correction, there: Corrections) -> tuple[Notice, ...]:
    """What a careful person would ask of a label that the set did not have before.

    Args:
        made: the new correction.
        there: the set before it.

    Example:
        >>> from pathlib import Path
        >>> made = Correction("k", "picture", "scrach", "a", "a", "0", "0", "2026", "an")
        >>> print(*label_doubts(made, Corrections(Path("/nowhere"))))
        'scrach' is new here and names nothing of the knowledge base; is it 'scratch'? ...
    """
    if made.meaning == SOME_DEFECT:
        return (
            Notice(
                en=f"'{made.label}' does not say which defect: it helps to tell good from bad, but "
                "teaches no name.",
                zh=f"“{made.label}”没有说明是哪种缺陷：只有助于区分好坏，不能教会名称。",
            ),
        )
    used = sorted({x.meaning for x in there.holding(kind=made.kind)})
    if made.meaning in used or made.meaning == NO_DEFECT:
        return ()
    key = _key(made.kind, made.label)
    if key is not None:
        same = [x for x in used if _key(made.kind, x) == key]
        return (_second_word(made.label, same[0]),) if same else ()
    known = {plain(x): x for x in (*_names(made.kind), *used)}
    near = get_close_matches(plain(made.label), known, n=1, cutoff=CLOSE)
    asked, asked_zh = (
        (f"; is it '{known[near[0]]}'", f"；是否指“{known[near[0]]}”") if near else ("", "")
    )
    return (
        Notice(
            en=f"'{made.label}' is new here and names nothing of the knowledge base{asked}? It "
            "becomes a class of its own; where it is a slip, correct again with --replace.",
            zh=f"“{made.label}”是新标签，知识库中没有{asked_zh}？它将成为单独的类别；"
            "如为笔误，请加 --replace 重新更正。",
        ),
    )


def _second_word(label: str, used: str) -> Notice:
    return Notice(
        en=f"'{label}' means what this set calls '{used}': two words are two classes. Use one of "
        "them, or leave it where they are to be told apart.",
        zh=f"“{label}”与本集合中的“{used}”含义相同：两种说法会成为两个类别。"
        "请统一用词；如需区分则保持不变。",
    )


def _key(kind: str, label: str) -> str | None:
    """The entry of the knowledge base that a label names; None for none."""
    try:
        if kind == PICTURE:
            found = understood_defect(label).defect
            return None if found is None else found.key
        return match_fault(label).key
    except UsageError:
        return None


def _names(kind: str) -> list[str]:
    every = load_defects() if kind == PICTURE else load_faults()
    return [y for x in every for y in (x.names.en, x.names.zh)]
