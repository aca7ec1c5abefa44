"""Where the curves of a training can be watched: TensorBoard and MLflow, each by option."""

from collections.abc import Mapping, Sequence
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
    fresh = _Fresh()

    def written(state: LoopState) -> None:
        for epoch in fresh.of(state):
            for name, value in curves(epoch).items():
                writer.add_scalar(name, value, epoch.number)
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
    fresh = _Fresh()
    runs: list[str] = []

    def written(state: LoopState) -> None:
        client = tracker.MlflowClient()
        if not runs:
            # A run of its own: another training of this process may have one open.
            runs.append(
                client.create_run(tracker.set_experiment(experiment).experiment_id).info.run_id
            )
            for name, text in flat(parameters).items():
                client.log_param(runs[0], name, text)
        for epoch in fresh.of(state):
            for name, value in curves(epoch).items():
                client.log_metric(runs[0], name, value, step=epoch.number)
        # Of every epoch the last might be the end, and a run that nobody ends is shown as running.
        client.set_terminated(runs[0])

    return written


class _Fresh:
    """The epochs that were not written yet; a resumed training begins with those before it."""

    def __init__(self) -> None:
        self._written = 0

    def of(self, state: LoopState) -> Sequence[Epoch]:
        """The epochs behind the last one asked for."""
        found = state.history[self._written :]
        self._written = len(state.history)
        return found


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
