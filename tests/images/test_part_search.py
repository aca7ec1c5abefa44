"""A part is found by a picture of it, turned and scaled; another part is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image
from faultlens.images.part_search import PartTemplate, Pose


def grain(seed: int, height: int = 240, width: int = 320) -> NDArray[np.float32]:
    """Blobs of several sizes, 0 to 1: something that is nowhere like itself."""
    rng = np.random.default_rng(seed)
    layers = [gaussian_filter(rng.normal(size=(height, width)), x) * x for x in (2, 5, 12)]
    total = np.sum(layers, axis=0)
    return np.asarray((total - total.min()) / np.ptp(total), dtype=np.float32)


def image(grey: NDArray[np.floating]) -> Image:
    return Image((np.clip(grey, 0, 1) * 255).astype(np.uint8))


def posed(grey: NDArray[np.float32], pose: Pose) -> NDArray[np.float32]:
    """The scene with the middle of its box (70..150, 90..210) put at a pose."""
    back = np.linalg.inv(pose.matrix[::-1, ::-1])
    middle = np.array([109.5, 149.5])
    offset = middle - back @ np.array([pose.row, pose.column])
    return np.asarray(affine_transform(grey, back, offset, grey.shape, order=1, mode="reflect"))


TEMPLATE = slice(70, 150), slice(90, 210)


@pytest.mark.parametrize(
    ("angle_deg", "scale", "row", "column"),
    [(0, 1.0, 110, 150), (37, 0.8, 120, 170), (-155, 1.2, 100, 140), (90, 1.0, 130, 200)],
)
def test_it_is_found_where_it_lies_turned_and_scaled(
    angle_deg: float, scale: float, row: float, column: float
) -> None:
    scene = grain(1)
    pose = Pose(row, column, np.radians(angle_deg), scale)
    rng = np.random.default_rng(2)
    # Other light, blurred and noisy.
    seen = gaussian_filter(posed(scene, pose), 0.8) * 0.7 + 0.1 + rng.normal(0, 0.01, scene.shape)
    outline = PartTemplate(image(scene[TEMPLATE])).on(image(seen))
    half = np.array([60.0, 40.0])
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)] * half
    truth = corners @ pose.matrix.T + (column + 0.5, row + 0.5)
    assert np.abs(np.array(outline.corners) - truth).max() < 2
    assert outline.quality is not None
    assert outline.quality > 0.8
    assert f"scale {scale:.1f}" in outline.found


def test_another_part_is_refused_with_its_quality() -> None:
    template = PartTemplate(image(grain(1)[TEMPLATE]))
    with pytest.raises(InputError, match=r"best place correlates by 0\.[0-4]\d, and 0\.5 are"):
        template.on(image(grain(9)))


def test_a_blank_picture_and_one_smaller_than_the_part_are_refused() -> None:
    template = PartTemplate(image(grain(1)[TEMPLATE]))
    for other in (np.full((200, 300), 0.4), grain(3, 24, 24)):
        with pytest.raises(InputError, match="was not found"):
            template.on(image(other))


def test_two_alike_are_said() -> None:
    scene = grain(1)
    twice = grain(4)
    twice[10:90, 20:140] = scene[TEMPLATE]
    twice[140:220, 180:300] = scene[TEMPLATE]
    outline = PartTemplate(image(scene[TEMPLATE])).on(image(twice))
    (notice,) = outline.notices
    assert "Two places of the picture look like the part" in notice.en


def test_what_alpha_leaves_out_of_the_template_does_not_count() -> None:
    scene, other = grain(1), grain(6)
    valid = np.zeros((80, 120), bool)
    valid[10:70, 20:100] = True
    framed = np.where(valid, scene[TEMPLATE], other[TEMPLATE])
    template = Image((framed * 255).astype(np.uint8), valid=valid)
    outline = PartTemplate(template).on(image(scene))
    left, top, right, bottom = outline.bounds
    assert (left, top, right, bottom) == pytest.approx((110, 80, 190, 140), abs=2)


def test_a_template_without_detail_is_refused_at_once() -> None:
    for grey in (np.full((60, 60), 0.5), grain(1)[:8, :8]):
        with pytest.raises(UsageError, match="nothing can be found by it"):
            PartTemplate(image(grey))
