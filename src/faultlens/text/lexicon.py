"""The words of which sentences about bearings are made, and what each stands for."""

import re
import tomllib
from enum import Enum
from importlib.resources import files


class Kind(Enum):
    """What a word does in a sentence about a bearing."""

    OUTER = "outer"
    INNER = "inner"
    BALL = "ball"
    CAGE = "cage"
    CAGE_RATE = "modulation at cage speed"
    RACE = "a race, not said which"
    DAMAGE = "damage"
    HEALTH = "health"
    NOT = "not"
    AND = "and"
    OR = "or"
    COMMA = "comma"
    BREAK = "but"
    COMPOUND = "compound"
    REST = "the rest"
    CONTEXT = "bearing, machine, recording"
    FOREIGN = "a thing that is no part of a bearing"
    FILLER = "filler"
    UNKNOWN = "unknown"


PARTS = (Kind.OUTER, Kind.INNER, Kind.BALL, Kind.CAGE)
"""Kinds that name a part; their values are the line families."""

_WORDS: dict[str, dict[str, str]] = tomllib.loads(
    (files("faultlens.text") / "lexicon.toml").read_text(encoding="utf-8")
)


def _kinds(language: str) -> dict[str, Kind]:
    return {
        word: Kind[kind.upper()]
        for kind, words in _WORDS[language].items()
        for word in words.split()
    }


def _spelling(name: str) -> tuple[str, ...]:
    return tuple(_WORDS["spelling"][name].split())


ENGLISH = _kinds("english")
"""English word -> kind."""

CHINESE = _kinds("chinese")
"""Chinese word -> kind; read by the longest match."""

DAMAGE_PATTERN = re.compile(
    rf"(?:{'|'.join(_spelling('damage_stems'))})[a-z]*|{'|'.join(_spelling('damage_words'))}"
)
"""English words that state damage."""

AMBIGUOUS_PARTS = frozenset(_spelling("ambiguous_parts"))
"""Part names that also mean something outside a bearing; alone they need support."""

RACE_WORDS = frozenset(_spelling("race_words"))
"""Words that make inner and outer a ring."""

TYPO_TARGETS = _spelling("typo_targets")
"""Words worth recognising with one slip of the finger."""

NO_TYPOS = frozenset(_spelling("no_typos"))
"""Real words one slip away from one of ours."""
