"""AnoVL's adapter: the places of one picture fitted to the words by that picture alone.

Nothing is labelled and nothing is kept: for each tile it begins as the identity, and after a few
steps places are surer of what they are, while those of a copy with noise look anomalous. All is in
closed form and a hand's breadth of numbers, so that it needs no torch and works on every model.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, softmax

from faultlens.images.image import Image
from faultlens.runtimes.image_model import PATCHES, EncodedImage, each_encoded
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.looking import Finish
from faultlens.runtimes.picture_tiles import ScaledTile
from faultlens.runtimes.surface_scores import Meanings, Scoring

SHARE = 0.5
"""Of what the adapter says in a place's point, the rest being the point itself; AnoVL's."""

STEPS, NOISY_WEIGHT = 5, 0.5
"""Steps per picture, and weight of the noisy copy beside the picture; AnoVL's."""

RATE = 1e-3
"""Of Adam. Ours: five steps then move a unit row by some hundredths. On 110 magnetic tiles it costs
builtin/surface pixel AUROC (.67 to .64; .55 at ten times the rate), on castings it changes nothing:
it is there for models of Hugging Face, and off unless asked for."""

NOISE = 0.2
"""Standard deviation of the noise, of the full range of a pixel. Ours: plainly no metal any
more."""

_SEED = 0
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8  # Adam's own
_LEAST = 1e-6

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Sides:
    """The two sides between which a place is judged.

    Args:
        sound: (sentence, dim) unit rows of what is no defect.
        anomalous: (sentence, dim) unit rows of what is one.
        temperature: cosines are divided by it.
    """

    sound: Floats
    anomalous: Floats
    temperature: float

    @property
    def prompts(self) -> Floats:
        """(sentence, dim) of both."""
        return np.concatenate([self.sound, self.anomalous])


def anovl_adapter(model: Model, meanings: Meanings, scoring: Scoring) -> Finish:
    """What makes of the places of each tile those that the adapter says; the whole stays.

    Args:
        model: of the kind "image"; it looks at a noisy copy of every tile too, so that a picture
            takes twice as long.
        meanings: the sentences' points.
        scoring: of the model.

    Returns:
        a hook of `looking.each_seen`.

    Source: Deng et al., AnoVL, arXiv 2308.15939, section 3.3, with our rate and noise.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> axes = np.eye(3, 256, dtype=np.float32)
        >>> finish = anovl_adapter(
        ...     load_model("builtin/surface"), Meanings(axes[:1], axes[1:]), Scoring(0.1))
        >>> callable(finish)
        True
    """
    sides = sides_of(meanings, scoring)

    def finish(_: Image, __: ScaledTile, shown: Image, found: EncodedImage) -> EncodedImage:
        if found.patches is None:
            return found
        noisy = next(each_encoded(model, [with_noise(shown)], want=[PATCHES])).patches
        assert noisy is not None  # it was asked for
        weights = fitted(_rows(found.patches), _rows(noisy), sides)
        moved = adapted(_rows(found.patches), weights, sides.prompts)
        return replace(found, patches=np.ascontiguousarray(moved.T).reshape(found.patches.shape))

    return finish


def sides_of(meanings: Meanings, scoring: Scoring) -> Sides:
    """The sentences on either side, as `surface_scores.shares_of` takes them.

    Args:
        meanings: the sentences' points.
        scoring: of the model.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> len(sides_of(Meanings(axes[:1], axes[1:]), Scoring(0.1)).anomalous)
        2
    """
    sound = meanings.normal
    if meanings.harmless.size:
        sound = np.concatenate([sound, meanings.harmless])
    general = meanings.anomalous
    return Sides(sound, meanings.defects if general is None else general[None], scoring.temperature)


def with_noise(image: Image) -> Image:
    """The picture under noise, the same at every call.

    Args:
        image: of any depth.

    Example:
        >>> grey = Image(np.full((4, 4), 128, np.uint8))
        >>> bool((with_noise(grey).pixels == with_noise(grey).pixels).all())
        True
    """
    full = np.iinfo(image.pixels.dtype).max
    noise = np.random.default_rng(_SEED).normal(scale=NOISE * full, size=image.pixels.shape)
    noisy = np.clip(image.pixels + noise, 0, full)
    if image.pixels.dtype == np.uint8:
        return replace(image, pixels=noisy.astype(np.uint8))
    return replace(image, pixels=noisy.astype(np.uint16))


def adapted(points: Floats, weights: Floats, prompts: Floats) -> NDArray[np.float32]:
    """Places as the adapter sees them: x' = .5 x + .5 tanh(x W) T, of length 1 again.

    Args:
        points: (place, dim) unit rows.
        weights: (dim, sentence).
        prompts: (sentence, dim) unit rows.

    Returns:
        (place, dim) unit rows.

    Source: Deng et al., AnoVL, arXiv 2308.15939, section 3.3.

    Example:
        >>> points = np.eye(2, dtype=np.float32)
        >>> bool((adapted(points, np.zeros((2, 1)), points[:1]) == points).all())
        True
    """
    mixed = (1 - SHARE) * points + SHARE * np.tanh(points @ weights) @ prompts
    return (mixed / np.maximum(_length(mixed), _LEAST)).astype(np.float32)


