"""The seam of all encoders: an array of one sensor in, a point in the shared space out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

DIM = 256
"""Dimension of the space in which sensors and sentences meet."""


class AbstractEncoder(nn.Module, ABC):
    """Turns a batch of one sensor's arrays into points of the shared space.

    Example:
        >>> class Flat(AbstractEncoder):
        ...     def forward(self, x):
        ...         return unit_rows(x[:, :DIM])
        >>> Flat()(torch.ones(2, 300)).shape
        torch.Size([2, 256])
    """

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, ...) arrays as the encoder's preparation makes them.

        Returns:
            (batch, DIM) rows of length 1.
        """


@final
class MeanEncoder(AbstractEncoder):
    """The mean direction of several encoders of one kind: what only one of them sees, fades.

    Args:
        members: encoders that take the same arrays.

    Source: Lakshminarayanan et al., Deep ensembles, NeurIPS 2017.

    Example:
        >>> class Flat(AbstractEncoder):
        ...     def forward(self, x):
        ...         return unit_rows(x[:, :DIM])
        >>> MeanEncoder([Flat(), Flat()])(torch.ones(2, 300)).shape
        torch.Size([2, 256])
    """

    def __init__(self, members: Sequence[AbstractEncoder]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, ...) arrays as every member takes them.
        """
        return unit_rows(torch.stack([member(x) for member in self.members]).sum(dim=0))


def unit_rows(points: Tensor) -> Tensor:
    """Rows scaled to length 1.

    Args:
        points: (batch, dim) any rows but zero.

    Example:
        >>> unit_rows(torch.tensor([[3.0, 4.0]]))
        tensor([[0.6000, 0.8000]])
    """
    return functional.normalize(points, dim=-1, eps=1e-6)
