"""`faultlens diagram`: pictures of a model, or of an ablation, drawn from what it really is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.cli import options
from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHECKPOINT_CARD = "checkpoint.json"
"""What makes a folder a checkpoint; `models.checkpoint`, which says it too, brings torch along."""

PICKLES = (".pth", ".pt", ".ckpt")
"""Endings by which the reference document names what is a checkpoint folder here."""


def diagram(
    model: Annotated[
        str,
        typer.Argument(
            help="A checkpoint folder, a built-in model, the folder of a bundle, or an ablation's "
            "recipe (.toml)."
        ),
    ] = "builtin/bearing",
    out: options.NewFolder = Path("workflow"),
    lang: options.Language = "en",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw workflow, architecture and training stages of a model as PNG and SVG."""
    from faultlens.reports.diagram import write_figures

    name, figures = _figures(model, lang)
    files = [str(x) for x in write_figures(out, figures)]
    if as_json:
        typer.echo(json.dumps({"model": name, "files": files}, ensure_ascii=False))
    elif not quiet:
        for file in files:
            typer.echo(file)


def _figures(model: str, lang: str) -> tuple[str, dict[str, "Figure"]]:
    """Name of what was meant, and its pictures."""
    from faultlens.reports.diagram import grid_figures, model_figures

    path = Path(model)
    if path.suffix == ".toml":
        if not path.is_file():
            raise UsageError(
                f"There is no recipe '{model}'. Give the path of a TOML file, or leave it out to "
                "draw builtin/bearing."
            )
        # A recipe is read as the training that it describes.
        optional_import("torch", extra="train")
        from faultlens.evaluation.grid_facts import grid_facts

        grid = grid_facts(path, lang)
        return grid.name, grid_figures(grid, lang)
    if path.suffix in PICKLES or (path / CHECKPOINT_CARD).is_file():
        for package in ("torch", "safetensors"):
            optional_import(package, extra="train")
        from faultlens.training.checkpoint_facts import checkpoint_facts

        facts = checkpoint_facts(path)
    else:
        from faultlens.runtimes.bundle_facts import bundle_facts
        from faultlens.runtimes.loaded import load_model

        facts = bundle_facts(load_model(model))
    return facts.name, model_figures(facts, lang)
