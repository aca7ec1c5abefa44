"""Windows: each square of few patches seen alone, as if nothing else were in the picture."""

from typing import final

import torch
from torch import Tensor, nn

from faultlens.models.vision_language.tower import VisionTower

SIDES = (2, 3)
"""Of windows, patches (WinCLIP's small and mid scale)."""


@final
class WindowTower(nn.Module):
    """The tower, asked for every window of 2 x 2 and of 3 x 3 patches alone.

    A window is the class token, where there is one, and its patches, each with its own place.

    Args:
        tower: shared with whoever asks for whole pictures.

    Source: Jeong et al., WinCLIP, CVPR 2023, section 4.2.
    """

    def __init__(self, tower: VisionTower) -> None:
        super().__init__()
        self.tower = tower
        rows, columns = tower.embedding.grid
        numbers = torch.arange(rows * columns).reshape(rows, columns) + tower.embedding.before
        self.shapes = [(rows - side + 1, columns - side + 1) for side in SIDES]
        for side in SIDES:
            # (window, patch): numbers of the tokens of each window.
            squares = numbers.unfold(0, side, 1).unfold(1, side, 1).reshape(-1, side * side)
            first = torch.arange(tower.embedding.before).expand(len(squares), -1)
            self.register_buffer(f"tokens{side}", torch.cat([first, squares], 1).contiguous())

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Rows of all windows, for each side.

        Args:
            pixels: (picture, channel, row, column), prepared.

        Returns:
            (picture, dim, row - side + 1, column - side + 1) unit along dim, for each of `SIDES`.
        """
        hidden = self.tower.embedding(pixels)
        return tuple(
            self._of_side(hidden, self.get_buffer(f"tokens{side}"), shape)
            for side, shape in zip(SIDES, self.shapes, strict=True)
        )

    def _of_side(self, hidden: Tensor, numbers: Tensor, shape: tuple[int, int]) -> Tensor:
        windows, tokens = numbers.shape
        alone = hidden[:, numbers.flatten()].reshape(-1, tokens, hidden.shape[-1])
        rows = self.tower.through(alone)
        of_picture = rows.reshape(-1, windows, rows.shape[-1]).transpose(1, 2)
        return of_picture.reshape(-1, rows.shape[-1], *shape)
