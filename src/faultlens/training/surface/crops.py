"""Crops of rendered pictures as another camera might have taken them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from faultlens.models.encoders.surface import PATCH_PX
from faultlens.training.surface.pool import ANCHORS, Chunk

SCALES = (0.4, 1.7)
"""How much larger than drawn a crop may be shown."""

LEAST_SHOWN_PX = 12.0
"""Pixels of a defect that a crop must show to count as one with that defect."""

INSIDE = 0.06
"""Share of a patch's pixels on the defect from which on it counts as inside."""

ANYWHERE = 0.15
"""Share of the windows that are laid anywhere, not around the defect."""

TOGETHER = 12
"""Pictures that are scaled, turned and mirrored alike."""

RARE = (2.6, 4.5)
"""Standard deviations beyond which noise is a speck: 5 in a thousand pixels, at most."""

STREAK_PX = 8
"""Length of its short streaks."""

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
        >>> from faultlens.training.surface.pool import ANCHORS
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
    drawn = torch.from_numpy(chunk.concept[chosen])
    greys = int((~coloured).sum())
    pixels, seen = [], []
    for first, end, channels in ((0, greys, 1), (greys, len(chosen), 3)):
        parts = []
        # Pictures of one window size are scaled together.
        for start in range(first, end, TOGETHER):
            few = chosen[start : min(start + TOGETHER, end)]
            picture, mask = _windows(chunk, few, channels, size_px, draw)
            parts.append(picture)
            seen.append(mask)
        if parts:
            pixels.append(_taken_again(torch.cat(parts), draw).expand(-1, 3, -1, -1))
    defect = torch.cat(seen)
    shown = (defect > 0.5).sum((1, 2, 3))
    sound = drawn == 0
    concept = torch.where(sound | (shown >= LEAST_SHOWN_PX), drawn, IGNORED)
    concept = torch.where(~sound & (defect.amax((1, 2, 3)) < 0.05), 0, concept)
    return Crops(torch.cat(pixels), concept, _patches(defect), drawn)


def _uniform(low: float, high: float, shape: tuple[int, ...], draw: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=draw)


def _windows(
    chunk: Chunk, few: NDArray[np.intp], channels: int, size: int, draw: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Windows around defects, (picture, channel, row, column), and the same of their masks."""
    source = chunk.mask.shape[1]
    low, high = (float(np.log(x)) for x in SCALES)
    scale = float(_uniform(low, high, (1,), draw).exp())
    # A little wider than high, or the other way round.
    stretch = float(_uniform(-0.12, 0.12, (1,), draw).exp())
    window = [min(source, round(size / scale * x)) for x in (stretch, 1 / stretch)]
    which = torch.randint(ANCHORS, (len(few),), generator=draw).numpy()
    centres = chunk.anchors[few, which].astype(np.float64)
    # Now and then anywhere: what a window misses is sound.
    anywhere = (torch.rand(len(few), generator=draw) < ANYWHERE).numpy()
    centres[anywhere] = source * torch.rand((int(anywhere.sum()), 2), generator=draw).numpy()
    away = _uniform(-0.35, 0.35, (len(few), 2), draw).numpy()
    corners = np.rint(centres + (away - 0.5) * window).astype(int)
    corners = np.clip(corners, 0, source - np.array(window))
    rows, columns = window
    places = [(slice(y, y + rows), slice(x, x + columns)) for y, x in corners]
    picture = np.stack(
        [chunk.pixels[i][at][..., :channels] for i, at in zip(few, places, strict=True)]
    )
    mask = np.stack([chunk.mask[i][at] for i, at in zip(few, places, strict=True)])[..., None]
    turns, mirrored = (int(torch.randint(n, (1,), generator=draw)) for n in (4, 2))
    found = []
    for array in (picture, mask):
        turned = np.rot90(array, turns, axes=(1, 2))
        turned = np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)
        tensor = torch.from_numpy(turned).permute(0, 3, 1, 2).float()
        found.append(
            functional.interpolate(
                tensor, (size, size), mode="bilinear", antialias=min(window) > 1.2 * size
            )
        )
    return found[0] / 255, found[1]


def _taken_again(pixels: Tensor, draw: torch.Generator) -> Tensor:
    """The pictures in another light, through another lens, on another sensor."""
    count, _, height, width = pixels.shape
    one = (count, 1, 1, 1)
    softened = _softened(pixels)
    # Below zero it sharpens.
    blur = _uniform(-0.6, 1.6, one, draw).clamp(-0.4, 1.0)
    pixels = torch.lerp(pixels, softened, blur * (torch.rand(one, generator=draw) < 0.6))
    # As gamma does, at a fraction of its cost.
    pixels = pixels * (1 + _uniform(-0.45, 0.45, one, draw) * (1 - pixels))
    depth = 0.25 * torch.rand(one, generator=draw) ** 2
    light = 1 + depth * torch.randn((count, 1, 4, 4), generator=draw)
    pixels = pixels * functional.interpolate(light, (height, width), mode="bilinear")
    noise = torch.randn((count, 1, height, width), generator=draw)
    pixels = pixels + _wear(noise, draw)
    contrast = _uniform(-0.7, 0.4, one, draw).exp()
    level = pixels.mean((1, 2, 3), keepdim=True)
    aim = torch.lerp(level, _uniform(0.2, 0.8, one, draw), 0.5)
    pixels = (pixels - level) * contrast + aim
    pixels = pixels + 0.04 * torch.rand(one, generator=draw) ** 2 * noise
    return pixels.clamp(0, 1)


def _wear(noise: Tensor, draw: torch.Generator) -> Tensor:
    """What sound surfaces show as well: specks, short streaks and lines of one direction, faint."""
    count, _, height, width = noise.shape
    one = (count, 1, 1, 1)

    def faint(highest: float) -> Tensor:
        """How strong and of which sign in each picture; none in half of them."""
        sign = torch.randint(2, one, generator=draw) * 2.0 - 1
        some = torch.rand(one, generator=draw) < 0.5
        return sign * some * highest * torch.rand(one, generator=draw)

    rare = _uniform(*RARE, one, draw)
    specks = (noise > rare).float()
    specks = torch.where(torch.rand(one, generator=draw) < 0.5, specks, 3 * _softened(specks))
    cells = torch.randn((count, 1, height // STREAK_PX, width), generator=draw)
    cells = (cells > rare - 0.5).float()
    lines = torch.randn((count, 1, 1, width), generator=draw)
    streaks = faint(0.12) * cells.repeat_interleave(STREAK_PX, dim=2) + faint(0.05) * lines
    if bool(torch.rand((), generator=draw) < 0.5):
        streaks = streaks.transpose(2, 3)
    return faint(0.25) * specks + streaks


def _softened(pixels: Tensor) -> Tensor:
    """Means of 3 x 3 pixels; by sums of slices, since pooling takes ten times as long."""
    wide = functional.pad(pixels, (1, 1, 1, 1), mode="replicate")
    rows = wide[:, :, :-2] + wide[:, :, 1:-1] + wide[:, :, 2:]
    return (rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]) / 9


def _patches(mask: Tensor) -> Tensor:
    """What each patch shows of the defect; its border belongs to neither side."""
    share = functional.avg_pool2d(mask, PATCH_PX)[:, 0]
    near = functional.max_pool2d(functional.max_pool2d(mask, PATCH_PX), 3, stride=1, padding=1)
    state = torch.full(share.shape, IGNORED)
    state[near[:, 0] < 0.05] = OUTSIDE
    state[share >= INSIDE] = ON_DEFECT
    return state
