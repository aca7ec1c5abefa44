"""What the surface encoder learns by: pictures and patches meet the sentences of their concept."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.encoders.encoder import unit_rows
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.training.surface.crops import IGNORED, ON_DEFECT, OUTSIDE, Crops
from faultlens.training.surface.words import SurfaceWords

PATCHES = 24
"""Patches per picture, of the defect and beside it, that one step learns from."""

FIRST_SCALE, LARGEST_SCALE = 12.0, 60.0


@dataclass(frozen=True)
class Loss:
    """Of one step.

    Args:
        total: what is minimised.
        image: of whole pictures.
        dense: of patches.
    """

    total: Tensor
    image: float
    dense: float


class SurfaceObjective(nn.Module):
    """An encoder with the scale of its softmax, one for pictures and patches.

    Args:
        encoder: to be trained.
        words: what pictures are brought together with.
        smoothing: share of each target that is spread over all concepts.
        dense_weight: of the patches' loss.
        scale: by which cosines are multiplied at first.

    Source: Radford et al., ICML 2021 (softmax over sentences, learned scale).

    Example:
        >>> words = SurfaceWords(("no_defect",), (np.eye(1, 256, dtype=np.float32),),
        ...                      np.eye(1, 256, dtype=np.float32))
        >>> SurfaceObjective(SurfaceEncoder(), words, smoothing=0.1, dense_weight=1.0).scale()
        12.0
    """

    def __init__(
        self,
        encoder: SurfaceEncoder,
        words: SurfaceWords,
        *,
        smoothing: float,
        dense_weight: float,
        scale: float = FIRST_SCALE,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.log_scale = nn.Parameter(torch.tensor(scale).log())
        self._words, self._smoothing, self._dense_weight = words, smoothing, dense_weight
        self._means = torch.from_numpy(words.means)

    def scale(self) -> float:
        """By which cosines are multiplied."""
        return round(min(float(self.log_scale.detach().exp()), LARGEST_SCALE), 3)

    def forward(self, crops: Crops, draw: torch.Generator) -> Loss:
        """The loss of a batch.

        Args:
            crops: the batch.
            draw: of the sentences and patches.
        """
        said = self._said(draw)
        image, met, _ = self.encoder.looked(crops.pixels)
        scale = self.log_scale.exp().clamp_max(LARGEST_SCALE)
        clear = crops.concept != IGNORED
        whole = self._agreement(scale * image[clear], crops.concept[clear], said)
        columns = met.permute(0, 2, 3, 1).flatten(0, 2)
        state = crops.patches.flatten()
        drawn = crops.drawn.repeat_interleave(state.numel() // len(crops.drawn))
        dense = columns.new_zeros(())
        for kind in (ON_DEFECT, OUTSIDE):
            at = (state == kind).nonzero()[:, 0]
            few = at[torch.randperm(len(at), generator=draw)[: PATCHES * len(crops.drawn)]]
            if len(few) == 0:
                continue
            weight, bias = self.encoder.dense.weight[:, :, 0, 0], self.encoder.dense.bias
            points = unit_rows(functional.linear(columns[few], weight, bias))
            target = drawn[few] if kind == ON_DEFECT else torch.zeros_like(few)
            dense = dense + 0.5 * self._agreement(scale * points, target, said)
        total = whole + self._dense_weight * dense
        return Loss(total, float(whole.detach()), float(dense.detach()))

    def _said(self, draw: torch.Generator) -> Tensor:
        """(concept, dim) one sentence of each concept."""
        rows = []
        for each in self._words.captions:
            rows.append(each[int(torch.randint(len(each), (1,), generator=draw))])
        return torch.from_numpy(np.stack(rows))

    def _agreement(self, points: Tensor, target: Tensor, said: Tensor) -> Tensor:
        """Mean over one sentence per concept and over the concepts' means."""
        losses = [
            functional.cross_entropy(points @ x.T, target, label_smoothing=self._smoothing)
            for x in (said, self._means)
        ]
        return torch.stack(losses).mean()
