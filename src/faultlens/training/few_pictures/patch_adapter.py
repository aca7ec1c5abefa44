"""Drawn defects in, a patch adapter out: which places are on a defect, and on which.

Learned by focal and dice loss, since a defect covers a hundredth of its picture: the first looks
where it is hard, the second at each defect as one piece, however small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from faultlens.core.errors import UsageError
from faultlens.models.patch_adapter import AROUND, PatchAdapter, surroundings
from faultlens.models.picture_adapter import dual_directions
from faultlens.runtimes.heat import hottest_names, top_mean
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds, shares_of
from faultlens.training.few_pictures.place_losses import FOCAL_WEIGHT, dice_loss, focal_loss
from faultlens.training.few_pictures.shown import LocatedPlaces
from faultlens.training.loop import Examples, train
from faultlens.training.resume import ResumeFolder
from faultlens.training.settings import TrainingSettings

MOST_PLACES = 100_000
"""Learned from, some 300 MB with what is around them; pictures are drawn by lot where there are
more."""

NAMING_WEIGHT = 0.25
"""Of the names of places on a defect, beside where they are."""

LEAST_SPREAD = 0.1
"""Of the mean spread, added to that of each feature."""

_EPOCHS, _PICTURES_AT_ONCE, _RATE = 25, 5, 3e-3

Floats = NDArray[np.float32]


def fit_patches(
    places: Sequence[LocatedPlaces],
    meanings: Meanings,
    scoring: Scoring,
    *,
    seed: int = 0,
    resume: ResumeFolder | None = None,
    quiet: bool = True,
) -> PatchAdapter:
    """Learn from drawn defects where they are.

    Args:
        places: of each picture; those of sound parts have a mask of zeros.
        meanings: of the question; its defects are the classes, in their order.
        scoring: of the base.
        seed: of the order.
        resume: where it keeps its state while it runs; None keeps none.
        quiet: no progress bar.

    Raises:
        UsageError: no place on a defect, or none beside one.

    Source: see `place_losses`.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> mask = np.eye(4, dtype=np.float32)
        >>> one = LocatedPlaces(np.zeros((3, 4, 4), np.float16), mask[None].astype("f2"), mask, 0)
        >>> made = fit_patches([one], Meanings(axes[:1], axes[1:2]), Scoring(0.1))
        >>> score = made.scores(mask[None])[1]
        >>> bool(score[0, 0] > score[0, 3])
        True
    """
    _check(places)
    rows = moved_rows(meanings)
    few = [places[i] for i in _drawn(places, seed)]
    learner = _Learner(few, meanings, scoring, sentences=len(rows))

    def cost(which: Tensor, _: Tensor) -> Tensor:
        # The loop carries which picture it is: their grids differ.
        return torch.stack([learner.loss(int(x)) for x in which[:, 0]]).mean()

    settings = TrainingSettings(
        epochs=_EPOCHS, batch_size=_PICTURES_AT_ONCE, learning_rate=_RATE, seed=seed
    )
    numbers = np.arange(len(few))
    train(
        learner,
        Examples(numbers.astype(np.float32)[:, None], numbers),
        cost,
        settings,
        hooks=[] if resume is None else [resume.keep],
        resume=None if resume is None else resume.stood_at(),
        label="Places",
        quiet=quiet,
    )
    still = meanings.harmless if meanings.harmless.size else np.zeros((0, rows.shape[1]), "f4")
    return learner.adapter(dual_directions(rows, still))


@dataclass(frozen=True, eq=False)
class ToldPlaces:
    """What inspection reads from the places of a picture.

    Args:
        hottest: log odds of an anomaly by its hottest places.
        names: (defect,) which defect it would be by them.
    """

    hottest: float
    names: Floats


def told_places(
    adapter: PatchAdapter, places: LocatedPlaces, meanings: Meanings, scoring: Scoring
) -> ToldPlaces:
    """What the moved places of a picture say.

    Args:
        adapter: learned.
        places: of the picture, by the base.
        meanings: of the question.
        scoring: of the base.

    Example:
        >>> axes = np.eye(2, dtype=np.float32)
        >>> none = PatchAdapter(np.zeros((3, 1, 2), "f4"), np.array([0, 1], "f4"), axes)
        >>> one = LocatedPlaces(np.zeros((2, 4, 4), "f2"), np.zeros((1, 4, 4), "f2"), axes, 0)
        >>> round(told_places(none, one, Meanings(axes[:1], axes[1:]), Scoring(0.5)).hottest, 2)
        2.0
    """
    points = adapter.moved(places.patches.astype(np.float32), places.features.astype(np.float32))
    shares = shares_of(np.moveaxis(points, 0, -1), meanings, scoring)
    names = np.moveaxis(shares.names, -1, 0)
    return ToldPlaces(
        hottest=float(log_odds(top_mean(shares.anomalous))),
        names=np.asarray(hottest_names(names, shares.anomalous), np.float32),
    )


def moved_rows(meanings: Meanings) -> Floats:
    """The sentences that places are moved towards: "no defect", each defect, "damaged".

    Args:
        meanings: of the question.

    Returns:
        (sentence, dim); the last is missing where the defects alone say it.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> len(moved_rows(Meanings(axes[:1], axes[1:])))
        3
    """
    general = meanings.anomalous
    parts = [meanings.normal[:1], meanings.defects, *([] if general is None else [general[None]])]
    return np.concatenate(parts)


class _Learner(nn.Module):
    """A linear map on standardised surroundings, added to what the base says of each place."""

    def __init__(
        self,
        places: Sequence[LocatedPlaces],
        meanings: Meanings,
        scoring: Scoring,
        *,
        sentences: int,
    ) -> None:
        super().__init__()
        self._meanings, self._temperature = meanings, scoring.temperature
        known = [torch.from_numpy(_known(x)) for x in places]
        self._base = [torch.from_numpy(self._logits(x)) for x in places]
        self._share = [torch.from_numpy(x.mask.ravel()) for x in places]
        self._target = [x.target for x in places]
        every = torch.cat(known).float()
        self._centre, spread = every.mean(dim=0), every.std(dim=0)
        self._spread = spread + LEAST_SPREAD * spread.mean().clamp_min(1e-6)
        # Once and for all, and in half the bytes: reading them is most of a step's time.
        self._known = [((x.float() - self._centre) / self._spread).half() for x in known]
        self.linear = nn.Linear(every.shape[1], sentences)
        # From nothing: at first the base speaks alone.
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def loss(self, number: int) -> Tensor:
        """Of one picture."""
        added = self.linear(self._known[number].float())
        sound, harmless, ill, general = self._parts(self._base[number], added)
        well = torch.cat([sound, harmless], dim=1).logsumexp(dim=1)
        odds = (ill if general is None else general).logsumexp(dim=1) - well
        share = self._share[number]
        total = FOCAL_WEIGHT * focal_loss(odds, share) + dice_loss(odds, share)
        on = share > 0.5
        if not on.any():
            return total
        names = ill if general is None else torch.cat([ill, general], dim=1)
        truth = torch.full((int(on.sum()),), self._target[number])
        return total + NAMING_WEIGHT * functional.cross_entropy(names[on], truth)

    def adapter(self, directions: Floats) -> PatchAdapter:
        """What was learned, in the units of cosines."""
        weight = (self.linear.weight / self._spread).detach()
        bias = (self.linear.bias - weight @ self._centre).detach()
        shaped = weight.T.reshape(len(AROUND), -1, len(bias))
        return PatchAdapter(
            np.ascontiguousarray(shaped.numpy() * self._temperature, np.float32),
            np.asarray(bias.numpy() * self._temperature, np.float32),
            directions,
        )

    def _logits(self, places: LocatedPlaces) -> Floats:
        """(place, sentence) of the base: "no defect", what is harmless, defects, "damaged"."""
        rows = moved_rows(self._meanings)
        harmless = self._meanings.harmless
        every = np.concatenate([rows, harmless]) if harmless.size else rows
        points = places.patches.reshape(len(places.patches), -1).T.astype(np.float32)
        return np.asarray(points @ every.T / self._temperature, np.float32)

    def _parts(self, base: Tensor, added: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        count, defects = added.shape[1], len(self._meanings.defects)
        moved = base[:, :count] + added
        general = None if self._meanings.anomalous is None else moved[:, 1 + defects :]
        return moved[:, :1], base[:, count:], moved[:, 1 : 1 + defects], general


def _known(places: LocatedPlaces) -> NDArray[np.float16]:
    """(place, square x feature)."""
    around = surroundings(places.features)
    return around.reshape(-1, around.shape[2] * around.shape[3]).T.astype(np.float16)


def _drawn(places: Sequence[LocatedPlaces], seed: int) -> NDArray[np.intp]:
    order = np.random.default_rng(seed).permutation(len(places))
    taken = np.cumsum([places[i].mask.size for i in order]) <= MOST_PLACES
    taken[0] = True
    return np.sort(order[taken])


def _check(places: Sequence[LocatedPlaces]) -> None:
    on = sum(int((x.mask > 0.5).sum()) for x in places)
    beside = sum(int((x.mask <= 0.5).sum()) for x in places)
    if not on or not beside:
        raise UsageError(
            f"The masks mark {on} places on a defect and {beside} beside one; both are needed to "
            "learn where defects are. Give masks that are white on the defect alone, or tune "
            "without them."
        )
