"""Whole camera frames at the speed of a line: what stands out from a camera's healthy frames.

A screen says that something is there, and where, of every frame, in a hundredth of the time that
the full model takes; that one then looks at the hottest places alone, and names them.
"""

import hashlib
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError
from faultlens.images.image import Image
from faultlens.images.regions import regions_of
from faultlens.profiles.calibrate_screen import score_of
from faultlens.profiles.screen_profile import ScreenProfile
from faultlens.profiles.standing_out import light_around, prepared
from faultlens.reports.inspection_view import SpottedRegion
from faultlens.runtimes.screen_filters import BLOCK_PX, FILTERS, LEVELS, ScreenFilters

MOST_REGIONS = 20
"""Places of one frame: where more stand out, the frame as a whole does."""

_EACH = 3
"""Of the blocks, along each side, that tell of the texture: all of them tell no more of it."""


@dataclass(frozen=True, eq=False)
class ScreenedFrame:
    """What the screen says of one frame.

    Args:
        heat: (row, column) score of each block of 16 x 16 pixels, 0 to 1.
        regions: places above the threshold, hottest first; pixels of the frame.
        score: greatest heat.
        embedding: (filter,) unit row, of all levels: how much of each mark the frame's texture has.
    """

    heat: NDArray[np.float32]
    regions: tuple[SpottedRegion, ...]
    score: float
    embedding: NDArray[np.float32]


@final
class Screen:
    """The profile of a camera, ready to look at its frames; safe for many threads.

    Args:
        profile: of the camera.
        threshold: score above which a place counts; None for the profile's.
        threads: processor threads of one frame.

    Raises:
        UnreadableFileError: filters of another shape.
    """

    def __init__(
        self, profile: ScreenProfile, *, threshold: float | None = None, threads: int = 1
    ) -> None:
        self.profile = profile
        self.threshold = profile.threshold if threshold is None else threshold
        self._filters = ScreenFilters(profile.filters, threads=threads)
        # Divided by squares once, not by roots for every frame.
        self._rarity = np.float32(1) / (profile.usual * profile.usual)

    @property
    def reference(self) -> str:
        """Name and hash of what judges."""
        digest = hashlib.sha256(self._rarity.tobytes())
        for level in LEVELS:
            digest.update(self.profile.filters[level.name].tobytes())
        return f"screen/{self.profile.name}@{digest.hexdigest()[:12]}"

    def look(self, image: Image) -> ScreenedFrame:
        """What stands out on one frame.

        Args:
            image: of the camera, of the size that its profile was made of.

        Raises:
            UnusableSignalError: another size, or a black frame.
        """
        profile = self.profile
        if (image.height, image.width) != (profile.height_px, profile.width_px):
            raise UnusableSignalError(
                f"The frame has {image.width} x {image.height} pixels and the profile "
                f"'{profile.name}' {profile.width_px} x {profile.height_px}; set the camera back, "
                "or make a profile of its frames as they are now (faultlens calibrate --screen)."
            )
        found = self._filters.squares(prepared(image, profile.pattern))
        found *= self._rarity
        # The light is that of a block, whatever the filter: divided once, not for each.
        strongest = np.sqrt(found.max(axis=0)) / light_around(image)
        heat = strongest / (strongest + np.float32(profile.limit))
        return ScreenedFrame(
            heat=heat,
            regions=_regions(heat, image, self.threshold),
            score=score_of(float(strongest.max()), profile.limit),
            embedding=_texture(found),
        )


def _texture(found: NDArray[np.float32]) -> NDArray[np.float32]:
    few = found[:, ::_EACH, ::_EACH]
    mean = few.reshape(FILTERS, -1).mean(axis=1)
    row = np.log(np.maximum(mean, np.float32(1e-12)))
    unit: NDArray[np.float32] = (row / max(float(np.linalg.norm(row)), 1e-12)).astype(np.float32)
    return unit


def _regions(
    heat: NDArray[np.float32], image: Image, threshold: float
) -> tuple[SpottedRegion, ...]:
    if float(heat.max()) <= threshold:
        return ()
    regions = []
    for x in regions_of(heat, threshold, join_px=1, smallest_px=1, most=MOST_REGIONS):
        left, top, width, height = (BLOCK_PX * each for each in x.box)
        box = (
            float(left), float(top),
            float(min(width, image.width - left)), float(min(height, image.height - top)),
        )  # fmt: skip
        regions.append(SpottedRegion(box, x.score))
    return tuple(regions)
