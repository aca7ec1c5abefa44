"""A profile made of normal pictures: none is judged by itself, and new ones alarm as rarely."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.profiles.calibrate_surface import Counted, measures_of, surface_profile_of
from faultlens.profiles.surface_profile import SurfaceProfile, read_surface_profile
from faultlens.profiles.weighed_picture import WeighedPicture, weighed
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.surface_scores import Meanings, Scoring
from faultlens.runtimes.viewing import Viewing
from tests.coloured_model import (
    CRACKED,
    ODD,
    SCRATCHED,
    SOUND,
    meanings,
    picture,
    write_coloured_model,
)

SCORING = Scoring(temperature=0.1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The model that reads colours."""
    return load_model(write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder)


@pytest.fixture(scope="module")
def meant() -> Meanings:
    """No defect; crack and scratch."""
    crack, sound, scratch = meanings()
    return Meanings(normal=sound[None], defects=np.stack([crack, scratch]))


def tile(seed: int, **options: Any) -> Image:
    """A sound surface whose shade varies from part to part, as parts do."""
    image = picture(seed, height=64, width=64, **options)
    shade = 25 * np.random.default_rng(seed + 1000).normal()
    change = np.array([0, 0, 1]) * max(shade, 0) + np.array([1, 0, 0]) * max(-shade, 0)
    return Image((image.pixels + change).clip(0, 255).astype(np.uint8))


def made_of(images: list[Image], model: Model, meant: Meanings, **stated: Any) -> SurfaceProfile:
    return surface_profile_of(images, model, meant, SCORING, stated=Counted(**stated))


def judged_by(
    profile: SurfaceProfile, image: Image, model: Model, meant: Meanings
) -> WeighedPicture:
    (seen,) = each_seen(model, [image], meant, SCORING, measures=measures_of(profile.bank))
    return weighed(seen, SCORING, profile)


@pytest.fixture(scope="module")
def profile(model: Model, meant: Meanings) -> SurfaceProfile:
    """Of 99 sound tiles."""
    return made_of([tile(x) for x in range(99)], model, meant, false_alarms=0.1)


def test_new_sound_parts_alarm_as_rarely_as_promised(
    profile: SurfaceProfile, model: Model, meant: Meanings
) -> None:
    assert (profile.parts, profile.false_alarm_rate) == (99, 0.1)
    new = [tile(x) for x in range(1000, 1200)]
    seen = each_seen(model, new, meant, SCORING, measures=measures_of(profile.bank))
    share = np.mean([weighed(x, SCORING, profile).anomaly > profile.threshold for x in seen])
    # Three errors of 200 parts and of a threshold from 99 of them.
    assert share == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / 200 + 0.09 / 99))


def test_a_reference_is_never_judged_by_itself(model: Model, meant: Meanings) -> None:
    images = [tile(x) for x in range(12)]
    profile = made_of(images, model, meant)
    itself = [
        x.distance_scores[0]
        for x in each_seen(model, images, meant, SCORING, measures=measures_of(profile.bank))
    ]
    assert max(itself) < 1e-3  # it remembers them all
    assert profile.bank.distances[0].centre > 3 * np.mean(itself)
    new = each_seen(
        model, [tile(x) for x in range(50, 62)], meant, SCORING, measures=measures_of(profile.bank)
    )
    away = float(np.mean([x.distance_scores[0] for x in new]))
    assert profile.bank.distances[0].centre == pytest.approx(away, rel=0.7)


def test_a_named_defect_keeps_its_name_and_an_odd_one_has_none(
    profile: SurfaceProfile, model: Model, meant: Meanings
) -> None:
    crack = judged_by(profile, tile(500, spots=((CRACKED, 16, 24, 24, 16),)), model, meant)
    assert crack.anomaly > profile.threshold
    assert crack.names.argmax() == 0
    assert crack.names[0] > 0.5
    hot = np.argwhere(crack.heat > 0.5)
    assert hot.min(axis=0).tolist() == [2, 3]
    assert hot.max(axis=0).tolist() == [4, 4]
    scratch = judged_by(profile, tile(501, spots=((SCRATCHED, 0, 0, 8, 64),)), model, meant)
    assert scratch.names.argmax() == 1


