"""Prompt sets: wordings for each defect asked for, ours by kind and a user's own from a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import write_text
from faultlens.text.checked_sentences import checked_sentences
from faultlens.text.defect_sentences import LONGEST_SENTENCE, AskedDefect, understood_defect
from faultlens.text.defect_sets import SURFACE
from faultlens.text.defects import Defect, defect
from faultlens.text.knowledge_files import known_keys, read_toml, table_in, texts_in
from faultlens.text.prompts import language_of, part_words, sentences_for

KINDS = ("basic", "optimised", "template", "reflection", "contrast", "ensemble")
"""Our own sets: the guide's basic and optimised prompts, its template, its wordings against glare
and confusion, and states x templates."""

MOST_WORDINGS = 200
"""Sentences of one meaning in a user's set; an ensemble of ours has 160."""


@dataclass(frozen=True)
class Wording:
    """How one thing that is asked for is said.

    Args:
        label: what it is called in results.
        sentences: embedded, and averaged.
        denied: embedded, and taken out of that: what it is not.
    """

    label: str
    sentences: tuple[str, ...]
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class PromptSet:
    """A wording for each thing that is asked for.

    Args:
        name: what it is called.
        wordings: in the order of what is asked for.
        source: file that it was read from, or "" for ours.
    """

    name: str
    wordings: tuple[Wording, ...]
    source: str = ""

    def wording(self, label: str) -> Wording:
        """The wording of one label.

        Raises:
            UnknownNameError: no such label; lists those there are.

        Example:
            >>> PromptSet("mine", (Wording("crack", ("a crack",)),)).wording("crack").sentences
            ('a crack',)
        """
        table = {x.label: x for x in self.wordings}
        if label not in table:
            raise UnknownNameError("label", label, table)
        return table[label]


def prompt_set(
    kind: str, asked: Sequence[AskedDefect], part: str = SURFACE, *, lang: str = "en"
) -> PromptSet:
    """One of our sets for what is asked for.

    A sentence that the knowledge base does not know has no other wording than itself, but in an
    ensemble.

    Args:
        kind: of `KINDS`.
        asked: from `understood_defects` or `asked_defects`.
        part: what is on the pictures.
        lang: language of the wordings, "en" or "zh".

    Raises:
        UnknownNameError: another kind, or another language.

    Example:
        >>> from faultlens.text.defect_sentences import asked_defects
        >>> from faultlens.text.defects import defect
        >>> made = prompt_set("optimised", asked_defects([defect("crack")]))
        >>> made.wording("crack").sentences[0]
        'a hairline crack on metal surface with reflection'
    """
    if kind not in KINDS:
        raise UnknownNameError("kind of prompts", kind, KINDS)
    said = part_words(part, lang)
    return PromptSet(kind, tuple(_wording(kind, x, said, lang) for x in asked))


