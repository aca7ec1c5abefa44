"""A part found on a picture by a picture of it: correlation over places, turns and scales."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates, maximum_filter

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.roi import SMALLEST_ROI_PX, Outline
from faultlens.images.scaling import resized_map, shrunk

LEAST_QUALITY = 0.5
"""Correlation of detail below which a place is not the part. Chosen on pieces of real pictures of
roads and substations; on others of them (evaluation/surface/bench_part_search.py) 116 of 120 were
found within 3 px, 3 were refused, 1 was found elsewhere, and 2 on 120 pictures of other scenes."""

AS_GOOD = 0.95
"""Share of the best place's quality from which another place is said to look alike."""

COARSE_PX, FINE_PX = 24.0, (48.0, 96.0)
"""Side of a square as large as the template where places are searched, and where they are refined,
px: a few pixels say roughly where, more of them how well."""

COARSE_THIN_PX = 8.0
"""Shorter side that the template keeps in the search, px."""

TURNS, SCALES = 40, (0.72, 0.85, 1.0, 1.18, 1.39)
"""Turns over the full circle and sizes that are tried; between them refining finds the rest."""

SHARP_PX, BROAD_PX = 0.7, 4.0
"""Detail is what lies between Gaussians of these deviations, px at the finest size: broad shades
are much alike on many pictures, and the lamp makes them."""

CANDIDATES = 12
"""Places that are refined: the best by coarse correlation need not be the part."""

_STEPS = 12
_INSIDE = 0.7
"""Share of the template that must lie on the picture."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """Where a template lies on a picture.

    Args:
        row: of its middle, px.
        column: of its middle, px.
        angle_rad: how far it is turned, from the rows' direction downwards.
        scale: how many pixels of the picture one of the template is.

    Example:
        >>> Pose(10.0, 20.0, 0.0, 2.0).matrix.tolist()
        [[2.0, -0.0], [0.0, 2.0]]
    """

    row: float
    column: float
    angle_rad: float
    scale: float

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(2, 2) from (right, down) in the template to (right, down) on the picture."""
        cosine, sine = np.cos(self.angle_rad) * self.scale, np.sin(self.angle_rad) * self.scale
        return np.array([[cosine, -sine], [sine, cosine]])

    def at(self, factor: float) -> "Pose":
        """The same where picture and template are so many times as large."""
        return Pose(
            (self.row + 0.5) * factor - 0.5,
            (self.column + 0.5) * factor - 0.5,
            self.angle_rad,
            self.scale,
        )


