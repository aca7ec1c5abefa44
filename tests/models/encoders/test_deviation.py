"""The encoder of scans gives one point per defect, of length 1, whatever else is in the batch."""

import torch

from faultlens.inputs.deviation_patch import NUMBERS, SIDE, VIEWS
from faultlens.models.encoders.deviation import DeviationEncoder


def test_rows_are_of_length_1_and_do_not_depend_on_their_neighbours() -> None:
    torch.manual_seed(0)
    encoder = DeviationEncoder().eval()
    views, numbers = torch.randn(5, VIEWS, SIDE, SIDE), torch.randn(5, len(NUMBERS))
    with torch.inference_mode():
        together, alone = encoder(views, numbers), encoder(views[2:3], numbers[2:3])
    assert torch.allclose(together.norm(dim=1), torch.ones(5), atol=1e-5)
    assert torch.allclose(together[2], alone[0], atol=1e-5)


def test_every_view_and_the_numbers_count() -> None:
    torch.manual_seed(0)
    encoder = DeviationEncoder().eval()
    views = torch.randn(1, VIEWS, SIDE, SIDE, requires_grad=True)
    numbers = torch.randn(1, len(NUMBERS), requires_grad=True)
    encoder(views, numbers)[0, :7].sum().backward()
    assert views.grad is not None and numbers.grad is not None
    assert (views.grad.abs().sum((0, 2, 3)) > 0).all()
    assert numbers.grad.abs().sum() > 0
