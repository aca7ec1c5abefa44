"""A picture looked at: cut into tiles at the wanted scales, encoded, compared, put together again.

Memory is bounded whatever the picture's size: of each tile only what sentences and references say
of it is kept, never its points.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.inputs.picture import SURFACE
from faultlens.runtimes.heat import FRAME_PX, SIGMA_FRAME_PX, top_mean
from faultlens.runtimes.image_model import (
    FEATURES,
    IMAGE,
    PATCHES,
    EncodedImage,
    each_encoded,
    encode_windows,
    picture_preparation,
)
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_tiles import (
    ScaledTile,
    at_scale,
    grid_of,
    own_patches,
    paste,
    refuse_unseen,
    scaled_tiles,
    seen_cells,
    tile_picture,
)
from faultlens.runtimes.said import Measure, Said, Windows, said_of
from faultlens.runtimes.surface_scores import Meanings, Scoring, Shares, log_odds
from faultlens.runtimes.viewing import (
    Viewing,
    reference_scale,
    usual_short_side,
    usual_times,
)
from faultlens.runtimes.zooming import zoomed

Floats = NDArray[np.float32]
Finish = Callable[[Image, ScaledTile, Image, EncodedImage], EncodedImage]
"""(picture, tile of it, what the model was shown of that, what it says) -> what counts in its
place: test-time adapters and the like. Pictures are told apart by identity."""

T = TypeVar("T")


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
        scales: at which.
        zoomed: how many places were looked at again, enlarged.
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
    scales: tuple[float, ...] = (1.0,)
    zoomed: int = 0

    @property
    def text_log_odds(self) -> float:
        """Of an anomaly, by text: the picture's own and its hottest patches', on average."""
        return 0.5 * (self.whole_log_odds + float(log_odds(top_mean(self.anomalous))))

    @property
    def distance_scores(self) -> tuple[float, ...]:
        """Per measure the distance that stands for the picture."""
        return tuple(top_mean(x) for x in self.distances)


@dataclass(eq=False)
class _Job(Generic[T]):
    """One picture on its way: its tiles in their order, and what was kept of those looked at."""

    image: Image
    scales: tuple[float, ...]
    tiles: tuple[ScaledTile, ...]
    kept: list[T] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    windows: deque[Windows | None] = field(default_factory=deque)

    def patch_px(self, scale: float) -> float:
        """Side of the patches at one scale, in pixels of the picture."""
        at = next(i for i, x in enumerate(self.tiles) if x.scale == scale)
        return self.tiles[at].patch_px(self.rows[at])


def each_seen(
    model: Model,
    images: Iterable[Image],
    meanings: Meanings,
    scoring: Scoring,
    *,
    viewing: Viewing | None = None,
    measures: Sequence[Measure] = (),
    finish: Finish | None = None,
) -> Iterator[Seen]:
    """What is seen of pictures, one by one in their order; neighbours of one size share a pass.

    Args:
        model: of the kind "image".
        images: any number, also from a generator.
        meanings: the sentences' points.
        scoring: of the model.
        viewing: how they are looked at; None for the size that the model
            is used to.
        measures: distances from what is normal, see `profiles.references`.
        finish: what becomes of the rows of each tile first; None for nothing.

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

    def said(
        job: _Job[Said], tile: ScaledTile, found: EncodedImage, windows: Windows | None
    ) -> Said:
        compared = measures if tile.scale == reference_scale(job.scales) else ()
        return said_of(found, windows, meanings, scoring, compared)

    for job in _jobs(model, images, viewing, want, said, finish):
        seen = _put_together(job, len(meanings.defects), len(measures))
        if viewing.zoom:
            seen = zoomed(
                model, job.image, seen, meanings, scoring, places=viewing.zoom,
                frame=_frame(model), finish=finish,
            )  # fmt: skip
        yield seen


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
    alone = replace(viewing, scales=viewing.scales and (reference_scale(viewing.scales),))

    def rows_of(
        job: _Job[Floats], tile: ScaledTile, found: EncodedImage, windows: Windows | None
    ) -> Floats:
        assert found.features is not None  # it was asked for
        own = own_patches(job.image, found.features, tile)
        return np.ascontiguousarray(found.features[:, own].T)

    for job in _jobs(model, images, alone, (FEATURES,), rows_of):
        yield np.concatenate(job.kept)


def _jobs(
    model: Model,
    images: Iterable[Image],
    viewing: Viewing,
    want: Sequence[str],
    keep: Callable[[_Job[T], ScaledTile, EncodedImage, Windows | None], T],
    finish: Finish | None = None,
) -> Iterator[_Job[T]]:
    """Pictures whose tiles were all looked at; several pictures' tiles may share a pass."""
    frame = _frame(model)
    windowed = IMAGE in want and "windows.onnx" in model.bundle.files
    usual_px, times = usual_short_side(model), usual_times(model)
    waiting: deque[_Job[T]] = deque()
    shown: deque[Image] = deque()

    def parts() -> Iterator[Image]:
        for image in images:
            refuse_unseen(image)
            scales = viewing.scales_for(image, usual_px, times)
            by_scale = [
                scaled_tiles(
                    image, x, side=viewing.tile_px, overlap=viewing.overlap_px, frame=frame
                )
                for x in scales
            ]
            job: _Job[T] = _Job(image, scales, tuple(chain.from_iterable(by_scale)))
            waiting.append(job)
            for scale, tiles in zip(scales, by_scale, strict=True):
                sized = at_scale(image, scale)
                for tile in tiles:
                    part = tile_picture(sized, tile)
                    job.windows.append(encode_windows(model, part) if windowed else None)
                    if finish is not None:
                        shown.append(part)
                    yield part

    for found in each_encoded(model, parts(), want=want):
        job = waiting[0]
        tile = job.tiles[len(job.kept)]
        grid = found.features if found.patches is None else found.patches
        assert grid is not None  # one of both is always asked for
        job.rows.append(grid.shape[1])
        if finish is not None:
            found = finish(job.image, tile, shown.popleft(), found)
        job.kept.append(keep(job, tile, found, job.windows.popleft()))
        if len(job.kept) == len(job.tiles):
            yield waiting.popleft()


def _frame(model: Model) -> int:
    """Side of the model's square, pixels; 0 for one that takes any size."""
    preparation = picture_preparation(model)
    return 0 if preparation.kind == SURFACE else preparation.size


def _put_together(job: _Job[Said], defects: int, measures: int) -> Seen:
    rows, columns = grid_of(job.image, job.patch_px(reference_scale(job.scales)))
    names = np.zeros((defects, rows, columns), np.float32)
    anomalous = np.zeros((1, rows, columns), np.float32)
    distances = np.zeros((measures, rows, columns), np.float32)
    wholes: dict[float, list[Shares]] = {x: [] for x in job.scales}
    for tile, said in zip(job.tiles, job.kept, strict=True):
        wholes[tile.scale].append(said.whole)
        paste(anomalous, said.heat, tile)
        paste(names, said.names, tile)
        if said.distances is not None:
            paste(distances, said.distances, tile)
    count = len(job.scales)
    unseen = ~seen_cells(job.image, rows, columns)
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
        scales=job.scales,
    )


def _smooth_px(job: _Job[Said]) -> float:
    """Four pixels of the frame as the model saw it, in pixels of the picture."""
    first = job.tiles[0]
    if not first.squeezed:
        return SIGMA_FRAME_PX
    return SIGMA_FRAME_PX * min(first.height, first.width) / first.scale / FRAME_PX