@dataclass(frozen=True, eq=False)
class PartTemplate:
    """A picture of a part, by which it is found on others.

    Args:
        image: the part, filling the picture; what its alpha leaves out does not count.
        least_quality: correlation below which a picture is refused, 0 to 1.

    Raises:
        UsageError: a template without anything to be found by.

    Example:
        >>> grain = np.random.default_rng(0).integers(0, 255, (200, 300)).astype(np.uint8)
        >>> scene = Image(gaussian_filter(grain, 3))
        >>> PartTemplate(Image(scene.pixels[50:130, 100:220])).on(scene).bounds
        (99, 49, 221, 131)
    """

    image: Image
    least_quality: float = LEAST_QUALITY
    _levels: dict[float, "_Level"] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        grey = self.image.grey()
        valid = self._valid
        if min(grey.shape) < SMALLEST_ROI_PX or not valid.any() or grey[valid].std() < 2 / 255:
            raise UsageError(
                f"{self.image.name or 'The template'} is {self.image.width} x {self.image.height} "
                "pixels of the same grey, or too small: nothing can be found by it. Give a "
                f"picture of the part, {SMALLEST_ROI_PX} pixels along both sides at least."
            )

    @cached_property
    def _valid(self) -> NDArray[np.bool_]:
        shape = self.image.pixels.shape[:2]
        return np.ones(shape, bool) if self.image.valid is None else self.image.valid

    def on(self, image: Image) -> Outline:
        """Where the part lies on a picture.

        Args:
            image: that shows it, about as large as on the template, however turned.

        Raises:
            InputError: nothing on it correlates well enough; the message says how well.
        """
        found = self._poses(image)
        best, quality = found[0]
        if quality < self.least_quality:
            raise InputError(
                f"The part of {self.image.name or 'the template'} was not found on "
                f"{image.name or 'the picture'}: the best place correlates by {quality:.2f}, and "
                f"{self.least_quality:g} are needed. Take the template from a picture of this "
                "camera and light, or give the region in pixels."
            )
        rivals = [q for pose, q in found[1:] if self._apart(pose, best)]
        alike = rivals and max(rivals) > AS_GOOD * quality
        return Outline(
            self._corners(best),
            quality=quality,
            notices=(_alike(quality, max(rivals)),) if alike else (),
            found=f"part found, turned {np.degrees(best.angle_rad):.0f} degrees, scale "
            f"{best.scale:.2f}, correlation {quality:.2f},",
        )

    def _corners(self, pose: Pose) -> tuple[tuple[float, float], ...]:
        down, along = (np.flatnonzero(self._valid.any(axis=x)) for x in (1, 0))
        middle = np.array([self.image.width, self.image.height]) / 2
        corners = np.array(
            [(x, y) for x, y in ((along[0], down[0]), (along[-1] + 1, down[0]),
                                 (along[-1] + 1, down[-1] + 1), (along[0], down[-1] + 1))]
        ) - middle  # fmt: skip
        placed = corners @ pose.matrix.T + (pose.column + 0.5, pose.row + 0.5)
        return tuple((float(x), float(y)) for x, y in placed)

    def _apart(self, one: Pose, other: Pose) -> bool:
        short = 0.5 * min(self.image.height, self.image.width) * other.scale
        return bool(np.hypot(one.row - other.row, one.column - other.column) > short)

    def _poses(self, image: Image) -> list[tuple[Pose, float]]:
        """Places and how well the template fits there, the best first."""
        side = float(np.sqrt(self.image.height * self.image.width))
        # No finer than it is looked at: as numbers, a large picture would take a gigabyte.
        thin_by = max(1, int(side / FINE_PX[-1]))
        frame = _thinned(image, thin_by)
        thin = min(self.image.height, self.image.width)
        factor = min(1.0, max(COARSE_PX / side, COARSE_THIN_PX / thin))
        coarse = self._level(factor)
        found = list(_searched(_sized(frame, factor * thin_by), coarse))
        now = factor
        for fine in FINE_PX:
            finer = min(1.0, max(fine / side, factor))
            found = [(pose.at(finer / now), quality) for pose, quality in found]
            level, picture = self._level(finer), _Sampled(_sized(frame, finer * thin_by))
            found = sorted((_refined(picture, level, x) for x, _ in found), key=lambda x: -x[1])
            # The finer, the dearer: only what may still win is taken along.
            found, now = found[: max(2, CANDIDATES // 4)], finer
        return [(pose.at(1 / now), quality) for pose, quality in found]

    def _level(self, factor: float) -> "_Level":
        if factor not in self._levels:
            grey = _sized(self.image.grey(), factor)
            shares = _sized(self._valid.astype(np.float32), factor)
            self._levels[factor] = _Level(grey, shares > 0.5)
        return self._levels[factor]


@dataclass(frozen=True, eq=False)
class _Level:
    """The template at one size: grey, and where it counts."""

    grey: Floats
    valid: NDArray[np.bool_]

    @cached_property
    def detail(self) -> Floats:
        """What it shows beside broad shades, where it counts."""
        return _detail(self.grey)[self.valid]

    @cached_property
    def points(self) -> tuple[NDArray[np.float64], Floats]:
        """(2, point) right and down from the middle, and the grey there."""
        rows, columns = self.valid.nonzero()
        height, width = self.grey.shape
        places = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2])
        return places, self.grey[rows, columns]


