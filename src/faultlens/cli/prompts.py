"""`faultlens prompts`: the words that pictures are compared with, and what each wording gains."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from faultlens.cli import options
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.text.defect_sentences import AskedDefect, asked_defects, understood_defects
from faultlens.text.defect_sets import SURFACE, set_of_part
from faultlens.text.defects import defect_set
from faultlens.text.prompt_sets import (
    KINDS,
    PromptSet,
    prompt_set,
    read_prompt_sets,
    write_prompt_set,
)

if TYPE_CHECKING:
    from faultlens.evaluation.surface.prompts import Encode, WordedPictures
    from faultlens.evaluation.surface.prompts_tuned import TunedPrompts

ACTIONS = ("show", "compare", "tune", "advise")
SHOWN = 4
"""Sentences of a wording that are shown; --json has all."""


def prompts(
    action: Annotated[
        str,
        typer.Argument(
            help="show: the wordings; compare: what each gains on labelled pictures; tune: choose "
            "the best of each defect and write them; advise: what is confused with what, and which "
            "words, example or further labels would help most."
        ),
    ] = "show",
    sets: Annotated[
        str,
        typer.Option(
            "--sets",
            "--set",
            help=f"Prompt sets, comma between them: {', '.join(KINDS)}, or TOML files of your own. "
            "The first is what the others are held against.",
        ),
    ] = ",".join(KINDS),
    defects: options.Defects = None,
    part: options.Part = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Labelled pictures: a folder of any known layout."),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Name of its layout, where it is not clear.")
    ] = None,
    subset: Annotated[
        str | None, typer.Option("--subset", help="Only pictures of this object or set.")
    ] = None,
    pool: Annotated[
        Path | None,
        typer.Option(
            "--pool",
            help="With advise: folder of pictures without labels; those to label next are named.",
        ),
    ] = None,
    scales: options.Scales = None,
    model: options.PictureModelName = "builtin/surface",
    out: Annotated[
        Path, typer.Option("--out", help="File of tune.", callback=options.writable_file)
    ] = Path("prompts.toml"),
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Show the wordings of defects, measure on labelled pictures what each gains, choose the best.

    advise tells which defects are confused, and the one other wording, the one example and the
    pictures of a pool to label next that would help most against it.

    Intervals are drawn over the pictures, the same for every set, so that a difference is told from
    chance. Pictures whose labels were used to choose words say nothing of how well these do: tune
    reports figures of pictures that had no say.
    """
    if action not in ACTIONS:
        raise UnknownNameError("action of prompts", action, ACTIONS)
    said = SURFACE if part is None else part
    sentences = None if defects is None else asked_sentences(defects)
    if action == "show":
        asked = (
            asked_defects(defect_set(set_of_part(said)), lang)
            if sentences is None
            else understood_defects(sentences)
        )
        _show(_sets(sets, asked, said, lang), said, as_json=as_json)
        return
    if data is None:
        raise UsageError(f"prompts {action} needs labelled pictures: give their folder by --data.")
    from faultlens.cli.prompts_advise import advise_on
    from faultlens.datasets.pictures.duplicates import grouped
    from faultlens.datasets.pictures.registry import open_pictures
    from faultlens.evaluation.surface.prompts_read import asked_of_pictures, worded_pictures
    from faultlens.inference.inspect_batch import expand_pictures
    from faultlens.runtimes.picture_model import load_image_model

    # What is not there is said before anything slow is done.
    unlabelled = () if pool is None else tuple(Path(x) for x in expand_pictures([pool]))
    loaded = load_image_model(model)
    found = open_pictures(data, name=dataset, subset=subset)
    if action == "advise":
        # A copy of an example would be righted by it.
        found = replace(found, pictures=grouped(found.pictures, quiet=quiet or as_json))
    asked = asked_of_pictures(found, sentences, said)
    chosen = _sets(sets, asked, said, lang)
    pictures, failed = worded_pictures(
        found,
        asked,
        loaded,
        scales=() if scales is None else options.scales_of(scales),
        quiet=quiet or as_json,
    )
    for each in failed:
        typer.echo(f"faultlens: {each.file}: {each.reason}", err=True)
    for notice in found.warnings:
        typer.echo(f"Note: {notice.of(lang)}", err=True)
    facts = {"model": loaded.reference, "data": str(data), "pictures": len(pictures.truth)}
    if action == "advise":
        advise_on(
            pictures, chosen, loaded, facts, seed, unlabelled,
            as_json=as_json, lang=lang, quiet=quiet,
        )  # fmt: skip
    elif action == "compare":
        _compare(pictures, chosen, loaded.encode_text, facts, seed, as_json=as_json, lang=lang)
    else:
        _tune(pictures, chosen, loaded.encode_text, facts, seed, out, as_json=as_json, lang=lang)


