"""Options of scans that several verbs take, under one name with one meaning."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.core.errors import UsageError
from faultlens.inference.scan_files import expand_scans, passed_over

if TYPE_CHECKING:
    from faultlens.inference.measurement import Measurement

ALARM, REWORK, SCRAP = "alarm", "rework", "scrap"
"""What a scan may fail by: any defect that counts, or what the rules say of the part."""

FAILING = {REWORK: (REWORK, SCRAP), SCRAP: (SCRAP,)}
"""The least severity that fails -> all that do."""


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


def wanted_scans(patterns: Sequence[str]) -> tuple[Path, ...]:
    """The scans that names, globs and folders stand for; what is passed over is told.

    Args:
        patterns: of the command line.

    Raises:
        UnreadableFileError: a glob or a folder that holds no scan, or an empty name.

    Example:
        >>> wanted_scans(["/nowhere/a.ply"])
        (PosixPath('/nowhere/a.ply'),)
    """
    wanted = expand_scans(patterns)
    known = {x.absolute() for x in wanted}
    if left := [x for x in passed_over(patterns) if x.absolute() not in known]:
        kinds = ", ".join(sorted({x.suffix.lower() for x in left}))
        folders = ", ".join(sorted({str(x.parent) for x in left}))
        typer.echo(
            f"faultlens: {len(left)} file{'' if len(left) == 1 else 's'} of {folders} that may be "
            f"scans ({kinds}) are left out, since others there can be nothing else; name them, as "
            f"in '{left[0].parent / ('*' + left[0].suffix)}', to have them read as scans.",
            err=True,
        )
    return wanted


def least_failure(fail_on: str | None, fail_on_fault: bool, *, by_rules: bool) -> str | None:
    """What a scan fails by, from what the two options say; None where no scan fails.

    Args:
        fail_on: of --fail-on.
        fail_on_fault: of --fail-on-fault.
        by_rules: whether rules of severity were given, by option or profile.

    Raises:
        UsageError: a word that is none of the three, or a severity without rules.

    Example:
        >>> least_failure(None, True, by_rules=True), least_failure(None, True, by_rules=False)
        ('rework', 'alarm')
        >>> least_failure("scrap", True, by_rules=True)
        'scrap'
    """
    if fail_on is None:
        return None if not fail_on_fault else REWORK if by_rules else ALARM
    if fail_on not in (ALARM, *FAILING):
        raise UsageError(f"--fail-on is '{fail_on}'; it must be {ALARM}, {REWORK} or {SCRAP}.")
    if fail_on in FAILING and not by_rules:
        raise UsageError(
            f"--fail-on {fail_on} goes by rules of severity, and none were given: add --rules "
            "FILE, or --rules sample."
        )
    return fail_on


def fails(result: "Measurement", least: str | None) -> bool:
    """Whether a scan fails.

    Args:
        result: of the scan.
        least: what it fails by, from `least_failure`.

    Example:
        >>> fails(None, None)
        False
    """
    if least is None:
        return False
    return result.alarm if least == ALARM else result.severity in FAILING[least]


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
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help="Exit with 10 from here on: alarm (a defect that counts, whatever rules say), rework "
        "or scrap; the last two need rules. In place of --fail-on-fault.",
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
