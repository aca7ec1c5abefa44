"""The fault knowledge base: one TOML file per fault, read, checked and held as frozen records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from faultlens.core.errors import DuplicateNameError, UnknownNameError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.text.knowledge_files import (
    known_keys,
    lists_in,
    table_in,
    text_in,
    texts_in,
    toml_tables,
    words_in,
)
from faultlens.text.spelling import plain
from faultlens.text.words import WordLists, Words

FAMILIES = ("outer", "inner", "ball", "cage", "shaft")
"""The families of lines that a fault may show; `signals.evidence` reads these."""

HEALTHY = "healthy"
"""Key of the one that is no fault."""

LEVELS = ("watch", "plan", "act")
"""Urgency of a recommended action, mildest first."""

_KEYS = (
    "key",
    "families",
    "source",
    "names",
    "synonyms",
    "phrases",
    "signature",
    "causes",
    "action",
)


@dataclass(frozen=True)
class Fault:
    """What is known of one fault.

    Args:
        key: its name in code and JSON ("inner_race").
        families: line families it shows, of `FAMILIES`; empty for healthy and for words of the
            user's own.
        names: its name.
        synonyms: other names.
        phrases: engineers' sentences for it.
        signature: how vibration shows it.
        causes: what commonly brings it about.
        actions: (level, what to do), of `LEVELS`, mildest first.
        source: papers and standards.
    """

    key: str
    families: tuple[str, ...]
    names: Words
    synonyms: WordLists
    phrases: WordLists
    signature: Words
    causes: WordLists
    actions: tuple[tuple[str, Words], ...]
    source: tuple[str, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether it says that nothing is wrong."""
        return self.key == HEALTHY

    @property
    def is_word(self) -> bool:
        """Whether it is a word of the user's own; what the knowledge base holds has a source."""
        return not self.source

    @property
    def levels(self) -> tuple[str, ...]:
        """Urgency levels for which an action is recommended."""
        return tuple(level for level, _ in self.actions)

    def action(self, level: str) -> Words:
        """What to do at the urgency `level`.

        Raises:
            UnknownNameError: this fault has no action of that level; lists those it has.

        Example:
            >>> fault("inner_race").action("plan").en
            'plan replacement, confirm lubrication, check shaft fit and alignment'
        """
        actions = dict(self.actions)
        if level not in actions:
            raise UnknownNameError(f"action level for {self.names.en}", level, actions)
        return actions[level]

    def sayings(self) -> Iterator[str]:
        """Every name, synonym and phrase, English first.

        Example:
            >>> next(fault("cage").sayings())
            'cage fault'
        """
        for lang in LANGUAGES:
            yield self.names.of(lang)
            yield from self.synonyms.of(lang)
            yield from self.phrases.of(lang)


def load_faults(folder: str | Path | None = None) -> tuple[Fault, ...]:
    """The faults of the knowledge base, healthy first, then by number of families and key.

    Args:
        folder: a folder with TOML files of your own (subfolders too), added to ours.

    Raises:
        UsageError: the folder does not exist, or a file breaks a rule; says which and how.
        UnreadableFileError: a file is not TOML.
        DuplicateNameError: two files share a key, or two faults share a saying.

    Example:
        >>> [fault.key for fault in load_faults()][:3]
        ['healthy', 'cage', 'inner_race']
    """
    if folder is None:
        return _ours()
    root = Path(folder)
    if not root.is_dir():
        raise UsageError(f"No folder '{root}'; give one that holds a TOML file per fault.")
    return _checked_together([*_ours(), *_read_folder(root)])


def fault(key: str, faults: Iterable[Fault] | None = None) -> Fault:
    """The fault with this key.

    Raises:
        UnknownNameError: no such key; lists the known ones.

    Example:
        >>> fault("outer_race").names.zh
        '外圈故障'
    """
    table = {each.key: each for each in (load_faults() if faults is None else faults)}
    if key not in table:
        raise UnknownNameError("fault", key, table)
    return table[key]


@cache
def _ours() -> tuple[Fault, ...]:
    return _checked_together(_read_folder(files("faultlens.text") / "faults"))


def _read_folder(root: Traversable) -> list[Fault]:
    return [_fault_from(table, name) for name, table in toml_tables(root)]


def _fault_from(table: Mapping[str, object], where: str) -> Fault:
    known_keys(table, _KEYS, where, required=True)
    actions = table_in(table["action"], f"{where}, action")
    known_keys(actions, LEVELS, f"{where}, action")
    if not actions:
        raise UsageError(f"{where}: no action; give at least [action.watch].")
    families = texts_in(table["families"], f"{where}, families", empty=True)
    for family in families:
        if family not in FAMILIES:
            raise UnknownNameError(f"line family in {where}", family, FAMILIES)
    key = text_in(table["key"], f"{where}, key")
    if not families and key != HEALTHY:
        raise UsageError(
            f"{where}: no line family. Vibration judges by lines, so name at least one of "
            f"{', '.join(FAMILIES)}; only 'healthy' has none."
        )
    return Fault(
        key=key,
        families=families,
        names=words_in(table["names"], f"{where}, names"),
        synonyms=lists_in(table["synonyms"], f"{where}, synonyms"),
        phrases=lists_in(table["phrases"], f"{where}, phrases"),
        signature=words_in(table["signature"], f"{where}, signature"),
        causes=lists_in(table["causes"], f"{where}, causes"),
        actions=tuple(
            (level, words_in(actions[level], f"{where}, action.{level}"))
            for level in LEVELS
            if level in actions
        ),
        source=texts_in(table["source"], f"{where}, source"),
    )


def _checked_together(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    keys: set[str] = set()
    owner: dict[str, str] = {}
    for each in faults:
        if each.key in keys:
            raise DuplicateNameError(f"The fault '{each.key}' exists already; choose another key.")
        keys.add(each.key)
        for saying in each.sayings():
            if owner.setdefault(plain(saying), each.key) != each.key:
                raise DuplicateNameError(
                    f"'{saying}' is said of '{each.key}' and of '{owner[plain(saying)]}'; "
                    "keep it under one of them."
                )
    return tuple(sorted(faults, key=lambda each: (len(each.families), each.key)))