def _sets(text: str, asked: Sequence[AskedDefect], part: str, lang: str) -> list[PromptSet]:
    made: list[PromptSet] = []
    for name in filter(None, (x.strip() for x in text.split(","))):
        if name in KINDS:
            made.append(prompt_set(name, asked, part, lang=lang))
        elif Path(name).suffix == ".toml":
            made += read_prompt_sets(name, asked, part, lang=lang)
        else:
            raise UnknownNameError("prompt set", name, KINDS, advice="Or give a TOML file.")
    if not made:
        raise UsageError(f"--sets '{text}' names no prompt set; known are {', '.join(KINDS)}.")
    return made


def _show(sets: Sequence[PromptSet], part: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(
            json.dumps(
                {"part": part, "sets": {x.name: _table(x) for x in sets}}, ensure_ascii=False
            )
        )
        return
    width = max(len(x.name) for x in sets)
    for place, first in enumerate(sets[0].wordings):
        typer.secho(first.label, bold=True)
        for each in sets:
            wording = each.wordings[place]
            said = list(wording.sentences[:SHOWN])
            if more := len(wording.sentences) - len(said):
                said.append(f"... and {more} more")
            said += [f"(taken out: {x})" for x in wording.denied]
            for i, sentence in enumerate(said):
                typer.echo(f"  {each.name if not i else '':<{width}}  {sentence}")


def _table(made: PromptSet) -> dict[str, Any]:
    return {x.label: {"sentences": list(x.sentences), "not": list(x.denied)} for x in made.wordings}


def _compare(
    pictures: "WordedPictures",
    sets: Sequence[PromptSet],
    encode: "Encode",
    facts: dict[str, Any],
    seed: int,
    *,
    as_json: bool,
    lang: str,
) -> None:
    from faultlens.evaluation.surface.prompts import compare_prompts
    from faultlens.evaluation.surface.prompts_told import figures_told, gains_told

    found = compare_prompts(pictures, sets, encode, seed=seed)
    if as_json:
        typer.echo(json.dumps({**facts, **found.to_dict()}, ensure_ascii=False))
        return
    width = max(len(x.name) for x in found.sets)
    for each in found.sets:
        typer.echo(f"{each.name:<{width}}  {figures_told(each, lang)}")
    for sentence in gains_told(found, lang):
        typer.echo(f"  {sentence}")
    for notice in found.notices:
        typer.echo(f"Note: {notice.of(lang)}", err=True)


def _tune(
    pictures: "WordedPictures",
    sets: Sequence[PromptSet],
    encode: "Encode",
    facts: dict[str, Any],
    seed: int,
    out: Path,
    *,
    as_json: bool,
    lang: str,
) -> None:
    from faultlens.evaluation.surface.prompts_told import figures_told, gain_told
    from faultlens.evaluation.surface.prompts_tuned import tune_prompts

    found = tune_prompts(pictures, sets, encode, name=out.stem, seed=seed)
    write_prompt_set(out, found.chosen, remarks=_remarks(found, facts))
    if as_json:
        typer.echo(json.dumps({**facts, **found.to_dict(), "out": str(out)}, ensure_ascii=False))
        return
    for label, kind in found.kinds.items():
        typer.echo(f"{label}: {kind}")
    typer.echo(f"  {sets[0].name}: {figures_told(found.first, lang)}")
    typer.echo(f"  {found.chosen.name}: {figures_told(found.held, lang)}")
    for figure in found.gains:
        if " " not in figure:
            typer.echo(f"  {gain_told(out.stem, sets[0].name, figure, found.gains[figure], lang)}")
    for notice in found.notices:
        typer.echo(f"Note: {notice.of(lang)}", err=True)
    typer.echo(f"  {out}")


def _remarks(found: "TunedPrompts", facts: dict[str, Any]) -> list[str]:
    from faultlens.evaluation.surface.prompts_told import figures_told

    return [
        f"Chosen by faultlens prompts tune on {facts['pictures']} pictures of {facts['data']} with "
        f"{facts['model']}.",
        f"On pictures that had no say: {figures_told(found.held, 'en')}; before: "
        f"{figures_told(found.first, 'en')}.",
        *(f"{label}: from {kind}" for label, kind in found.kinds.items()),
    ]
