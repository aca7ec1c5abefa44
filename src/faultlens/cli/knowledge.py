"""`faultlens knowledge`: faults and surface defects that can be asked for, and what is known."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.core.errors import UnknownNameError
from faultlens.text.defect_sentences import understood_defect
from faultlens.text.defect_sets import load_sets, set_of_part
from faultlens.text.defects import Defect, defect, defect_set, load_defects
from faultlens.text.knowledge import Fault, load_faults
from faultlens.text.matching import match_fault

_LIKE = {"en": "Looks like", "zh": "易混淆"}
_ALONE = {"en": "in no set", "zh": "不属于任何一组"}


def knowledge(
    sentence: Annotated[
        str | None, typer.Argument(help="A sentence; the fault or defect it means is shown.")
    ] = None,
    surface: Annotated[
        bool, typer.Option("--surface", help="Defects of surfaces instead of faults of bearings.")
    ] = False,
    part: options.Part = None,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
) -> None:
    """Show the faults that can be asked for, or what is known of one, found by any sentence.

    Faults of bearings are for recordings; with --surface, or a --part, defects of surfaces are
    shown, which are for pictures.
    """
    surface = surface or part is not None
    if sentence is None:
        listed = _defects(part) if surface else load_faults()
        if as_json:
            typer.echo(json.dumps([asdict(x) for x in listed], ensure_ascii=False))
        elif surface:
            _print_defects([x for x in listed if isinstance(x, Defect)], lang, grouped=part is None)
        else:
            for each in load_faults():
                typer.echo(f"{each.names.of(lang):<42} {each.signature.of(lang)}")
        return
    known = _known(sentence, surface=surface)
    if as_json:
        typer.echo(json.dumps(asdict(known), ensure_ascii=False))
    elif isinstance(known, Defect):
        _print_defect(known, lang)
    else:
        _print_fault(known, lang)


def _defects(part: str | None) -> tuple[Defect, ...]:
    return load_defects() if part is None else defect_set(set_of_part(part))


def _known(sentence: str, *, surface: bool) -> Fault | Defect:
    """What the sentence means: a fault of bearings first, unless surfaces are asked for."""
    if not surface:
        try:
            return match_fault(sentence)
        except UnknownNameError:
            found = understood_defect(sentence).defect
            if found is None:
                raise
            return found
    found = understood_defect(sentence).defect
    if found is None:
        raise UnknownNameError("defect", sentence, [x.names.en for x in load_defects()])
    return found


def _print_defects(listed: Sequence[Defect], lang: str, *, grouped: bool) -> None:
    if grouped:
        for name, each in load_sets().items():
            typer.secho(each.names.of(lang), bold=True)
            _print_rows(defect_set(name), lang)
        listed = [x for x in listed if not x.sets]
        typer.secho(_ALONE[lang], bold=True)
    _print_rows(listed, lang)


def _print_rows(listed: Sequence[Defect], lang: str) -> None:
    for each in listed:
        typer.echo(f"  {each.names.of(lang):<40} {each.look.of(lang)}")


def _print_defect(known: Defect, lang: str) -> None:
    typer.secho(known.names.of(lang), bold=True)
    between = {"en": "; ", "zh": "；"}[lang]
    typer.echo(between.join((known.look.of(lang), known.size.of(lang), known.colour.of(lang))))
    for cause in known.causes.of(lang):
        typer.echo(f"  - {cause}")
    typer.echo(f"  {known.action.of(lang)}")
    if known.confusable:
        names = ", ".join(defect(x).names.of(lang) for x in known.confusable)
        typer.echo(f"{_LIKE[lang]}: {names}")
    typer.echo("; ".join(known.source))


def _print_fault(known: Fault, lang: str) -> None:
    typer.secho(known.names.of(lang), bold=True)
    typer.echo(known.signature.of(lang))
    for cause in known.causes.of(lang):
        typer.echo(f"  - {cause}")
    for level in known.levels:
        typer.echo(f"  {level}: {known.action(level).of(lang)}")
    typer.echo("; ".join(known.source))
