"""Files of the knowledge bases: TOML tables of a folder, and what may stand in them."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import TypeGuard

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.text.words import WordLists, Words

LARGEST_FILE_BYTES = 256 * 1024
"""Some forty times our largest; a larger one is no entry of a knowledge base."""


def toml_tables(root: Traversable) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Name and table of every TOML file of a folder and its subfolders, by name.

    Args:
        root: the folder.

    Raises:
        UnreadableFileError: a file is too large, or no TOML.

    Example:
        >>> from importlib.resources import files
        >>> next(toml_tables(files("faultlens.text") / "faults"))[0]
        'cage.toml'
    """
    for entry in sorted(root.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from toml_tables(entry)
        elif entry.name.endswith(".toml"):
            yield entry.name, read_toml(entry)


def read_toml(file: Traversable) -> Mapping[str, object]:
    """The table of one TOML file.

    Raises:
        UnreadableFileError: it is too large, or no TOML.

    Example:
        >>> from importlib.resources import files
        >>> read_toml(files("faultlens.text") / "faults" / "bearing" / "cage.toml")["key"]
        'cage'
    """
    with file.open("rb") as stream:
        data = stream.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise UnreadableFileError(
            f"{file.name} is larger than {LARGEST_FILE_BYTES // 1024} kB; one entry is far less."
        )
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"{file.name} is not TOML in UTF-8: {error}.") from error


def known_keys(
    table: Mapping[str, object], known: tuple[str, ...], where: str, *, required: bool = False
) -> None:
    """Refuse a table with a key that is not known, or, if required, without one that is.

    Raises:
        UnknownNameError: a key is not known.
        UsageError: one is missing.

    Example:
        >>> known_keys({"en": "cage"}, ("en", "zh"), "own.toml, names", required=True)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: own.toml, names: zh missing; every file of its kind ...
    """
    for key in table:
        if key not in known:
            raise UnknownNameError(f"field in {where}", key, known)
    if missing := [key for key in known if required and key not in table]:
        raise UsageError(f"{where}: {', '.join(missing)} missing; every file of its kind has it.")


def table_in(value: object, where: str) -> Mapping[str, object]:
    """The value, if it is a table.

    Raises:
        UsageError: it is not.

    Example:
        >>> table_in({"en": "cage"}, "own.toml, names")
        {'en': 'cage'}
    """
    if not isinstance(value, dict):
        raise UsageError(f"{where} is {value!r}; it must be a table.")
    return value


def text_in(value: object, where: str) -> str:
    """The value, if it is a text that says something.

    Raises:
        UsageError: it is not.

    Example:
        >>> text_in("cage", "own.toml, key")
        'cage'
    """
    if not _is_text(value):
        raise UsageError(f"{where} is {value!r}; it must be a text that is not empty.")
    return value


def texts_in(value: object, where: str, *, empty: bool = False) -> tuple[str, ...]:
    """The value, if it is a list of texts.

    Args:
        value: what stands in the file.
        where: file and field, for the message.
        empty: whether the list may be empty.

    Raises:
        UsageError: it is not.

    Example:
        >>> texts_in(["cage", "retainer"], "own.toml, synonyms.en")
        ('cage', 'retainer')
    """
    if not isinstance(value, list) or not (value or empty) or not all(map(_is_text, value)):
        raise UsageError(f"{where} is {value!r}; it must be a list of texts that are not empty.")
    return tuple(value)


def words_in(value: object, where: str) -> Words:
    """The value, if it is one text in each language.

    Raises:
        UnknownNameError: another language.
        UsageError: one is missing, or is no text.

    Example:
        >>> words_in({"en": "cage", "zh": "保持架"}, "own.toml, names")
        Words(en='cage', zh='保持架')
    """
    table = table_in(value, where)
    known_keys(table, LANGUAGES, where, required=True)
    return Words(*(text_in(table[lang], f"{where}.{lang}") for lang in LANGUAGES))


def lists_in(value: object, where: str) -> WordLists:
    """The value, if it is a list of texts in each language.

    Raises:
        UnknownNameError: another language.
        UsageError: one is missing, or is no list of texts.

    Example:
        >>> lists_in({"en": ["cage"], "zh": ["保持架"]}, "own.toml, synonyms")
        WordLists(en=('cage',), zh=('保持架',))
    """
    table = table_in(value, where)
    known_keys(table, LANGUAGES, where, required=True)
    return WordLists(*(texts_in(table[lang], f"{where}.{lang}") for lang in LANGUAGES))


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