class _Sampled:
    """A picture that is sampled between its pixels, with its slopes and its detail."""

    def __init__(self, grey: Floats) -> None:
        soft = gaussian_filter(grey, SHARP_PX)
        self.detail = _detail(grey)
        self.planes = (soft, np.gradient(soft, axis=1), np.gradient(soft, axis=0))
        self.shape = grey.shape

    def at(self, places: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        where = places[::-1]
        grey, right, down = (
            map_coordinates(x, where, order=1, mode="nearest") for x in self.planes
        )
        return grey, right, down


def _thinned(image: Image, factor: int) -> Floats:
    """Grey of a picture a whole factor smaller; at the rim, less than one new pixel is left out."""
    if min(image.height, image.width) < 2 * factor:
        return _sized(image.grey(), 1 / factor)
    height, width = (x // factor * factor for x in (image.height, image.width))
    return Image(shrunk(image.pixels[:height, :width], factor)).grey()


def _detail(grey: Floats) -> Floats:
    return np.asarray(gaussian_filter(grey, SHARP_PX) - gaussian_filter(grey, BROAD_PX))


def _sized(values: Floats, factor: float) -> Floats:
    height, width = (max(1, round(x * factor)) for x in values.shape)
    return resized_map(values, height, width)


def _searched(frame: Floats, template: _Level) -> Iterator[tuple[Pose, float]]:
    """The best places by correlation over turns and scales, at the size where it is cheap."""
    reach = int(np.ceil(np.hypot(*template.grey.shape) * max(SCALES) / 2)) + 1
    # The part may reach over the rim: there the picture goes on as it ends.
    padded = np.pad(frame, reach // 2, mode="edge")
    shape = tuple(fft.next_fast_len(x + 2 * reach, real=True) for x in padded.shape)
    level = padded - padded.mean()
    spectra = tuple(fft.rfft2(x, shape) for x in (level, level**2))
    best = np.full(padded.shape, -1.0, np.float32)
    turned = np.zeros(padded.shape, np.int32)
    tried = [(scale, 2 * np.pi * i / TURNS) for scale in SCALES for i in range(TURNS)]
    for number, (scale, angle) in enumerate(tried):
        quality = _correlation(spectra, shape, padded.shape, *_posed(template, scale, angle, reach))
        better = quality > best
        best[better] = quality[better]
        turned[better] = number
    near = max(3, int(min(template.grey.shape) * 0.5))
    peaks = (best == maximum_filter(best, size=near)).nonzero()
    order = np.argsort(-best[peaks])[:CANDIDATES]
    for row, column in zip(peaks[0][order], peaks[1][order], strict=True):
        scale, angle = tried[turned[row, column]]
        place = Pose(float(row - reach // 2), float(column - reach // 2), angle, scale)
        yield place, float(best[row, column])


def _posed(template: _Level, scale: float, angle: float, reach: int) -> tuple[Floats, Floats]:
    """The template turned and scaled on a square, less its mean, and where it counts."""
    side = 2 * reach + 1
    back = np.linalg.inv(Pose(0, 0, angle, scale).matrix[::-1, ::-1])
    middle = (np.array(template.grey.shape) - 1) / 2
    offset = middle - back @ np.array([reach, reach])
    mask = affine_transform(template.valid.astype(np.float32), back, offset, (side, side), order=1)
    mask = (mask > 0.5).astype(np.float32)
    grey = affine_transform(template.grey, back, offset, (side, side), order=1, mode="nearest")
    return (grey - float((grey * mask).sum() / mask.sum())) * mask, mask


def _correlation(
    spectra: tuple[NDArray[np.complexfloating], ...],
    shape: tuple[int, ...],
    size: tuple[int, ...],
    grey: Floats,
    mask: Floats,
) -> Floats:
    """(row, column) normalised correlation of a template with its middle there."""
    reach = grey.shape[0] // 2
    weights, counts = (np.conj(fft.rfft2(x, shape)) for x in (grey, mask))
    products = (spectra[0] * weights, spectra[0] * counts, spectra[1] * counts)
    # Its first pixel lies at the origin: rolled by its reach, the middle does.
    like, mean, power = (
        np.roll(fft.irfft2(x, shape), (reach, reach), (0, 1))[: size[0], : size[1]]
        for x in products
    )
    spread = np.maximum(power - mean**2 / mask.sum(), 1e-6 * mask.sum())
    return np.asarray(like / np.sqrt(spread * float((grey**2).sum())), dtype=np.float32)


def _refined(picture: _Sampled, template: _Level, start: Pose) -> tuple[Pose, float]:
    """The place near a start where the template correlates best, by least squares, and how well."""
    places, grey = template.points
    along = np.array([start.matrix[0, 0], start.matrix[1, 0], start.column, start.row])
    best, quality = along, -1.0
    for _ in range(_STEPS):
        there = _placed(places, along)
        now, right, down = picture.at(there)
        fits = _fit(now, grey, there, picture.shape)
        if fits > quality:
            best, quality = along, fits
        turned = right * places[0] + down * places[1], down * places[0] - right * places[1]
        # What a small move changes, and what gain and offset of the light do.
        columns = np.stack([*turned, right, down, -grey, np.full_like(grey, -1)], axis=1)
        squares = columns.T @ columns
        squares += np.eye(6) * 1e-6 * np.trace(squares)
        move = np.linalg.solve(squares, -columns.T @ now)[:4]
        if abs(move[2:]).max() > max(picture.shape):
            break
        along = along + move
        if abs(move[2:]).max() < 0.01:
            break
    a, b, column, row = (float(x) for x in best)
    there = _placed(places, best)
    detail = map_coordinates(picture.detail, there[::-1], order=1, mode="nearest")
    found = Pose(row, column, float(np.arctan2(b, a)), float(np.hypot(a, b)))
    return found, _fit(detail, template.detail, there, picture.shape)


def _placed(places: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, column, row = along
    return np.stack([a * places[0] - b * places[1] + column, b * places[0] + a * places[1] + row])


def _fit(now: Floats, grey: Floats, there: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    inside = (
        (there[0] >= -0.5) & (there[0] < shape[1] - 0.5)
        & (there[1] >= -0.5) & (there[1] < shape[0] - 0.5)
    )  # fmt: skip
    if inside.mean() < _INSIDE:
        return -1.0
    one, other = now[inside] - now[inside].mean(), grey[inside] - grey[inside].mean()
    power = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / power if power > 0 else -1.0


def _alike(quality: float, other: float) -> Notice:
    return Notice(
        en=f"Two places of the picture look like the part, with correlations of {quality:.2f} and "
        f"{other:.2f}; the better one was looked at. Give the region in pixels if it is the other.",
        zh=f"图像上有两处与该零件相似，相关系数分别为 {quality:.2f} 和 {other:.2f}；"
        "只检查了更相似的一处。若应为另一处，请以像素给出区域。",
    )
