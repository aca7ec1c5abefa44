"""Two pictures of one scene, from one camera or two: which pixel of one is which of the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UnknownNameError
from faultlens.images.registration.agreement import agreement
from faultlens.images.registration.pyramid import Layer, evened, layer_of
from faultlens.images.registration.quality import quality_of
from faultlens.images.registration.refine import AFFINE, MODELS, Fit, refined
from faultlens.images.registration.search import starts
from faultlens.images.registration.warp import Matrix, checked_matrix

LAYERS_PX = (128, 224, 448)
"""Longer sides of the layers, from the search to the last refinement."""

STARTS = (6, 3, 1)
"""How many registrations are carried on from each layer to the next, the best ones first."""

PROMISING = 0.85
"""Likeness of the best one's that another must have to be carried on."""

STEPS = (6, 8, 12)
"""Most steps of refinement on each layer."""

GOOD_FROM = 0.5
"""Quality from which a registration is used."""

SMALLEST_PX = 32
"""Shorter side below which a picture holds too little to register."""

LONGEST = 8
"""Longer side, in shorter ones, beyond which the smallest layer would hold too little."""


@dataclass(frozen=True, eq=False)
class Registration:
    """How the pixels of one picture lie on those of another, and how far that is to be trusted.

    Args:
        matrix: (3, 3) pixel (x, y) of the fixed picture -> pixel (x, y) of the moving one.
        quality: 0 to 1, probability that the pictures show one scene and lie on each other.
        model: "affine" or "homography".
    """

    matrix: Matrix
    quality: float
    model: str = AFFINE

    @property
    def is_good(self) -> bool:
        """Whether it is good enough to be used."""
        return self.quality >= GOOD_FROM

    def checked(self, what: str) -> "Registration":
        """The registration itself, where it is good.

        Args:
            what: was to be laid on the picture, as the sentence begins: "The infrared picture".

        Raises:
            InputError: it is not good; the message holds the quality.
        """
        if not self.is_good:
            raise InputError(
                f"{what} could not be laid on the picture: the quality of the registration is "
                f"{self.quality:.2f} and must be {GOOD_FROM:g} (0 to 1). Do both show the same "
                "scene? Allowed are scales from 0.64 to 1.57 and rotations to 10 degrees; "
                "otherwise leave it out."
            )
        return self


def register(
    fixed: NDArray[np.float32],
    moving: NDArray[np.float32],
    *,
    model: str = AFFINE,
    start: Matrix | None = None,
) -> Registration:
    """Find which pixel of one picture is which of another, also of visible light and infrared.

    Args:
        fixed: (row, column) brightness in any unit; NaN where nothing is known.
        moving: (row, column) of any other size and field of view.
        model: "affine", or "homography" for a flat part seen at another angle.
        start: (3, 3) pixel of `fixed` -> pixel of `moving`, where it is known roughly (10 px of
            500): nothing is searched then.

    Raises:
        UnknownNameError: no such model; the message lists them.
        InputError: a picture of less than 32 px, eight times as long as wide, or of one brightness.
        UsageError: a start that is no such matrix.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(140, 180)), 2)
        >>> found = register(scene[10:130, 12:172], 5 - scene[6:126, 6:166])
        >>> found.matrix.round(1)[:2].tolist(), found.is_good
        ([[1.0, 0.0, 6.0], [0.0, 1.0, 4.0]], True)
    """
    if model not in MODELS:
        raise UnknownNameError("model of a registration", model, MODELS)
    whole = (_prepared(fixed, "fixed"), _prepared(moving, "moving"))
    smaller = sum(x < max(*whole[0].shape, *whole[1].shape) for x in LAYERS_PX)
    sizes = LAYERS_PX[: smaller + 1]
    layers = [(layer_of(whole[0], x), layer_of(whole[1], x)) for x in sizes]
    kept = _begun(*layers[0]) if start is None else [checked_matrix(start)]
    likeness = 0.0
    for at, (low, high) in enumerate(layers):
        # Eight parameters are too many for the little that the smallest layer holds.
        how = AFFINE if at == 0 else model
        fits = [_fit(low, high, x, how, STEPS[at]) for x in kept[: STARTS[at]]]
        good = sorted((x for x in fits if x is not None), key=lambda x: -x.likeness)
        likeness = good[0].likeness if good else 0.0
        good = [x for x in good if x.likeness >= PROMISING * likeness]
        kept = [_full(x.matrix, low, high) for x in good] or kept[:1]
    low, high = layers[-1]
    said = agreement(low, high, np.linalg.inv(high.to_full) @ kept[0] @ low.to_full)
    return Registration(checked_matrix(kept[0]), quality_of(said, likeness), model)


def _prepared(grey: NDArray[np.float32], which: str) -> Layer:
    grey = np.asarray(grey)
    if (
        grey.ndim != 2
        or min(grey.shape) < SMALLEST_PX
        or max(grey.shape) > LONGEST * min(grey.shape)
    ):
        raise InputError(
            f"The {which} picture has shape {grey.shape}; to register it, it must be (row, column) "
            f"with {SMALLEST_PX} px at least each way, and {LONGEST} times as long as wide at most."
        )
    layer = evened(grey.astype(np.float32))
    if not layer.valid.any() or float(np.ptp(layer.grey[layer.valid])) == 0:
        raise InputError(
            f"The {which} picture is of one brightness all over; nothing in it can be registered. "
            "Leave it out."
        )
    return layer


def _begun(fixed: Layer, moving: Layer) -> list[Matrix]:
    return [_full(x.matrix, fixed, moving) for x in starts(fixed, moving, count=STARTS[0])]


def _full(matrix: Matrix, fixed: Layer, moving: Layer) -> Matrix:
    return np.asarray(moving.to_full @ matrix @ np.linalg.inv(fixed.to_full))


def _fit(fixed: Layer, moving: Layer, matrix: Matrix, model: str, steps: int) -> Fit | None:
    on_layer = np.linalg.inv(moving.to_full) @ matrix @ fixed.to_full
    return refined(fixed, moving, on_layer, model=model, steps=steps)
