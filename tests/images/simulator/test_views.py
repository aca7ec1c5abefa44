"""Views of one rendered surface: the truth lies in the first's frame, the lamp and camera move."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.images.light.aligned import carried
from faultlens.images.simulator.views import render_views


def test_the_same_seed_gives_the_same_views() -> None:
    one, two = (render_views(seed=4, concept="crack", height_px=64, width_px=80) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.views, two.views, strict=True))
    assert one.mask.any()
    assert one.mask.shape == (64, 80)


def test_each_view_has_its_glare_and_the_plain_one_has_none() -> None:
    made = render_views(seed=5, count=4, height_px=96, width_px=96)
    shares = made.glare.mean(axis=(1, 2))
    assert (shares > 0.005).all()
    assert (made.glare.all(axis=0)).mean() < 0.01
    assert (made.plain >= 250).mean() < 0.01
    for view, glare in zip(made.views, made.glare, strict=True):
        assert view[glare].mean() > 235


def test_without_glare_lamp_and_camera_only_noise_differs_from_the_plain_one() -> None:
    made = render_views(seed=6, glare=False, moved_px=0, turned_deg=0, height_px=64, width_px=64)
    assert np.abs(made.views[0].astype(int) - made.plain).max() == 0
    assert np.array_equal(made.matrices, np.stack([np.eye(3)] * 3))


def test_the_matrices_lead_from_the_first_to_each_view() -> None:
    # A pit is dark under every lamp: carried back, it lies where the mask says.
    made = render_views(seed=8, concept="pitting", process="polished", count=3, glare=False,
                        height_px=120, width_px=120, moved_px=8, turned_deg=3)  # fmt: skip
    inside = made.mask
    for view, matrix in zip(made.views[1:], made.matrices[1:], strict=True):
        back = carried(Image(view), matrix, (120, 120))
        here = back.levels[inside & back.covered].mean()
        assert here < back.levels[~inside & back.covered].mean()
        assert not np.allclose(matrix, np.eye(3), atol=1e-3)


def test_colours_come_when_asked_for() -> None:
    assert render_views(seed=9, colour=True, height_px=48, width_px=48).views[1].shape == (
        48,
        48,
        3,
    )


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="a seed is 0 or more"):
        render_views(seed=-1)
    with pytest.raises(UsageError, match="1 to 32"):
        render_views(seed=1, count=0)
    with pytest.raises(UsageError, match="sides from"):
        render_views(seed=1, height_px=4)
    with pytest.raises(UnknownNameError, match="crack"):
        render_views(seed=1, concept="crock")
