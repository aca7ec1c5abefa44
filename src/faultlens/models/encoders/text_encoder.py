"""The seam of all text encoders: sentences in, rows of the text model's own width out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from faultlens.core.errors import UnreadableFileError


class AbstractTextEncoder(nn.Module, ABC):
    """Turns sentences into rows; `ContrastiveModel.project` brings these into the shared space.

    Example:
        >>> import torch
        >>> class Length(AbstractTextEncoder):
        ...     width = 1
        ...     def forward(self, sentences):
        ...         return torch.tensor([[float(len(x))] for x in sentences])
        >>> Length()(["crack"])
        tensor([[5.]])
    """

    width: int
    """Of a row."""

    @abstractmethod
    def forward(self, sentences: Sequence[str]) -> Tensor:
        """Rows of sentences.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32, not scaled.

        Raises:
            UsageError: no sentence, or something that is none.
        """

    def about(self) -> dict[str, Any]:
        """What is needed beside the weights to build it again; JSON can write it."""
        return {}

    def kept(self) -> dict[str, Tensor]:
        """What a checkpoint must keep of it: all that was trained, and nothing else."""
        return {name: x.detach().clone() for name, x in self.state_dict().items()}

    def take(self, kept: Mapping[str, Tensor]) -> None:
        """Take over what `kept` gave.

        Args:
            kept: name -> tensor, each of the shape that it has here.

        Raises:
            UnreadableFileError: a tensor is missing, has another shape, or belongs elsewhere.
        """
        here = self.kept()
        wrong = sorted(set(here) ^ set(kept)) or sorted(
            name for name, x in kept.items() if x.shape != here[name].shape
        )
        if wrong:
            raise UnreadableFileError(
                f"The checkpoint's text weights do not fit this text encoder: {wrong[0]} and "
                f"{len(wrong) - 1} more differ. Name the text model that it was trained with."
            )
        self.load_state_dict(dict(kept), strict=False)
