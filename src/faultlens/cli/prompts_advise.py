"""`faultlens prompts advise`: what is confused with what, and what would help most against it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from faultlens.core.errors import FaultlensError, InputError
from faultlens.core.progress import progress

if TYPE_CHECKING:
    from faultlens.evaluation.surface.prompts import WordedPictures
    from faultlens.images.image import Image
    from faultlens.runtimes.loaded import Model
    from faultlens.text.prompt_sets import PromptSet

NEXT = 5
"""Pictures of a pool that are named to be labelled next."""


def advise_on(
    pictures: "WordedPictures",
    sets: Sequence["PromptSet"],
    model: "Model",
    facts: dict[str, Any],
    seed: int,
    pool: Sequence[Path],
    *,
    as_json: bool,
    lang: str,
    quiet: bool,
) -> None:
    """Tell confusions, the wording and the example that would help most, and what to label next.

    Raises:
        UsageError: pictures of fewer than two of the labels.
        InputError: none of the pool can be read.
    """
    from faultlens.evaluation.surface.advice import advise
    from faultlens.evaluation.surface.advice_told import advice_told, counts_told

    found = advise(pictures, sets, model.encode_text, seed=seed)
    following = _next_of(pool, pictures, sets, model, quiet=quiet or as_json) if pool else []
    if as_json:
        table = {**facts, **found.to_dict(), "label_next": following}
        typer.echo(json.dumps(table, ensure_ascii=False))
        return
    typer.echo(f"Named rightly {found.named_rightly:.1%}, by the words of '{sets[0].name}':")
    for line in counts_told(found.counts, found.labels):
        typer.echo(f"  {line}")
    for notice in advice_told(found):
        typer.echo(f"- {notice.of(lang)}")
    if following:
        told = {"en": "Label these next, the most doubtful of the pool:",
                "zh": "建议接下来标注（最难判断的图像）："}  # fmt: skip
        typer.echo(f"- {told[lang]}")
        for each in following:
            typer.echo(f"    {each['file']}  {each['likeliest']} / {each['or']}")


def _next_of(
    pool: Sequence[Path],
    pictures: "WordedPictures",
    sets: Sequence["PromptSet"],
    model: "Model",
    *,
    quiet: bool,
) -> list[dict[str, str]]:
    from faultlens.evaluation.surface.advice import doubtful
    from faultlens.evaluation.surface.prompts import class_rows
    from faultlens.evaluation.surface.prompts_read import picture_rows
    from faultlens.images.read import read_image

    names: list[str] = []

    def images() -> Iterator["Image"]:
        for path in progress(pool, label="pool", quiet=quiet):
            try:
                image = read_image(path)
            except FaultlensError as error:
                typer.echo(f"faultlens: {error}", err=True)
                continue
            names.append(str(path))
            yield image

    rows = picture_rows(images(), model)
    if not names:
        raise InputError("None of the pictures of the pool could be read; check --pool.")
    points = class_rows(sets[0].wordings, model.encode_text)
    return [
        {
            "file": names[i],
            "likeliest": pictures.labels[first],
            "or": pictures.labels[second],
        }
        for i, first, second in doubtful(rows, points, most=NEXT)
    ]