def read_prompt_sets(
    path: str | Path, asked: Sequence[AskedDefect], part: str = SURFACE, *, lang: str = "en"
) -> tuple[PromptSet, ...]:
    """The sets of a user's own file; what it does not name keeps its basic words.

    Args:
        path: TOML with a table per set, `[sets.NAME]`, in it `label = "sentence"`, or a list of
            them, or `{ sentences = [...], not = [...] }`. A label is one that is asked for, in any
            words that mean it; what is not asked for is passed over.
        asked: what is asked for.
        part: what is on the pictures.
        lang: language of what the file does not name.

    Raises:
        UsageError: the file is missing, has no set, or breaks a rule; says which.
        UnknownNameError: a label that is neither asked for nor known.
        UnreadableFileError: it is no TOML.

    Example:
        >>> import tempfile
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> path = Path(tempfile.mkdtemp()) / "mine.toml"
        >>> _ = path.write_text('[sets.mine]\\ncrack = "a dark jagged line"')
        >>> made = read_prompt_sets(path, understood_defects(["crack", "dent"]))
        >>> [(x.label, x.sentences) for x in made[0].wordings]
        [('crack', ('a dark jagged line',)), ('dent', ('a dent',))]
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"There is no prompt set '{file}'; give a TOML file or one of {KINDS}.")
    table = read_toml(file)
    known_keys(table, ("sets",), file.name, required=True)
    sets = table_in(table["sets"], f"{file.name}, sets")
    if not sets:
        raise UsageError(f"{file.name} holds no set; write one as [sets.mine].")
    basic = prompt_set("basic", asked, part, lang=lang)
    return tuple(
        _set_from(name, table_in(value, f"{file.name}, sets.{name}"), file, asked, basic)
        for name, value in sets.items()
    )


def write_prompt_set(path: str | Path, made: PromptSet, *, remarks: Sequence[str] = ()) -> None:
    """Write a set to a file that `read_prompt_sets` reads, whole or not at all.

    Args:
        path: of the TOML file.
        made: the set.
        remarks: lines of comment at its head.

    Raises:
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> path = Path(tempfile.mkdtemp()) / "mine.toml"
        >>> write_prompt_set(path, PromptSet("mine", (Wording("crack", ("a dark line",)),)))
        >>> read_prompt_sets(path, understood_defects(["crack"]))[0].wordings[0].sentences
        ('a dark line',)
    """
    lines = [f"# {' '.join(x.split())}" for x in remarks]
    lines.append(f"[sets.{_quoted(made.name)}]")
    for each in made.wordings:
        said = f"[{', '.join(map(_quoted, each.sentences))}]"
        if each.denied:
            denied = ", ".join(map(_quoted, each.denied))
            said = f"{{ sentences = {said}, not = [{denied}] }}"
        lines.append(f"{_quoted(each.label)} = {said}")
    write_text(path, "\n".join(lines) + "\n")


def _wording(kind: str, asked: AskedDefect, part: str, lang: str) -> Wording:
    known = asked.defect
    if kind == "ensemble":
        named = asked if language_of(asked.bare) == lang or known is None else _named(known, lang)
        return Wording(asked.label, sentences_for(named, part))
    if known is None:
        return Wording(asked.label, (asked.bare,))
    denied: tuple[str, ...] = ()
    if kind == "basic":
        said = known.prompts_basic.of(lang)[:1]
    elif kind == "optimised":
        said = known.prompts_optimised.of(lang)
    elif kind == "template":
        said = (known.template_prompt(lang, part),)
    elif kind == "reflection":
        said = known.reflection.of(lang)
    else:
        said = known.prompts_basic.of(lang)[:1]
        denied = tuple(_basic(key, lang) for key in known.confusable)
    return Wording(asked.label, said, denied)


def _named(known: Defect, lang: str) -> AskedDefect:
    name = known.names.of(lang)
    return AskedDefect(name, name, known, known.is_no_defect, (), name)


def _basic(key: str, lang: str) -> str:
    return defect(key).prompts_basic.of(lang)[0]


def _set_from(
    name: str,
    table: Mapping[str, object],
    file: Path,
    asked: Sequence[AskedDefect],
    basic: PromptSet,
) -> PromptSet:
    given = {}
    for label, value in table.items():
        where = f"{file.name}, sets.{name}, {label}"
        meant = _meant(label, asked, where)
        if meant is None:
            continue
        if meant in given:
            raise UsageError(f"{where}: '{meant}' is worded twice; keep one of them.")
        given[meant] = _wording_from(meant, value, where)
    if not given:
        raise UsageError(
            f"{file.name}, sets.{name} words nothing that is asked for: "
            f"{', '.join(x.label for x in asked)}."
        )
    return PromptSet(name, tuple(given.get(x.label, x) for x in basic.wordings), source=str(file))


def _wording_from(label: str, value: object, where: str) -> Wording:
    if isinstance(value, dict):
        known_keys(value, ("sentences", "not"), where)
        return Wording(
            label,
            _sentences(value.get("sentences"), where),
            _sentences(value["not"], f"{where}, not") if "not" in value else (),
        )
    return Wording(label, _sentences([value] if isinstance(value, str) else value, where))


def _sentences(value: object, where: str) -> tuple[str, ...]:
    said = texts_in(value, where)
    if len(said) > MOST_WORDINGS:
        raise UsageError(f"{where} has {len(said)} sentences; at most {MOST_WORDINGS} are read.")
    return tuple(checked_sentences(said, longest=LONGEST_SENTENCE, example="a crack"))


def _meant(label: str, asked: Sequence[AskedDefect], where: str) -> str | None:
    """The label that is asked for, which a label of the file means; None if it is not asked for."""
    if label in {x.label for x in asked}:
        return label
    meant = understood_defect(label).defect
    if meant is None:
        raise UnknownNameError(f"label in {where}", label, [x.label for x in asked])
    return next((x.label for x in asked if x.defect == meant), None)


def _quoted(text: str) -> str:
    # TOML wants DEL escaped, JSON does not.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
