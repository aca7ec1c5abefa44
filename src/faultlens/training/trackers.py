"""Where the curves of a training can be watched: TensorBoard and MLflow, each by option."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faultlens.core.optional import optional_import
from faultlens.training.loop import Hook
from faultlens.training.state import Epoch, LoopState

CURVES = ("loss", "validation_loss", "validation_score", "learning_rate", "seconds")


def tensorboard(folder: Path) -> Hook:
    """A hook that writes the curves as TensorBoard reads them.

    Args:
        folder: for its event files.

    Raises:
        MissingPackageError: TensorBoard is not installed.

    Example:
        >>> import tempfile
        >>> callable(tensorboard(Path(tempfile.mkdtemp())))
        True
    """
    writer = optional_import("torch.utils.tensorboard", extra="track").SummaryWriter(str(folder))

    def written(state: LoopState) -> None:
        for name, value in curves(state.history[-1]).items():
            writer.add_scalar(name, value, state.history[-1].number)
        writer.flush()

    return written


def mlflow(experiment: str, parameters: Mapping[str, Any]) -> Hook:
    """A hook that writes the curves to MLflow, where MLFLOW_TRACKING_URI says.

    Args:
        experiment: its name.
        parameters: what decided the training, written once.

    Raises:
        MissingPackageError: MLflow is not installed.

    Example:
        >>> mlflow("bearings", {})  # doctest: +ELLIPSIS
        <function mlflow.<locals>.written at ...>
    """
    tracker = optional_import("mlflow", extra="track")

    def written(state: LoopState) -> None:
        if tracker.active_run() is None:
            tracker.set_experiment(experiment)
            tracker.start_run()
            tracker.log_params(flat(parameters))
        tracker.log_metrics(curves(state.history[-1]), step=state.history[-1].number)

    return written


def curves(epoch: Epoch) -> dict[str, float]:
    """The numbers of an epoch that are worth a curve.

    Args:
        epoch: the last one.

    Example:
        >>> curves(Epoch(1, 0.5, None, None, None, 1e-3, 2.0))
        {'loss': 0.5, 'learning_rate': 0.001, 'seconds': 2.0}
    """
    found = {name: getattr(epoch, name) for name in CURVES}
    return {name: value for name, value in found.items() if value is not None}


def flat(table: Mapping[str, Any], start: str = "") -> dict[str, str]:
    """A table of tables as one, names joined by dots.

    Args:
        table: names to values.
        start: of every name.

    Example:
        >>> flat({"training": {"epochs": 3}})
        {'training.epochs': '3'}
    """
    found: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{start}{name}.")
        else:
            found[f"{start}{name}"] = str(value)
    return found
