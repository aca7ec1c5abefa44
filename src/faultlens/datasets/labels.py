"""What the makers of a data set call a fault, in the words of the knowledge base."""

import re
from collections.abc import Iterable

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.text.knowledge import load_faults
from faultlens.text.matching import match_fault

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # InnerRaceFault is three words


def label_in_words(word: str) -> str:
    """The English name of the fault that a label means; the label itself where none is known.

    Args:
        word: a label, as a folder, a file name or a table has it.

    Example:
        >>> label_in_words("comb"), label_in_words("InnerRaceFault"), label_in_words("misaligned")
        ('inner and outer race fault', 'inner race fault', 'misaligned')
    """
    spaced = _HUMP.sub(" ", word.strip())
    try:
        return match_fault(spaced).names.en
    except UsageError:
        return word.strip()


def label_notices(words: Iterable[str]) -> tuple[Notice, ...]:
    """What to say of labels that the knowledge base lacks, and of those that mean one fault.

    Args:
        words: the labels as they were given.

    Example:
        >>> [str(x)[:60] for x in label_notices(["inner", "IR", "misaligned"])]
        ["The knowledge base does not know 'misaligned': used as words",
         "'IR', 'inner' mean 'inner race fault': taken as one class. W"]
    """
    given = sorted({x.strip() for x in words})
    meant = {word: label_in_words(word) for word in given}
    names = {x.names.en for x in load_faults()}
    notices = []
    if unknown := [word for word in given if meant[word] not in names]:
        listed = ", ".join(f"'{x}'" for x in unknown)
        notices.append(
            Notice(
                en=f"The knowledge base does not know {listed}: used as words, as they stand. "
                "Faults are told better by sentences: faultlens knowledge.",
                zh=f"知识库中没有 {listed}：按原词使用。建议改用知识库中的说法："
                "faultlens knowledge。",
            )
        )
    for name in sorted(set(meant.values()) & names):
        same = ", ".join(f"'{word}'" for word in given if meant[word] == name)
        if "," in same:
            notices.append(
                Notice(
                    en=f"{same} mean '{name}': taken as one class. Where they are to stay apart, "
                    "name them by sentences of your own.",
                    zh=f"{same} 都表示“{name}”：合并为一类。如需区分，请改用不同的说法。",
                )
            )
    return tuple(notices)
