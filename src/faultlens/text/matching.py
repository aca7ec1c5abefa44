"""A free sentence, English or Chinese, is matched to a fault of the knowledge base.

First word for word against every name, synonym and phrase; then by what the sentence states (see
`concepts`); then by a phrase of the knowledge base that stands inside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.text.concepts import Statement, read_statement
from faultlens.text.knowledge import Fault, load_faults
from faultlens.text.spelling import plain

_EXAMPLE = "Say the part and its state, for example 'spalling on the outer raceway' or '内圈点蚀'."
_LONGEST_SENTENCE = 1000  # characters; a sentence is far shorter


@dataclass(frozen=True)
class MatchedFault:
    """A sentence beside the fault that it means.

    Args:
        sentence: word for word as it was given.
        fault: what it means.
    """

    sentence: str
    fault: Fault


def match_faults(
    sentences: Iterable[str], faults: Sequence[Fault] | None = None
) -> tuple[MatchedFault, ...]:
    """Match each sentence; two that mean the same fault are both kept, in the order given.

    Raises:
        UnknownNameError: a sentence matches nothing.
        UsageError: a sentence is ambiguous.

    Example:
        >>> [(m.sentence, m.fault.key) for m in match_faults(["raced-out outer ring", "外圈剥落"])]
        [('raced-out outer ring', 'outer_race'), ('外圈剥落', 'outer_race')]
    """
    return tuple(MatchedFault(sentence, match_fault(sentence, faults)) for sentence in sentences)


def match_fault(sentence: str, faults: Sequence[Fault] | None = None) -> Fault:
    """The fault that a sentence means.

    Args:
        sentence: English or Chinese, in an engineer's own words.
        faults: where to look; None means the whole knowledge base.

    Raises:
        UnknownNameError: the sentence matches nothing; lists the known faults.
        UsageError: the sentence is ambiguous; says why.

    Example:
        >>> match_fault("not the inner race but the outer race").key
        'outer_race'
        >>> match_fault("滚珠和外圈都有损伤").key
        'outer_race_and_rolling_element'
    """
    known = load_faults() if faults is None else tuple(faults)
    words = plain(sentence)
    if len(sentence) > _LONGEST_SENTENCE:
        raise UsageError(
            f"The sentence has {len(sentence)} characters; at most {_LONGEST_SENTENCE} are read."
        )
    for each in known:
        if words in _plain_sayings(each):
            return each
    statement = read_statement(sentence)
    if not statement.objection:
        meant = _meant(statement, known)
        if not (statement.damaged or statement.healthy or statement.sound):
            meant = _inside(words, known)
        if meant:
            return _one_of(meant, words, sentence)
    raise _refusal(sentence, statement, known)


@cache
def _plain_sayings(each: Fault) -> frozenset[str]:
    return frozenset(map(plain, each.sayings()))


def _meant(statement: Statement, known: Sequence[Fault]) -> list[Fault]:
    if not (statement.damaged or statement.healthy):
        return []
    return [each for each in known if set(each.families) == statement.damaged]


def _one_of(faults: list[Fault], words: str, sentence: str) -> Fault:
    if len(faults) == 1:
        return faults[0]
    telling = _inside(words, faults) or faults
    if len(telling) > 1:
        raise UsageError(
            f"'{sentence}' may mean {' or '.join(each.names.en for each in telling)}; "
            "use one of these names."
        )
    return telling[0]


def _inside(words: str, faults: Sequence[Fault]) -> list[Fault]:
    """The faults whose longest saying inside the words is the longest of all."""
    longest = {each.key: _longest_inside(words, each) for each in faults}
    best = max(longest.values(), default=0)
    return [each for each in faults if best and longest[each.key] == best]


def _longest_inside(words: str, each: Fault) -> int:
    # A single word inside a sentence proves too little: "inner" stands in "inner peace".
    spaced = f" {words} "
    return max(
        (
            len(said)
            for said in _plain_sayings(each)
            if (said.isascii() and " " in said and f" {said} " in spaced)
            or (not said.isascii() and len(said) >= 4 and said in words)
        ),
        default=0,
    )


def _refusal(sentence: str, statement: Statement, known: Sequence[Fault]) -> UsageError:
    names = [each.names.en for each in known]
    if not statement.objection:
        return UnknownNameError("fault", sentence, names, advice=_EXAMPLE)
    return UnknownNameError(
        "fault", sentence, names, advice=f"Not understood: {statement.objection}. {_EXAMPLE}"
    )
