"""The grammar of the text tower's corpus: one file per world, read into what is said of what."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.text.knowledge import Fault, load_faults

SOUND = ("healthy", "no_defect")
"""Concepts that mean that nothing is damaged."""

_SHARED = ("asides", "glossary")


@dataclass(frozen=True)
class Concept:
    """What one concept is called in one language.

    Args:
        parts: the damaged part, for frames.
        nouns: the damage itself, for frames with a place.
        places: where alone it is found; empty for anywhere.
        phrases: whole wordings.
        pair: the two concepts that a compound one is made of.
        unlike: concepts that it may be contrasted with.
        spared: clauses that say that it is not this one.
    """

    parts: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What stands for it in a frame with {a} and {b}."""
        return self.parts or self.nouns


@dataclass(frozen=True)
class World:
    """One world ("bearing") in one language.

    Args:
        name: of the world.
        lang: "en" or "zh".
        concepts: key to what it is called.
        templates: carriers of a whole phrase, with "{}".
        frames: kind ("damage", "pairs", "contrast", "denials") to frames with slots.
        fillers: slot ("noun", "state", "place") to what fills it.
        qualifiers: words before a noun that do not change the concept.
        asides: kind ("before", "after", "sound" ...) to what is said around a sentence.
    """

    name: str
    lang: str
    concepts: Mapping[str, Concept]
    templates: tuple[str, ...]
    frames: Mapping[str, tuple[str, ...]]
    fillers: Mapping[str, tuple[str, ...]]
    qualifiers: tuple[str, ...]
    asides: Mapping[str, tuple[str, ...]]


def read_worlds(folder: Path) -> tuple[World, ...]:
    """The grammars in `folder`, one TOML file per world, each in both languages.

    The bearing world also speaks as the knowledge base does.

    Args:
        folder: holds the grammars, and asides.toml where there are asides.

    Raises:
        UsageError: no grammar there.
        UnreadableFileError: a file is not TOML.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "surface.toml").write_text('[concepts.rust]\\nphrases.en = ["red rust"]')
        >>> english, chinese = read_worlds(folder)
        >>> english.name, english.lang, english.concepts["rust"].phrases
        ('surface', 'en', ('red rust',))
    """
    paths = sorted(path for path in folder.glob("*.toml") if path.stem not in _SHARED)
    if not paths:
        raise UsageError(f"No grammar (*.toml) in '{folder}'; give the folder recipes/text.")
    asides = read_table(folder / "asides.toml") if (folder / "asides.toml").exists() else {}
    return tuple(
        _world(path.stem, read_table(path) | {"asides": asides}, lang)
        for path in paths
        for lang in LANGUAGES
    )


def read_glossary(folder: Path) -> tuple[tuple[str, str], ...]:
    """(Chinese, English) of glossary.toml in `folder`; empty where there is none.

    Args:
        folder: of the corpus.

    Raises:
        UnreadableFileError: the file is not TOML.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> words = '[words]\\nparts = "外圈 outer ring|轴 shaft"'
        >>> _ = (folder / "glossary.toml").write_text(words, encoding="utf-8")
        >>> read_glossary(folder)
        (('外圈', 'outer ring'), ('轴', 'shaft'))
    """
    path = folder / "glossary.toml"
    if not path.exists():
        return ()
    entries = "|".join(read_table(path)["words"].values()).replace("\n", "").split("|")
    pairs = (entry.strip().partition(" ") for entry in entries if entry.strip())
    return tuple((chinese, english) for chinese, _, english in pairs)


def read_common(folder: Path) -> str:
    """Common Chinese characters of glossary.toml in `folder`; empty where there is none.

    Args:
        folder: of the corpus.

    Raises:
        UnreadableFileError: the file is not TOML.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> common = '[characters]\\ncommon = "的一是"'
        >>> _ = (folder / "glossary.toml").write_text(common, encoding="utf-8")
        >>> read_common(folder)
        '的一是'
    """
    path = folder / "glossary.toml"
    return str(read_table(path)["characters"]["common"]) if path.exists() else ""


def read_table(path: Path) -> dict[str, Any]:
    """The TOML file as a table.

    Args:
        path: of the file.

    Raises:
        UnreadableFileError: it is not TOML.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "surface.toml"
        >>> _ = path.write_text('[places]\\nen = ["shaft"]')
        >>> read_table(path)
        {'places': {'en': ['shaft']}}
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"{path} is not TOML in UTF-8: {error}.") from error


def _world(name: str, table: dict[str, Any], lang: str) -> World:
    damage = table.get("damage", {})

    def words(holder: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
        for key in keys:
            holder = holder.get(key, {})
        return tuple(holder.get(lang, ()))

    known = {fault.key: _sayings(fault, lang) for fault in load_faults()}
    groups = table.get("kin", {}).values()
    also = table["asides"].get("also", {}) if name == "bearing" else {}
    concepts = {
        key: Concept(
            parts=words(entry, "parts") + words(also, key, "parts"),
            nouns=words(entry, "nouns"),
            places=words(entry, "places"),
            phrases=words(entry, "phrases")
            + words(also, key, "phrases")
            + (known.get(key, ()) if name == "bearing" else ()),
            pair=_pair(key),
            unlike=_unlike(key, table["concepts"], groups),
            spared=words(also, key, "spared"),
        )
        for key, entry in table["concepts"].items()
    }
    return World(
        name=name,
        lang=lang,
        concepts=concepts,
        templates=words(table, "templates"),
        frames={
            "damage": words(damage, "frames") or words(table, "frames"),
            **{kind: words(table, kind, "frames") for kind in ("pairs", "contrast", "denials")},
        },
        fillers={
            "noun": words(damage, "nouns"),
            "state": words(damage, "states"),
            "place": words(table, "places"),
        },
        qualifiers=words(table, "qualifiers"),
        asides={
            kind: tuple(each.get(lang, ()))
            for kind, each in table["asides"].items()
            if kind != "also"
        },
    )


def _sayings(fault: Fault, lang: str) -> tuple[str, ...]:
    return (fault.names.of(lang), *fault.synonyms.of(lang), *fault.phrases.of(lang))


def _unlike(
    key: str, concepts: Mapping[str, Any], groups: Iterable[Sequence[str]]
) -> tuple[str, ...]:
    named = [name for name, entry in concepts.items() if "parts" in entry or "nouns" in entry]
    if key in SOUND or key not in named:
        return ()
    kin = {key, *SOUND, *(name for group in groups if key in group for name in group)}
    named = [name for name, entry in concepts.items() if "parts" in entry or "nouns" in entry]
    return (
        tuple(name for name in named if name not in kin)
        if key in named and key not in SOUND
        else ()
    )


def _pair(key: str) -> tuple[str, ...]:
    """ "inner_and_outer_race" is made of "inner_race" and "outer_race"."""
    first, joint, second = key.partition("_and_")
    if not joint:
        return ()
    return (first if "_" in first else f"{first}_{second.split('_')[-1]}", second)
