"""Sentences of users, brought to the faults that they mean: by their words, or by likeness.

Words are exact: where the knowledge base can read a sentence, or has a reason to refuse it, that
stands. Only a sentence that it cannot read goes to the text tower, which knows more words but would
also find a fault in "inner peace"; so what it understood is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from faultlens.core.errors import UnknownNameError
from faultlens.core.notice import Notice
from faultlens.runtimes.judge import AbstractJudge
from faultlens.text.concepts import NO_RACE_NAMED, NOT_OF_A_BEARING, read_statement
from faultlens.text.knowledge import Fault, load_faults
from faultlens.text.matching import MatchedFault, match_fault

MILD = ("", NOT_OF_A_BEARING, NO_RACE_NAMED)
"""Objections of the knowledge base that the text tower may overrule."""

ALIKE_FROM = 0.6
"""Cosine with a class from which a sentence is taken to mean it."""

AHEAD_BY = 0.15
"""... and by which it must lead all other meanings, those that are no bearing fault included."""

LONGEST_REMEMBERED = 10_000
"""Characters of a question that is remembered; of 256 such questions, 3 million."""


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Args:
        faults: each sentence beside the fault that it means, in the order given.
        notices: sentences that were understood by likeness, and as what.
    """

    faults: tuple[MatchedFault, ...]
    notices: tuple[Notice, ...] = ()


def understood(sentences: Iterable[str], judge: AbstractJudge) -> Asked:
    """Bring each sentence to the fault that it means.

    Args:
        sentences: free sentences, in English or Chinese.
        judge: the model that will judge; a learned one brings its text tower.

    Raises:
        UnknownNameError: a sentence means nothing that is known.
        UsageError: a sentence is ambiguous, or contradicts itself; or the model cannot tell what
            it means.

    Example:
        >>> from faultlens.runtimes.judges import judge_named
        >>> asked = understood(["raced-out outer ring"], judge_named("builtin/physics"))
        >>> asked.faults[0].fault.key, asked.notices
        ('outer_race', ())
    """
    asked = tuple(sentences)
    if sum(map(len, asked)) > LONGEST_REMEMBERED:
        return _understood(asked, judge)
    return _remembered(asked, judge)


@lru_cache(maxsize=256)
def _remembered(sentences: tuple[str, ...], judge: AbstractJudge) -> Asked:
    """Many recordings are asked the same; a sentence for the text tower takes milliseconds."""
    return _understood(sentences, judge)


def _understood(sentences: Sequence[str], judge: AbstractJudge) -> Asked:
    faults, notices = [], []
    for sentence in sentences:
        fault, notice = _meant(sentence, judge)
        faults.append(MatchedFault(sentence, fault))
        notices += [] if notice is None else [notice]
    return Asked(tuple(faults), tuple(notices))


def _meant(sentence: str, judge: AbstractJudge) -> tuple[Fault, Notice | None]:
    """The fault that a sentence means, and what to say of that."""
    if (named := judge.by_word(sentence)) is not None:
        return named, None
    try:
        fault = match_fault(sentence)
    except UnknownNameError as error:
        objection = read_statement(sentence).objection
        alike = _by_likeness(sentence, judge) if objection in MILD else None
        if alike is None:
            raise _unknown(sentence, judge, objection, error) from error
        return alike[0], _taken_as(sentence, *alike)
    return fault, judge.told(fault)


def _unknown(
    sentence: str, judge: AbstractJudge, objection: str, error: UnknownNameError
) -> UnknownNameError:
    """Of a model with classes of its own, these are what is known."""
    if judge.faults == load_faults():
        return error
    names = [x.names.en for x in judge.faults]
    why = f"Not understood: {objection}. " if objection else ""
    return UnknownNameError("fault", sentence, names, advice=f"{why}The model tells these alone.")


def _by_likeness(sentence: str, judge: AbstractJudge) -> tuple[Fault, float] | None:
    """The fault nearest to a sentence, with its cosine; None where no fault is clearly nearest."""
    meanings = judge.meanings
    if meanings is None or not sentence.strip():
        return None
    # The tower's own points: a model may take the mean of its classes off.
    point = meanings.model.text.encode_text([sentence])[0]
    cosines = np.concatenate([meanings.classes, meanings.outside]) @ point
    second, first = np.sort(cosines)[-2:]
    best = int(cosines.argmax())
    if best >= len(meanings.faults) or first < ALIKE_FROM or first - second < AHEAD_BY:
        return None
    fault = meanings.faults[best]
    # Nearest to "unknown", which nobody can ask for, or to "healthy": "not good" is too.
    return None if fault is None else (fault, float(first))


def _taken_as(sentence: str, fault: Fault, cosine: float) -> Notice:
    return Notice(
        en=f"'{sentence}' was taken to mean {fault.names.en}, by likeness ({cosine:.2f}). If that "
        f"is not meant, say the part and its state, or use a name that 'faultlens knowledge' "
        "lists.",
        zh=f"“{sentence}”按相似度（{cosine:.2f}）理解为“{fault.names.zh}”。若非此意，请写明部件及其状态，"
        "或使用 faultlens knowledge 列出的名称。",
    )
