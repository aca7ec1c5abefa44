"""Labelled pictures as a base model sees them: what every method of adaptation learns from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.notice import Notice
from faultlens.core.progress import progress
from faultlens.datasets.dataset import FailedFile
from faultlens.datasets.pictures.masks import defect_mask
from faultlens.datasets.pictures.picture import LabelledPicture
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.models.picture_adapter import described
from faultlens.runtimes.defect_question import DefectQuestion
from faultlens.runtimes.heat import hottest_names, top_mean
from faultlens.runtimes.image_model import FEATURES, IMAGE, EncodedImage, each_encoded
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.picture_tiles import ScaledTile, refuse_unseen
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds, shares_of
from faultlens.runtimes.viewing import Viewing, usual_short_side

VIEWS = 8
"""A surface has no upright: each picture is learned from turned four ways and mirrored."""

USUAL_TIMES = (1.0, 1.5)
"""Sizes at which pictures are looked at, in that which the model is used to. Chosen on NEU (5 per
class: .951 right with one, .963 with both) and magnetic tiles (10 per class: .736 and .752)."""

FEWER_VIEWS, MANY_PICTURES = 2, 200
"""Views of each where there are more pictures than this."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LocatedPlaces:
    """The places of one picture of which it is known whether a defect is there.

    Args:
        patches: (dim, row, column) points of the base.
        features: (feature, row, column).
        mask: (row, column) share of each place that lies on a defect.
        target: class of the picture.
    """

    patches: NDArray[np.float16]
    features: NDArray[np.float16]
    mask: Floats
    target: int


@dataclass(frozen=True, eq=False)
class ShownPicture:
    """What the base says of one labelled picture.

    Args:
        descriptors: (scale, view, descriptor) see `models.picture_adapter.described`.
        rows: (scale, dim) its points, upright.
        local_names: (defect,) which defect it would be by its hottest places.
        hottest: log odds of an anomaly by its hottest places.
        part: what the base was shown, at the first size.
        places: per scale where its defects are; none where nobody drew them.
    """

    descriptors: Floats
    rows: Floats
    local_names: Floats
    hottest: float
    part: Image
    places: tuple[LocatedPlaces, ...] = ()


def shown_pictures(
    base: Model,
    pictures: Sequence[LabelledPicture],
    target: Sequence[int],
    question: DefectQuestion,
    scoring: Scoring,
    *,
    localised: bool = False,
    quiet: bool = True,
) -> tuple[list[ShownPicture | None], list[FailedFile]]:
    """Look at labelled pictures as `inspect` would, turned and mirrored.

    Of a large picture that is looked at in tiles, the tile with most of the defect is learned from,
    or where nobody drew the defect, the one that the base finds most anomalous.

    Args:
        base: of the kind "image".
        pictures: labelled.
        target: class of each.
        question: of the classes.
        scoring: of the base.
        localised: whether places are kept of pictures whose defects were drawn.
        quiet: no progress bar.

    Returns:
        per picture what was seen, None for one that failed, and why those did.

    Raises:
        BundleError: the model is damaged.

    Example:
        >>> shown_pictures.__name__  # `tune_pictures` shows it at work
        'shown_pictures'
    """
    views = VIEWS if len(pictures) <= MANY_PICTURES else FEWER_VIEWS
    found: list[ShownPicture | None] = []
    failed: list[FailedFile] = []
    labelled = zip(pictures, target, strict=True)
    for each, number in progress(labelled, label="Looking", total=len(pictures), quiet=quiet):
        try:
            image = read_image(each.path)
            refuse_unseen(image)
            mask = defect_mask(each)
            found.append(
                _shown(base, image, mask, number, question.meanings, scoring, views, localised)
            )
        except (FaultlensError, OSError) as error:
            found.append(None)
            failed.append(FailedFile(each.file, str(error)))
    return found, failed


