"""Few drawn defects in, a residual on every place out: where on a picture something is wrong.

What was learned are scores that are linear in a place's features and in those around it: a defect
is told by how it differs from its surroundings, which one place alone does not know. They move the
place's point along directions that meet one sentence each, so that the model is still asked in
words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from faultlens.core.errors import BundleError

AROUND = (1, 3, 9)
"""Sides of the squares of places over which features are averaged, the place itself first. Chosen
on magnetic tiles, 10 masks per class, 2 draws: pixel AUROC .79 with them, .74 by the place alone;
the mean of the whole picture added nothing."""

Floats = NDArray[np.float32]


def surroundings(features: NDArray[np.floating]) -> Floats:
    """What is known of each place: its features, and their means over the squares around it.

    Args:
        features: (feature, row, column).

    Returns:
        (square, feature, row, column), the squares as in `AROUND`.

    Example:
        >>> surroundings(np.ones((2, 4, 5), np.float32)).shape
        (3, 2, 4, 5)
    """
    single = np.asarray(features, np.float32)
    return np.stack([_mean_around(single, side) for side in AROUND])


@dataclass(frozen=True, eq=False)
class PatchAdapter:
    """What drawn defects taught, as a residual on the points of places.

    Args:
        weights: (square, feature, sentence) of the scores.
        offsets: (sentence,) added to them.
        directions: (sentence, dim) along which each is moved, see
            `picture_adapter.dual_directions`.

    Raises:
        BundleError: shapes that do not belong together, or numbers that are none.

    Example:
        >>> weights = np.zeros((3, 2, 1), np.float32)
        >>> weights[0, 0] = 2.0
        >>> adapter = PatchAdapter(weights, np.zeros(1, np.float32), np.eye(1, 2, dtype="f4"))
        >>> features = np.array([[[0.0, 1.0]], [[0.0, 0.0]]], np.float32)
        >>> adapter.moved(np.zeros((2, 1, 2), np.float32), features)[0].tolist()
        [[0.0, 2.0]]
    """

    weights: Floats
    offsets: Floats
    directions: Floats

    def __post_init__(self) -> None:
        fits = (
            self.weights.ndim == 3
            and len(self.weights) == len(AROUND)
            and self.offsets.shape == self.weights.shape[2:]
            and self.directions.ndim == 2
            and len(self.directions) == len(self.offsets)
        )
        arrays = (self.weights, self.offsets, self.directions)
        if not (fits and all(np.isfinite(x).all() for x in arrays)):
            raise BundleError(
                "The patch adapter has shapes or numbers that do not belong together. Make the "
                "bundle again with faultlens tune."
            )

    def scores(self, features: NDArray[np.floating]) -> Floats:
        """How far each place is to be moved towards each sentence.

        Args:
            features: (feature, row, column).

        Returns:
            (sentence, row, column).

        Raises:
            BundleError: features of another model.
        """
        if len(features) != self.weights.shape[1]:
            raise BundleError(
                f"The patch adapter was made for {self.weights.shape[1]} features a place; this "
                f"model gives {len(features)}. Make the bundle again with faultlens tune."
            )
        found = np.zeros((len(self.offsets), *features.shape[1:]), np.float32)
        for side, weights in zip(AROUND, self.weights, strict=True):
            # Averaged after the product: a few scores instead of hundreds of features.
            found += _mean_around(np.tensordot(weights.T, features, axes=1), side)
        return found + self.offsets[:, None, None]

    def moved(self, patches: Floats, features: NDArray[np.floating]) -> Floats:
        """The points of places where the learned scores put them; longer than 1, as they say.

        Args:
            patches: (dim, row, column).
            features: (feature, row, column).

        Returns:
            (dim, row, column).

        Raises:
            BundleError: points or features of another model.
        """
        if len(patches) != self.directions.shape[1]:
            raise BundleError(
                f"The patch adapter was made for points of {self.directions.shape[1]} numbers; "
                f"this model's have {len(patches)}. Make the bundle again with faultlens tune."
            )
        added = np.tensordot(self.directions.T, self.scores(features), axes=1)
        return np.asarray(patches + added, np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a bundle stores of it.

        Returns:
            "weights" (square, feature, sentence), "offsets" (sentence,), "directions"
            (sentence, dim).
        """
        return {"weights": self.weights, "offsets": self.offsets, "directions": self.directions}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "PatchAdapter":
        """The adapter that a bundle stores.

        Args:
            arrays: "weights" (square, feature, sentence), "offsets" (sentence,), "directions"
                (sentence, dim).

        Raises:
            BundleError: one is missing, or they do not belong together.

        Example:
            >>> PatchAdapter.of({})
            Traceback (most recent call last):
                ...
            faultlens.core.errors.BundleError: The patch adapter lacks 'weights'. Make the ...
        """
        try:
            found = [
                np.asarray(arrays[x], np.float32) for x in ("weights", "offsets", "directions")
            ]
        except (KeyError, TypeError, ValueError) as error:
            lacks = f"lacks {error}" if isinstance(error, KeyError) else f"is damaged ({error})"
            raise BundleError(
                f"The patch adapter {lacks}. Make the bundle again with faultlens tune."
            ) from error
        return cls(*found)


def _mean_around(values: Floats, side: int) -> Floats:
    """(..., row, column) means over squares; the border's places stand for what lies beyond."""
    if side == 1:
        return values
    found: Floats = uniform_filter(values, (0, side, side), mode="nearest")
    return found