def fitted(points: Floats, noisy: Floats, sides: Sides, *, steps: int = STEPS) -> Floats:
    """The weights after a few steps of Adam, from nothing.

    Args:
        points: (place, dim) unit rows of the picture.
        noisy: (place, dim) unit rows of its noisy copy.
        sides: what they are judged by.
        steps: how many.

    Returns:
        (dim, sentence).

    Source: Kingma, Ba, Adam, ICLR 2015, algorithm 1.

    Example:
        >>> axes = np.eye(2, dtype=np.float32)
        >>> fitted(axes, axes, Sides(axes[:1], axes[1:], 0.1)).shape
        (2, 2)
    """
    prompts = sides.prompts.astype(np.float64)
    weights = np.zeros((prompts.shape[1], len(prompts)))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        _, slope = loss(weights, points, noisy, sides)
        first = _FIRST * first + (1 - _FIRST) * slope
        second = _SECOND * second + (1 - _SECOND) * slope**2
        unbiased = first / (1 - _FIRST**step)
        weights = weights - RATE * unbiased / (np.sqrt(second / (1 - _SECOND**step)) + _TINY)
    return weights


def loss(weights: Floats, points: Floats, noisy: Floats, sides: Sides) -> tuple[float, Floats]:
    """Entropy of the picture's places and cross-entropy of the noisy ones, with its slope.

    Args:
        weights: (dim, sentence).
        points: (place, dim) unit rows of the picture.
        noisy: (place, dim) unit rows of its noisy copy.
        sides: what they are judged by.

    Returns:
        the loss, and (dim, sentence) its gradient.

    Source: Deng et al., AnoVL, arXiv 2308.15939, section 3.3.

    Example:
        >>> axes = np.eye(2)
        >>> value, slope = loss(np.zeros((2, 2)), axes, axes, Sides(axes[:1], axes[1:], 1.0))
        >>> round(value, 3)
        0.989
    """
    clean = _Judged.of(weights, points, sides)
    odds, chance = clean.odds, np.exp(log_expit(clean.odds))
    entropy = -(chance * log_expit(odds) + (1 - chance) * log_expit(-odds)).mean()
    # Of the entropy of sigma(z), the slope is -z sigma'(z).
    slope = clean.slope(-odds * chance * (1 - chance) / len(odds))
    other = _Judged.of(weights, noisy, sides)
    missed = np.exp(log_expit(-other.odds))
    total = entropy - NOISY_WEIGHT * log_expit(other.odds).mean()
    return float(total), slope + other.slope(-NOISY_WEIGHT * missed / len(missed))


@dataclass(frozen=True, eq=False)
class _Judged:
    """Places through the adapter to log odds of "anomalous", with what the way back needs."""

    points: Floats
    bent: Floats
    length: Floats
    unit: Floats
    direction: Floats
    odds: Floats
    prompts: Floats

    @classmethod
    def of(cls, weights: Floats, points: Floats, sides: Sides) -> "_Judged":
        prompts = sides.prompts.astype(np.float64)
        points = points.astype(np.float64)
        bent = np.tanh(points @ weights)
        mixed = (1 - SHARE) * points + SHARE * bent @ prompts
        length = np.maximum(_length(mixed), _LEAST)
        unit = mixed / length
        well, ill = (unit @ x.T / sides.temperature for x in (sides.sound, sides.anomalous))
        direction = softmax(ill, axis=1) @ sides.anomalous - softmax(well, axis=1) @ sides.sound
        odds = np.logaddexp.reduce(ill, axis=1) - np.logaddexp.reduce(well, axis=1)
        return cls(points, bent, length, unit, direction / sides.temperature, odds, prompts)

    def slope(self, of_odds: Floats) -> Floats:
        """(dim, sentence) of the weights, from that of the log odds (place,)."""
        of_unit = of_odds[:, None] * self.direction
        along = (of_unit * self.unit).sum(axis=1, keepdims=True)
        of_mixed = (of_unit - along * self.unit) / self.length
        of_bent = SHARE * (of_mixed @ self.prompts.T) * (1 - self.bent**2)
        found: Floats = self.points.T @ of_bent
        return found


def _rows(patches: NDArray[np.float32]) -> NDArray[np.float32]:
    """(place, dim) of (dim, row, column)."""
    return np.ascontiguousarray(patches.reshape(len(patches), -1).T)


def _length(rows: Floats) -> Floats:
    found: Floats = np.linalg.norm(rows, axis=1, keepdims=True)
    return found
