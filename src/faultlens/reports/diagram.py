"""The pictures of a model: workflow, architecture, training stages, and an ablation's grid."""

from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.reports.diagram_architecture import architecture_figure
from faultlens.reports.diagram_facts import DiagramFacts, GridFacts
from faultlens.reports.diagram_grid import grid_figure
from faultlens.reports.diagram_stages import stages_figure
from faultlens.reports.diagram_workflow import workflow_figure
from faultlens.reports.picture import write_picture
from faultlens.reports.svg import write_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 200
"""Dots per inch of the PNG: sharp in the column of a journal."""


def model_figures(facts: DiagramFacts, lang: str = "en") -> dict[str, "Figure"]:
    """The pictures of a model, by the names of their files; of stages only where some are known.

    Args:
        facts: of the model.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> from faultlens.reports.diagram_facts import TowerFacts
        >>> tower = TowerFacts("conv1d", (1, 1024), (), 960, "trained")
        >>> facts = DiagramFacts("m", 256, (), (), (tower,), tower, (), (), (), (), (), ())
        >>> list(model_figures(facts))
        ['1_main_workflow', '2_architecture']
    """
    figures = {
        "1_main_workflow": workflow_figure(facts, lang),
        "2_architecture": architecture_figure(facts, lang),
    }
    if facts.stages:
        figures["3_training_stages"] = stages_figure(facts, lang)
    return figures


def grid_figures(facts: GridFacts, lang: str = "en") -> dict[str, "Figure"]:
    """The picture of an ablation, by the name of its file.

    Args:
        facts: of the recipe.
        lang: language of the fixed words, "en" or "zh".

    Raises:
        UnknownNameError: a language in which no reports are written.

    Example:
        >>> list(grid_figures(GridFacts("text", (("seed", ("0", "1")),), ())))
        ['4_ablation']
    """
    return {"4_ablation": grid_figure(facts, lang)}


def write_figures(folder: str | Path, figures: dict[str, "Figure"]) -> tuple[Path, ...]:
    """Write every figure as PNG and as SVG; the same figures give the same bytes.

    Args:
        folder: to write into.
        figures: file name without suffix -> figure.

    Raises:
        OSError: the folder cannot be made or written.

    Example:
        >>> import tempfile
        >>> figures = grid_figures(GridFacts("text", (("seed", ("0", "1")),), ()))
        >>> [x.name for x in write_figures(tempfile.mkdtemp(), figures)]
        ['4_ablation.png', '4_ablation.svg']
    """
    written = []
    for name, figure in figures.items():
        figure.set_dpi(DPI)
        for suffix, write in ((".png", write_picture), (".svg", write_svg)):
            path = Path(folder) / f"{name}{suffix}"
            write(path, figure)
            written.append(path)
    return tuple(written)
