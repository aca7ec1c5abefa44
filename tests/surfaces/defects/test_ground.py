"""The ground under a defect is foretold from its ring as well as the surface allows."""

import numpy as np

from faultlens.surfaces.defects.ground import ground_for, imitated
from tests.surfaces.defects.known_maps import rough


def _ring(side: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    row, column = np.indices((side, side)) - (side - 1) / 2
    far = np.hypot(row, column)
    return (far > radius) & (far < side / 2), far <= radius


def test_waves_are_foretold_better_than_by_a_mean() -> None:
    values = rough(0, (240, 240), "wavy")
    ring, inside = _ring(40, 12)
    ground = ground_for(ring, values, np.ones(values.shape, bool))
    assert ground is not None
    places = [(r, c) for r in range(0, 200, 37) for c in range(0, 200, 41)]
    boxes = np.stack([values[r : r + 40, c : c + 40] for r, c in places])

    left = (boxes - ground.under(boxes, ring))[:, inside].mean(axis=1)
    plain = boxes[:, inside].mean(axis=1) - boxes[:, ring].mean(axis=1)

    assert left.std() < 0.6 * plain.std()


def test_a_tilt_is_foretold_exactly_enough() -> None:
    values = rough(1)
    ring, inside = _ring(30, 8)
    ground = ground_for(ring, values, np.ones(values.shape, bool))
    assert ground is not None
    tilt = 0.02 * np.add.outer(np.arange(30.0), 2 * np.arange(30.0))

    off = ground.under(tilt[None], ring)[0] - tilt

    assert np.abs(off[inside]).max() < 0.01 * np.ptp(tilt)


def test_no_ring_means_no_ground() -> None:
    assert ground_for(np.zeros((20, 20), bool), rough(2), np.ones((160, 160), bool)) is None


def test_an_imitation_goes_together_over_distance_as_the_surface_does() -> None:
    values = rough(3, kind="correlated")
    made = imitated(values, np.ones(values.shape, bool), (40, 40), 60, 0)

    def neighbours(boxes: np.ndarray, lag: int) -> float:
        return float((boxes[..., lag:] * boxes[..., :-lag]).mean() / (boxes**2).mean())

    for lag in (2, 6):
        assert abs(neighbours(made, lag) - neighbours(values[None], lag)) < 0.12
