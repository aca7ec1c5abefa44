"""Tasks of "measure": scans, one by one; a bad one stops no other."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from faultlens.core.stages import timed_stages
from faultlens.hosting.attempt import Tell, attempt
from faultlens.hosting.desk import Desk
from faultlens.hosting.plain_json import json_bytes
from faultlens.hosting.shares import Shares
from faultlens.hosting.task import PHOTOGRAPH, PNG, Answer, Task
from faultlens.inference.measurement import Measurement
from faultlens.inference.measuring import each_measured
from faultlens.surfaces.read import read_surface_bytes
from faultlens.surfaces.surface import Surface

_VERDICTS = {"defect": "defect", "no_defect": "no defect", "unknown": "unknown"}


def measure_each(desk: Desk, tasks: Sequence[Task], tell: Tell) -> None:
    """Answer each scan with its measurement.

    Args:
        desk: of the worker.
        tasks: a batch.
        tell: takes each answer.

    Example:
        >>> measure_each.__name__  # `work` shows it at work
        'measure_each'
    """
    for number, task in enumerate(tasks):

        def make(task: Task = task) -> Answer:
            return _answer(desk, task)

        attempt(number, task, make, tell)


def _answer(desk: Desk, task: Task) -> Answer:
    with timed_stages() as seconds:
        shares = Shares(seconds)
        ready = desk.measurer(task)
        (result,) = each_measured(ready, [scan_of(task)])
        content = measurement_content(result, task)
        spent = shares.of_next(1)
    return Answer(
        content=content,
        stage_seconds=spent,
        verdict=_VERDICTS[result.best.kind],
        alarm=result.alarm,
        score=result.alarm_score,
        model=result.model,
    )


def scan_of(task: Task) -> Surface:
    """The scan of a task, called as the client calls it.

    Args:
        task: whose source is a file here.

    Raises:
        InputError: no scan, a damaged one, or one of more points than are taken.
        UsageError: a unit that is none.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "a81f03c2.xyz"
        >>> _ = place.write_text("0 0 1\\n2 0 1\\n0 2 1.5\\n")
        >>> scan_of(Task("measure", str(place), "plate.xyz", {"unit": "cm"})).name
        'plate.xyz'
    """
    given = {x: task.options.get(x) for x in ("unit", "spacing_mm", "intrinsics")}
    content = Path(task.source).read_bytes()
    scan = read_surface_bytes(content, task.name, largest_points=task.limits.points, **given)
    return photographed(scan, task) if PHOTOGRAPH in task.beside else scan


def photographed(scan: Surface, task: Task) -> Surface:
    """A scan with the photograph that came beside it.

    Args:
        scan: of the task.
        task: with a photograph beside it, and its camera among the options.

    Raises:
        InputError: no picture, a damaged one, or one that shows nothing of the scan.
        UsageError: a camera that cannot be.

    Example:
        >>> photographed.__name__  # `tests/hosting/test_golden_scan.py` shows it at work
        'photographed'
    """
    # Here, because most scans come without a photograph.
    from faultlens.images.read import image_of_bytes
    from faultlens.surfaces.photograph import coloured, read_camera

    path, name = task.beside[PHOTOGRAPH]
    content = Path(path).read_bytes()
    picture = image_of_bytes(content, name=name, largest_pixels=task.limits.pixels)
    return coloured(scan, picture.rgb(), read_camera(task.options["camera"]))


def measurement_content(result: Measurement, task: Task) -> bytes:
    """A result as its task wants it, as JSON or as the picture of what was measured.

    Args:
        result: of the scan.
        task: that asked for it.

    Example:
        >>> measurement_content.__name__  # `measure_each` shows it at work
        'measurement_content'
    """
    if task.media_type == PNG:
        from faultlens.reports.inspection_picture import write_sheet

        with TemporaryDirectory(prefix="faultlens-sheet-") as folder:
            sheet = Path(folder) / "sheet.png"
            write_sheet(sheet, result.figure())
            return sheet.read_bytes()
    return json_bytes(result.to_dict())
