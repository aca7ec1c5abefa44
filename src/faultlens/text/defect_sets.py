"""Sets of defects, and the words for a part that pick one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from faultlens.core.errors import UnknownNameError
from faultlens.text.knowledge_files import known_keys, lists_in, read_toml, table_in, text_in
from faultlens.text.spelling import plain
from faultlens.text.words import WordLists, Words

SURFACE = "metal surface"
"""The set that is asked for where nothing is said of the part."""

FAMILIES = ("texture", "object")
"""A texture fills the picture; an object has an outline. Their prompts differ."""


@dataclass(frozen=True)
class DefectSet:
    """A kind of part, whose defects stand together.

    Args:
        names: its name; the English one is its key.
        family: of `FAMILIES`.
        words: what people call the part.
    """

    names: Words
    family: str
    words: WordLists


@cache
def load_sets() -> Mapping[str, DefectSet]:
    """The sets by name, in the order of their file.

    Raises:
        UnknownNameError: the file names a family that is none.

    Example:
        >>> list(load_sets())[:3]
        ['metal surface', 'drive shaft', 'turbine blade']
    """
    sets = {}
    for name, value in read_toml(files("faultlens.text") / "defect_sets.toml").items():
        where = f"defect_sets.toml, {name}"
        table = table_in(value, where)
        known_keys(table, ("zh", "family", "words"), where, required=True)
        family = text_in(table["family"], f"{where}, family")
        if family not in FAMILIES:
            raise UnknownNameError(f"family in {where}", family, FAMILIES)
        words = lists_in(table["words"], f"{where}, words")
        sets[name] = DefectSet(Words(name, text_in(table["zh"], f"{where}, zh")), family, words)
    return sets


def set_of_part(part: str) -> str:
    """The set that the words for a part name; "metal surface" where they name none.

    Args:
        part: any words, English or Chinese.

    Example:
        >>> set_of_part("the rear axle of a truck"), set_of_part("磁瓦"), set_of_part("kettle")
        ('drive shaft', 'magnetic tile', 'metal surface')
    """
    return named_set(part) or SURFACE


def named_set(part: str) -> str | None:
    """The set that the words for a part name; None where they name none.

    The longest name inside the words counts, so that a "cast turbine blade" is a blade.

    Args:
        part: any words, English or Chinese.

    Example:
        >>> named_set("cast turbine blade"), named_set("kettle")
        ('turbine blade', None)
    """
    asked = f" {plain(part)} "
    best, chosen = 0, None
    for name, each in load_sets().items():
        for word in (*each.words.en, *each.words.zh, name):
            said = plain(word)
            inside = f" {said} " in asked if said.isascii() else said in asked
            if inside and len(said) * (1 if said.isascii() else 3) > best:
                # A Chinese character says about as much as three Latin letters.
                best, chosen = len(said) * (1 if said.isascii() else 3), name
    return chosen
