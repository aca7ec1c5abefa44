"""Sentences that ask for defects: which one is meant, what is denied, what is to be measured."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.core.errors import UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.text import defect_words as said
from faultlens.text.checked_sentences import checked_sentences
from faultlens.text.condition_places import tidied
from faultlens.text.conditions import Condition, read_conditions
from faultlens.text.defects import NO_DEFECT, Defect, defect, load_defects
from faultlens.text.spelling import folded, plain

MOST_SENTENCES = 1_000
"""Defects asked for at once; more are a file pasted by mistake, and cost time for each picture."""

LONGEST_SENTENCE = 300
"""Characters; the longest prompt of the knowledge base has half as many."""

GLARE = "reflection"
"""Key of what is said beside a defect ("a scratch with light reflection") and is none itself."""

_LEADING = re.compile(
    r"^(?:[\s,;:.，；。：]|\b(?:but|rather|instead|just|only|at first|and|it is|this is|is)\b"
    r"|\bactually\b|而是|而|但有|但|其实是|其实|实为|确认为|属于|只有|仅有|并|且|是)+",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;，；]")
_TRAILING = re.compile(r"(?:\s|[,;，；、]|\b(?:and|but|or)\b|而|且|但|并|也)+$", re.IGNORECASE)


@dataclass(frozen=True)
class AskedDefect:
    """What one sentence asks for.

    Args:
        sentence: word for word as it was given.
        label: what the finding is called: the sentence, or the name of a defect of a set.
        defect: of the knowledge base; None where it knows none, and the words alone count.
        means_no_defect: whether it says that nothing is wrong.
        conditions: sizes, numbers, directions and places to be measured.
        bare: the sentence without them and without what it denies; this is embedded.
        distractors: what it denies ("not a scratch, but a crack"): directions to take out.
    """

    sentence: str
    label: str
    defect: Defect | None
    means_no_defect: bool
    conditions: tuple[Condition, ...]
    bare: str
    distractors: tuple[Defect, ...] = ()


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    defect: Defect | None  # None: a defect that is not said which
    denied: bool


def asked_defects(defects: Sequence[Defect], lang: str = "en") -> tuple[AskedDefect, ...]:
    """Defects of the knowledge base as if their names had been asked for.

    Args:
        defects: such as those of a set.
        lang: language of the labels.

    Raises:
        UnknownNameError: another language.

    Example:
        >>> from faultlens.text.defects import defect_set
        >>> [x.label for x in asked_defects(defect_set("magnetic tile"), "zh")]
        ['无缺陷', '气孔', '破损', '裂纹', '边缘起毛', '表面不平']
    """
    return tuple(
        AskedDefect(name := x.names.of(lang), name, x, x.is_no_defect, (), name) for x in defects
    )


def understood_defects(
    sentences: Sequence[str], defects: Sequence[Defect] | None = None
) -> tuple[AskedDefect, ...]:
    """What each sentence asks for.

    Args:
        sentences: English or Chinese; at most `MOST_SENTENCES`.
        defects: where to look; None means the whole knowledge base.

    Raises:
        UsageError: none, too many, twice the same, or one that says nothing; says which.

    Example:
        >>> [x.defect.key for x in understood_defects(["hairline cracks", "表面生锈"])]
        ['crack', 'corrosion']
    """
    if not isinstance(sentences, str) and len(sentences) > MOST_SENTENCES:
        raise UsageError(
            f"{len(sentences)} sentences were given; at most {MOST_SENTENCES} are asked for at "
            "once. Split them over several calls."
        )
    given = checked_sentences(sentences, longest=LONGEST_SENTENCE, example="crack")
    seen: dict[str, int] = {}
    for number, sentence in enumerate(given, start=1):
        if not plain(sentence):
            raise UsageError(f"Sentence {number} is '{sentence}': no word in it; say a defect.")
        if (first := seen.setdefault(sentence.strip(), number)) != number:
            raise UsageError(
                f"Sentences {first} and {number} are the same: '{sentence.strip()}'. Leave one out."
            )
    return tuple(_understood(x, load_defects() if defects is None else defects) for x in given)


def understood_defect(sentence: str, defects: Sequence[Defect] | None = None) -> AskedDefect:
    """What one sentence asks for: defect, conditions, and what it denies.

    Args:
        sentence: English or Chinese, in an inspector's own words.
        defects: where to look; None means the whole knowledge base.

    Raises:
        UsageError: it says nothing, is too long, or states a size that cannot be measured.

    Example:
        >>> asked = understood_defect("not a scratch, but a 2 mm long crack")
        >>> asked.defect.key, [x.key for x in asked.distractors], asked.bare
        ('crack', ['scratch'], 'a crack')
        >>> understood_defect("no scratches or dents").means_no_defect
        True
        >>> understood_defect("purple slime").defect is None
        True
    """
    return understood_defects([sentence], defects)[0]


def _understood(sentence: str, defects: Sequence[Defect]) -> AskedDefect:
    label = sentence.strip()
    bare, conditions = read_conditions(sentence)
    exact = _exact(label, defects)
    if exact is not None:
        return AskedDefect(sentence, label, exact, exact.is_no_defect, (), label)
    if not plain(bare):
        raise UsageError(
            f"'{label}' says what to measure but of no defect; say it, such as 'crack, 3 mm long'."
        )
    text = folded(bare)
    if len(text) != len(bare):
        bare = text
    mentions = _mentions(text, defects)
    exact = _exact(bare, defects)
    head = exact or _head(text, [x for x in mentions if not x.denied])
    if head is None or head.is_no_defect:
        nothing = head is not None or _denies_all(mentions)
        if nothing and conditions:
            raise UsageError(
                f"'{label}' states '{conditions[0].words}' of something that is not there; ask for "
                "the defect with it, and the answer says whether it holds."
            )
        known = defect(NO_DEFECT, defects) if nothing else None
        return AskedDefect(sentence, label, known, nothing, conditions, bare)
    if exact is None:
        bare = _without_denied(bare, mentions) or head.prompts_basic.of(LANGUAGES[0])[0]
    denied = [x.defect for x in mentions if x.denied and x.defect is not None]
    distractors = {x.key: x for x in denied if x.key not in (head.key, NO_DEFECT)}
    return AskedDefect(
        sentence, label, head, False, conditions, bare,
        () if exact else tuple(distractors.values()),
    )  # fmt: skip


def _exact(words: str, defects: Sequence[Defect]) -> Defect | None:
    return said.owners_of_sayings(tuple(defects)).get(plain(words))


def _mentions(text: str, defects: Sequence[Defect]) -> list[_Mention]:
    pattern = said.sayings_pattern(tuple(defects))
    owner = said.owners_of_sayings(tuple(defects))
    hits: list[tuple[int, int, Defect | None]] = [
        (start, end, owner.get(plain(text[start:end]))) for start, end in _longest(pattern, text)
    ]
    for hit in said.GENERIC.finditer(text):
        if not any(start < hit.end() and hit.start() < end for start, end, _ in hits):
            hits.append((*hit.span(), None))
    found: list[_Mention] = []
    through_commas = False
    for start, end, which in sorted(hits, key=lambda x: x[:2]):
        floor = found[-1].end if found else 0
        gap = text[floor:start]
        breaks = [x.end() for x in said.BREAK.finditer(gap)]
        clause = gap[breaks[-1] if breaks else 0 :]
        denials = [*said.NOT.finditer(clause), *said.NO.finditer(clause)]
        listed = (said.COMMA_LIST if through_commas else said.LIST).fullmatch(gap)
        if denials:
            denied = len(denials) % 2 == 1
            begin = floor + len(gap) - len(clause) + min(x.start() for x in denials)
            through_commas = denied and said.NO.search(clause) is not None
        else:
            denied = bool(found) and found[-1].denied and listed is not None
            begin = floor if denied else start
            through_commas = through_commas and denied
        if after := said.AFTER.match(text, end):
            denied, end = not denied, after.end()
        found.append(_Mention(begin if denied else start, end, which, denied))
    return found


def _longest(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where the pattern is found; of two places that overlap, the longer."""
    found = []
    at = 0
    while hit := pattern.search(text, at):
        found.append(hit.span())
        at = hit.start() + 1
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda x: (x[0] - x[1], x[0])):
        if not any(a < end and start < b for a, b in kept):
            kept.append((start, end))
    return kept


