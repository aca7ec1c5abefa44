"""A training that is killed, or meets a full disk, loses nothing; two processes train as one."""

import importlib.util
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch
from safetensors.torch import load_file, save_file

from faultlens.models.checkpoint import read_checkpoint, read_weights
from tests.cli.conftest import ENVIRONMENT
from tests.shaped_noise import write_bearingset
from tests.timing import eventually, tried

ONE_THREAD = {**ENVIRONMENT, "OMP_NUM_THREADS": "1"}
LIMIT_S = 300


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with `bearingset/train_set` in it."""
    torch.set_num_threads(1)
    write_bearingset(tmp_path / "bearingset" / "train_set")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_killed_in_the_middle_ends_as_if_it_had_never_stopped(
    run: Any, start: Callable[..., subprocess.Popen[str]], here: Path
) -> None:
    options = ("train", "--encoder", "resnet1d", "--epochs", 16, "--loss", "captions", "--quiet")
    state = here / "killed" / "zero_shot_model.training" / "state.json"

    def begun() -> "subprocess.Popen[str]":
        shutil.rmtree(here / "killed", ignore_errors=True)
        process = start(*options, "--out", "killed", cwd=here, env=ONE_THREAD)
        eventually(lambda: state.is_file() or process.poll() is not None, longest_s=LIMIT_S)
        return process

    # Where this side pauses for long, all may be done before it looks.
    process = tried(begun, lambda x: x.poll() is None)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was still at work"
    before = json.loads(state.read_text(encoding="utf-8"))["history"]
    assert 1 <= len(before) < 16
    assert not (here / "killed" / "zero_shot_model").exists()

    assert run(*options, "--out", "killed").code == 0
    assert run(*options, "--out", "whole").code == 0
    resumed, whole = (read_checkpoint(here / x / "zero_shot_model") for x in ("killed", "whole"))
    rows = [{k: v for k, v in x.items() if k != "stage"} for x in resumed.history]
    assert rows[: len(before)] == before, "its seconds too: these epochs were not run again"
    assert resumed.files == whole.files, "the same weights to the bit, best and last"
    assert [x["loss"] for x in resumed.history] == [x["loss"] for x in whole.history]
    assert [x.name for x in (here / "killed").iterdir()] == ["zero_shot_model"]


def test_a_full_disk_leaves_the_checkpoint_before(
    run: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("train", "--epochs", 2, "--quiet").code == 0
    folder = here / "pretrained_weights" / "zero_shot_model"
    before = {x.name: x.read_bytes() for x in folder.iterdir()}

    written: list[Path] = []

    def full(tensors: dict[str, torch.Tensor], path: Path) -> None:
        if not written:
            save_file(tensors, path)
            written.append(path)
            return
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faultlens.models.checkpoint.save_file", full)
    said = run("train", "--epochs", 2, "--seed", 1, "--quiet")
    assert (said.code, said.out) == (1, "")
    assert "faultlens: No space left on device." in said.err and "our fault" not in said.err
    assert {x.name: x.read_bytes() for x in folder.iterdir()} == before
    assert read_weights(read_checkpoint(folder))
    monkeypatch.undo()
    monkeypatch.chdir(here)
    said = run("train", "--epochs", 2, "--seed", 1, "--quiet")
    assert said.code == 0, said.err
    assert read_checkpoint(folder).settings["zero_shot"]["training"]["seed"] == 1
    assert [x.name for x in folder.parent.iterdir()] == [folder.name], "nothing is left lying about"


RECORDED = """
import os
from safetensors.torch import save_file
from faultlens.cli.main import main
from faultlens.training import zero_shot
from faultlens.training.loop import train

def recorded(module, *arguments, **options):
    end = train(module, *arguments, **options)
    save_file(dict(end.last), f"rank{os.environ['RANK']}.safetensors")
    return end

zero_shot.train = recorded
main()
"""


@pytest.mark.skipif(
    importlib.util.find_spec("accelerate") is None,
    reason="several processes need accelerate: pip install 'faultlens[train]'",
)
def test_two_processes_train_one_model(here: Path) -> None:
    script = here / "recorded.py"
    script.write_text(RECORDED, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # With --cpu this launcher starts one process, whatever it is told; without a GPU in sight
    # --multi_gpu starts two that talk over the network, as they would on several machines.
    launcher = [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
        "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no",
        "--num_cpu_threads_per_process", "1", "--main_process_port", str(port),
    ]  # fmt: skip
    without_gpu = {**ONE_THREAD, "CUDA_VISIBLE_DEVICES": ""}
    options = ["train", "--encoder", "conv1d", "--epochs", "12", "--lr", "0.01", "--json"]
    done = subprocess.run(
        [*launcher, str(script), *options, "--tensorboard", "curves"],
        cwd=here, env=without_gpu, capture_output=True, text=True, timeout=LIMIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["epochs"] == 12, "one of them speaks"
    first, second = (load_file(here / f"rank{x}.safetensors") for x in (0, 1))
    assert all(torch.equal(x, second[name]) for name, x in first.items())
    assert any("running_var" in x for x in first), "statistics agree too"
    assert told["validation_balanced_accuracy"] > 0.8, "and it has learned"
    read_weights(read_checkpoint(here / told["checkpoint"]))
    assert [x.name for x in (here / "pretrained_weights").iterdir()] == ["zero_shot_model"]
    assert len(list((here / "curves").iterdir())) == 1
