"""What both stages of a training share: how they are judged, and what their checkpoints say."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax
from torch import Tensor

from faultlens.core.version import __version__
from faultlens.metrics.classification import balanced_accuracy
from faultlens.models.checkpoint import TrainedOn
from faultlens.training.learnable import Learnable
from faultlens.training.loop import Examples, Validate
from faultlens.training.temperature import best_temperature

Logits = Callable[[Tensor], Tensor]
"""(window, ...) arrays -> (window, class) scaled cosines, by the model as it is."""

ROWS_AT_ONCE = 512

MADE_WITH = ("torch", "numpy", "scipy", "safetensors", "transformers", "peft", "tokenizers")


def validation(logits: Logits, held: Examples, windows: int | None = None) -> Validate:
    """How an epoch is judged: loss and balanced accuracy of what is held out.

    Args:
        logits: of the model in training.
        held: one example at least.
        windows: how many different ones are in it: copies of a window agree, and make a score no
            surer. None where all are different.

    Example:
        >>> judged = validation(lambda x: x, Examples(np.eye(2, dtype=np.float32), np.arange(2)))
        >>> [round(x, 3) for x in judged()]
        [0.313, 1.0, 0.306]
    """
    target, count = held.target, len(held.target)
    trials = windows or count

    def judged() -> tuple[float, float, float]:
        found = logits_of(logits, held.arrays)
        loss = -log_softmax(found, axis=1)[np.arange(count), target].mean()
        names = [str(x) for x in target], [str(x) for x in found.argmax(axis=1)]
        score = balanced_accuracy(*names)
        # Two more trials, one hit: a score of 1 is no certainty either.
        share = (score * trials + 1) / (trials + 2)
        return float(loss), score, float(np.sqrt(share * (1 - share) / trials))

    return judged


def logits_of(logits: Logits, arrays: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scaled cosines of many windows, in pieces.

    Args:
        logits: of a model.
        arrays: (window, ...) one at least.

    Returns:
        (window, class).

    Example:
        >>> logits_of(lambda x: x * 2, np.ones((1, 3), np.float32))
        array([[2., 2., 2.]])
    """
    with torch.inference_mode():
        rows = [
            logits(torch.from_numpy(arrays[i : i + ROWS_AT_ONCE]).float()).cpu().numpy()
            for i in range(0, len(arrays), ROWS_AT_ONCE)
        ]
    joined: NDArray[np.float64] = np.concatenate(rows).astype(np.float64)
    return joined


def temperature_of(logits: Logits, held: Examples) -> float:
    """What scaled cosines are divided by before they become probabilities, 1 at least.

    What is held out lies next to what was learned from. It can show that a model is too sure, never
    that it may be surer than it was trained to be.

    Args:
        logits: of a trained model.
        held: windows that it was not trained on; without any it is 1.

    Example:
        >>> temperature_of(lambda x: x, Examples(np.zeros((0, 2), np.float32), np.arange(0)))
        1.0
    """
    if not len(held.target):
        return 1.0
    return max(1.0, best_temperature(logits_of(logits, held.arrays), held.target))


@dataclass(frozen=True)
class DataSource:
    """Which data set recordings are from.

    Args:
        name: of the data set.
        sha256: of its samples and labels.
        folder: where it lies.
    """

    name: str = ""
    sha256: str = ""
    folder: str = ""


UNNAMED = DataSource()
"""Recordings that come from no data set."""


def trained_on(ready: Learnable, source: DataSource) -> TrainedOn:
    """What a model has seen, for its checkpoint.

    Args:
        ready: what was learned from.
        source: the data set that it is from.

    Example:
        >>> from faultlens.signals.signal import Signal
        >>> from faultlens.datasets.labelled import LabelledRecording
        >>> from faultlens.training.experiment import Experiment
        >>> from faultlens.training.learnable import learnable
        >>> noise = np.random.default_rng(0).normal(size=(2, 4096))
        >>> two = [LabelledRecording("rig", f"r{i}", label, Signal(noise[i], 5120.0), window=1024)
        ...        for i, label in enumerate(["healthy", "inner race fault"])]
        >>> seen = trained_on(learnable(two, Experiment(validation=0.25)), DataSource("mine"))
        >>> [x.key for x in seen.origins]
        ['r0', 'r1']
    """
    return TrainedOn(
        dataset=source.name,
        sha256=source.sha256,
        folder=source.folder,
        origins=tuple(x.origin for x in ready.windows.recordings),
        windows=len(ready.learned),
        validation_windows=len(ready.held),
    )


def versions() -> dict[str, str]:
    """Of the packages that make a model.

    Example:
        >>> "torch" in versions()
        True
    """
    found = {"faultlens": __version__, "python": platform.python_version()}
    for name in MADE_WITH:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
