"""The encoder of surfaces as the contrastive model takes encoders: one point for each picture."""

from typing import final

from torch import Tensor

from faultlens.models.encoders.encoder import AbstractEncoder
from faultlens.models.encoders.surface import SurfaceEncoder


@final
class SurfacePoints(AbstractEncoder):
    """The points of whole pictures; patches and features stay with the encoder inside.

    Example:
        >>> import torch
        >>> SurfacePoints().eval()(torch.rand(2, 3, 64, 96)).shape
        torch.Size([2, 256])
    """

    def __init__(self) -> None:
        super().__init__()
        self.surface = SurfaceEncoder()

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, 3, row, column) red, green and blue, 0 to 1.
        """
        return self.surface.looked(x)[0]
