"""A picture looked at: cut into tiles at the wanted scales, encoded, compared, put together again.

Memory is bounded whatever the picture's size: of each tile only what sentences and references say
of it is kept, never its points.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.images.scaling import resized
from faultlens.images.tiles import OVERLAP_PX, TILE_PX, tiles_of
from faultlens.inputs.picture import SURFACE
from faultlens.runtimes.heat import FRAME_PX, SIGMA_FRAME_PX, fused, top_mean
from faultlens.runtimes.image_model import (
    FEATURES,
    IMAGE,
    PATCHES,
    WINDOWS2,
    WINDOWS3,
    EncodedImage,
    each_encoded,
    encode_windows,
    picture_preparation,
)
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import Meanings, Scoring, Shares, log_odds, shares_of

Floats = NDArray[np.float32]
Measure = Callable[[Floats], Floats]
"""(patch, feature) unit rows in, (patch,) distances out."""

SMALLEST_SIDE_PX = 16
"""Two patches of the built-in model; below it there is no surface to judge, only pixels."""

SMALLEST_PATCH_PX = 8
"""Of the models in use: bounds how many places a picture has."""

MOST_NAMES = 100_000_000
"""Places times defects of one picture: 400 MB while it is looked at."""

LARGEST_SCALE, SMALLEST_SCALE = 4.0, 0.1

MOST_SCALES = 5

_FOR_MEDIAN = 100_000
"""Pixels of which the middle shade is taken."""

_PAD_TO = 16
"""Sides of tiles are filled up to multiples of it, mirrored: halved, they leave no rest."""


@dataclass(frozen=True)
class Viewing:
    """How pictures are looked at.

    Args:
        scales: sizes at which each is looked at, in its own; what is said there is averaged.
        tile_px: longest side of a tile, pixels at each scale.
        overlap_px: what neighbouring tiles share, pixels.

    Raises:
        UsageError: no scale, too many, or one out of range.

    Example:
        >>> Viewing(scales=(0.5, 1.0, 1.5)).reference_scale
        1.0
    """

    scales: tuple[float, ...] = (1.0,)
    tile_px: int = TILE_PX
    overlap_px: int = OVERLAP_PX

    def __post_init__(self) -> None:
        usable = all(SMALLEST_SCALE <= x <= LARGEST_SCALE for x in self.scales)
        if not (0 < len(self.scales) <= MOST_SCALES and usable):
            raise UsageError(
                f"Scales are {', '.join(f'{x:g}' for x in self.scales) or 'none'}; give 1 to "
                f"{MOST_SCALES} of them from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}, such as "
                "0.5,1,1.5."
            )

    @property
    def reference_scale(self) -> float:
        """The scale at which pictures are compared with references: the nearest to their own."""
        return min(self.scales, key=lambda x: abs(np.log(x)))


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen of one picture, not weighed yet.

    Args:
        height_px: of the picture.
        width_px: of the picture.
        anomalous: (grid row, grid column) probability of an anomaly by text; the grid covers the
            whole picture; NaN where there is nothing.
        names: (defect, grid row, grid column) probability of each defect, given an anomaly.
        distances: per measure (grid row, grid column) distance from what is normal.
        whole_log_odds: of an anomaly, by the pictures' own points; the worst tile's.
        whole_names: (defect,) probability of each defect, given an anomaly, in that tile.
        known: probability that the picture is like anything the model knows.
        smooth_px: how far a map of pixels is smoothed, standard deviation, pixels.
        tiles: how many were looked at.
    """

    height_px: int
    width_px: int
    anomalous: Floats
    names: NDArray[np.floating]
    distances: tuple[Floats, ...]
    whole_log_odds: float
    whole_names: Floats
    known: float
    smooth_px: float
    tiles: int

    @property
    def text_log_odds(self) -> float:
        """Of an anomaly, by text: the picture's own and its hottest patches', on average."""
        return 0.5 * (self.whole_log_odds + float(log_odds(top_mean(self.anomalous))))

    @property
    def distance_scores(self) -> tuple[float, ...]:
        """Per measure the distance that stands for the picture."""
        return tuple(top_mean(x) for x in self.distances)


@dataclass(frozen=True)
class _Tile:
    """A part of the picture at one scale; all numbers are pixels at that scale."""

    scale: float
    top: int
    left: int
    height: int
    width: int
    owned: tuple[float, float, float, float]  # top, left, bottom, right: where it is most central


@dataclass(eq=False)
class _Job:
    """One picture on its way: its tiles in their order, and what has been said so far."""

    image: Image
    tiles: list[_Tile]
    squeezed: bool  # onto the model's square, where it has one; filled up to whole patches else
    patch_px: float = 1.0
    done: list[EncodedImage] = field(default_factory=list)
    windows: list[dict[str, Floats] | None] = field(default_factory=list)


