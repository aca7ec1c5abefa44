"""What `faultlens ablate` leaves behind: one table, one report, a picture of each."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from faultlens.core.errors import UsageError
from faultlens.core.files import write_text
from faultlens.core.languages import checked_language
from faultlens.evaluation.ablation import Ablation
from faultlens.evaluation.ablation_differences import changes
from faultlens.evaluation.ablation_record import ablation_record, ablation_table
from faultlens.evaluation.ablation_told import ablation_view, forest_rows, gap_rows, over_words
from faultlens.evaluation.grid_facts import facts_of
from faultlens.reports.ablation_figure import forest_figure
from faultlens.reports.ablation_page import write_ablation_page
from faultlens.reports.diagram import grid_figures, write_figures
from faultlens.reports.picture import write_picture

RECORD, TABLE, REPORT, FOREST = "ablation.json", "ablation.csv", "report.html", "ablation.png"
GRID = "4_ablation"

OURS = (RECORD, TABLE, REPORT, FOREST, f"{GRID}.png", f"{GRID}.svg")
"""Files that every ablation writes, or leaves out."""


def write_ablation(folder: str | Path, ablation: Ablation, lang: str = "en") -> dict[str, Any]:
    """Write `ablation.json`, `ablation.csv`, the pictures and the report.

    All are made beside their places first and then moved there, so that a full disk or an
    interrupt leaves what an earlier ablation wrote.

    Args:
        folder: where the files go; others in it stay.
        ablation: done.
        lang: language of report, pictures and sentences, "en" or "zh".

    Returns:
        what `ablation.json` holds.

    Raises:
        UsageError: no combination gave a result.
        UnknownNameError: a language in which no reports are written.
        OSError: the folder cannot be written.

    Example:
        >>> from faultlens.evaluation.ablation_recipe import AblationRecipe
        >>> recipe = AblationRecipe("x", {"adapter": (False,)}, (0,), protocol="seed")
        >>> write_ablation("/nowhere", Ablation(recipe, (), (), {}, ()))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No combination gave a result; there is no table to write.
    """
    checked_language(lang)
    if not ablation.results:
        raise UsageError("No combination gave a result; there is no table to write.")
    record = ablation_record(ablation, changes(ablation), lang=lang)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".ablation.") as made:
        _write_all(Path(made), ablation, record, lang)
        new = sorted(x.name for x in Path(made).iterdir())
        for name in new:
            os.replace(Path(made) / name, target / name)
    for name in OURS:
        if name not in new:
            (target / name).unlink(missing_ok=True)
    return record


def _write_all(folder: Path, ablation: Ablation, record: dict[str, Any], lang: str) -> None:
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    write_text(folder / RECORD, text + "\n")
    write_text(folder / TABLE, ablation_table(record))
    figure = forest_figure(
        forest_rows(record, lang),
        gap_rows(record, lang),
        title=record["title"],
        seeds=len(record["seeds"]),
        over=over_words(record, lang),
        lang=lang,
    )
    write_picture(folder / FOREST, figure)
    facts = facts_of(ablation.recipe, record["title"], lang)
    if facts.axes:
        write_figures(folder, grid_figures(facts, lang))
    grid = folder / f"{GRID}.png"
    view = ablation_view(
        record, grid=grid if grid.is_file() else None, forest=folder / FOREST, lang=lang
    )
    write_ablation_page(folder / REPORT, view, lang)
