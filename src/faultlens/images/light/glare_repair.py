"""Glare repaired: its haze taken off, its blind core filled with the surface from beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.notice import Notice
from faultlens.images.image import Image, Pixels
from faultlens.images.light.glare import glare_of
from faultlens.images.light.levels import brightened, levels_of

RIM_PX = 2
"""Around a core that is filled with it: there a lens mixes it with what surrounds it."""

REACH = 3.0
"""How far haze is sought around a core, in its own half widths. Beyond, a lamp's light is
shading, which changes slowly and hides nothing."""

LEAST_REACH_PX, FARTHEST_PX = 10, 160

RING_PX = 4
"""Breadth of the ring around a hole that a filling must continue."""

TURNS, STEPS = 24, (1.0, 1.5, 2.2)
"""Directions and distances, in breadths of a hole, in which its filling is sought."""

_SPREAD_POINTS = (
    40_000  # of a hole and its ring where a membrane is worked out; between, it is bent
)

MOST_PIECES = 2000
"""Pieces that are repaired, largest first: a picture with more of them is no picture of a part."""

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in grey (ITU-R BT.601), as in `Image.grey`."""

TOLD_FROM = 0.05
"""Share of a picture under glare from which on better light is advised."""


@dataclass(frozen=True)
class _Piece:
    """A core and as much around it as its repair needs."""

    rows: slice
    columns: slice
    core: NDArray[np.bool_]
    reach_px: int
    half_px: float


def without_glare(image: Image) -> Image:
    """A picture with its glare repaired; what the lamp hid is marked as not seen.

    Around each core the haze, which is light added to the surface, is taken off by its profile:
    what differs from it stays, so a scratch under haze is seen better, not worse. The core itself
    holds nothing of the surface: it is filled with the surface from beside it, so that no false
    edge is left, and `valid` is False there, so that nobody takes the filling for the part.

    Args:
        image: any picture.

    Returns:
        a picture of the same size and type; the same with a line in its history where there is no
        glare.

    Source: Arnold et al. (2010), highlights filled; Perez et al., Poisson image editing (2003),
        fillings whose rim continues what is around; the haze's profile is our own.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> made = without_glare(Image(pixels))
        >>> int(made.pixels.max()), int((~made.valid).sum())
        (120, 254)
    """
    found = glare_of(image)
    notices = image.warnings
    if found.overexposed.any():
        notices = (*notices, _overexposed(float(found.overexposed.mean())))
    if not found.mask.any():
        return image.derived(image.pixels, "no glare to repair", warnings=notices)
    was = image.grey()
    now = was.copy()
    hidden = np.zeros(was.shape, bool)
    beyond = found.overexposed if image.valid is None else found.overexposed | ~image.valid
    for piece in _pieces(found.mask):
        place = (piece.rows, piece.columns)
        _take_off_haze(now[place], piece, found.mask[place] | beyond[place])
        hidden[place] |= ndimage.binary_dilation(piece.core, iterations=RIM_PX)
    for piece in _pieces(hidden):
        place = (piece.rows, piece.columns)
        now[place][piece.core] = _filling(now[place], piece, hidden[place] | beyond[place])
    made = brightened(image.pixels, now - was)
    if image.is_colour:
        _tint(made, now, hidden, beyond)
    share = float(hidden.mean())
    notices = (*notices, _hidden(share))
    return image.derived(
        made,
        f"glare repaired ({100 * share:.1f} % hidden)",
        valid=~hidden if image.valid is None else image.valid & ~hidden,
        warnings=notices,
    )


def _pieces(mask: NDArray[np.bool_]) -> list[_Piece]:
    numbered, count = ndimage.label(mask, np.ones((3, 3), bool))
    areas = np.bincount(numbered.ravel(), minlength=count + 1)[1:]
    places = ndimage.find_objects(numbered)
    made = []
    for index in np.argsort(-areas, kind="stable")[:MOST_PIECES]:
        rows, columns = places[index]
        core = np.pad(numbered[rows, columns] == index + 1, 1)
        half = float(ndimage.distance_transform_edt(core).max())
        reach = int(np.clip(REACH * half, LEAST_REACH_PX, FARTHEST_PX))
        rows = slice(max(rows.start - reach, 0), rows.stop + reach)
        columns = slice(max(columns.start - reach, 0), columns.stop + reach)
        made.append(_Piece(rows, columns, numbered[rows, columns] == index + 1, reach, half))
    return made