def _head(text: str, affirmed: Sequence[_Mention]) -> Defect | None:
    """What the sentence is about: the first said, in Chinese what stands after the last 的."""
    named = [x for x in affirmed if x.defect is not None and not x.defect.is_no_defect]
    marks = [x for x in named if x.defect is not None and x.defect.key != GLARE]
    if marks:
        after = [
            x
            for x in marks[1:]
            if "的" in (between := text[marks[0].end : x.start]) and not _COMMA.search(between)
        ]
        head = (after[-1] if after else marks[0]).defect
        # "crazing, a net of cracks" names a kind of crack.
        kinds = [x.defect for x in marks if head and x.defect and x.defect.kind_of == head.key]
        return kinds[0] if kinds else head
    if any(x.defect is None for x in affirmed):
        return None
    # "no defect, just a reflection" finds nothing wrong.
    return next((x.defect for x in affirmed if x not in named), named[0].defect if named else None)


def _denies_all(mentions: Sequence[_Mention]) -> bool:
    """Whether something is denied and nothing is affirmed; "not good" denies that all is well."""
    return bool(mentions) and all(
        x.denied and not (x.defect is not None and x.defect.is_no_defect) for x in mentions
    )


def _without_denied(bare: str, mentions: Sequence[_Mention]) -> str:
    kept = bare
    for each in sorted(mentions, key=lambda x: x.start, reverse=True):
        if each.denied:
            kept = f"{kept[: each.start]} {kept[each.end :]}"
    if kept == bare:
        return bare
    return tidied(_TRAILING.sub("", _LEADING.sub("", tidied(kept))))