def views_of(image: Image, count: int) -> Iterator[Image]:
    """A picture turned four ways, each also mirrored; upright first.

    Args:
        image: of any size.
        count: how many, 8 at most.

    Example:
        >>> [x.pixels.shape for x in views_of(Image(np.zeros((16, 24), np.uint8)), 3)]
        [(16, 24), (16, 24), (24, 16)]
    """
    for number in range(min(count, VIEWS)):
        turned = np.rot90(image.pixels, number // 2)
        valid = None if image.valid is None else np.rot90(image.valid, number // 2)
        if number % 2:
            turned = turned[:, ::-1]
            valid = None if valid is None else valid[:, ::-1]
        # numpy's stub forgets the type of what is turned.
        pixels: Any = np.ascontiguousarray(turned)
        yield image.derived(pixels, "turned" if number else "upright", valid=valid)


SAME, SAME_IN_THE_WORLD = 0.985, 0.99999
"""Cosine from which on two sentences are one: in the tower of few sentences, where "scratch" and
"scratches" are at 0.988; and in a tower of the world, to which all of one trade are much alike."""


def kept_apart(classes: Sequence[str], rows: Floats, apart: float = SAME) -> None:
    """Refuse classes whose sentences mean the same to the model: no picture could tell them.

    Args:
        classes: what they are called.
        rows: (class, dim) unit rows of their sentences.
        apart: cosine from which on two are one.

    Raises:
        UsageError: two are; the message names them.

    Example:
        >>> kept_apart(["scratch", "scratches"], np.ones((2, 1), np.float32))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'scratch' and 'scratches' mean the same to the model; ...
    """
    cosines = rows @ rows.T - 2 * np.eye(len(rows))
    one, other = divmod(int(cosines.argmax()), len(rows))
    if cosines[one, other] >= apart:
        raise UsageError(
            f"'{classes[min(one, other)]}' and '{classes[max(one, other)]}' mean the same to the "
            "model; join their folders, or describe how each looks in more words."
        )


def failed_notice(failed: Sequence[FailedFile]) -> Notice:
    """That pictures were left out, with the first reason.

    Args:
        failed: one at least.

    Example:
        >>> print(failed_notice([FailedFile("a.png", "It is empty.")]))
        1 labelled pictures could not be used; the first, a.png: It is empty.
    """
    first = failed[0]
    return Notice(
        en=f"{len(failed)} labelled pictures could not be used; the first, {first.file}: "
        f"{first.reason}",
        zh=f"{len(failed)} 张标注图像无法使用；第一张 {first.file}：{first.reason}",
    )


def _shown(
    base: Model,
    image: Image,
    mask: NDArray[np.bool_] | None,
    target: int,
    meanings: Meanings,
    scoring: Scoring,
    views: int,
    localised: bool,
) -> ShownPicture:
    tiles: list[tuple[ScaledTile, Image, EncodedImage]] = []

    def noted(whole: Image, tile: ScaledTile, part: Image, found: EncodedImage) -> EncodedImage:
        tiles.append((tile, part, found))
        return found

    # One measure that measures nothing, so that the features are given too.
    idle = [lambda rows: np.zeros(len(rows), np.float32)]
    scales = Viewing().scales_for(image, usual_short_side(base), USUAL_TIMES)
    (seen,) = each_seen(
        base, [image], meanings, scoring, viewing=Viewing(scales), measures=idle, finish=noted
    )
    rows, descriptors, places, parts = [], [], [], []
    for scale in scales:
        its = [x for x in tiles if x[0].scale == scale]
        tile, part, found = its[_telling([(x, z) for x, _, z in its], mask, meanings, scoring)]
        assert found.image is not None
        turned = each_encoded(base, list(views_of(part, views))[1:], want=(IMAGE, FEATURES))
        rows.append(found.image)
        parts.append(part)
        descriptors.append(np.stack([_described(x) for x in (found, *turned)]))
        if localised and mask is not None:
            places.append(_located(found, tile, mask, target))
    return ShownPicture(
        descriptors=_as_many(descriptors),
        rows=_as_many(rows),
        local_names=np.asarray(hottest_names(seen.names, seen.anomalous), np.float32),
        hottest=float(log_odds(top_mean(seen.anomalous))),
        part=parts[0],
        places=tuple(places),
    )


def _as_many(of_scales: Sequence[Floats]) -> Floats:
    """One per size; a picture that is looked at once says the same for the others."""
    return np.stack([of_scales[min(i, len(of_scales) - 1)] for i in range(len(USUAL_TIMES))])


def _described(found: EncodedImage) -> Floats:
    assert found.image is not None
    assert found.features is not None
    return described(found.image, found.features)


def _telling(
    tiles: Sequence[tuple[ScaledTile, EncodedImage]],
    mask: NDArray[np.bool_] | None,
    meanings: Meanings,
    scoring: Scoring,
) -> int:
    """The tile that shows what the label says."""
    if mask is not None and mask.any():
        return int(np.argmax([_of_tile(mask, tile).sum() for tile, _ in tiles]))
    rows = np.stack([x.image for _, x in tiles if x.image is not None])
    return int(shares_of(rows, meanings, scoring).anomalous.argmax())


def _of_tile(mask: NDArray[np.bool_], tile: ScaledTile) -> NDArray[np.bool_]:
    """What of a mask lies under a tile."""
    top, left = (round(x / tile.scale) for x in (tile.top, tile.left))
    height, width = (round(x / tile.scale) for x in (tile.height, tile.width))
    return mask[top : top + height, left : left + width]


def _located(
    found: EncodedImage, tile: ScaledTile, mask: NDArray[np.bool_], target: int
) -> LocatedPlaces:
    """Places with the share of each that is on a defect; what fills a tile up is beside it."""
    assert found.patches is not None and found.features is not None
    rows, columns = found.patches.shape[1:]
    under = _of_tile(mask, tile)
    high, wide = (round(x / tile.scale) for x in tile.shown)
    filled = np.zeros((max(high, under.shape[0]), max(wide, under.shape[1])), np.float32)
    filled[: under.shape[0], : under.shape[1]] = under
    return LocatedPlaces(
        patches=found.patches.astype(np.float16),
        features=found.features.astype(np.float16),
        mask=_mean_of_cells(filled, rows, columns),
        target=target,
    )


def _mean_of_cells(values: Floats, rows: int, columns: int) -> Floats:
    """(row, column) means of what each cell covers."""
    down = np.linspace(0, values.shape[0], rows + 1).round().astype(np.intp)
    across = np.linspace(0, values.shape[1], columns + 1).round().astype(np.intp)
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    sums[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    corner = sums[np.ix_(down, across)]
    total = corner[1:, 1:] - corner[:-1, 1:] - corner[1:, :-1] + corner[:-1, :-1]
    area = np.maximum(np.outer(np.diff(down), np.diff(across)), 1)
    return np.asarray(total / area, np.float32)
