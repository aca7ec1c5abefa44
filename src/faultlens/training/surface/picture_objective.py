"""What a batch of pictures costs: wholes and patches against sentences, as far as each is known."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.encoder import unit_rows
from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.training.loop import Objective
from faultlens.training.objectives import LossSettings, objective
from faultlens.training.surface.crops import IGNORED, ON_DEFECT, OUTSIDE, Crops, crops_of
from faultlens.training.surface.objective import PATCHES
from faultlens.training.surface.own_windows import Windows
from faultlens.training.surface.painted import SOUND

SEEDS = 2**31


def picture_objective(
    model: ContrastiveModel,
    encoder: SurfaceEncoder,
    windows: Windows,
    features: Callable[[], tuple[Tensor, Tensor]],
    settings: LossSettings,
    *,
    dense: float,
    crop_px: int,
    device: str = "cpu",
) -> Objective:
    """What a batch costs, by the loss of recordings, over wholes and over patches.

    Args:
        model: whose encoder gives the points.
        encoder: the same encoder, for its patches.
        windows: what is learned from.
        features: per step, (class, dim) prototypes and one caption per class.
        settings: which loss.
        dense: weight of the patches.
        crop_px: height and width of a crop.
        device: where the model is.

    Returns:
        the objective: it takes (batch, 1) places of windows, so that crops are cut only where they
        are learned from, and their classes.

    Example:
        >>> from faultlens.models.encoders.surface_points import SurfacePoints
        >>> from faultlens.training.surface.own_windows import certain
        >>> from faultlens.training.surface.pool import Chunk
        >>> plain = Chunk(np.zeros((2, 64, 64, 3), np.uint8), np.zeros(2, bool),
        ...               np.zeros((2, 64, 64), bool), np.zeros(2, np.int64),
        ...               np.zeros((2, 16, 2), np.int16))
        >>> inside, points = SurfacePoints(), torch.eye(2, 256)
        >>> cost = picture_objective(
        ...     ContrastiveModel(inside), inside.surface, certain(plain, "a"),
        ...     lambda: (points, points), LossSettings(), dense=0.5, crop_px=64)
        >>> cost(torch.zeros(2, 1), torch.zeros(2, dtype=torch.long)).item() > 0
        True
    """
    agreement = objective(_cosines(model), features, settings)

    def cost(which: Tensor, _: Tensor) -> Tensor:
        crops = _crops(windows, which, crop_px)
        image, met, _maps = encoder.looked(crops.pixels.to(device))
        clear = (crops.concept != IGNORED).nonzero()[:, 0]
        target = crops.concept[clear].to(device)
        # Of a batch that shows nothing certain nothing is learned.
        total = agreement(image[clear.to(device)], target) if len(clear) else image.sum() * 0
        if dense:
            total = total + dense * _patches(encoder, met, crops, agreement)
        return total

    return cost


def _cosines(model: ContrastiveModel) -> Callable[[Tensor, Tensor], Tensor]:
    def scaled(points: Tensor, sentences: Tensor) -> Tensor:
        return model.scale * points @ model.sentences(sentences).T

    return scaled


def _crops(windows: Windows, which: Tensor, crop_px: int) -> Crops:
    """Crops of a batch, what is not known of them left out."""
    chosen = which[:, 0].long().cpu().numpy()
    # In the order in which crops come back: grey ones first.
    coloured = windows.chunk.coloured[chosen]
    chosen = np.concatenate([chosen[~coloured], chosen[coloured]])
    draw = torch.Generator().manual_seed(int(torch.randint(SEEDS, ())))
    crops = crops_of(windows.chunk, chosen, size_px=crop_px, draw=draw)
    marked = torch.from_numpy(windows.is_marked[chosen])
    sound_beside = torch.from_numpy(windows.rest_is_sound[chosen])
    taken_for_sound = (crops.concept == SOUND) & ~sound_beside
    patches = crops.patches.clone()
    patches[(patches == ON_DEFECT) & ~marked[:, None, None]] = IGNORED
    patches[(patches == OUTSIDE) & ~sound_beside[:, None, None]] = IGNORED
    concept = torch.where(taken_for_sound, IGNORED, crops.concept)
    return Crops(crops.pixels, concept, patches, crops.drawn)


def _patches(encoder: SurfaceEncoder, met: Tensor, crops: Crops, agreement: Objective) -> Tensor:
    """Some patches on defects and about as many beside them, judged together."""
    columns = met.permute(0, 2, 3, 1).flatten(0, 2)
    state = crops.patches.flatten()
    drawn = crops.drawn.repeat_interleave(state.numel() // len(crops.drawn))
    most = PATCHES * len(crops.drawn)
    on, beside = (_some(state == kind) for kind in (ON_DEFECT, OUTSIDE))
    on = on[:most]
    beside = beside[: max(len(on), most // 4)]
    few = torch.cat([on, beside])
    if len(few) == 0:
        return columns.new_zeros(())
    target = torch.cat([drawn[on], torch.full_like(beside, SOUND)])
    weight, bias = encoder.dense.weight[:, :, 0, 0], encoder.dense.bias
    points = unit_rows(functional.linear(columns[few.to(columns.device)], weight, bias))
    return agreement(points, target.to(columns.device))


def _some(wanted: Tensor) -> Tensor:
    at = wanted.nonzero()[:, 0]
    return at[torch.randperm(len(at))]
