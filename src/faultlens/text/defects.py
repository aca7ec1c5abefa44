"""The knowledge base of surfaces: one TOML file per defect, and the sets that belong to a part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from faultlens.core.errors import DuplicateNameError, UnknownNameError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.text.defect_sets import SURFACE, load_sets
from faultlens.text.knowledge_files import (
    known_keys,
    lists_in,
    text_in,
    texts_in,
    toml_tables,
    words_in,
)
from faultlens.text.spelling import plain
from faultlens.text.words import WordLists, Words

NO_DEFECT = "no_defect"
"""Key of the one that is no defect."""

TEMPLATE = Words(
    en="a metal surface with {defect} characterized by {look}, {size}, {colour}",
    zh="金属表面有{defect}，特征为{look}，{size}，{colour}",
)
"""The prompt template of the metal defects guide (2026), section on prompts."""

REFLECTING = WordLists(
    en=(
        "a metal surface with {defect}: {defect} with specular reflection",
        "{defect} on a mirror-like metal surface",
    ),
    zh=("金属表面有{defect}，带镜面反射", "高反光金属表面的{defect}"),
)
"""The guide's remedy for glare: the reflection is said in the prompt.

The built-in text tower knows reflection as a meaning of its own; in these wordings the defect still
leads (tests/text/test_defects_and_tower.py).
"""

CONTRAST = Words(en="not {other}, but {defect}", zh="不是{other}，而是{defect}")
"""The guide's remedy for defects that look alike."""

_KEYS = (
    "key",
    "concept",
    "sets",
    "confusable",
    "source",
    "names",
    "look",
    "size",
    "colour",
    "action",
    "synonyms",
    "basic",
    "optimised",
    "causes",
)
_OPTIONAL = ("kind_of",)


@dataclass(frozen=True)
class Defect:
    """What is known of one surface defect.

    Args:
        key: its name in code and JSON ("rolled_in_scale").
        concept: the meaning that `builtin/text` learned for it; several defects may share one.
        names: its name.
        synonyms: other names.
        prompts_basic: the shortest prompt, with its article.
        prompts_optimised: prompts that say what it looks like.
        reflection: the basic prompt on a surface that mirrors the lamp.
        confusable: keys of defects that look like it.
        contrast: "not a scratch, but a crack", for each confusable one.
        look: what it looks like.
        size: its size against the part, in words.
        colour: its colour.
        causes: what commonly brings it about.
        action: what to do.
        sets: sets that it belongs to.
        source: standards and papers that name it.
        kind_of: key of the more general defect that it is a case of; "" for none.
    """

    key: str
    concept: str
    names: Words
    synonyms: WordLists
    prompts_basic: WordLists
    prompts_optimised: WordLists
    reflection: WordLists
    confusable: tuple[str, ...]
    contrast: WordLists
    look: Words
    size: Words
    colour: Words
    causes: WordLists
    action: Words
    sets: tuple[str, ...]
    source: tuple[str, ...]
    kind_of: str = ""

    def __hash__(self) -> int:
        # Of all its words it takes longer than understanding a sentence, and happens as often.
        return hash(self.key)

    @property
    def is_no_defect(self) -> bool:
        """Whether it says that nothing is wrong."""
        return self.key == NO_DEFECT

    def sayings(self) -> Iterator[str]:
        """Every name, synonym and basic or optimised prompt, English first.

        Example:
            >>> next(defect("crack").sayings())
            'crack'
        """
        for lang in LANGUAGES:
            yield self.names.of(lang)
            yield from self.synonyms.of(lang)
            yield from self.prompts_basic.of(lang)
            yield from self.prompts_optimised.of(lang)

    def template_prompt(self, lang: str = "en", part: str | None = None) -> str:
        """The guide's template filled: defect, look, size, colour.

        Args:
            lang: "en" or "zh".
            part: takes the place of "metal surface".

        Raises:
            UnknownNameError: another language.

        Example:
            >>> defect("scratch").template_prompt(part="drive shaft")[:48]
            'a drive shaft with a scratch characterized by a '
        """
        prompt = _filled(
            TEMPLATE.of(lang),
            defect=self.prompts_basic.of(lang)[0],
            look=self.look.of(lang),
            size=self.size.of(lang),
            colour=self.colour.of(lang),
        )
        surface = "metal surface" if lang == "en" else "金属表面"
        return prompt if part is None else prompt.replace(surface, part, 1)


def load_defects(folder: str | Path | None = None) -> tuple[Defect, ...]:
    """The defects of the knowledge base, "no defect" first, then by key.

    Args:
        folder: a folder with TOML files of your own (subfolders too), added to ours.

    Raises:
        UsageError: the folder does not exist, or a file breaks a rule; says which and how.
        UnreadableFileError: a file is not TOML.
        DuplicateNameError: two files share a key, or two defects share a saying.

    Example:
        >>> [each.key for each in load_defects()][:3]
        ['no_defect', 'blowhole', 'breakage']
    """
    if folder is None:
        return _ours()
    root = Path(folder)
    if not root.is_dir():
        raise UsageError(f"No folder '{root}'; give one that holds a TOML file per defect.")
    return _checked_together([*_ours(), *_read_folder(root)])


