"""Prompts: each meaning in many wordings, states times templates, to compare pictures with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from faultlens.core.errors import UsageError
from faultlens.core.languages import checked_language
from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.defect_sets import FAMILIES, SURFACE, load_sets, set_of_part
from faultlens.text.defects import Defect
from faultlens.text.knowledge_files import known_keys, lists_in, read_toml, table_in
from faultlens.text.words import WordLists

STATES = ("normal", "anomalous", "named")
"""What a sentence says of the part: nothing wrong, something wrong, this is wrong."""


@dataclass(frozen=True)
class PromptEnsemble:
    """States and templates of one family of parts; a prompt is a state inside a template.

    Args:
        family: "texture" or "object".
        normal: states without a defect, with {part}.
        anomalous: states with some defect, with {part}.
        named: states with a named defect, with {part} and {defect}.
        templates: carriers around a state, with {}.
    """

    family: str
    normal: WordLists
    anomalous: WordLists
    named: WordLists
    templates: WordLists


@cache
def prompt_ensembles() -> Mapping[str, PromptEnsemble]:
    """The ensembles by family.

    Raises:
        UsageError: the packaged file breaks a rule.

    Source:
        Jeong et al., WinCLIP (CVPR 2023), compositional prompt ensemble.

    Example:
        >>> {name: len(x.templates.en) for name, x in prompt_ensembles().items()}
        {'texture': 20, 'object': 20}
    """
    table = read_toml(files("faultlens.text") / "prompt_ensembles.toml")
    known_keys(table, ("states", "templates"), "prompt_ensembles.toml", required=True)
    templates = lists_in(table["templates"], "prompt_ensembles.toml, templates")
    families = table_in(table["states"], "prompt_ensembles.toml, states")
    known_keys(families, FAMILIES, "prompt_ensembles.toml, states", required=True)
    made = {}
    for family in FAMILIES:
        where = f"prompt_ensembles.toml, states.{family}"
        states = table_in(families[family], where)
        known_keys(states, STATES, where, required=True)
        normal, anomalous, named = (lists_in(states[x], f"{where}.{x}") for x in STATES)
        made[family] = PromptEnsemble(family, normal, anomalous, named, templates)
    return made


def ensemble_for(part: str = SURFACE) -> PromptEnsemble:
    """The ensemble for a part: of textures where one surface fills the picture, or of objects.

    Args:
        part: any words.

    Example:
        >>> ensemble_for("turbine blade").family, ensemble_for("热轧带钢").family
        ('object', 'texture')
    """
    return prompt_ensembles()[load_sets()[set_of_part(part)].family]


def normal_sentences(
    part: str = SURFACE, ensemble: PromptEnsemble | None = None, *, lang: str = "en"
) -> tuple[str, ...]:
    """Sentences that say that nothing is wrong with the part.

    Args:
        part: what is on the picture.
        ensemble: None chooses it by the part.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> normal_sentences("magnetic tile")[5]
        'magnetic tile without defect'
    """
    used = ensemble_for(part) if ensemble is None else ensemble
    return _crossed(used.normal.of(lang), used.templates.of(lang), part=part_words(part, lang))


def anomalous_sentences(
    part: str = SURFACE, ensemble: PromptEnsemble | None = None, *, lang: str = "en"
) -> tuple[str, ...]:
    """Sentences that say that something is wrong with the part, and not what.

    Args:
        part: what is on the picture.
        ensemble: None chooses it by the part.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> anomalous_sentences("magnetic tile")[:2]
        ('damaged magnetic tile', 'magnetic tile with flaw')
    """
    used = ensemble_for(part) if ensemble is None else ensemble
    return _crossed(used.anomalous.of(lang), used.templates.of(lang), part=part_words(part, lang))


def sentences_for(
    asked: AskedDefect, part: str = SURFACE, ensemble: PromptEnsemble | None = None
) -> tuple[str, ...]:
    """Wordings of one thing that is asked for, in the language in which it is asked.

    Their embeddings are averaged (`runtimes.surface_scores.ensemble`).

    Args:
        asked: from `understood_defect` or `asked_defects`.
        part: what is on the picture.
        ensemble: None chooses it by the part.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defect
        >>> made = sentences_for(understood_defect("a crack"), "drive shaft")
        >>> len(made), made[0], made[5]
        (100, 'drive shaft with a crack', 'a photo of drive shaft with a crack')
    """
    used = ensemble_for(part) if ensemble is None else ensemble
    lang = language_of(asked.bare)
    if asked.means_no_defect:
        return normal_sentences(part, used, lang=lang)
    words = asked.bare
    if asked.defect is not None and words == asked.defect.names.of(lang):
        words = asked.defect.prompts_basic.of(lang)[0]  # with its article
    return _crossed(
        used.named.of(lang), used.templates.of(lang), part=part_words(part, lang), defect=words
    )


def contrasts(
    asked: AskedDefect, part: str = SURFACE, ensemble: PromptEnsemble | None = None
) -> tuple[tuple[str, ...], ...]:
    """Wordings of each thing that the sentence denies: directions to be subtracted.

    Embeddings do not understand "not": the direction of the distractor is taken out instead
    (`runtimes.surface_scores.without_directions`).

    Args:
        asked: from `understood_defect`.
        part: what is on the picture.
        ensemble: None chooses it by the part.

    Example:
        >>> from faultlens.text.defect_sentences import understood_defect
        >>> [x[0] for x in contrasts(understood_defect("not a scratch, but a crack"))]
        ['metal surface with a scratch']
    """
    used = ensemble_for(part) if ensemble is None else ensemble
    lang = language_of(asked.bare)
    return tuple(defect_sentences(x, part, used, lang=lang) for x in asked.distractors)


def defect_sentences(
    defect: Defect, part: str = SURFACE, ensemble: PromptEnsemble | None = None, *, lang: str = "en"
) -> tuple[str, ...]:
    """Wordings of a defect of the knowledge base on a part.

    Args:
        defect: of the knowledge base.
        part: what is on the picture.
        ensemble: None chooses it by the part.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.

    Example:
        >>> from faultlens.text.defects import defect
        >>> defect_sentences(defect("crack"), "磁瓦", lang="zh")[0]
        '有裂纹的磁瓦'
    """
    used = ensemble_for(part) if ensemble is None else ensemble
    if defect.is_no_defect:
        return normal_sentences(part, used, lang=lang)
    words = defect.prompts_basic.of(lang)[0]
    return _crossed(
        used.named.of(lang), used.templates.of(lang), part=part_words(part, lang), defect=words
    )


def language_of(text: str) -> str:
    """The language in which a sentence is said: "zh" if it has a Chinese character, else "en".

    Args:
        text: the sentence.

    Example:
        >>> language_of("0.5mm长的裂纹"), language_of("Riss")
        ('zh', 'en')
    """
    return "zh" if any("一" <= x <= "鿿" for x in text) else "en"


def part_words(part: str, lang: str) -> str:
    """A part in the language of the sentences, where it is the name of a set.

    Args:
        part: what is on the picture, in any words.
        lang: "en" or "zh".

    Raises:
        UnknownNameError: another language.
        UsageError: the words are empty.

    Example:
        >>> part_words("drive shaft", "zh"), part_words("kettle", "zh")
        ('传动轴', 'kettle')
    """
    checked_language(lang)
    if not part.strip():
        raise UsageError("The part is empty; say what is on the picture, such as 'drive shaft'.")
    for each in load_sets().values():
        if part.strip().casefold() in (each.names.en, each.names.zh):
            return each.names.of(lang)
    return part.strip()


def _crossed(states: tuple[str, ...], templates: tuple[str, ...], **words: str) -> tuple[str, ...]:
    # Braces in a user's own words are words, not places to fill.
    filled = [_filled(x, words) for x in states]
    made = [template.replace("{}", state) for template in templates for state in filled]
    return tuple(dict.fromkeys(made))


def _filled(state: str, words: Mapping[str, str]) -> str:
    parts = state.split("{")
    made = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        made += words[name] + rest
    return made
