"""Linear layers held as bytes: a quarter of the memory, for text models that are only asked."""

from typing import final

from torch import Tensor, nn, round
from torch.nn import functional

from faultlens.core.errors import UsageError

_LARGEST = 127


@final
class Int8Linear(nn.Module):
    """A linear layer with a byte per weight and a scale per output.

    Args:
        linear: the layer as it was trained.

    Source: Dettmers et al., LLM.int8(), NeurIPS 2022, section 2.1 (a scale per row; here of the
    weights alone).

    Example:
        >>> import torch
        >>> layer = nn.Linear(64, 8)
        >>> x = torch.ones(1, 64)
        >>> bool((Int8Linear(layer)(x) - layer(x)).abs().max() < 0.05)
        True
    """

    weight: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(1, keepdim=True).clamp_min(1e-12) / _LARGEST
        self.register_buffer("weight", round(weight / scale).char())
        self.register_buffer("scale", scale.to(linear.weight.dtype))
        bias: Tensor | None = linear.bias
        self.register_buffer("bias", None if bias is None else bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output (..., out) of x (..., in)."""
        return functional.linear(x, self.weight.to(x.dtype) * self.scale.to(x.dtype), self.bias)


def with_int8_linears(model: nn.Module) -> None:
    """Put bytes in the place of the weights of every linear layer of a model.

    Args:
        model: changed in place.

    Raises:
        UsageError: it has no linear layer, so nothing would be gained.

    Example:
        >>> model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        >>> with_int8_linears(model)
        >>> type(model[0]).__name__
        'Int8Linear'
    """
    linears = 0
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear:
                setattr(parent, name, Int8Linear(child))
                linears += 1
    if not linears:
        raise UsageError(
            f"int8 does not fit {type(model).__name__}, which has no plain linear layer; "
            "ask for bfloat16."
        )
