"""From drawn defects it is learned where they are, by their surroundings too, and which."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.classification import auroc
from faultlens.models.patch_adapter import PatchAdapter
from faultlens.runtimes.surface_scores import Meanings, Scoring, shares_of
from faultlens.training.few_pictures.patch_adapter import fit_patches, moved_rows, told_places
from faultlens.training.few_pictures.shown import LocatedPlaces
from faultlens.training.resume import ResumeFolder
from faultlens.training.state import LoopState

SCORING = Scoring(temperature=0.1)
DIM, FEATURES = 8, 6


def meant(*, general: bool = False) -> Meanings:
    """Sound, two defects that the base cannot tell from it, and glare."""
    axes = np.eye(DIM, dtype=np.float32)
    return Meanings(axes[:1], axes[1:3], axes[3:4], axes[4] if general else None)


def drawn(seed: int, target: int, *, sound: bool = False) -> LocatedPlaces:
    """A spot whose feature says which defect it is, on places that all say "no defect" in words.

    A streak across the picture has the same feature: only what is around tells it from the spot.
    """
    draw = np.random.default_rng(seed)
    features = 0.1 * draw.normal(size=(FEATURES, 16, 18))
    mask = np.zeros((16, 18), np.float32)
    features[target, 14] += 1.0
    if not sound:
        row, column = draw.integers(0, 9), draw.integers(0, 14)
        mask[row : row + 4, column : column + 4] = 1
        features[target] += mask
    patches = np.zeros((DIM, 16, 18))
    patches[0] = 1
    kinds = patches.astype(np.float16), features.astype(np.float16)
    return LocatedPlaces(*kinds, mask, target)


LEARNED = tuple(drawn(i, i % 2, sound=i >= 10) for i in range(12))
HELD = tuple(drawn(100 + i, i % 2) for i in range(6))


def separation(adapter: PatchAdapter, held: LocatedPlaces, meanings: Meanings) -> float:
    moved = adapter.moved(held.patches.astype(np.float32), held.features.astype(np.float32))
    odds = shares_of(np.moveaxis(moved, 0, -1), meanings, SCORING).anomalous
    return auroc(odds[held.mask > 0.5], odds[held.mask < 0.5])


@pytest.mark.parametrize("general", [False, True])
def test_spots_are_found_and_named_where_words_saw_nothing(general: bool) -> None:
    meanings = meant(general=general)
    adapter = fit_patches(LEARNED, meanings, SCORING)
    assert min(separation(adapter, x, meanings) for x in HELD) > 0.97
    told = [told_places(adapter, x, meanings, SCORING) for x in HELD]
    assert [int(x.names.argmax()) for x in told] == [x.target for x in HELD]
    quiet = told_places(adapter, drawn(200, 0, sound=True), meanings, SCORING)
    assert quiet.hottest < min(x.hottest for x in told)


def test_it_stays_off_what_is_harmless() -> None:
    meanings = meant()
    adapter = fit_patches(LEARNED, meanings, SCORING)
    still = adapter.directions @ meanings.harmless.T
    assert np.abs(still).max() < 1e-3
    assert len(adapter.directions) == len(moved_rows(meanings)) == 3


def test_the_same_seed_gives_the_same_adapter() -> None:
    one, other = (fit_patches(LEARNED, meant(), SCORING, seed=3) for _ in range(2))
    assert all((x == other.arrays()[name]).all() for name, x in one.arrays().items())


class _Killed(Exception):
    pass


def test_what_was_killed_goes_on(tmp_path: Path) -> None:
    whole = fit_patches(LEARNED, meant(), SCORING)
    state = ResumeFolder(tmp_path / "state", "decided")

    class Killer:
        def keep(self, now: LoopState) -> None:
            state.keep(now)
            if len(now.history) == 9:
                raise _Killed

        def stood_at(self) -> LoopState | None:
            return None

    with pytest.raises(_Killed):
        fit_patches(LEARNED, meant(), SCORING, resume=Killer())  # type: ignore[arg-type]
    stood = state.stood_at()
    assert stood is not None and 0 < len(stood.history) <= 9
    resumed = fit_patches(LEARNED, meant(), SCORING, resume=state)
    assert resumed.weights == pytest.approx(whole.weights, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_masks_that_mark_nothing_or_all_are_refused(value: float) -> None:
    one = LEARNED[0]
    flat = LocatedPlaces(one.patches, one.features, np.full_like(one.mask, value), 0)
    with pytest.raises(UsageError, match="both are needed to learn where defects are"):
        fit_patches([flat], meant(), SCORING)
