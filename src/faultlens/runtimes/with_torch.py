"""Array in, embedding out, by torch: half precision, compiled code, warmed up before it counts."""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.core.errors import MissingPackageError, UsageError
from faultlens.models.restored import RestoredModel
from faultlens.models.vision_language.load import VisionLanguage
from faultlens.models.vision_language.tower import VisionTower
from faultlens.runtimes.image_model import FEATURES, IMAGE, PATCHES, PIXELS, WHOLE
from faultlens.runtimes.image_words import IDS
from faultlens.runtimes.loaded import TEXT_ENCODER
from faultlens.runtimes.passes import Signature, in_passes
from faultlens.runtimes.with_onnx import EMBEDDING, AbstractRuntime

COMPILERS = ("g++", "c++", "clang++")
"""What torch.compile builds its code for processors with, unless CXX names another."""

WARM_UP = 3
"""Passes: the first compiles, the second sees another number of rows, the third is as usual."""


@dataclass(frozen=True)
class TorchUse:
    """How a module is run.

    Args:
        device: "cpu", "cuda" ...
        half: in half the bytes: float16 on graphics, bfloat16 on a processor.
        compiled: by torch.compile; the first pass of a shape then takes up to minutes.
    """

    device: str = "cpu"
    half: bool = False
    compiled: bool = False

    @property
    def dtype(self) -> torch.dtype:
        """Numbers that it computes with; a processor hardly multiplies float16."""
        if not self.half:
            return torch.float32
        return torch.bfloat16 if self.device == "cpu" else torch.float16


@final
class TorchRuntime(AbstractRuntime):
    """A torch module as an encoder; the module is this object's own from now on.

    Args:
        module: tensors in, in the order of `signature.takes`; one or several out, in that of
            `signature.gives`.
        signature: what it takes and gives.
        use: how it is run.

    Raises:
        UsageError: torch has no such device here.
        MissingPackageError: it is to be compiled, and no C++ compiler is here.
    """

    def __init__(
        self, module: nn.Module, signature: Signature, use: TorchUse | None = None
    ) -> None:
        self.use = use or TorchUse()
        self._signature = signature
        if self.use.compiled:
            checked_compiler(self.use.device)
        try:
            moved = module.eval().requires_grad_(False).to(self.use.device, self.use.dtype)
        except (AssertionError, RuntimeError) as error:
            raise UsageError(
                f"torch cannot run on '{self.use.device}' here ({str(error).splitlines()[0]}); "
                "give cpu, or install a torch for it (pytorch.org)."
            ) from error
        self._bytes = sum(x.nbytes for x in (*moved.parameters(), *moved.buffers()))
        self._module: Any = torch.compile(moved) if self.use.compiled else moved

    @property
    def megabytes(self) -> float:
        """Of its weights in memory, MB."""
        return self._bytes / 1e6

    def warm_up(self, inputs: Mapping[str, NDArray[Any]]) -> float:
        """Run it until nothing is compiled and nothing is allocated any more.

        Args:
            inputs: name -> (batch, feature) or with more axes, two rows at least, as they will
                come; what is compiled then fits any number of rows.

        Returns:
            seconds that it took.

        Raises:
            UsageError: a name, a shape or a type that the module does not take.
        """
        start = time.perf_counter()
        for rows in (None, 1, *[None] * (WARM_UP - 2)):
            given = {name: x[:rows] for name, x in inputs.items()}
            self.outputs(given, self._signature.gives)
        return time.perf_counter() - start

    def outputs(
        self, inputs: Mapping[str, NDArray[Any]], names: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """What the module says of a batch; all of it is computed, whatever is asked for.

        Args:
            inputs: name -> (batch, ...), as the module takes them.
            names: of outputs, at least one.

        Returns:
            name -> (batch, dim), or with more axes behind the batch.

        Raises:
            UsageError: a name, a shape or a type that the module does not take or give.
        """
        return in_passes(self._signature, inputs, names, self._pass)

    def _pass(self, inputs: dict[str, NDArray[Any]], names: Sequence[str]) -> list[NDArray[Any]]:
        given = [self._tensor(inputs[name]) for name in self._signature.takes]
        with torch.inference_mode():
            found = self._module(*given)
            outputs = [found] if isinstance(found, Tensor) else list(found)
            by_name = dict(zip(self._signature.gives, outputs, strict=True))
            return [by_name[name].float().cpu().numpy() for name in names]

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        tensor = torch.from_numpy(np.ascontiguousarray(array)).to(self.use.device)
        return tensor.to(self.use.dtype) if tensor.is_floating_point() else tensor


def checked_compiler(device: str = "cpu") -> str:
    """The C++ compiler that torch.compile would use for a processor; "" where none is needed.

    Args:
        device: that code is made for; graphics take Triton, which comes with torch.

    Raises:
        MissingPackageError: there is none; the message says what to install.

    Example:
        >>> checked_compiler("cuda")
        ''
    """
    if not device.startswith("cpu"):
        return ""
    stated = os.environ.get("CXX", "").split()
    for name in stated[:1] or COMPILERS:
        if found := shutil.which(name):
            return found
    raise MissingPackageError(
        f"torch.compile needs a C++ compiler, and none of {', '.join(stated[:1] or COMPILERS)} is "
        "here. On Debian and Ubuntu: sudo apt install g++; or run the module uncompiled."
    )


def picture_encoders(
    loaded: VisionLanguage, use: TorchUse | None = None
) -> dict[str, TorchRuntime]:
    """The encoders of a model of pictures and words, by the stems of its bundle.

    Args:
        loaded: read by `load_vision_language`; its modules are these encoders' own from now on.
        use: how they are run.

    Raises:
        UsageError: torch has no such device here.
        MissingPackageError: they are to be compiled, and no C++ compiler is here.

    Example:
        >>> picture_encoders.__name__  # the tests show it at work
        'picture_encoders'
    """
    size = loaded.preparation.size
    pixels = {PIXELS: ("batch", 3, size, size)}
    return {
        IMAGE: TorchRuntime(
            loaded.vision, Signature("image", pixels, (IMAGE, PATCHES, FEATURES)), use
        ),
        WHOLE: TorchRuntime(_Whole(loaded.vision), Signature("whole", pixels, (IMAGE,)), use),
        TEXT_ENCODER: TorchRuntime(
            loaded.words, Signature("text", {IDS: ("batch", "token")}, (EMBEDDING,)), use
        ),
    }


def window_encoder(restored: RestoredModel, use: TorchUse | None = None) -> TorchRuntime:
    """The encoder and adapter of a checkpoint, as its bundle has them.

    Args:
        restored: whose model is this encoder's own from now on.
        use: how it is run.

    Raises:
        UsageError: torch has no such device here.
        MissingPackageError: it is to be compiled, and no C++ compiler is here.

    Example:
        >>> window_encoder.__name__  # the tests show it at work
        'window_encoder'
    """
    takes = {"x": ("batch", *restored.checkpoint.encoder.shape)}
    module = _Points(restored.model)
    return TorchRuntime(module, Signature("windows", takes, (EMBEDDING,)), use)


class _Whole(nn.Module):
    """The row of the whole picture alone."""

    def __init__(self, tower: VisionTower) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, pixels: Tensor) -> Tensor:
        """Unit rows (picture, dim)."""
        return self.tower.through(self.tower.embedding(pixels))


class _Points(nn.Module):
    """Encoder and adapter of a contrastive model."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space (batch, dim)."""
        points: Tensor = self.model.points(x)
        return points
