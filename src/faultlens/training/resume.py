"""A training that was killed goes on where it was: its state lies on disk while it runs.

A state is written under a name of its own, and only then a small file is pointed at it, by one
rename. So whenever the process dies, a whole state stands there.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from typing import final

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from faultlens.core.files import write_text, written_whole
from faultlens.core.hashes import file_sha256
from faultlens.training.state import Epoch, LoopState

POINTER = "state.json"

BETWEEN_S = 2.0
"""Seconds between two states at least: any of them leads to the same end."""


@final
class ResumeFolder:
    """The folder in which a running training keeps its state.

    Args:
        folder: exists while the training runs.
        decided: hash of all that decides the result: data, settings, model.

    Example:
        >>> import tempfile
        >>> ResumeFolder(Path(tempfile.mkdtemp()), "abc").stood_at() is None
        True
    """

    def __init__(self, folder: Path, decided: str) -> None:
        self.folder = folder
        self._decided = decided
        self._written_at = -BETWEEN_S

    def stood_at(self) -> LoopState | None:
        """The state of an earlier run of the same training; None where there is none.

        What another training left, or what is damaged, is no state of this one.
        """
        try:
            told = json.loads((self.folder / POINTER).read_text(encoding="utf-8"))
            file = self.folder / str(told["file"])
            if told["decided"] != self._decided or file_sha256(file) != told["sha256"]:
                return None
            tensors = load_file(file)
            history = tuple(Epoch(**x) for x in told["history"])
            best = next((x for x in history if x.number == told["best_epoch"]), None)
            scaler = dict(told["scaler"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            return None
        optimizer: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            kind, _, rest = name.partition("/")
            if kind == "optimizer":
                number, _, what = rest.partition("/")
                optimizer.setdefault(int(number), {})[what] = tensor
        last, its_best = _under("last", tensors), _under("best", tensors)
        return LoopState(last, its_best, best, optimizer, history, scaler)

    def keep(self, state: LoopState) -> None:
        """Write the state, unless one was written a moment ago; a hook of the loop.

        Args:
            state: after an epoch.

        Raises:
            OSError: it cannot be written, as on a full disk; the one before stays.
        """
        if time.monotonic() - self._written_at < BETWEEN_S:
            return
        tensors = {f"last/{k}": v for k, v in state.last.items()}
        tensors |= {f"best/{k}": v.clone() for k, v in state.best.items()}
        for number, row in state.optimizer.items():
            tensors |= {f"optimizer/{number}/{what}": x for what, x in row.items()}
        file = self.folder / f"epoch-{len(state.history)}.safetensors"
        with written_whole(file) as temporary:
            save_file({k: v.contiguous() for k, v in tensors.items()}, temporary)
        told = {
            "file": file.name,
            "sha256": file_sha256(file),
            "decided": self._decided,
            "best_epoch": None if state.best_epoch is None else state.best_epoch.number,
            "history": [asdict(x) for x in state.history],
            "scaler": dict(state.scaler),
        }
        write_text(self.folder / POINTER, json.dumps(told) + "\n")
        for old in self.folder.glob("epoch-*.safetensors"):
            if old != file:
                old.unlink(missing_ok=True)
        self._written_at = time.monotonic()

    def remove(self) -> None:
        """Take the folder away: the training is over and its checkpoint stands."""
        rmtree(self.folder, ignore_errors=True)


def _under(kind: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = f"{kind}/"
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
