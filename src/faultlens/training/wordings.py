"""Sentences of the text tower's corpus: drawn from a grammar, each labelled with what it means."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.training.grammar import SOUND, World

QUALIFIED = 0.25
"""Share of nouns that get a qualifier ("early", "severe") where the world has any."""

CARRIED = 0.5
"""Share of phrases that a template carries ("inspection found {}")."""

COMPOSED = 0.6
"""Share of sentences composed from frames, where a concept has any; the others are phrases."""

CONTRASTED = 0.4
"""Share of the composed ones that deny another part."""

SPARED = 0.25
"""Share of sentences on a damaged part that call one or two other parts sound."""

GENERAL = 0.25
"""Share of those that say it of no single part, or without naming the part."""

ASIDES = 0.3
"""Share of sentences with something around them that does not matter."""

_NO_DAMAGE = (*SOUND, "reflection")  # saying that there is none of it says nothing of damage


@dataclass(frozen=True)
class Wording:
    """One sentence of the corpus.

    Args:
        sentence: as an engineer might say it.
        concept: "bearing/outer_race"; empty for a sentence that means none of ours.
        lang: "en" or "zh".
        english: what the teacher, who knows English only, is asked; empty where it cannot be.
    """

    sentence: str
    concept: str
    lang: str
    english: str = ""


def draw_wordings(
    worlds: Sequence[World],
    *,
    each: int,
    seed: int,
    core: Sequence[str] = (),
    core_each: int = 0,
) -> list[Wording]:
    """Labelled sentences, all different; the same seed draws the same sentences.

    Args:
        worlds: the grammars.
        each: sentences per concept and language, fewer where the grammar holds fewer.
        seed: of the draw.
        core: concepts ("bearing/outer_race") of which more are drawn, since their sentences call
            one part damaged and another sound.
        core_each: how many of those; only the first `each` are asked of the teacher.

    Example:
        >>> from faultlens.training.grammar import Concept
        >>> rust = Concept(phrases=("red rust", "rusty patch"))
        >>> world = World("surface", "en", {"rust": rust}, (), {}, {}, (), {})
        >>> [(x.concept, x.sentence) for x in draw_wordings([world], each=2, seed=0)]
        [('surface/rust', 'red rust'), ('surface/rust', 'rusty patch')]
    """
    found = []
    for world in worlds:
        for key in world.concepts:
            concept = f"{world.name}/{key}"
            draw = random.Random(f"{seed} {world.lang} {concept}")
            count = core_each if concept in core else each
            for at, sentence in enumerate(_sentences(world, key, count, draw)):
                english = sentence if world.lang == "en" and at < each else ""
                found.append(Wording(sentence, concept, world.lang, english))
    return found


def _sentences(world: World, key: str, count: int, draw: random.Random) -> list[str]:
    found: dict[str, None] = dict.fromkeys(world.concepts[key].phrases)
    for _ in range(4 * count):
        if len(found) >= count:
            break
        sentence = _among_others(_sentence(world, key, draw), world, key, draw)
        found[_ended(sentence, world.lang, draw)] = None
    return list(found)


def draw_general(
    words: Sequence[str], sentences: Sequence[str], *, count: int, seed: int
) -> list[Wording]:
    """English sentences that mean none of the concepts, for the teacher's geometry.

    Half are one to six random words; half are sentences of ours with random words put in.

    Args:
        words: English words.
        sentences: of ours, in English.
        count: how many are drawn.
        seed: of the draw.

    Example:
        >>> _, mixed = draw_general(["rain"], ["outer race fault"], count=2, seed=0)
        >>> len(mixed.sentence.split()), mixed.sentence.count("rain"), mixed.concept
        (3, 2, '')
    """
    draw = random.Random(f"{seed} general")
    drawn = []
    for at in range(count):
        found = draw.choices(words, k=draw.randint(1, 6))
        if at % 2 and sentences:
            found = draw.choice(sentences).split()
            for place in draw.sample(range(len(found)), -(-len(found) // 2)):
                found[place] = draw.choice(words)
        drawn.append(" ".join(found))
    return [Wording(sentence, "", "en", sentence) for sentence in drawn]


def _sentence(world: World, key: str, draw: random.Random) -> str:
    concept = world.concepts[key]
    kinds = _frame_kinds(world, key)
    if kinds and draw.random() < COMPOSED:
        kind = kinds[-1] if len(kinds) > 1 and draw.random() < CONTRASTED else kinds[0]
        return _filled(draw.choice(world.frames[kind]), world, key, draw)
    phrase = draw.choice(concept.phrases or concept.nouns)
    if world.templates and draw.random() < CARRIED:
        return draw.choice(world.templates).replace("{}", phrase)
    return phrase


def _frame_kinds(world: World, key: str) -> list[str]:
    concept = world.concepts[key]
    kinds = ["pairs"] if concept.pair else []
    if key in SOUND:
        kinds = ["denials"]
    elif concept.names:
        kinds = ["damage", "contrast"] if concept.unlike else ["damage"]
    return [kind for kind in kinds if world.frames.get(kind)]


def _filled(frame: str, world: World, key: str, draw: random.Random) -> str:
    concept = world.concepts[key]
    damaged = [
        name for name, each in world.concepts.items() if each.names and name not in _NO_DAMAGE
    ]
    first, second = draw.sample(concept.pair, 2) if concept.pair else draw.sample(damaged, 2)
    if concept.unlike:
        first, second = key, draw.choice(concept.unlike)
    about = world.concepts[first]
    slots = {
        "a": about.names,
        "b": world.concepts[second].names,
        "part": about.parts,
        "noun": about.nouns or world.fillers["noun"],
        "place": concept.places or world.fillers["place"],
        "state": world.fillers["state"],
    }
    # A slot that comes twice is filled twice: "{state} {a} and {state} {b}".
    for slot, choices in slots.items():
        while "{" + slot + "}" in frame:
            word = draw.choice(choices)
            if slot == "noun" and world.qualifiers and draw.random() < QUALIFIED:
                word = draw.choice(world.qualifiers) + (" " if world.lang == "en" else "") + word
            frame = frame.replace("{" + slot + "}", word, 1)
    return frame


def _among_others(sentence: str, world: World, key: str, draw: random.Random) -> str:
    """The sentence with what may stand around it and changes nothing."""
    about, said = world.concepts[key], world.asides
    sound = [name for name, each in world.concepts.items() if each.parts and name != key]
    if said and sound and (about.parts or key in SOUND) and draw.random() < SPARED:
        # A compound fault is a concept of its own; here one part is damaged and others are not.
        count = draw.choice((1, 1, 2)) if about.parts else len(sound) - draw.choice((0, 0, 1))
        clauses = [
            _spared(world, other, draw) for other in draw.sample(sound, min(count, len(sound)))
        ]
        if about.parts and draw.random() < GENERAL:
            both = () if key.endswith("race") else said["races"]
            clauses = [draw.choice(said["rest"] + both)]
        others = (", " if world.lang == "en" else "，").join(clauses)
        order = [others, sentence.rstrip(".。")] if about.parts else [others]
        draw.shuffle(order)
        sentence = draw.choice(said["joints"]).join(order)
    if said and draw.random() < ASIDES:
        space = " " if world.lang == "en" else ""
        if draw.random() < 0.5:
            return draw.choice(said["before"]) + space + sentence
        end = draw.choice((", ", "; ", ". ", " ")) if world.lang == "en" else ""
        after = said["after"] + (() if key in SOUND else said["after_damage"])
        return sentence.rstrip(".。") + end + draw.choice(after)
    return sentence


def _spared(world: World, key: str, draw: random.Random) -> str:
    about = world.concepts[key]
    if about.spared and draw.random() < GENERAL:
        return draw.choice(about.spared)
    return draw.choice(world.asides["sound"]).replace("{b}", draw.choice(about.parts))


def _ended(sentence: str, lang: str, draw: random.Random) -> str:
    if sentence[-1:] in ".。" or draw.random() < 0.5:
        return sentence
    return sentence + ("." if lang == "en" else "。")
