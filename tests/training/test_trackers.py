"""The curves of a training come back from where they were written, each epoch once."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

from faultlens.training import trackers
from faultlens.training.experiment import Experiment
from faultlens.training.state import Epoch, LoopState

EPOCHS = [Epoch(i, 1 / i, 0.5 / i, 1 - 0.1 / i, 0.02, 1e-3 * i, 2.0) for i in (1, 2, 3)]


def state(count: int) -> LoopState:
    return LoopState({}, {}, None, {}, tuple(EPOCHS[:count]))


def test_tensorboard_reads_the_curves_that_were_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="curves: pip install 'faultlens[track]'")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    hook = trackers.tensorboard(tmp_path / "curves")
    for count in (2, 3):  # the first two epochs were those of a run that was resumed
        hook(state(count))
    read = EventAccumulator(str(tmp_path / "curves")).Reload()
    assert sorted(read.Tags()["scalars"]) == sorted(trackers.CURVES)
    for name in trackers.CURVES:
        points = [(x.step, x.value) for x in read.Scalars(name)]
        assert points == [(x.number, pytest.approx(getattr(x, name))) for x in EPOCHS]


def test_mlflow_has_the_settings_and_the_curves_in_a_run_of_each_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow", reason="curves: pip install 'faultlens[track]'")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    try:
        for loss in ("prototypes", "captions"):
            hook = trackers.mlflow(
                "bearings", {"loss": {"name": loss}, **Experiment().to_dict()["text"]}
            )
            for count in (2, 3):
                hook(state(count))
        client = mlflow.MlflowClient()
        found = client.get_experiment_by_name("bearings")
        runs = client.search_runs([found.experiment_id])
        assert sorted(x.data.params["loss.name"] for x in runs) == ["captions", "prototypes"]
        for run in runs:
            assert run.data.params["model"] == "static" and run.info.status == "FINISHED"
            for name in trackers.CURVES:
                points = [
                    (x.step, x.value) for x in client.get_metric_history(run.info.run_id, name)
                ]
                assert sorted(points) == [(x.number, getattr(x, name)) for x in EPOCHS]
    finally:
        mlflow.set_tracking_uri(before)


def test_what_is_not_known_is_no_curve() -> None:
    bare = Epoch(1, 0.5, None, None, None, 1e-3, 2.0)
    assert set(trackers.curves(bare)) == {"loss", "learning_rate", "seconds"}


def test_settings_are_flat_and_every_one_is_there() -> None:
    told = trackers.flat(Experiment().to_dict())
    assert told["training.epochs"] == "20" and told["loss.to_sensor"] == "0.5"
    assert not [x for x in told.values() if x.startswith("{")]
