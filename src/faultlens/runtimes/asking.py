"""Sentences of users, brought to the faults that they mean: by their words, or by likeness.

Words are exact: where the knowledge base can read a sentence, or has a reason to refuse it, that
stands. Only a sentence that it cannot read goes to the text tower, which knows more words but would
also find a fault in "inner peace"; so what it understood is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from faultlens.core.errors import UnknownNameError
from faultlens.core.notice import Notice
from faultlens.models.training_free import CLASSES, class_of
from faultlens.runtimes.judges import AbstractJudge
from faultlens.text.concepts import NO_RACE_NAMED, NOT_OF_A_BEARING, read_statement
from faultlens.text.knowledge import Fault, load_faults
from faultlens.text.matching import MatchedFault, match_fault

MILD = ("", NOT_OF_A_BEARING, NO_RACE_NAMED)
"""Objections of the knowledge base that the text tower may overrule."""

ALIKE_FROM = 0.6
"""Cosine with a class from which a sentence is taken to mean it."""

AHEAD_BY = 0.15
"""... and by which it must lead all other meanings, those that are no bearing fault included."""


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
        UsageError: a sentence is ambiguous, or contradicts itself.

    Example:
        >>> from faultlens.runtimes.judges import judge_named
        >>> asked = understood(["raced-out outer ring"], judge_named("builtin/physics"))
        >>> asked.faults[0].fault.key, asked.notices
        ('outer_race', ())
    """
    faults, notices = [], []
    for sentence in sentences:
        try:
            fault = match_fault(sentence)
        except UnknownNameError:
            if read_statement(sentence).objection not in MILD:
                raise
            alike = _by_likeness(sentence, judge)
            if alike is None:
                raise
            fault, cosine = alike
            notices.append(_taken_as(sentence, fault, cosine))
        faults.append(MatchedFault(sentence, fault))
    return Asked(tuple(faults), tuple(notices))


def _by_likeness(sentence: str, judge: AbstractJudge) -> tuple[Fault, float] | None:
    """The fault nearest to a sentence, with its cosine; None where no fault is clearly nearest."""
    meanings = judge.meanings
    if meanings is None or not sentence.strip():
        return None
    point = meanings.model.encode_text([sentence])[0]
    cosines = np.concatenate([meanings.classes, meanings.outside]) @ point
    second, first = np.sort(cosines)[-2:]
    best = int(cosines.argmax())
    if best >= len(CLASSES) or first < ALIKE_FROM or first - second < AHEAD_BY:
        return None
    for fault in load_faults():
        if fault.families and class_of(fault) == CLASSES[best]:
            return fault, float(first)
    # Nearest to "unknown", which nobody can ask for, or to "healthy": "not good" is too.
    return None


def _taken_as(sentence: str, fault: Fault, cosine: float) -> Notice:
    return Notice(
        en=f"'{sentence}' was taken to mean {fault.names.en}, by likeness ({cosine:.2f}). If that "
        f"is not meant, say the part and its state, or use a name that 'faultlens knowledge' "
        "lists.",
        zh=f"“{sentence}”按相似度（{cosine:.2f}）理解为“{fault.names.zh}”。若非此意，请写明部件及其状态，"
        "或使用 faultlens knowledge 列出的名称。",
    )
