"""Classes of a user's own model as faults: those of the knowledge base, and words of the user's."""

from collections import Counter
from collections.abc import Sequence

from faultlens.core.errors import UsageError
from faultlens.text.knowledge import Fault
from faultlens.text.matching import match_fault
from faultlens.text.spelling import plain
from faultlens.text.words import WordLists, Words

UNKNOWN = "unknown"
"""A class of this name is what every result calls unknown: no fault of its own."""

_ACTIONS = (
    (
        "watch",
        Words(
            "look for it at the next inspection and follow the trend", "下次检查时查看，并跟踪趋势"
        ),
    ),
    ("plan", Words("check the machine for it and plan the repair", "检查设备并安排检修")),
    ("act", Words("check the machine for it now", "立即检查设备")),
)


def class_faults(classes: Sequence[str]) -> tuple[Fault | None, ...]:
    """The fault that each class of a model means.

    A class that the knowledge base does not know stands as its own word, and so do several classes
    that mean one fault, such as two sizes of it: what was learned apart is told apart.

    Args:
        classes: their names, as they were trained.

    Returns:
        one per class; None for "unknown".

    Example:
        >>> [x.key for x in class_faults(["inner race fault", "loose belt", "healthy"])]
        ['inner_race', 'loose belt', 'healthy']
    """
    known = [_known(x) for x in classes]
    times = Counter(x.key for x in known if x is not None and not x.is_healthy)
    return tuple(
        None
        if plain(name) == UNKNOWN
        else found
        if found is not None and times[found.key] <= 1
        else word_fault(name, found)
        for name, found in zip(classes, known, strict=True)
    )


def word_fault(word: str, like: Fault | None = None) -> Fault:
    """A word of a user's own as a fault.

    Args:
        word: as the user says it; it is the fault's key and its name in both languages.
        like: what of the knowledge base it is a kind of, where it is.

    Example:
        >>> word_fault("loose belt").action("act").en
        'check the machine for it now'
    """
    return Fault(
        key=word,
        families=() if like is None else like.families,
        names=Words(word, word),
        synonyms=WordLists((), ()),
        phrases=WordLists((), ()),
        signature=Words("", ""),
        causes=WordLists((), ()),
        actions=_ACTIONS if like is None else like.actions,
        source=(),
    )


def _known(name: str) -> Fault | None:
    try:
        return match_fault(name)
    except UsageError:
        return None
