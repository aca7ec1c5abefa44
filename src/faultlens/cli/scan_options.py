"""Options of scans that several verbs take, under one name with one meaning."""

from typing import Annotated

import typer

from faultlens.core.errors import UsageError


def spacing_of(text: str) -> float | tuple[float, float]:
    """The spacing in the text of the option: a number, or two with a comma between them.

    Raises:
        UsageError: no numbers.

    Example:
        >>> spacing_of("0.1"), spacing_of("0.1, 0.2")
        (0.1, (0.1, 0.2))
    """
    try:
        numbers = [float(x) for x in text.split(",")]
        if len(numbers) > 2:
            raise ValueError
    except ValueError as error:
        raise UsageError(
            f"--spacing-mm is '{text}'; give a number of mm, or two with a comma between them."
        ) from error
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


Unit = Annotated[
    str | None,
    typer.Option(
        "--unit",
        help="Unit of the numbers in the files: m, cm, mm, um, nm, inch; left out, what a file "
        "says, or mm with a warning.",
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="Form that the part should have: auto (the simplest that explains the scan), plane, "
        "cylinder, sphere, free form, or scan (that of --golden).",
    ),
]
Golden = Annotated[
    str | None,
    typer.Option(
        "--golden", help="Scan of a sound part, or CAD mesh, to measure against; it is registered."
    ),
]
GoldenUnit = Annotated[
    str | None, typer.Option("--golden-unit", help="Unit of the numbers in the golden file.")
]
Rules = Annotated[
    str | None,
    typer.Option(
        "--rules",
        help="Rules of severity (accept, rework, scrap), a TOML file; or 'sample'. --print-rules "
        "shows the sample with what every field means.",
    ),
]
LeastDepth = Annotated[
    float | None,
    typer.Option("--least-depth-mm", help="Depth or height below which nothing is asked for, mm."),
]
CellSize = Annotated[
    float | None,
    typer.Option("--cell-mm", help="Side of a cell of the deviation map, mm."),
]
Spacing = Annotated[
    str | None,
    typer.Option(
        "--spacing-mm",
        help="Between the points of height maps that do not say it, mm; two numbers with a comma "
        "where columns and rows differ.",
    ),
]
IntrinsicsFile = Annotated[
    str | None,
    typer.Option("--intrinsics", help="Of a depth camera, for depth images: a JSON file."),
]
