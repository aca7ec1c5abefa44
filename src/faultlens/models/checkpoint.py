"""A checkpoint: the folder that holds a trained model, its weights and all that made them.

`checkpoint.json` says everything in words and numbers, `model.safetensors` holds the best weights
and `last.safetensors` those of the last epoch; a frozen language model's weights are never among
them. No pickle is written or read.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from math import isfinite
from pathlib import Path
from shlex import quote
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from faultlens.core.errors import BundleError, UsageError
from faultlens.core.files import write_text, written_whole
from faultlens.core.hashes import file_sha256
from faultlens.core.whole_folder import folder_written_whole, recover_folder
from faultlens.datasets.labelled import Origin

R = TypeVar("R")

FORMAT = 1
"""Version of `checkpoint.json`; a reader refuses newer ones by name."""

CARD, BEST, LAST = "checkpoint.json", "model.safetensors", "last.safetensors"

ZERO_SHOT, ADAPTER = "zero_shot", "adapter"
STAGES = (ZERO_SHOT, ADAPTER)

FOLDERS = {ZERO_SHOT: "zero_shot_model", ADAPTER: "adapter_tuned_model"}
"""Stage -> how its folder is called, before the suffix."""

PICTURES = "surface"
"""Name of the encoder that takes pictures; all others take recordings."""

PROTOTYPES = "prototypes"
"""Tensor of the classes' sentences as the text model gives them, (class, width)."""

LARGEST_CARD_BYTES = 20_000_000
PICKLES = (".pth", ".pt", ".pkl", ".bin", ".ckpt")


@dataclass(frozen=True)
class EncoderFacts:
    """Which encoder, and how large.

    Args:
        name: row of the registry of encoders.
        shape: of one window as it takes it, such as (channel, time).
        dim: of the shared space.
        adapter: width of the adapter's bottleneck; None where there is no adapter.
    """

    name: str
    shape: tuple[int, ...]
    dim: int
    adapter: int | None = None


@dataclass(frozen=True)
class TextFacts:
    """Which text model, and what its sentences are.

    Args:
        name: as it was asked for.
        reference: name and hash of what was used.
        width: of what it gives.
        shared: whether its points are those of the shared space, so that nothing is projected.
        prompts: templates that the classes were put into.
        kept: what is needed to build a trained text model again; empty for a frozen one.
    """

    name: str
    reference: str
    width: int
    shared: bool
    prompts: tuple[str, ...]
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainedOn:
    """What a model has seen, so that a test on the same can be refused.

    Args:
        dataset: name of the data set.
        sha256: of its samples and labels.
        folder: where it lay then.
        origins: of the recordings.
        windows: number of windows learned from.
        validation_windows: number of windows held out to choose the best epoch.
    """

    dataset: str
    sha256: str
    folder: str
    origins: tuple[Origin, ...]
    windows: int
    validation_windows: int

    def joined(self, later: "TrainedOn") -> "TrainedOn":
        """What a model has seen after two stages.

        Args:
            later: the second stage's data.

        Example:
            >>> one = TrainedOn("a", "", "", (Origin("rig", "r1", "healthy"),), 10, 2)
            >>> len(one.joined(one).origins)
            1
        """
        fresh = [x for x in later.origins if x not in self.origins]
        return replace(later, origins=(*self.origins, *fresh))


@dataclass(frozen=True)
class Checkpoint:
    """All that a checkpoint says in words and numbers.

    Args:
        stage: "zero_shot" or "adapter".
        encoder: which encoder.
        text: which text model.
        classes: names of the classes, in the order of the prototypes.
        preparation: how a window becomes the encoder's array.
        trained_on: what it has seen.
        settings: how it was trained, stage by stage.
        calibration: numbers that turn cosines into probabilities.
        history: per epoch, loss and validation.
        versions: of the packages that made it.
        files: file name -> SHA-256.
        folder: where it lies; not written.
    """

    stage: str
    encoder: EncoderFacts
    text: TextFacts
    classes: tuple[str, ...]
    preparation: Mapping[str, Any]
    trained_on: TrainedOn
    settings: Mapping[str, Any]
    calibration: Mapping[str, float]
    history: tuple[Mapping[str, Any], ...]
    versions: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def takes_pictures(self) -> bool:
        """Whether it is of an encoder of pictures."""
        return self.encoder.name == PICTURES

    @property
    def reference(self) -> str:
        """Name and hash, as results state it."""
        told = json.dumps([self.files, self.preparation, self.calibration], sort_keys=True)
        return f"{self.folder.name}@{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def refuse_pictures(checkpoint: Checkpoint) -> None:
    """Refuse a checkpoint of pictures where one of recordings is needed.

    Args:
        checkpoint: read.

    Raises:
        UsageError: it is one.

    Example:
        >>> facts = EncoderFacts("surface", (3, 160, 160), 256)
        >>> text, seen = TextFacts("", "", 256, True, ()), TrainedOn("", "", "", (), 0, 0)
        >>> refuse_pictures(Checkpoint("zero_shot", facts, text, (), {}, seen, {}, {}, (), {}))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: . is a checkpoint of pictures, ...
    """
    if checkpoint.takes_pictures:
        raise UsageError(
            f"{checkpoint.folder} is a checkpoint of pictures, and recordings were to be judged. "
            f"Export it (faultlens export {quote(str(checkpoint.folder))}): inspect, calibrate and "
            "evaluate take the bundle; 'faultlens tune' adapts it to labelled pictures."
        )


