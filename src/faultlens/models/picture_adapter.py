"""Few labelled pictures in, a residual in the space of words out: how an image model is adapted.

What was learned are scores of the labelled classes, closed form and small. Added to a picture's
point along directions that meet one class each, they change what the picture is called, and the
model stays what it was: it is asked in words, and its places are its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from faultlens.core.errors import BundleError

APART = 1e-3
"""Added to the diagonal of the cosines between classes: two that are called nearly the same are
moved less, rather than far to both sides."""

_SHORTEST = 1e-6

Floats = NDArray[np.float32]


def described(image: Floats, features: Floats) -> Floats:
    """What is learned from: a picture's point, and mean, spread and peak of its features.

    Texture is in how features spread over a picture, which its one point has forgotten.

    Args:
        image: (dim,) unit row.
        features: (feature, row, column).

    Returns:
        (dim + 3 feature,) four parts of length 1 each.

    Example:
        >>> described(np.ones(1, np.float32), np.ones((2, 3, 3), np.float32)).shape
        (7,)
    """
    places = features.reshape(len(features), -1)
    parts = (image, places.mean(axis=1), places.std(axis=1), places.max(axis=1))
    return np.concatenate([x / max(float(np.linalg.norm(x)), _SHORTEST) for x in parts])


@dataclass(frozen=True, eq=False)
class LearnedScores:
    """Scores of classes by how a picture agrees with keys.

    Args:
        centre: (descriptor,) taken off.
        spread: (descriptor,) by which the rest is divided.
        keys: (key, descriptor) what is compared with.
        values: (key, class) what agreement with each says of the classes.
        sharpness: 0 takes the agreement as it is, linear; else exp(sharpness (agreement - 1)) of
            vectors of length 1.

    Raises:
        BundleError: shapes that do not belong together, or numbers that are none.

    Example:
        >>> axes = np.eye(2, dtype=np.float32)
        >>> scores = LearnedScores(np.zeros(2, np.float32), np.ones(2, np.float32), axes, axes)
        >>> scores.of(np.array([0.0, 3.0], np.float32)).tolist()
        [0.0, 3.0]
    """

    centre: Floats
    spread: Floats
    keys: Floats
    values: Floats
    sharpness: float = 0.0

    def __post_init__(self) -> None:
        width = self.centre.shape
        fits = (
            len(width) == 1
            and self.spread.shape == width
            and self.keys.ndim == self.values.ndim == 2
            and self.keys.shape[1:] == width
            and len(self.keys) == len(self.values)
        )
        arrays = (self.centre, self.spread, self.keys, self.values)
        if not (fits and all(np.isfinite(x).all() for x in arrays) and (self.spread > 0).all()):
            raise BundleError(
                "The learned scores of the adapter have shapes or numbers that do not belong "
                "together. Make the bundle again with faultlens tune."
            )

    def of(self, descriptors: Floats) -> Floats:
        """The scores of pictures.

        Args:
            descriptors: (..., descriptor).

        Returns:
            (..., class).

        Source:
            Zhang et al., Tip-Adapter (ECCV 2022), equation 4, for a sharpness above 0.
        """
        z = (descriptors - self.centre) / self.spread
        if not self.sharpness:
            return np.asarray(z @ self.keys.T @ self.values)
        length = np.linalg.norm(z, axis=-1, keepdims=True)
        agreement = z / np.maximum(length, _SHORTEST) @ self.keys.T
        return np.asarray(np.exp(self.sharpness * (agreement - 1)) @ self.values, z.dtype)


def dual_directions(rows: Floats, fixed: Floats) -> Floats:
    """Directions that meet one class each: along one, the cosine with its class alone changes.

    Args:
        rows: (class, dim) unit rows.
        fixed: (sentence, dim) unit rows with which cosines shall stay as they are.

    Returns:
        (class, dim).

    Example:
        >>> rows = np.array([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0]], np.float32)
        >>> met = dual_directions(rows, np.zeros((0, 3), np.float32)) @ rows.T
        >>> (abs(met - np.eye(2)) < 0.01).all()
        np.True_
    """
    every = np.concatenate([rows, fixed]).astype(np.float64)
    cosines = every @ every.T + APART * np.eye(len(every))
    return np.asarray(np.linalg.solve(cosines, every)[: len(rows)], np.float32)


@dataclass(frozen=True, eq=False)
class PictureAdapter:
    """What few labelled pictures taught, as a residual on the point of a picture.

    Args:
        scores: of the classes.
        rows: (class, dim) unit rows of their sentences.
        directions: (class, dim) along which each is moved, see `dual_directions`.
        weight: of the learned scores beside cosines.
        temperature: above 0, learned scores say which defect it is and never whether there is one:
            the cosines' common weight stays, at this temperature.

    Raises:
        BundleError: shapes that do not belong together.

    Example:
        >>> axes = np.eye(2, dtype=np.float32)
        >>> scores = LearnedScores(np.zeros(8, np.float32), np.ones(8, np.float32),
        ...                        np.eye(1, 8, dtype=np.float32), np.array([[0.0, 2.0]], "f4"))
        >>> adapter = PictureAdapter(scores, axes, axes, weight=0.5)
        >>> adapter.moved(axes[0], np.ones((2, 1, 1), np.float32)).tolist()
        [1.0, 1.0]
    """

    scores: LearnedScores
    rows: Floats
    directions: Floats
    weight: float = 1.0
    temperature: float = 0.0

    def __post_init__(self) -> None:
        fits = (
            self.rows.ndim == 2
            and self.rows.shape == self.directions.shape
            and len(self.rows) == self.scores.values.shape[1]
        )
        numbers = np.array([self.weight, self.temperature])
        finite = all(np.isfinite(x).all() for x in (numbers, self.rows, self.directions))
        if not (fits and finite and numbers.min() >= 0):
            raise BundleError(
                "The picture adapter has shapes or numbers that do not belong together. Make the "
                "bundle again with faultlens tune."
            )

    def moved(self, image: Floats, features: Floats) -> Floats:
        """The point of a picture where the learned scores put it; longer than 1, as they say.

        Args:
            image: (dim,) unit row.
            features: (feature, row, column).

        Returns:
            (dim,).

        Raises:
            BundleError: a model of other widths.
        """
        descriptor = described(image, features)
        if descriptor.shape != self.scores.centre.shape or image.shape != self.rows.shape[1:]:
            raise BundleError(
                f"The picture adapter was made for {self.scores.centre.size} numbers a picture; "
                f"this model gives {descriptor.size}. Make the bundle again with faultlens tune."
            )
        added = self.weight * self.scores.of(descriptor)
        if self.temperature:
            cosines = self.rows @ image
            added = unchanged_in_sum(cosines, added, self.temperature)
        return np.asarray(image + added @ self.directions, np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a bundle stores of it: (class, dim) rows, (key, descriptor) keys and the like."""
        return {
            "centre": self.scores.centre,
            "spread": self.scores.spread,
            "keys": self.scores.keys,
            "values": self.scores.values,
            "rows": self.rows,
            "directions": self.directions,
            "numbers": np.array([self.scores.sharpness, self.weight, self.temperature], np.float32),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "PictureAdapter":
        """The adapter that a bundle stores.

        Args:
            arrays: name -> (class, dim) rows, (key, descriptor) keys ..., what `arrays` gave.

        Raises:
            BundleError: one is missing, or they do not belong together.

        Example:
            >>> PictureAdapter.of({})
            Traceback (most recent call last):
                ...
            faultlens.core.errors.BundleError: The picture adapter lacks 'numbers'. Make the ...
        """
        try:
            sharpness, weight, temperature = (float(x) for x in arrays["numbers"].ravel())
            names = ("centre", "spread", "keys", "values", "rows", "directions")
            single = [np.asarray(arrays[x], np.float32) for x in names]
            centre, spread, keys, values, rows, directions = single
            scores = LearnedScores(centre, spread, keys, values, sharpness)
        except (KeyError, TypeError, ValueError) as error:
            lacks = f"lacks {error}" if isinstance(error, KeyError) else f"is damaged ({error})"
            raise BundleError(
                f"The picture adapter {lacks}. Make the bundle again with faultlens tune."
            ) from error
        return cls(scores, rows, directions, weight, temperature)


def unchanged_in_sum(cosines: Floats, added: Floats, temperature: float) -> Floats:
    """What is added, less what would change how much all classes together weigh.

    Args:
        cosines: (..., class) before.
        added: (..., class).
        temperature: cosines are divided by it.

    Returns:
        (..., class) the same but for a common number.

    Example:
        >>> unchanged_in_sum(np.zeros(2), np.array([1.0, 1.0]), 0.1).round(6) + 0
        array([0., 0.])
    """
    before = logsumexp(cosines / temperature, axis=-1, keepdims=True)
    after = logsumexp((cosines + added) / temperature, axis=-1, keepdims=True)
    return np.asarray(added - temperature * (after - before), cosines.dtype)