def _take_off_haze(grey: NDArray[np.float32], piece: _Piece, blind: NDArray[np.bool_]) -> None:
    """Subtract, in place, what the median brightness rises towards a core."""
    away = ndimage.distance_transform_edt(~piece.core)
    # Half of the rest belongs to other pieces' haze where they stand close: medians bear that.
    seen = ~blind & (away <= piece.reach_px)
    steps = np.arange(1, piece.reach_px + 1)
    bins = np.ceil(away[seen]).astype(int)
    order = np.argsort(bins, kind="stable")
    cuts = np.searchsorted(bins[order], steps)
    rings = np.split(grey[seen][order], cuts[1:])
    level = np.array([np.median(x) if x.size else np.nan for x in rings])
    far = level[2 * piece.reach_px // 3 :]
    if np.isnan(far).all():
        return
    rise = np.nan_to_num(level - np.nanmedian(far))
    # A lamp's haze falls off: a bump further out is texture, or another lamp's.
    rise = np.minimum.accumulate(np.maximum(rise, 0))
    smooth = ndimage.gaussian_filter1d(rise, 1.0, mode="nearest")
    light = np.interp(away, steps, smooth, right=0.0)
    # The haze of an oval lamp is not the same all around: never take off more than there is.
    breadth = max(piece.half_px / 2, 2.0)
    weight = ndimage.gaussian_filter((~blind).astype(np.float32), breadth)
    there = ndimage.gaussian_filter(np.where(blind, 0, grey), breadth) / np.maximum(weight, 1e-3)
    light = np.minimum(light, np.maximum(there - np.nanmedian(far), 0))
    light[blind] = 0
    grey -= light.astype(np.float32)


def _filling(
    grey: NDArray[np.float32], piece: _Piece, blind: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(pixel,) what a core is filled with: the surface from beside it, its rim continued."""
    ring = ndimage.binary_dilation(piece.core, iterations=RING_PX) & ~blind
    if not ring.any():
        seen = grey[~blind]
        level = float(np.median(seen)) if seen.size else float(np.median(grey))
        return np.full(np.count_nonzero(piece.core), level, np.float32)
    beside = _beside(grey, blind, ring, piece)
    source = np.zeros_like(grey) if beside is None else _shifted(grey, beside)
    # What is left between the ring and its source is spread over the hole.
    rest = _spread(grey - source, ring, piece.core)
    return np.asarray(np.clip(source[piece.core] + rest, 0, 1), np.float32)


def _beside(
    grey: NDArray[np.float32],
    blind: NDArray[np.bool_],
    ring: NDArray[np.bool_],
    piece: _Piece,
) -> tuple[int, int] | None:
    """The shift (row, column) to the piece of surface whose own ring looks most like this one."""
    around = np.argwhere(ring)
    every = np.concatenate([around, np.argwhere(piece.core)])
    level = grey[ring]
    best, least = None, np.inf
    for far in STEPS:
        for turn in np.linspace(0, 2 * np.pi, TURNS, endpoint=False):
            apart = far * (2 * piece.half_px + RING_PX)
            step = np.rint((apart * np.sin(turn), apart * np.cos(turn))).astype(int)
            there = every + step
            if (there < 0).any() or (there >= grey.shape).any():
                continue
            rows, columns = there.T
            if blind[rows, columns].any():
                continue
            values = grey[rows, columns]
            # A source with a mark of its own would copy the mark.
            odd = float(np.abs(values - np.median(values)).max())
            score = float(np.var(level - values[: level.size])) + odd**2 / 4
            if score < least:
                best, least = (int(step[0]), int(step[1])), score
    return best


def _shifted(grey: NDArray[np.float32], step: tuple[int, int]) -> NDArray[np.float32]:
    made: NDArray[np.float32] = np.roll(grey, (-step[0], -step[1]), axis=(0, 1))
    return made


def _spread(
    values: NDArray[np.float32], ring: NDArray[np.bool_], core: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(pixel,) numbers on the ring carried smoothly over the core, near ones counting more."""
    ends = np.argwhere(ring)
    ends = ends[:: max(1, len(ends) // 400)]
    level = values[ends[:, 0], ends[:, 1]]
    inside = np.argwhere(core)
    first, size = inside.min(axis=0), np.ptp(inside, axis=0) + 1
    coarse = max(1, int(np.ceil(np.sqrt(size.prod() / _SPREAD_POINTS))))
    rows, columns = (np.arange(0, x + coarse, coarse) for x in size)
    membrane = np.empty((rows.size, columns.size), np.float32)
    for index, row in enumerate(rows + first[0]):
        apart = (row - ends[:, 0]) ** 2 + (columns[:, None] + first[1] - ends[:, 1]) ** 2
        weight = np.maximum(apart, 1) ** -1.5
        membrane[index] = weight @ level / weight.sum(axis=1)
    places = (inside - first).T / coarse
    made: NDArray[np.float32] = ndimage.map_coordinates(membrane, places, order=1, mode="nearest")
    return made


def _tint(
    made: Pixels,
    grey: NDArray[np.float32],
    hidden: NDArray[np.bool_],
    beyond: NDArray[np.bool_],
) -> None:
    """Give fillings, in place, the colour of the surface around each; the lamp's own is gone."""
    full = levels_of(made) - 1
    for piece in _pieces(hidden):
        place = (piece.rows, piece.columns)
        ring = ndimage.binary_dilation(piece.core, iterations=RING_PX)
        ring &= ~(hidden[place] | beyond[place])
        if not ring.any():
            continue
        metal = np.median(made[place][ring], axis=0)
        level = grey[place][piece.core][:, None] * full / max(float(metal @ LUMA), 1.0)
        made[place][piece.core] = np.clip(np.rint(level * metal), 0, full)


def _hidden(share: float) -> Notice:
    advice = ("", "")
    if share > TOLD_FROM:
        advice = (
            " Soften or move the lamp, or give several views under other light (views).",
            "请柔化或移动光源，或提供不同光照下的多张视图（views）。",
        )
    return Notice(
        en=f"Glare hides {100 * share:.1f} % of the picture; it was filled in, and nothing is "
        f"judged there.{advice[0]}",
        zh=f"反光遮住图像的 {100 * share:.1f} %；该处已填补，不作判断。{advice[1]}",
    )


def _overexposed(share: float) -> Notice:
    return Notice(
        en=f"{100 * share:.0f} % of the picture is plain white in one piece: a bright background, "
        "or overexposed. It was left as it is; if it is the part, take the picture darker.",
        zh=f"图像有 {100 * share:.0f} % 为连成一片的纯白：可能是明亮背景或过曝，未作处理；"
        "若为零件表面，请降低曝光重拍。",
    )