def each_seen(
    model: Model,
    images: Iterable[Image],
    meanings: Meanings,
    scoring: Scoring,
    *,
    viewing: Viewing | None = None,
    measures: Sequence[Measure] = (),
) -> Iterator[Seen]:
    """What is seen of pictures, one by one in their order; neighbours of one size share a pass.

    Args:
        model: of the kind "image".
        images: any number, also from a generator.
        meanings: the sentences' points.
        scoring: of the model.
        viewing: how they are looked at; None for their own size alone.
        measures: distances from what is normal, see `profiles.references`.

    Raises:
        InputError: a picture too small to judge.
        UsageError: the model takes something else.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> axes = np.eye(2, dtype=np.float32)
        >>> list(each_seen(load_model("builtin/text"), [], Meanings(axes[:1], axes[1:]),
        ...                Scoring(0.1)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    viewing = viewing or Viewing()
    want = (IMAGE, PATCHES, FEATURES) if measures else (IMAGE, PATCHES)
    for job in _jobs(model, images, viewing, want):
        yield _put_together(job, meanings, scoring, viewing, measures)


def each_features(
    model: Model, images: Iterable[Image], *, viewing: Viewing | None = None
) -> Iterator[Floats]:
    """The patches of pictures as rows to compare references by, one picture after the other.

    Args:
        model: of the kind "image".
        images: any number, also from a generator.
        viewing: how they are looked at; only its reference scale counts.

    Returns:
        (patch, feature) unit rows of each picture; patches that only fill up a tile are left out.

    Raises:
        InputError: a picture too small to judge.
        UsageError: the model takes something else.
        BundleError: the model is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> next(each_features(load_model("builtin/text"), []))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/text@... takes text, not pictures; ...
    """
    viewing = viewing or Viewing()
    alone = Viewing((viewing.reference_scale,), viewing.tile_px, viewing.overlap_px)
    for job in _jobs(model, images, alone, (FEATURES,)):
        rows, columns = _grid(job)
        canvas: Floats | None = None
        for tile, found in zip(job.tiles, job.done, strict=True):
            assert found.features is not None  # it was asked for
            if canvas is None:
                canvas = np.zeros((len(found.features), rows, columns), np.float32)
            _paste(canvas, found.features, tile, job)
        assert canvas is not None  # every picture has a tile
        flat = canvas.reshape(len(canvas), -1).T[_seen_cells(job.image, rows, columns).ravel()]
        lengths = np.linalg.norm(flat, axis=1, keepdims=True)  # between patches they are shorter
        yield np.ascontiguousarray(flat / np.maximum(lengths, np.float32(1e-6)))


def _jobs(
    model: Model, images: Iterable[Image], viewing: Viewing, want: Sequence[str]
) -> Iterator[_Job]:
    """Pictures whose tiles are all encoded; several pictures' tiles may share a pass."""
    preparation = picture_preparation(model)
    squeezed = 0 if preparation.kind == SURFACE else preparation.size
    windowed = IMAGE in want and "windows.onnx" in model.bundle.files
    waiting: deque[_Job] = deque()

    def tiles() -> Iterator[Image]:
        for image in images:
            refuse_unseen(image)
            job = _Job(image, _cut(image, viewing, squeezed), bool(squeezed))
            waiting.append(job)
            shown = _without_unseen(image)
            for scale in viewing.scales:
                sized = _at_scale(shown, scale)
                for tile in (x for x in job.tiles if x.scale == scale):
                    part = _part(sized, tile, filled=not squeezed)
                    job.windows.append(encode_windows(model, part) if windowed else None)
                    yield part

    for found in each_encoded(model, tiles(), want=want):
        job = waiting[0]
        job.done.append(found)
        if len(job.done) == len(job.tiles):
            job.patch_px = _patch_px(job, viewing.reference_scale)
            yield waiting.popleft()


def _patch_px(job: _Job, scale: float) -> float:
    """Side of the patches at one scale, in pixels of the picture."""
    at = next(i for i, x in enumerate(job.tiles) if x.scale == scale)
    height = job.tiles[at].height
    seen = height if job.squeezed else _filled(height)
    return float(seen / _a_map(job.done[at]).shape[1] / scale)


def _a_map(found: EncodedImage) -> Floats:
    grid = found.patches if found.patches is not None else found.features
    assert grid is not None  # one of both is always asked for
    return grid


