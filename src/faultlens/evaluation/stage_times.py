"""What each stage takes, from a file on disk to the JSON of its result, file after file."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from faultlens.core.notice import Notice
from faultlens.core.stages import STAGES, timed_stages
from faultlens.images.read import read_image
from faultlens.images.simulator.render import render_surface
from faultlens.images.write import write_image
from faultlens.inference.diagnose_file import diagnose_file
from faultlens.inference.inspect import inspector
from faultlens.inference.inspector import Inspector, each_inspected
from faultlens.models import shipped
from faultlens.reports.stage_share_figure import StageTimes
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.signals.catalogue import find_bearing
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

FILES = 20
"""Of each kind, where nobody names any."""

BEARING, SHAFT_RPM = "6205", 1772.0
RATE_HZ, SECONDS = 25600, 1.0
PICTURE_PX = (480, 640)

RECORDINGS = Notice("1 s at 25.6 kHz, wav", "1 秒，25.6 kHz，wav")
PICTURES = Notice("640 × 480 px, JPEG", "640 × 480 像素，JPEG")
OWN = Notice("files given", "所给文件")


def stage_times(
    verb: str, what: Notice, files: Iterable[Path | str], work: Callable[[str], object]
) -> StageTimes:
    """Do the work once for each file, and take the median of each stage.

    Args:
        verb: "diagnose" or "inspect".
        what: the kind of file, in few words.
        files: the first is gone through once more before the clock counts.
        work: from a file's name to its result.

    Example:
        >>> times = stage_times("diagnose", RECORDINGS, ["a.wav"], len)
        >>> times.files, times.seconds["model"]
        (1, 0.0)
    """
    names = [str(x) for x in files]
    work(names[0])  # opens the model
    taken = []
    for name in names:
        with timed_stages() as seconds:
            work(name)
        taken.append([seconds[x] for x in STAGES])
    medians = np.median(np.array(taken), axis=0)
    return StageTimes(verb, what, len(names), dict(zip(STAGES, map(float, medians), strict=True)))


def diagnose_work(model: str = shipped.DEFAULT, **known: object) -> Callable[[str], object]:
    """Diagnosis of a file up to the text of its JSON.

    Args:
        model: that judges.
        known: as `diagnose_file` takes it: shaft_rpm, bearing, sample_rate_hz.

    Example:
        >>> callable(diagnose_work())
        True
    """

    def work(name: str) -> object:
        return json.dumps(diagnose_file(name, model=model, **known).to_dict())  # type: ignore[arg-type]

    return work


def inspect_work(model: str = SURFACE_MODEL) -> Callable[[str], object]:
    """Inspection of a file up to the text of its JSON.

    Args:
        model: that judges.

    Raises:
        FaultlensError: the model cannot be used.

    Example:
        >>> inspect_work("builtin/nothing")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown model 'builtin/nothing'. ...
    """
    return partial(_inspected, inspector(model=model))


def _inspected(ready: Inspector, name: str) -> str:
    (result,) = each_inspected(ready, [read_image(name)])
    return json.dumps(result.to_dict())


def simulated_recordings(folder: Path, count: int = FILES) -> list[Path]:
    """Recordings of 1 s at 25.6 kHz with and without faults, as wav with sidecars.

    Args:
        folder: to write into.
        count: how many.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     [x.name for x in simulated_recordings(Path(folder), 1)]
        ['recording-0.wav']
    """
    families: tuple[tuple[str, ...], ...] = ((), ("outer",), ("inner",), ("ball",))
    geometry = find_bearing(BEARING).geometry
    return [
        write_signal(
            folder / f"recording-{number}.wav",
            simulate(
                families[number % len(families)], bearing=geometry, shaft_rpm=SHAFT_RPM,
                sample_rate_hz=RATE_HZ, seconds=SECONDS, seed=number,
            ).signal,
        )
        for number in range(count)
    ]  # fmt: skip


def rendered_pictures(folder: Path, count: int = FILES) -> list[Path]:
    """Pictures of metal, 640 x 480, with and without defects, as JPEG.

    Args:
        folder: to write into.
        count: how many.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     [x.name for x in rendered_pictures(Path(folder), 1)]
        ['part-0.jpg']
    """
    height, width = PICTURE_PX
    return [
        write_image(
            folder / f"part-{number}.jpg",
            render_surface(seed=number, height_px=height, width_px=width, part="sheet").pixels,
        )
        for number in range(count)
    ]


def every_kind(folder: Path, count: int = FILES) -> Iterator[StageTimes]:
    """Both verbs, on files that the simulators write.

    Args:
        folder: to write them into.
        count: of each kind.

    Example:
        >>> [x.verb for x in every_kind(Path("/nowhere"), 0)]
        []
    """
    if count < 1:
        return
    # The wav holds rate and samples; speed and bearing stand in its sidecar.
    yield stage_times("diagnose", RECORDINGS, simulated_recordings(folder, count), diagnose_work())
    yield stage_times("inspect", PICTURES, rendered_pictures(folder, count), inspect_work())