def write_checkpoint(
    folder: str | Path,
    checkpoint: Checkpoint,
    *,
    best: Mapping[str, Tensor],
    last: Mapping[str, Tensor],
) -> Checkpoint:
    """Write a checkpoint whole or not at all, in the place of the one that stands there, if any.

    Args:
        folder: to make; one that holds anything but a checkpoint is left alone.
        checkpoint: what it says; `files` and `folder` are filled in.
        best: weights of the best epoch, prototypes among them.
        last: weights of the last one.

    Raises:
        UsageError: the folder holds something else.
        OSError: it cannot be written, as on a full disk; what stood there stays.

    Example:
        >>> write_checkpoint(Path("/"), None, best={}, last={})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: '/' holds more than a checkpoint, ...
    """
    target = Path(folder)
    if target.exists() and any(x.name not in (CARD, BEST, LAST) for x in target.iterdir()):
        raise UsageError(
            f"'{target}' holds more than a checkpoint, and writing one there would remove it. "
            "Give another --save-suffix, or empty that folder."
        )
    with folder_written_whole(target) as temporary:
        files = {}
        for name, weights in ((BEST, best), (LAST, last)):
            with written_whole(temporary / name) as file:
                save_file({k: v.contiguous() for k, v in weights.items()}, file)
            files[name] = file_sha256(temporary / name)
        table = {"format": FORMAT, **asdict(checkpoint), "files": files}
        del table["folder"]
        write_text(temporary / CARD, json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    return read_checkpoint(target)


def read_checkpoint(folder: str | Path) -> Checkpoint:
    """Read what a checkpoint says, and check its files against their hashes.

    Args:
        folder: of the checkpoint. `x.pth` finds the folder `x`, as the reference's command lines
            name it.

    Raises:
        BundleError: no checkpoint, of a newer format, damaged, or a file with pickle in it.

    Example:
        >>> read_checkpoint("/nowhere/x.pth")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere/x is no checkpoint: it has no checkpoint.json...
    """
    where = _folder_meant(Path(folder))
    recover_folder(where)
    card = where / CARD
    if not card.is_file():
        raise BundleError(
            f"{where} is no checkpoint: it has no {CARD}. Give a folder that 'faultlens train' "
            f"wrote, such as pretrained_weights/{FOLDERS[ZERO_SHOT]}."
        )
    if card.stat().st_size > LARGEST_CARD_BYTES:
        raise _damaged(where, f"its {CARD} is larger than 20 MB")
    try:
        table = json.loads(card.read_text(encoding="utf-8"))
        found = _value(int, table.pop("format"))
        if found > FORMAT:
            raise BundleError(
                f"{where} is a checkpoint of format {found}; this faultlens reads format {FORMAT}. "
                "Update it: pip install --upgrade faultlens"
            )
        checkpoint = replace(_record(Checkpoint, table, unwritten="folder"), folder=where)
        if checkpoint.stage not in STAGES:
            raise ValueError(f"its stage is '{checkpoint.stage}'")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(where, f"its {CARD} cannot be read ({error})") from error
    for name in (BEST, LAST):
        file = where / name
        if not file.is_file():
            raise _damaged(where, f"the file '{name}' is missing")
        if file_sha256(file) != checkpoint.files.get(name):
            raise _damaged(where, f"the file '{name}' is not the one that was written (SHA-256)")
    return checkpoint


def read_weights(checkpoint: Checkpoint, *, last: bool = False) -> dict[str, Tensor]:
    """The weights of a checkpoint, prototypes among them.

    Args:
        checkpoint: read.
        last: those of the last epoch, not of the best.

    Raises:
        BundleError: the file holds no tensors.

    Example:
        >>> read_weights(read_checkpoint("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    path = checkpoint.folder / (LAST if last else BEST)
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise _damaged(checkpoint.folder, f"'{path.name}' cannot be read ({error})") from error


def _folder_meant(path: Path) -> Path:
    if path.suffix.lower() not in PICKLES:
        return path
    if path.is_file():
        raise BundleError(
            f"{path} is a pickle: loading one can run any program, so none is read. Train the "
            "model again with 'faultlens train', or convert its weights to safetensors."
        )
    return path.with_suffix("")


def _record(kind: type[R], table: Any, *, unwritten: str = "") -> R:
    """A record from its table, each value of the kind that its field says."""
    hints = {name: x for name, x in get_type_hints(kind).items() if name != unwritten}
    if odd := sorted(set(table) ^ set(hints)):
        raise ValueError(f"its fields differ from those of format {FORMAT} in {', '.join(odd)}")
    return kind(**{name: _value(hints[name], value) for name, value in table.items()})


def _value(kind: Any, value: Any) -> Any:
    whole, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(value, dict):
        return _record(cast(type, kind), value)
    if whole is UnionType:
        return None if value is None else _value(parts[0], value)
    if whole is tuple and isinstance(value, list):
        return tuple(_value(parts[0], x) for x in value)
    if whole is Mapping and isinstance(value, dict):
        return {name: _value(parts[1], x) for name, x in value.items()}
    if kind is float and type(value) in (int, float) and isfinite(value):
        return float(value)
    if kind is not Any and (kind is float or type(value) is not kind):
        raise ValueError(f"{value!r:.40} stands where it needs {kind}")
    return value


def _damaged(where: Path, what: str) -> BundleError:
    return BundleError(f"{where} is damaged: {what}. Train it again, or copy it here again.")
