"""A screen finds small marks on a camera's own texture, as rarely in vain as was asked for."""

from collections.abc import Callable

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.images.image import Image
from faultlens.inference.screen import Screen
from faultlens.profiles.calibrate_screen import screen_profile_of
from tests.camera_frames import HEIGHT_PX, WIDTH_PX, marked, part_frame, strip_frame

Taken = Callable[[int], Image]


@pytest.fixture(scope="module", params=[strip_frame, part_frame])
def camera(request: pytest.FixtureRequest) -> tuple[Taken, Screen]:
    take: Taken = request.param
    profile = screen_profile_of([take(i) for i in range(90)], false_alarms=0.02)
    return take, Screen(profile)


def test_healthy_frames_alarm_as_rarely_as_is_promised(camera: tuple[Taken, Screen]) -> None:
    take, screen = camera
    assert screen.profile.false_alarm_rate == pytest.approx(0.02, abs=0.002)
    alarms = sum(screen.look(take(1000 + i)).score > screen.threshold for i in range(60))
    # 1.2 are expected; six or more are rarer than one in a thousand.
    assert alarms <= 5


def test_marks_are_found_where_they_are(camera: tuple[Taken, Screen]) -> None:
    take, screen = camera
    places = [(90, 200), (200, 250), (105, 230), (215, 290), (90, 280), (128, 192)]
    found = 0
    for i, (row, column) in enumerate(places):
        seen = screen.look(marked(take(2000 + i), row, column))
        for region in seen.regions:
            left, top, width, height = region.box
            found += left - 16 <= column <= left + width + 16 and (
                top - 16 <= row <= top + height + 16
            )
        assert seen.heat.shape == (HEIGHT_PX // 16, WIDTH_PX // 16)
    assert found >= len(places)


def test_light_that_slowly_changes_is_no_defect(camera: tuple[Taken, Screen]) -> None:
    take, screen = camera
    dim = [screen.look(take(3000 + i)).score for i in range(12)]
    scaled = []
    for i in range(12):
        image = take(3000 + i)
        scaled.append(screen.look(Image((image.pixels * 0.85).astype(np.uint8))).score)
    assert np.median(scaled) == pytest.approx(np.median(dim), abs=0.04)


def test_marks_at_the_rim_are_seen() -> None:
    screen = Screen(screen_profile_of([strip_frame(i) for i in range(60)], false_alarms=0.02))
    for row, column in ((6, 200), (250, 100), (120, 5), (130, 380)):
        seen = screen.look(marked(strip_frame(500 + row), row, column, dark=50))
        assert seen.score > screen.threshold


def test_colour_deep_and_odd_frames_are_judged_alike() -> None:
    odd = [Image(strip_frame(i).pixels[:249, :371]) for i in range(40)]
    screen = Screen(screen_profile_of(odd, false_alarms=0.05))
    plain = screen.look(odd[0]).score
    colour = Image(np.repeat(odd[0].pixels[..., None], 3, axis=2))
    deep = Image(odd[0].pixels.astype(np.uint16) * 257)
    assert screen.look(colour).score == pytest.approx(plain, abs=1e-5)
    assert screen.look(deep).score == pytest.approx(plain, abs=1e-5)


def test_the_texture_is_told_as_a_unit_row(camera: tuple[Taken, Screen]) -> None:
    take, screen = camera
    row = screen.look(take(1)).embedding
    assert row.shape == (64,) and float(np.linalg.norm(row)) == pytest.approx(1.0, abs=1e-5)


def test_frames_that_do_not_fit_are_refused(camera: tuple[Taken, Screen]) -> None:
    take, screen = camera
    with pytest.raises(UnusableSignalError, match="384 x 256"):
        screen.look(Image(take(0).pixels[:128]))
    with pytest.raises(UnusableSignalError, match="black"):
        screen.look(Image(np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)))
    with pytest.raises(UsageError, match="29 healthy frames"):
        screen_profile_of([take(0)] * 29)
    with pytest.raises(UnusableSignalError, match="one camera in its place"):
        screen_profile_of([take(i) for i in range(30)] + [Image(take(0).pixels[:64])] * 30)
