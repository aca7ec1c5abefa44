"""The screen gives log odds per patch of frames, in any light, and learns in seconds."""

import pytest
import torch

from faultlens.models.encoders.surface_screen import SurfaceScreen, screen_loss


@pytest.mark.parametrize("size", [(64, 96), (40, 24)])
def test_there_is_one_number_per_patch(size: tuple[int, int]) -> None:
    odds = SurfaceScreen().eval()(torch.rand(2, 1, *size))
    assert odds.shape == (2, *(x // 8 for x in size))


def test_gain_and_offset_of_the_camera_change_nothing() -> None:
    torch.manual_seed(0)
    screen, frame = SurfaceScreen().eval(), torch.rand(1, 1, 64, 64)
    assert torch.allclose(screen(frame), screen(0.5 * frame + 0.2), atol=0.01)


def test_an_even_frame_is_no_accident() -> None:
    assert torch.isfinite(SurfaceScreen().eval()(torch.zeros(1, 1, 32, 32))).all()


def test_patches_of_defects_weigh_as_much_as_the_many_beside_them() -> None:
    on_defect = torch.zeros(1, 10, 10, dtype=torch.bool)
    on_defect[0, 0, 0] = True
    missed = torch.full((1, 10, 10), -5.0)
    alarmed = -missed
    assert screen_loss(missed, on_defect, ~on_defect) == pytest.approx(
        float(screen_loss(alarmed, on_defect, ~on_defect))
    )


def test_it_learns_to_find_dark_spots() -> None:
    torch.manual_seed(0)
    screen = SurfaceScreen(narrow=8, wide=8)
    optimizer = torch.optim.Adam(screen.parameters(), lr=1e-2)
    frames = 0.5 + 0.05 * torch.randn(16, 1, 64, 64)
    where = torch.zeros(16, 8, 8, dtype=torch.bool)
    for at in range(16):
        row, column = 1 + at % 6, 1 + at // 3
        frames[at, 0, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = 0.1
        where[at, row, column] = True
    first = float(screen_loss(screen(frames), where, ~where).detach())
    for _ in range(30):
        loss = screen_loss(screen(frames), where, ~where)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.3 * first