def test_what_text_does_not_see_and_references_do_is_anomalous_without_a_name(
    model: Model, meant: Meanings
) -> None:
    # Darker green means "no defect" to the words, and is like no reference.
    images = [picture(x, height=64, width=64) for x in range(30)]
    profile = made_of(images, model, meant)
    dark = picture(70, height=64, width=64, spots=((tuple(x // 9 for x in SOUND), 16, 16, 24, 24),))
    found = judged_by(profile, dark, model, meant)
    assert found.anomaly > profile.threshold
    assert found.names.sum() < 0.5
    assert np.nanargmax(found.heat) in {8 * i + j for i in range(2, 5) for j in range(2, 5)}


def test_few_parts_promise_no_more_than_they_can(model: Model, meant: Meanings) -> None:
    profile = made_of([tile(x) for x in range(4)], model, meant, false_alarms=0.01)
    assert (profile.false_alarm_rate, profile.wanted_rate, profile.parts) == (0.2, 0.01, 4)
    assert profile.turned
    # As high as any of them, and as a bell curve of their spread would take for 1 in 100.
    usual = 1 / (1 + np.exp(3 - 2.3263))
    assert profile.threshold == pytest.approx(max(usual, *profile.scores), abs=1e-4)


def test_one_part_judges_by_its_quarters_and_promises_nothing(
    model: Model, meant: Meanings
) -> None:
    profile = made_of([picture(0)], model, meant)
    assert (profile.parts, profile.false_alarm_rate) == (1, None)
    assert profile.bank.distances[0].centre > 0
    bad = judged_by(profile, picture(1, spots=((CRACKED, 40, 80, 24, 24),)), model, meant)
    good = judged_by(profile, picture(2), model, meant)
    assert good.anomaly < profile.threshold < bad.anomaly
    with pytest.raises(InputError, match="alone it needs 64 along both sides"):
        made_of([picture(0, height=60, width=60)], model, meant)


def test_pictures_may_be_read_one_by_one_as_often_as_they_are_needed(
    model: Model, meant: Meanings
) -> None:
    class Files:
        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Iterator[Image]:
            return iter([tile(0), tile(1), tile(2)])

        def __contains__(self, _: object) -> bool:
            return False

    one = surface_profile_of(Files(), model, meant, SCORING)
    two = surface_profile_of([tile(0), tile(1), tile(2)], model, meant, SCORING)
    assert one.scores == two.scores
    assert np.array_equal(one.bank.memory, two.bank.memory)


def test_the_profile_keeps_what_was_stated(tmp_path: Path, model: Model, meant: Meanings) -> None:
    stated = Counted("t", 0.2, ("a crack",), "magnetic tile", 0.05, turned=False)
    viewing = Viewing((0.5, 1.0))
    images = [picture(x, height=96, width=96) for x in range(2)]
    made = surface_profile_of(images, model, meant, SCORING, viewing=viewing, stated=stated)
    made.save(tmp_path / "t.profile")
    read = read_surface_profile(tmp_path / "t.profile")
    assert read.scales == (0.5, 1.0)
    assert (read.part, read.mm_per_pixel, read.defects) == ("magnetic tile", 0.05, ("a crack",))
    odd = picture(5, height=96, width=96, spots=((ODD, 32, 32, 24, 24),))
    (seen,) = each_seen(
        model, [odd], meant, SCORING, viewing=viewing, measures=measures_of(read.bank)
    )
    assert weighed(seen, SCORING, read).anomaly > read.threshold


def test_no_pictures_make_no_profile(model: Model, meant: Meanings) -> None:
    with pytest.raises(UsageError, match="give one at least"):
        made_of([], model, meant)
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        made_of([tile(0), tile(1)], model, meant, false_alarms=0.0)
