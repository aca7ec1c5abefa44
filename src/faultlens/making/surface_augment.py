"""Crops of rendered pictures as another camera might have taken them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from faultlens.making.surface_pool import Chunk
from faultlens.models.encoders.surface import PATCH_PX

SCALES = (0.55, 1.7)
"""How much larger than drawn a crop may be shown."""

LEAST_SHOWN_PX = 12.0
"""Pixels of a defect that a crop must show to count as one with that defect."""

INSIDE = 0.06
"""Share of a patch's pixels on the defect from which on it counts as inside."""

IGNORED, OUTSIDE, ON_DEFECT = -1, 0, 1


@dataclass(frozen=True, eq=False)
class Crops:
    """A batch.

    Args:
        pixels: (batch, 3, row, column) 0 to 1.
        concept: (batch,) index of what the crop shows; `IGNORED` where too little of it is seen.
        patches: (batch, row / 8, column / 8) `ON_DEFECT`, `OUTSIDE` or `IGNORED`.
        drawn: (batch,) concept of the whole picture, which its patches on the defect have.
    """

    pixels: Tensor
    concept: Tensor
    patches: Tensor
    drawn: Tensor


def crops_of(
    chunk: Chunk, chosen: NDArray[np.intp], *, size_px: int, draw: torch.Generator
) -> Crops:
    """Crops of some pictures, turned, mirrored, scaled, lit, blurred and noisy at random.

    Args:
        chunk: the pictures.
        chosen: (batch,) which of them.
        size_px: height and width of the crops.
        draw: of all that is random here.

    Example:
        >>> from faultlens.making.surface_pool import ANCHORS
        >>> chunk = Chunk(np.zeros((1, 64, 64, 3), np.uint8), np.zeros(1, bool),
        ...               np.zeros((1, 64, 64), bool), np.zeros(1, np.int64),
        ...               np.zeros((1, ANCHORS, 2), np.int16))
        >>> crops = crops_of(chunk, np.array([0]), size_px=32, draw=torch.Generator())
        >>> tuple(crops.pixels.shape), tuple(crops.patches.shape)
        ((1, 3, 32, 32), (1, 4, 4))
    """
    # Grey pictures are three times as cheap while they are grey.
    coloured = chunk.coloured[chosen]
    chosen = np.concatenate([chosen[~coloured], chosen[coloured]])
    mask = torch.from_numpy(chunk.mask[chosen])[:, None].float()
    drawn = torch.from_numpy(chunk.concept[chosen])
    anchors = torch.from_numpy(chunk.anchors[chosen]).float()
    grid = _places(anchors, mask.shape[-1], size_px, draw)
    greys = int((~coloured).sum())
    pixels, seen = [], []
    for part, channels in ((slice(0, greys), 1), (slice(greys, None), 3)):
        if len(chosen[part]) == 0:
            continue
        picture = torch.from_numpy(chunk.pixels[chosen[part], ..., :channels]).permute(0, 3, 1, 2)
        both = torch.cat([picture.float() / 255, mask[part]], dim=1)
        warped = functional.grid_sample(
            both, grid[part], padding_mode="reflection", align_corners=False
        )
        pixels.append(_taken_again(warped[:, :channels], draw).expand(-1, 3, -1, -1))
        seen.append(warped[:, channels:])
    defect = torch.cat(seen)
    shown = (defect > 0.5).sum((1, 2, 3))
    sound = drawn == 0
    concept = torch.where(sound | (shown >= LEAST_SHOWN_PX), drawn, IGNORED)
    concept = torch.where(~sound & (defect.amax((1, 2, 3)) < 0.05), 0, concept)
    return Crops(torch.cat(pixels), concept, _patches(defect), drawn)


def _uniform(low: float, high: float, shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=draw)


def _places(anchors: Tensor, source: int, size: int, draw: torch.Generator) -> Tensor:
    """(batch, row, column, 2) where in the pictures each pixel of the crops is taken."""
    count = len(anchors)
    low, high = (float(np.log(x)) for x in SCALES)
    scale = _uniform(low, high, (count, 1), draw).exp()
    scale = scale.clamp_min(size / source)
    # A little wider than high, or the other way round.
    stretch = _uniform(-0.12, 0.12, (count, 1), draw).exp()
    half = (size / source) / scale * torch.cat([stretch, 1 / stretch], dim=1)
    half = half.clamp_max(1.0)
    which = torch.randint(anchors.shape[1], (count,), generator=draw)
    centre = (anchors[torch.arange(count), which].flip(1) + 0.5) * (2 / source) - 1
    # Now and then anywhere: what a crop misses is sound.
    anywhere = torch.rand((count, 1), generator=draw) < 0.15
    centre = torch.where(anywhere, _uniform(-1, 1, (count, 2), draw), centre)
    centre = centre + half * _uniform(-0.7, 0.7, (count, 2), draw)
    room = (1 - half).clamp_min(0)
    centre = torch.minimum(torch.maximum(centre, -room), room)
    turn = _uniform(-0.12, 0.12, (count,), draw)
    turn = turn + torch.randint(4, (count,), generator=draw) * (np.pi / 2)
    mirror = torch.randint(2, (count,), generator=draw) * 2.0 - 1
    rotation = torch.stack(
        [
            torch.stack([turn.cos() * mirror, -turn.sin()], dim=1),
            torch.stack([turn.sin() * mirror, turn.cos()], dim=1),
        ],
        dim=1,
    )
    theta = torch.cat([half[:, :, None] * rotation, centre[:, :, None]], dim=2)
    return functional.affine_grid(theta, [count, 1, size, size], align_corners=False)


def _taken_again(pixels: Tensor, draw: torch.Generator) -> Tensor:
    """The pictures in another light, through another lens, on another sensor."""
    count, _, height, width = pixels.shape
    one = (count, 1, 1, 1)
    softened = functional.avg_pool2d(pixels, 3, stride=1, padding=1, count_include_pad=False)
    # Below zero it sharpens.
    blur = _uniform(-0.6, 1.6, one, draw).clamp(-0.4, 1.0)
    blur = torch.where(torch.rand(one, generator=draw) < 0.4, 0.0, blur)
    pixels = torch.lerp(pixels, softened, blur)
    # As gamma does, at a fraction of its cost.
    pixels = pixels * (1 + _uniform(-0.45, 0.45, one, draw) * (1 - pixels))
    depth = 0.25 * torch.rand(one, generator=draw) ** 2
    light = 1 + depth * torch.randn((count, 1, 4, 4), generator=draw)
    pixels = pixels * functional.interpolate(light, (height, width), mode="bilinear")
    contrast = _uniform(-0.7, 0.4, one, draw).exp()
    level = pixels.mean((1, 2, 3), keepdim=True)
    aim = torch.lerp(level, _uniform(0.2, 0.8, one, draw), 0.5)
    pixels = (pixels - level) * contrast + aim
    noise = torch.randn((count, 1, height, width), generator=draw)
    pixels = pixels + 0.04 * torch.rand(one, generator=draw) ** 2 * noise
    return pixels.clamp(0, 1)


def _patches(mask: Tensor) -> Tensor:
    """What each patch shows of the defect; its border belongs to neither side."""
    share = functional.avg_pool2d(mask, PATCH_PX)[:, 0]
    near = functional.max_pool2d(functional.max_pool2d(mask, PATCH_PX), 3, stride=1, padding=1)
    state = torch.full(share.shape, IGNORED)
    state[near[:, 0] < 0.05] = OUTSIDE
    state[share >= INSIDE] = ON_DEFECT
    return state
