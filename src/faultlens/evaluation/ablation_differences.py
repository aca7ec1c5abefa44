"""What each change of an ablation does: paired differences, on the same recordings and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.evaluation.ablation import Ablation, CellResult
from faultlens.evaluation.ablation_recipe import ADAPTER, Cell
from faultlens.evaluation.measured import MACRO_F1
from faultlens.evaluation.metrics_record import COMPARED
from faultlens.metrics.multiclass import Key
from faultlens.metrics.paired import Difference, paired_difference
from faultlens.reports.ablation_phrases import axis_words, value_words

BETTER, WORSE, SAME, NOT_COMPARED = "better", "worse", "same", "not_compared"
"""Verdicts, as `reports.ablation_phrases` has them."""

MANY = 3
"""Comparisons from which on it is said that one in twenty differs by chance."""

SENTENCES = {
    BETTER: {
        "en": "{new} is better than {old} beyond the interval: macro F1 {gap}.",
        "zh": "{new}优于{old}，且差值超出区间：宏平均 F1 {gap}。",
    },
    WORSE: {
        "en": "{new} is worse than {old} beyond the interval: macro F1 {gap}.",
        "zh": "{new}差于{old}，且差值超出区间：宏平均 F1 {gap}。",
    },
    SAME: {
        "en": "{new} is not to be told from {old}: macro F1 {gap}.",
        "zh": "{new}与{old}无法区分：宏平均 F1 {gap}。",
    },
    NOT_COMPARED: {"en": "{new} was not compared with {old}.", "zh": "{new}未能与{old}比较。"},
}
ALONE = {
    "en": "With {rest}, {new} is worse than {old} beyond the interval: macro F1 {gap}.",
    "zh": "在 {rest} 条件下，{new}差于{old}，且差值超出区间：宏平均 F1 {gap}。",
}


@dataclass(frozen=True, eq=False)
class Change:
    """One value of what is varied against another, all else the same.

    Args:
        axis: what is varied.
        value: that it is changed to.
        baseline: that it is changed from.
        gaps: name of a figure -> its difference, the mean over `pairs`; empty where nothing could
            be compared.
        pairs: (with the value, with the baseline) combinations that differ in nothing else.
        single: of each pair, the difference of macro F1; None where it was not compared.
    """

    axis: str
    value: Any
    baseline: Any
    gaps: dict[str, Difference]
    pairs: tuple[tuple[CellResult, CellResult], ...]
    single: tuple[Difference | None, ...]

    @property
    def verdict(self) -> str:
        """ "better", "worse", "same" (not to be told apart) or "not_compared"."""
        return verdict_of(self.gaps.get("f1_macro"))

    def in_words(self, lang: str) -> str:
        """The verdict in a sentence.

        Args:
            lang: "en" or "zh".
        """
        gap = self.gaps.get("f1_macro")
        new, old = (_named(self.axis, x, lang) for x in (self.value, self.baseline))
        told = SENTENCES[self.verdict][lang].format(new=new, old=old, gap=gap and _span(gap))
        return told[:1].upper() + told[1:]

    def worse_alone(self, lang: str) -> tuple[str, ...]:
        """Sentences on pairs that are worse beyond the interval where the mean of all is not.

        Args:
            lang: "en" or "zh".
        """
        if self.verdict == WORSE or len(self.pairs) < 2:
            return ()
        new, old = (_named(self.axis, x, lang) for x in (self.value, self.baseline))
        return tuple(
            ALONE[lang].format(rest=_rest(pair.cell, self.axis, lang), new=new, old=old,
                               gap=_span(gap))
            for (pair, _), gap in zip(self.pairs, self.single, strict=True)
            if gap is not None and gap.is_worse
        )  # fmt: skip


def verdict_of(gap: Difference | None) -> str:
    """Better, worse, or not to be told apart.

    Args:
        gap: a difference; None where nothing could be compared.

    Example:
        >>> verdict_of(Difference(-0.1, -0.2, -0.05)), verdict_of(Difference(0.0, -0.1, 0.1))
        ('worse', 'same')
    """
    if gap is None:
        return NOT_COMPARED
    return WORSE if gap.is_worse else BETTER if gap.is_better else SAME


def changes(ablation: Ablation) -> tuple[Change, ...]:
    """Of everything that is varied, each value against the first; an adapter against none.

    The mean over all combinations of the others is taken before recordings and seeds are drawn, so
    that they are drawn alike for both sides of every pair.

    Args:
        ablation: done.

    Example:
        >>> changes.__name__
        'changes'
    """
    made = []
    for axis, values in ablation.recipe.grid.items():
        baseline = False if axis == ADAPTER and False in values else values[0]
        for value in values:
            if value != baseline:
                made.append(_change(ablation.results, axis, value, baseline))
    return tuple(made)


def change_notices(ablation: Ablation, made: Sequence[Change]) -> tuple[Notice, ...]:
    """What a reader must know of the intervals and differences of an ablation.

    Args:
        ablation: done.
        made: its changes.

    Example:
        >>> change_notices.__name__
        'change_notices'
    """
    notices = []
    if len(ablation.recipe.seeds) == 1:
        notices.append(
            Notice(
                en="One seed: the intervals say nothing of how another training would do. Give "
                "seeds = [0, 1, 2, 3, 4].",
                zh="只用了一个随机种子：区间不反映重新训练带来的变化。建议设 "
                "seeds = [0, 1, 2, 3, 4]。",
            )
        )
    if sum(x.verdict != NOT_COMPARED for x in made) >= MANY:
        notices.append(
            Notice(
                en=f"{len(made)} differences are judged, each at 95 %: about one in twenty would "
                "lie beyond its interval by chance alone.",
                zh=f"共判断 {len(made)} 个差值，各按 95 % 区间：仅因偶然，约二十个中会有一个"
                "超出区间。",
            )
        )
    pairs = [pair for x in made for pair in x.pairs]
    if any(len(a.trainings[0].truth) != len(b.trainings[0].truth) for a, b in pairs):
        notices.append(
            Notice(
                en="Combinations cut the recordings into windows of other lengths: they are paired "
                "recording by recording, each judged on its own windows.",
                zh="各组合截取的窗口长度不同：按记录配对，各自在自己的窗口上评估。",
            )
        )
    if any(x.verdict == NOT_COMPARED for x in made):
        notices.append(
            Notice(
                en="Where nothing was compared, one side gave no result, or was tested on other "
                "recordings.",
                zh="“未比较”表示其中一方没有结果，或两者的测试记录不同。",
            )
        )
    return tuple(notices)


def _change(results: Sequence[CellResult], axis: str, value: Any, baseline: Any) -> Change:
    pairs = []
    for result in results:
        if result.cell.values[axis] != value:
            continue
        wanted = {**result.cell.values, axis: baseline}
        pairs += [(result, x) for x in results if x.cell.values == wanted]
    alike = [x for x in pairs if _drawn_alike(*x)]
    # One mean over pairs that were drawn in several ways has no common draw.
    alike = [x for x in alike if _drawn_alike(alike[0][0], x[0])]
    gaps = {name: gap for name, key in COMPARED.items() if (gap := _gap(alike, key)) is not None}
    single = tuple(_gap([x], MACRO_F1) if x in alike else None for x in pairs)
    return Change(axis, value, baseline, gaps, tuple(pairs), single)


def _gap(pairs: Sequence[tuple[CellResult, CellResult]], key: Key) -> Difference | None:
    if not pairs or any(key not in x.measured.by_seed for pair in pairs for x in pair):
        return None
    sides = [
        np.mean([pair[side].measured.by_seed[key] for pair in pairs], axis=0) for side in (0, 1)
    ]
    gap = paired_difference(sides[0], sides[1])
    return gap if np.isfinite([gap.value, gap.low, gap.high]).all() else None


def _drawn_alike(first: CellResult, second: CellResult) -> bool:
    """Whether the same recordings stand behind every draw of both."""
    one, other = first.measured.drawn, second.measured.drawn
    same = one.counts.shape == other.counts.shape and np.array_equal(one.counts, other.counts)
    return same and _units(first, one.unit_of) == _units(second, other.unit_of)


def _units(result: CellResult, unit_of: NDArray[np.intp]) -> set[tuple[int, str]]:
    return set(zip(unit_of.tolist(), result.trainings[0].group, strict=True))


def _rest(cell: Cell, axis: str, lang: str) -> str:
    """All values of a combination but one."""
    return Cell({k: x for k, x in cell.values.items() if k != axis}).told(lang)


def _named(axis: str, value: Any, lang: str) -> str:
    """A value with what it is a value of, where it does not say so itself."""
    told = value_words(axis, value, lang)
    if lang == "zh":
        told = f"“{told}”"
    if isinstance(value, bool | int | float):
        return told
    return axis_words(axis, lang) + (told if lang == "zh" else f" {told}")


def _span(gap: Difference) -> str:
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
