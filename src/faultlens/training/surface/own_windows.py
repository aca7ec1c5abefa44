"""The user's own pictures cut into square windows, with what is known of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError
from faultlens.core.progress import progress
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.images.scaling import resized_map
from faultlens.runtimes.picture_tiles import at_scale
from faultlens.runtimes.viewing import Viewing
from faultlens.training.surface.painted import SOUND
from faultlens.training.surface.pool import ANCHORS, Chunk, joined

WINDOW_PX = 160
"""Height and width of a window, and the short side in which a model looks at smaller pictures."""

MOST_OF_ONE = 4
"""Windows of one picture: a long one has several, a huge one no more than that."""

ON_MASK = 0.2
"""Share of a pixel on the defect from which on it counts, where a mask is shrunk."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows with what is known of them.

    Args:
        chunk: the pictures, their masks and classes.
        is_marked: (window,) whether the mask is the defect; else it is somewhere in the window.
        rest_is_sound: (window,) whether what lies beside the mask is known to be sound.
        key: (window,) what no split may cut: the group of the picture.
    """

    chunk: Chunk
    is_marked: NDArray[np.bool_]
    rest_is_sound: NDArray[np.bool_]
    key: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.key)


def certain(chunk: Chunk, start: str, *, rest_is_sound: bool = True) -> Windows:
    """Windows whose masks are true, as the simulator makes them: each is a group of its own.

    Args:
        chunk: the pictures.
        start: of the names of their groups.
        rest_is_sound: whether what lies beside the masks is.

    Example:
        >>> from faultlens.training.surface.painted import painted_windows
        >>> plain = Image(np.full((64, 80), 128, np.uint8))
        >>> made = painted_windows([plain], ("no_defect", "scratch"), count=2, size_px=64,
        ...                        sound_share=0.0, seed=1)
        >>> certain(made, "painted").key
        ('painted 0', 'painted 1')
    """
    count = len(chunk.concept)
    return Windows(
        chunk,
        np.ones(count, np.bool_),
        np.full(count, rest_is_sound),
        tuple(f"{start} {x}" for x in range(count)),
    )


def windows_joined(several: Sequence[Windows]) -> Windows:
    """Windows of several sources side by side.

    Args:
        several: one at least, of one size.

    Example:
        >>> from faultlens.training.surface.painted import painted_windows
        >>> plain = Image(np.full((64, 80), 128, np.uint8))
        >>> made = painted_windows([plain], ("no_defect", "scratch"), count=2, size_px=64,
        ...                        sound_share=0.0, seed=1)
        >>> len(windows_joined([certain(made, "a"), certain(made, "b")]))
        4
    """
    return Windows(
        joined([x.chunk for x in several]),
        np.concatenate([x.is_marked for x in several]),
        np.concatenate([x.rest_is_sound for x in several]),
        tuple(key for x in several for key in x.key),
    )


def own_windows(
    pictures: Sequence[LabelledPicture],
    classes: Mapping[str, int],
    *,
    seed: int,
    quiet: bool = True,
) -> tuple[Windows | None, tuple[FailedFile, ...]]:
    """Windows of labelled pictures, in the size in which a model looks at them.

    A marked defect is in the middle, more or less; where nobody marked it, the whole picture is
    shown, in pieces if it is long.

    Args:
        pictures: with labels of `classes`.
        classes: label -> index, `SOUND` for none.
        seed: of the places.
        quiet: no progress bar.

    Returns:
        the windows, None where no picture could be read; and the files that could not.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from faultlens.images.write import write_image
        >>> path = Path(tempfile.mkdtemp()) / "a.png"
        >>> _ = write_image(path, np.zeros((160, 320), np.uint8))
        >>> one = LabelledPicture(path, "a.png", "crack", True, 160, 320)
        >>> made, failed = own_windows([one], {"no defect": 0, "crack": 1}, seed=0)
        >>> made.chunk.pixels.shape, made.chunk.concept, made.is_marked
        ((2, 160, 160, 3), array([1, 1]), array([False, False]))
    """
    draw = np.random.default_rng(seed)
    parts: list[Windows] = []
    failed: list[FailedFile] = []
    for each in progress(pictures, label="Cutting", total=len(pictures), quiet=quiet):
        try:
            parts.append(_windows(each, classes[each.label], draw))
        except (FaultlensError, OSError) as error:
            failed.append(FailedFile(each.file, str(error)))
    return (windows_joined(parts) if parts else None), tuple(failed)


def shown(image: Image, *, whole: bool = False) -> Image:
    """A picture in the size in which a model looks at it, `WINDOW_PX` each way at least.

    Args:
        image: of any size.
        whole: shrink large ones as well, that all of it is seen in a few windows.

    Example:
        >>> made = shown(Image(np.zeros((100, 320), np.uint8)))
        >>> made.height, made.width
        (160, 320)
    """
    scale = Viewing().scales_for(image, WINDOW_PX)[0]
    if whole:
        scale = min(1.0, WINDOW_PX / min(image.height, image.width))
    sized = at_scale(image, scale).rgb()
    short = [(0, max(0, WINDOW_PX - x)) for x in sized.shape[:2]]
    return Image(np.pad(sized, (*short, (0, 0)), mode="symmetric"), name=image.name)


def _windows(picture: LabelledPicture, concept: int, draw: np.random.Generator) -> Windows:
    given = read_image(picture.path)
    known = picture.is_localised or bool(picture.boxes)
    image = shown(given, whole=not known)
    scale = min(1.0, image.height / given.height, image.width / given.width)
    mask = _mask(picture, image, scale)
    corners = _corners(mask, image, picture.defective and known, draw)
    pieces = [(slice(y, y + WINDOW_PX), slice(x, x + WINDOW_PX)) for y, x in corners]
    marked = picture.is_localised
    seen = np.stack([mask[at] for at in pieces])
    places = [_places(x, draw) for x in seen]
    if not marked:
        # It is somewhere within: crops are laid around boxes, and each of them counts.
        seen = np.ones_like(seen)
    pixels = np.stack([image.rgb()[at] for at in pieces])
    chunk = Chunk(
        pixels,
        np.ptp(pixels, axis=3).any(axis=(1, 2)),
        seen,
        np.where(seen.any(axis=(1, 2)), concept, SOUND).astype(np.int64),
        np.stack(places).astype(np.int16),
    )
    count = len(pieces)
    return Windows(chunk, np.full(count, marked), np.full(count, marked), (picture.key,) * count)


def _mask(picture: LabelledPicture, image: Image, scale: float) -> NDArray[np.bool_]:
    """(row, column) of the picture as it is shown: pixels on the defect, or in one of its boxes."""
    found = defect_mask(picture)
    if found is None:
        found = np.zeros((picture.height_px, picture.width_px), np.bool_)
        for box in picture.boxes:
            left, top = round(box.left_px), round(box.top_px)
            right, below = round(box.left_px + box.width_px), round(box.top_px + box.height_px)
            found[max(0, top) : max(0, below), max(0, left) : max(0, right)] = True
    if found.all() or not found.any():
        return np.full((image.height, image.width), bool(found.any()))
    height, width = (max(1, round(x * scale)) for x in found.shape)
    height, width = min(height, image.height), min(width, image.width)
    small = resized_map(found.astype(np.float32), height, width) > ON_MASK
    whole = np.zeros((image.height, image.width), np.bool_)
    whole[:height, :width] = small
    return whole


def _corners(
    mask: NDArray[np.bool_], image: Image, around: bool, draw: np.random.Generator
) -> list[tuple[int, int]]:
    room = np.array([image.height - WINDOW_PX, image.width - WINDOW_PX])
    count = int(np.clip(round(image.height * image.width / WINDOW_PX**2), 1, MOST_OF_ONE))
    if around and mask.any():
        places = np.argwhere(mask)[draw.integers(0, int(mask.sum()), count)]
        away = draw.uniform(-0.35, 0.35, (count, 2)) * WINDOW_PX
        corners = places + away - WINDOW_PX / 2
    else:
        # Evenly from one end to the other.
        share = (np.arange(count) + 0.5) / count if count == 1 else np.linspace(0, 1, count)
        corners = share[:, None] * room
    return [(int(y), int(x)) for y, x in np.clip(np.rint(corners), 0, room)]


def _places(mask: NDArray[np.bool_], draw: np.random.Generator) -> NDArray[np.int64]:
    if not mask.any():
        return draw.integers(0, WINDOW_PX, (ANCHORS, 2))
    places = np.argwhere(mask)
    return places[draw.integers(0, len(places), ANCHORS)]