def defect(key: str, defects: Iterable[Defect] | None = None) -> Defect:
    """The defect with this key.

    Raises:
        UnknownNameError: no such key; lists the known ones.

    Example:
        >>> defect("rolled_in_scale").names.zh
        '压入氧化皮'
    """
    table = {each.key: each for each in (load_defects() if defects is None else defects)}
    if key not in table:
        raise UnknownNameError("defect", key, table)
    return table[key]


def defect_set(name: str = SURFACE, defects: Iterable[Defect] | None = None) -> tuple[Defect, ...]:
    """The defects of a set, "no defect" first.

    Args:
        name: of the set, such as "drive shaft".
        defects: where to look; None means the whole knowledge base.

    Raises:
        UnknownNameError: no such set; lists the known ones.

    Example:
        >>> [each.key for each in defect_set("magnetic tile")]
        ['no_defect', 'blowhole', 'breakage', 'crack', 'fray', 'uneven']
    """
    if name not in load_sets():
        raise UnknownNameError("set of defects", name, load_sets())
    return tuple(x for x in (load_defects() if defects is None else defects) if name in x.sets)


@cache
def _ours() -> tuple[Defect, ...]:
    return _checked_together(_read_folder(files("faultlens.text") / "defects"))


def _read_folder(root: Traversable) -> list[Defect]:
    return [_defect_from(table, name) for name, table in toml_tables(root)]


def _defect_from(table: Mapping[str, object], where: str) -> Defect:
    known_keys(table, (*_KEYS, *_OPTIONAL), where)
    known_keys({x: table[x] for x in _KEYS if x in table}, _KEYS, where, required=True)
    sets = texts_in(table["sets"], f"{where}, sets", empty=True)
    for name in sets:
        if name not in load_sets():
            raise UnknownNameError(f"set of defects in {where}", name, load_sets())
    basic = lists_in(table["basic"], f"{where}, basic")
    return Defect(
        key=text_in(table["key"], f"{where}, key"),
        concept=text_in(table["concept"], f"{where}, concept"),
        names=words_in(table["names"], f"{where}, names"),
        synonyms=lists_in(table["synonyms"], f"{where}, synonyms"),
        prompts_basic=basic,
        prompts_optimised=lists_in(table["optimised"], f"{where}, optimised"),
        reflection=WordLists(
            *(
                tuple(_filled(x, defect=basic.of(lang)[0]) for x in REFLECTING.of(lang))
                for lang in LANGUAGES
            )
        ),
        confusable=texts_in(table["confusable"], f"{where}, confusable", empty=True),
        contrast=WordLists((), ()),
        look=words_in(table["look"], f"{where}, look"),
        size=words_in(table["size"], f"{where}, size"),
        colour=words_in(table["colour"], f"{where}, colour"),
        causes=lists_in(table["causes"], f"{where}, causes"),
        action=words_in(table["action"], f"{where}, action"),
        sets=sets,
        source=texts_in(table["source"], f"{where}, source"),
        kind_of=text_in(table["kind_of"], f"{where}, kind_of") if "kind_of" in table else "",
    )


def _filled(template: str, **words: str) -> str:
    """The template with its words; "有" (has) before "无" (no) would ask a question in Chinese."""
    return template.format(**words).replace("有无", "无")


def _checked_together(read: Sequence[Defect]) -> tuple[Defect, ...]:
    table: dict[str, Defect] = {}
    owner: dict[str, str] = {}
    for each in read:
        if each.key in table:
            raise DuplicateNameError(f"The defect '{each.key}' exists already; choose another key.")
        table[each.key] = each
        for saying in each.sayings():
            if owner.setdefault(plain(saying), each.key) != each.key:
                raise DuplicateNameError(
                    f"'{saying}' is said of '{each.key}' and of '{owner[plain(saying)]}'; "
                    "keep it under one of them."
                )
    for each in read:
        if each.kind_of:
            defect(each.kind_of, table.values())
    found = [replace(each, contrast=_contrast(each, table)) for each in read]
    return tuple(sorted(found, key=lambda each: (not each.is_no_defect, each.key)))


def _contrast(each: Defect, table: Mapping[str, Defect]) -> WordLists:
    others = [defect(key, table.values()) for key in each.confusable]
    return WordLists(
        *(
            tuple(
                CONTRAST.of(lang).format(
                    defect=each.prompts_basic.of(lang)[0], other=other.prompts_basic.of(lang)[0]
                )
                for other in others
            )
            for lang in LANGUAGES
        )
    )
