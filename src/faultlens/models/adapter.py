"""The residual adapter: a small correction of finished points, nothing else moves."""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.encoders.encoder import unit_rows


@final
class ResidualAdapter(nn.Module):
    """A bottleneck beside the way through; at the start it changes nothing.

    Args:
        dim: of the points.
        bottleneck: width between the two linear maps.

    Source: Houlsby et al., Parameter-efficient transfer learning for NLP, ICML 2019, section 2.1:
    near-identity start; here exact, since the second map starts at zero.

    Example:
        >>> points = unit_rows(torch.ones(2, 8))
        >>> torch.equal(ResidualAdapter(8, bottleneck=4)(points), points)
        True
    """

    def __init__(self, dim: int, bottleneck: int = 64) -> None:
        super().__init__()
        self.down = nn.Linear(dim, bottleneck)
        self.up = nn.Linear(bottleneck, dim)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, points: Tensor) -> Tensor:
        """Points of the shared space, moved.

        Args:
            points: (batch, dim) unit rows.
        """
        moved = points + self.up(functional.gelu(self.down(points)))
        unit = unit_rows(moved)
        # Dividing a unit row by its rounded length would move its last bit; the gradient must pass
        # all the same, or an adapter that starts at nothing stays there.
        still = points + (unit - unit.detach())
        return torch.where(moved == points, still, unit)
