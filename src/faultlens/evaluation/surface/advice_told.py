"""What is confused with what, and what would help most, in sentences."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.evaluation.surface.advice import Advice, BestExample, BetterWords
from faultlens.metrics.paired import Difference

PAIRS_TOLD = 5

LONGEST_WORDING = 80
"""Characters of a wording that are told; the rest stands in the JSON."""


def advice_told(advice: Advice) -> Iterator[Notice]:
    """The worst confusions, and what would help most against them.

    Args:
        advice: what `advise` found.

    Example:
        >>> none = np.zeros((2, 2), dtype=int)
        >>> found = Advice(("crack", "dent"), none, (), None, None, {}, (3, 12))
        >>> print(*advice_told(found), sep="\\n")
        None of 3 other wordings rights more pictures than it wrongs.
        None of 12 pictures, as an example beside the words, rights more than it wrongs.
    """
    yield from (x.told() for x in advice.pairs[:PAIRS_TOLD])
    yield _words(advice.words, advice.tried[0])
    yield _example(advice.example, advice.tried[1])
    worth = sorted(advice.worth.items(), key=lambda x: (-x[1], x[0]))
    if worth and worth[0][1] > 0:
        label, gain = worth[0]
        yield Notice(
            en=f"More pictures of '{label}' help most: {gain:+.1%} named rightly for one more, on "
            "average over those there are.",
            zh=f"增加“{label}”的图像最有帮助：平均每多一张，命名正确率 {gain:+.1%}。",
        )


def counts_told(counts: NDArray[np.integer], labels: Sequence[str]) -> Iterator[str]:
    """The matrix of confusions as a table of text, a line for each true label.

    Args:
        counts: (truth, called) pictures of each label by what they are called.
        labels: in their order.

    Example:
        >>> print(*counts_told(np.array([[9, 1], [0, 10]]), ["crack", "dent"]), sep="\\n")
               crack  dent
        crack      9     1
         dent      0    10
    """
    rows = [["", *labels], *([x, *map(str, row)] for x, row in zip(labels, counts, strict=True))]
    widths = [max(len(x[k]) for x in rows) for k in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(x.rjust(w) for x, w in zip(row, widths, strict=True))


def _words(found: BetterWords | None, tried: int) -> Notice:
    if found is None:
        return Notice(
            en=f"None of {tried} other wordings rights more pictures than it wrongs.",
            zh=f"{tried} 种其他措辞中，没有一种能使命名更准确。",
        )
    said = found.wording.sentences[0]
    said = said if len(said) <= LONGEST_WORDING else f"{said[: LONGEST_WORDING - 1]}…"
    more = len(found.wording.sentences) - 1
    others, others_zh = (f" and {more} more", f"等 {more + 1} 句") if more else ("", "")
    denied = (
        f", without '{found.wording.denied[0]}'" if found.wording.denied else "",
        f"，排除“{found.wording.denied[0]}”" if found.wording.denied else "",
    )
    gain, sure, sure_zh = _gain(found.change.gain)
    return Notice(
        en=f"The words that would help most: '{found.label}' as '{said}'{others}{denied[0]} "
        f"({found.kind}): {gain} {sure} {found.change.righted} pictures come right, "
        f"{found.change.wronged} go wrong.",
        zh=f"最有帮助的措辞：“{found.label}”改为“{said}”{others_zh}{denied[1]}"
        f"（{found.kind}）：{gain}{sure_zh}{found.change.righted} 张变对，"
        f"{found.change.wronged} 张变错。",
    )


def _example(found: BestExample | None, tried: int) -> Notice:
    if found is None:
        return Notice(
            en=f"None of {tried} pictures, as an example beside the words, rights more than it "
            "wrongs.",
            zh=f"{tried} 张图像中，没有一张作为样例能使命名更准确。",
        )
    gain, sure, sure_zh = _gain(found.change.gain)
    return Notice(
        en=f"The example that would help most: {found.file} ('{found.label}'): {gain} {sure} "
        f"{found.change.righted} other pictures come right, {found.change.wronged} go wrong.",
        zh=f"最有帮助的样例：{found.file}（“{found.label}”）：{gain}{sure_zh}"
        f"{found.change.righted} 张变对，{found.change.wronged} 张变错。",
    )


def _gain(gap: Difference) -> tuple[str, str, str]:
    told = f"{gap.value:+.1%} [{gap.low:+.1%}, {gap.high:+.1%}]"
    if gap.is_better:
        return (
            told,
            "named rightly on pictures that had no say in the choice.",
            "（未参与选择的图像上的命名正确率变化）。",
        )
    return (
        told,
        "on pictures that had no say in the choice: not more than chance.",
        "（未参与选择的图像），不超出偶然范围。",
    )