def refuse_unseen(image: Image, *, defects: int = 1) -> None:
    """Refuse a picture in which nothing can be seen, before any work is done on it.

    Args:
        image: of any size.
        defects: how many will be asked for.

    Raises:
        InputError: it is too small to judge, transparent all over, or too large for so many
            defects.

    Example:
        >>> refuse_unseen(Image(np.zeros((1, 1), np.uint8)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.InputError: The picture is 1 x 1 pixels: too small to judge. ...
    """
    name = image.name or "The picture"
    if min(image.height, image.width) < SMALLEST_SIDE_PX:
        raise InputError(
            f"{name} is {image.width} x {image.height} pixels: too small to judge. It needs "
            f"{SMALLEST_SIDE_PX} pixels along both sides; take it closer or give the camera's full "
            "resolution."
        )
    if image.valid is not None and not image.valid.any():
        raise InputError(f"{name} is transparent all over; nothing is to be seen in it.")
    cells = image.height * image.width // SMALLEST_PATCH_PX**2
    if cells * defects > MOST_NAMES:
        raise InputError(
            f"{name} has {image.width} x {image.height} pixels, for which {defects} defects take "
            f"more memory than there is; ask for {MOST_NAMES // cells} at most."
        )


def _cut(image: Image, viewing: Viewing, squeezed: int) -> list[_Tile]:
    side = viewing.tile_px
    if squeezed:
        # A square that is no larger than the picture's short side keeps its shape.
        side = min(side, max(squeezed, min(image.height, image.width)))
    tiles = []
    for scale in viewing.scales:
        height, width = _scaled(image, scale)
        # A long picture that fits one tile is squeezed a little rather than cut.
        if squeezed and max(height, width) <= 1.5 * side:
            tiles.append(_Tile(scale, 0, 0, height, width, (0, 0, height, width)))
            continue
        overlap = min(viewing.overlap_px, side // 4)
        cut = tiles_of(height, width, size=side, overlap=overlap)
        down = _owned({x.top for x in cut}, min(side, height), height)
        along = _owned({x.left for x in cut}, min(side, width), width)
        for x in cut:
            (upper, lower), (first, last) = down[x.top], along[x.left]
            owned = (upper, first, lower, last)
            tiles.append(_Tile(scale, x.top, x.left, x.height, x.width, owned))
    return tiles


def _owned(starts: Iterable[int], side: int, length: int) -> dict[int, tuple[float, float]]:
    """From where to where along one side each tile is the most central one."""
    ordered = sorted(starts)
    between = [(a + side + b) / 2 for a, b in pairwise(ordered)]
    bounds = pairwise([0.0, *between, float(length)])
    return dict(zip(ordered, bounds, strict=True))


def _scaled(image: Image, scale: float) -> tuple[int, int]:
    height, width = (max(SMALLEST_SIDE_PX, round(x * scale)) for x in (image.height, image.width))
    return height, width


def _without_unseen(image: Image) -> Image:
    """What alpha leaves out in the middle shade of the part: no model shall judge it."""
    if image.valid is None or image.valid.all():
        return image
    seen = image.pixels[image.valid]
    middle = np.median(seen[:: max(1, len(seen) // _FOR_MEDIAN)], axis=0)
    pixels = image.pixels.copy()
    pixels[~image.valid] = middle.astype(pixels.dtype)
    return Image(pixels, name=image.name)


def _at_scale(image: Image, scale: float) -> Image:
    if scale == 1:
        return image
    height, width = _scaled(image, scale)
    return Image(resized(image.pixels, height, width))


def _part(image: Image, tile: _Tile, *, filled: bool) -> Image:
    pixels = image.pixels[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
    if filled:
        below, beside = (_filled(x) - x for x in (tile.height, tile.width))
        if below or beside:
            rest = ((0, 0),) * (pixels.ndim - 2)
            mirrored = np.pad(pixels, ((0, below), (0, beside), *rest), mode="reflect")
            return Image(mirrored, name=image.name)  # type: ignore[arg-type]  # numpy forgets the type
    return Image(pixels, name=image.name)


def _filled(length: int) -> int:
    return ceil(length / _PAD_TO) * _PAD_TO


def _grid(job: _Job) -> tuple[int, int]:
    return tuple(max(1, round(x / job.patch_px)) for x in (job.image.height, job.image.width))  # type: ignore[return-value]


def _paste(canvas: NDArray[np.floating], found: Floats, tile: _Tile, job: _Job) -> None:
    """Put a tile's map (..., row, column) on the picture's grid, where the tile is most central."""
    rows, columns = canvas.shape[-2:]
    high, wide = _scaled(job.image, tile.scale)
    upper, first, lower, last = tile.owned
    height, width = tile.height, tile.width
    if not job.squeezed:
        height, width = _filled(height), _filled(width)  # what only fills up is in the map too
    down = _places(rows, high, upper, lower)
    along = _places(columns, wide, first, last)
    if not (len(down) and len(along)):
        return
    at_row = _weights((down + 0.5) * high / rows - tile.top, height, found.shape[-2])
    at_column = _weights((along + 0.5) * wide / columns - tile.left, width, found.shape[-1])
    low, top, share = at_row
    part = found[..., low, :] * (1 - share)[:, None] + found[..., top, :] * share[:, None]
    low, top, share = at_column
    part = part[..., low] * (1 - share) + part[..., top] * share
    canvas[..., down[0] : down[-1] + 1, along[0] : along[-1] + 1] += part


def _places(cells: int, length: int, low: float, high: float) -> NDArray[np.intp]:
    """The cells of a grid over `length` whose centres lie in low to high."""
    centres = (np.arange(cells) + 0.5) * length / cells
    return np.flatnonzero((centres >= low) & (centres < high))


def _weights(
    at_px: NDArray[np.floating], length: int, patches: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    centres = np.clip(at_px * patches / length - 0.5, 0, patches - 1)
    low = np.floor(centres).astype(np.intp)
    return low, np.minimum(low + 1, patches - 1), (centres - low).astype(np.float32)


def _seen_cells(image: Image, rows: int, columns: int) -> NDArray[np.bool_]:
    """Cells of the grid that show the part, and not what alpha leaves out; never its rim."""
    if image.valid is None:
        return np.ones((rows, columns), dtype=bool)
    top = np.linspace(0, image.height, rows + 1).astype(int)[:-1]
    left = np.linspace(0, image.width, columns + 1).astype(int)[:-1]
    for together in (np.logical_and, np.logical_or):
        cells = together.reduceat(together.reduceat(image.valid, top, axis=0), left, axis=1)
        # Of a part smaller than a cell, the cells that it touches are all that there is.
        if cells.any():
            break
    return np.asarray(cells)


def _put_together(
    job: _Job,
    meanings: Meanings,
    scoring: Scoring,
    viewing: Viewing,
    measures: Sequence[Measure],
) -> Seen:
    rows, columns = _grid(job)
    names = np.zeros((len(meanings.defects), rows, columns), np.float32)
    anomalous = np.zeros((1, rows, columns), np.float32)
    distances = np.zeros((len(measures), rows, columns), np.float32)
    wholes: dict[float, list[Shares]] = {x: [] for x in viewing.scales}
    for tile, found, windows in zip(job.tiles, job.done, job.windows, strict=True):
        assert found.image is not None
        assert found.patches is not None
        whole = shares_of(found.image, meanings, scoring)
        wholes[tile.scale].append(whole)
        local = shares_of(np.moveaxis(found.patches, 0, -1), meanings, scoring)
        heat = local.anomalous
        if windows is not None:
            beside = _of_windows(windows, float(whole.anomalous), meanings, scoring)
            heat = np.asarray((heat + beside) / 2, dtype=np.float32)
        _paste(anomalous, heat[None].astype(np.float32), tile, job)
        _paste(names, np.moveaxis(local.names, -1, 0).astype(np.float32), tile, job)
        if measures and tile.scale == viewing.reference_scale:
            assert found.features is not None
            flat = np.ascontiguousarray(found.features.reshape(len(found.features), -1).T)
            maps = [x(flat).reshape(found.features.shape[1:]) for x in measures]
            _paste(distances, np.stack(maps).astype(np.float32), tile, job)
    count = len(viewing.scales)
    unseen = ~_seen_cells(job.image, rows, columns)
    for each in (anomalous, distances):
        each[:, unseen] = np.nan
    # Per scale the worst tile speaks for the picture; the scales are averaged.
    worst = [max(x, key=lambda y: float(y.anomalous)) for x in wholes.values()]
    known = np.mean([max(float(y.known) for y in x) for x in wholes.values()])
    return Seen(
        height_px=job.image.height,
        width_px=job.image.width,
        anomalous=anomalous[0] / count,
        names=(names / count).astype(np.float16),
        distances=tuple(distances),
        whole_log_odds=float(np.mean([log_odds(x.anomalous) for x in worst])),
        whole_names=np.mean([x.names for x in worst], axis=0, dtype=np.float32),
        known=float(known),
        smooth_px=_smooth_px(job),
        tiles=len(job.tiles),
    )


def _smooth_px(job: _Job) -> float:
    """Four pixels of the frame as the model saw it, in pixels of the picture."""
    if not job.squeezed:
        return SIGMA_FRAME_PX
    first = job.tiles[0]
    return SIGMA_FRAME_PX * min(first.height, first.width) / first.scale / FRAME_PX


def _of_windows(
    windows: dict[str, Floats], whole: float, meanings: Meanings, scoring: Scoring
) -> Floats:
    sizes = {2: windows[WINDOWS2], 3: windows[WINDOWS3]}
    scores = {
        size: np.asarray(shares_of(np.moveaxis(x, 0, -1), meanings, scoring).anomalous)
        for size, x in sizes.items()
    }
    return fused(whole, scores)
