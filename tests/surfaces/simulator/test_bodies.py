"""Bodies are exact: what is placed on their sheet is located there again, w along the normal."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.surfaces.simulator.bodies import BODIES, Body, drawn_free_form, posed

POSE = posed(20, 35, (4.0, -3.0, 7.0))


def body(kind: str) -> Body:
    if kind == "free form":
        return drawn_free_form((60, 40), POSE, np.random.default_rng(2))
    return Body(kind, POSE, 35.0)


def sheet() -> np.ndarray:
    return np.random.default_rng(0).uniform([-25, -18, -1], [25, 18, 1], (500, 3))


@pytest.mark.parametrize("kind", BODIES)
def test_located_undoes_placed(kind: str) -> None:
    made = body(kind)
    assert np.abs(made.located(made.placed(sheet())) - sheet()).max() < 1e-9


@pytest.mark.parametrize("kind", BODIES)
def test_w_runs_along_the_normal_in_true_lengths(kind: str) -> None:
    made, places = body(kind), sheet()
    places[:, 2] = 0
    step = 1e-5
    on, up, u, v = (
        made.placed(places + move) for move in ([0, 0, 0], [0, 0, 0.5], [step, 0, 0], [0, step, 0])
    )
    normal = (up - on) / 0.5
    assert np.abs(np.linalg.norm(normal, axis=1) - 1).max() < 1e-9
    for along in (u - on, v - on):
        assert np.abs(np.einsum("ij,ij->i", along / step, normal)).max() < 1e-4


def test_cylinder_and_sphere_have_their_radius() -> None:
    flat = sheet()
    flat[:, 2] = 0
    axis_point = POSE.out(np.array([[0.0, 0.0, -35.0]]))[0]
    off = body("sphere").placed(flat) - axis_point
    assert np.linalg.norm(off, axis=1) == pytest.approx(35.0)
    off = body("cylinder").placed(flat) - axis_point
    axis = POSE.turn[:, 0]
    assert np.linalg.norm(off - np.outer(off @ axis, axis), axis=1) == pytest.approx(35.0)


def test_a_free_form_is_smooth_and_not_a_plane() -> None:
    flat = sheet()
    flat[:, 2] = 0
    heights = POSE.back(body("free form").placed(flat))
    assert np.ptp(heights[:, 2]) > 0.5
    rise = np.abs(np.gradient(body("free form")._form(flat[:, 0], flat[:, 1])[0]))
    assert rise.max() < 10


def test_another_body_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Known: cylinder, free form, plane, sphere"):
        Body("torus", POSE)
    assert body("sphere").told() == {"kind": "sphere", "radius_mm": 35.0}
