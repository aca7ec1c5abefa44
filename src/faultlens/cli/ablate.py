"""`faultlens ablate`: every combination of a recipe trained and tested, in one table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench
from faultlens.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from faultlens.evaluation.ablation import FailedCell

RESULTS = Path("results") / "ablation"


def ablate(
    recipe: Annotated[Path, typer.Argument(help="TOML file; recipes/ablations/ has examples.")],
    out: options.NewFolder = RESULTS,
    seed: Annotated[
        list[int] | None,
        typer.Option("--seed", min=0, help="Takes the place of the recipe's; may be repeated."),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Takes the place of what the recipe says, such as "
            "grid.text_model='[\"static\", \"lstm\"]' or settings.training.epochs=5; 'none' takes "
            "a key out.",
        ),
    ] = None,
    device: workbench.Device = "auto",
    as_json: options.AsJson = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Compare text models, prompts, adapters, encoders ...: one table with intervals, one report.

    Every combination of the recipe is trained once per seed and tested; each change is held
    against the first value on the same recordings. What was trained stays in the folder: started
    again, also after a kill or with more values, only what is missing is trained.
    """
    if not recipe.is_file():
        raise UsageError(
            f"There is no recipe '{recipe}'. Give the path of a TOML file, such as "
            "recipes/ablations/1-adapter.toml."
        )
    device = workbench.device_named(device)
    from faultlens.evaluation.ablation import ablate as ablated
    from faultlens.evaluation.ablation_recipe import read_ablation
    from faultlens.evaluation.ablation_written import write_ablation
    from faultlens.training.overrides import table_of

    changes = table_of(change or ())
    made = read_ablation(recipe, {**changes, "seeds": seed} if seed else changes)
    told: set[str] = set()
    try:
        found = ablated(
            made,
            out,
            device=device,
            quiet=quiet or as_json,
            heard=lambda x: _print_failed(x, told, lang),
        )
    except KeyboardInterrupt:
        typer.echo(
            f"faultlens: what was trained is kept in {out}; the same command goes on from there.",
            err=True,
        )
        raise
    for file in found.failed_files:
        typer.echo(f"faultlens: {file.file}: {file.reason}", err=True)
    if not found.results:
        raise InputError("No combination gave a result; the reasons stand above.")
    for warning in found.warnings:
        typer.echo(f"Note: {warning.of(lang)}", err=True)
    record = write_ablation(out, found, lang)
    if as_json:
        typer.echo(json.dumps({**record, "out": str(out)}, ensure_ascii=False))
    elif not quiet:
        _print(record, out)
    if found.failed or found.failed_files:
        raise typer.Exit(InputError.exit_code)


def _print_failed(failed: "FailedCell", told: set[str], lang: str) -> None:
    """The reason, at once: a grid may run for hours. What was told already is not told again."""
    reason = "for the same reason." if failed.reason in told else failed.reason
    told.add(failed.reason)
    typer.echo(f"faultlens: {failed.cell.told(lang)}: {reason}", err=True)


def _print(record: Mapping[str, Any], out: Path) -> None:
    """The table with intervals, each change in a sentence, and where the report lies."""
    cells = record["cells"]
    width = max(len(x["name"]) for x in cells)
    for cell in cells:
        told = ", ".join(_figures(cell))
        typer.echo(f"{cell['name']:<{width}}  {told}")
    sentences = [x["in_words"] for x in record["differences"]]
    sentences += [y for x in record["differences"] for y in x["worse_alone"]]
    for sentence in sentences:
        typer.echo(f"  {sentence}")
    for note in record["intervals"]["notes"]:
        typer.echo(f"  {note}")
    typer.echo(f"  Report: {out}/report.html")


def _figures(cell: Mapping[str, Any]) -> list[str]:
    low, high = cell["intervals"]["accuracy"]
    shown = [f"accuracy {cell['accuracy']:.3f} [{low:.3f}, {high:.3f}]"]
    f1, span = cell["f1"]["macro"], cell["intervals"]["f1"]["macro"]
    if f1 is not None:
        shown.append(f"macro F1 {f1:.3f} [{span[0]:.3f}, {span[1]:.3f}]")
    shown.append(f"calibration error {cell['expected_calibration_error']:.3f}")
    return [*shown, f"{cell['seconds']:.1f} s"]
