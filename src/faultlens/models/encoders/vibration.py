"""Three readings of a vibration, three encoders: by what is known of the machine.

`VectorEncoder` takes the lines of a known bearing, `CombEncoder` the map of combs over shaft orders
where the bearing is not known, `WaveformEncoder` the plain waveform where nothing is.
"""

import torch
from torch import Tensor, nn

from faultlens.models.encoders.encoder import DIM, AbstractEncoder, unit_rows

DROPOUT = 0.2

USUAL = 12
"""Learned numbers per order: what is usually found there."""


class VectorEncoder(AbstractEncoder):
    """A vector whose entries have a meaning each: two hidden layers are enough.

    Args:
        features: length of the vector.
        width: of the hidden layers.

    Example:
        >>> VectorEncoder(features=10).eval()(torch.zeros(2, 10)).shape
        torch.Size([2, 256])
    """

    def __init__(self, features: int, width: int = 192) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(features, width),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(width, DIM),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, feature).
        """
        return unit_rows(self.layers(x))


class CombEncoder(AbstractEncoder):
    """A map over orders: each order is looked at alike, then a few are attended to.

    Whole shaft orders are special, so every order knows how far it lies from one.

    Args:
        channels: of the map.
        orders: (order,) the order of each column.
        width: of the hidden layers.
        heads: columns that may be attended to at once.

    Example:
        >>> CombEncoder(12, [0.5, 1.0, 1.5, 2.0]).eval()(torch.zeros(2, 12, 4)).shape
        torch.Size([2, 256])
    """

    def __init__(self, channels: int, orders: list[float], width: int = 48, heads: int = 8) -> None:
        super().__init__()
        axis = torch.tensor(orders, dtype=torch.float32)
        away = (axis - axis.round()).abs()
        place = [
            axis.log(),
            (-((away / (0.01 * axis + 0.01)) ** 2)).exp(),
            (-((away / 0.1) ** 2)).exp(),
        ]
        self.place: Tensor
        self.register_buffer("place", torch.stack(place)[None])
        # What bearings there are: a comb at 5.4 is likelier an inner race than an outer one.
        self.usual = nn.Parameter(torch.zeros(1, USUAL, len(orders)))
        self.columns = nn.Sequential(
            nn.Conv1d(channels + len(place) + USUAL, width, 3, padding=1),
            nn.GELU(),
            nn.Conv1d(width, width, 3, padding=1),
            nn.GELU(),
            nn.Conv1d(width, width, 1),
            nn.GELU(),
        )
        self.attention = nn.Conv1d(width, heads, 1)
        self.values = nn.Conv1d(width, width // 2, 1)
        self.head = nn.Sequential(
            nn.Linear(heads * (width // 2) + width, 2 * width + 32),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(2 * width + 32, DIM),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, channel, order).
        """
        place = torch.cat([self.place, self.usual], dim=1).expand(x.shape[0], -1, -1)
        columns = self.columns(torch.cat([x, place], dim=1))
        attention = self.attention(columns).softmax(dim=-1)
        attended = attention @ self.values(columns).transpose(1, 2)
        return unit_rows(self.head(torch.cat([attended.flatten(1), columns.amax(-1)], dim=1)))


class WaveformEncoder(AbstractEncoder):
    """A waveform: learned bands, their level over time, and what repeats in it.

    The bands are squared and their logarithm taken, as an envelope is, before time is looked at.

    Args:
        bands: learned band filters.
        width: of the layers over time.

    Example:
        >>> WaveformEncoder(bands=4, width=8).eval()(torch.zeros(2, 4096)).shape
        torch.Size([2, 256])
    """

    def __init__(self, bands: int = 24, width: int = 64) -> None:
        super().__init__()
        self.filters = nn.Conv1d(1, 2 * bands, 64, stride=16, padding=24, bias=False)
        self.over_time = nn.Sequential(
            nn.BatchNorm1d(bands),
            nn.Conv1d(bands, width, 9, stride=4, padding=4),
            nn.GELU(),
            nn.BatchNorm1d(width),
            nn.Conv1d(width, width, 9, stride=4, padding=4),
            nn.GELU(),
            nn.BatchNorm1d(width),
            nn.Conv1d(width, width, 9, stride=2, padding=4),
            nn.GELU(),
        )
        self.head = nn.Sequential(
            nn.Linear(2 * width + 2 * bands, 128),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(128, DIM),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, time).
        """
        # Each pair of filters is one band: together they give its level, whatever the phase.
        one, other = self.filters(x[:, None]).chunk(2, dim=1)
        level = (one.square() + other.square() + 1e-4).log()
        seen = self.over_time(level)
        whole = [seen.mean(-1), seen.amax(-1), level.mean(-1), level.std(-1)]
        return unit_rows(self.head(torch.cat(whole, dim=1)))
