"""What every vibration encoder must do: unit rows of the space asked for, learning, coming back."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="encoders need torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UnknownNameError
from faultlens.inputs.modulation_array import WINDOW_S
from faultlens.inputs.window_preparation import KINDS, WindowPreparation, Windows, prepared
from faultlens.models.encoders.encoder import AbstractEncoder
from faultlens.models.encoders.registry import ENCODERS
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from tests.shaped_noise import RATE_HZ, WINDOW, wave

BEARING = BearingGeometry(9, 7.94, 39.04)
EACH = 6


def simulated(*families: str) -> NDArray[np.float64]:
    """Windows of a simulated bearing, as long as an encoder of lines needs them."""
    made = simulate(
        families, bearing=BEARING, shaft_rpm=1800, sample_rate_hz=8000.0,
        seconds=EACH * WINDOW_S, seed=1, snr_db=10.0,
    )  # fmt: skip
    return made.signal.samples.reshape(EACH, -1)


@cache
def arrays(name: str, gain: float = 1.0) -> NDArray[np.float32]:
    """Prepared windows of two classes, the first half of one."""
    row = ENCODERS[name]
    if row.window_s is not None:
        rate, both = 8000.0, [simulated(), simulated("outer")]
    else:
        rate = RATE_HZ
        both = [wave(x, EACH, 0).reshape(EACH, WINDOW) for x in ("healthy", "outer race fault")]
    samples = gain * np.concatenate(both)
    windows = Windows(samples, np.full(2 * EACH, 30.0), [BEARING] * (2 * EACH))
    return prepared(WindowPreparation(row.takes, samples.shape[1], rate), windows)


def fresh(name: str, dim: int = 32) -> AbstractEncoder:
    torch.manual_seed(0)
    encoder = ENCODERS[name].build(arrays(name).shape[1:], dim)
    prime = ENCODERS[name].prime
    if prime is not None:
        prime(encoder, arrays(name))
    return encoder


def test_the_reference_encoder_a_deeper_one_and_two_of_our_own_are_there() -> None:
    assert set(ENCODERS) >= {"conv1d", "resnet1d", "spectrum", "modulation"}
    with pytest.raises(UnknownNameError, match="vibration encoder 'conv2d'"):
        ENCODERS["conv2d"]


@pytest.mark.parametrize("name", sorted(ENCODERS))
class TestEveryEncoder:
    def test_takes_an_array_that_a_preparation_makes_and_says_what_it_is(self, name: str) -> None:
        assert ENCODERS[name].takes in KINDS
        assert ENCODERS[name].summary and "\n" not in ENCODERS[name].summary

    @pytest.mark.parametrize("dim", [8, 256])
    def test_gives_unit_rows_of_the_space_asked_for(self, name: str, dim: int) -> None:
        encoder = fresh(name, dim)
        for mode in (True, False):
            points = encoder.train(mode)(torch.from_numpy(arrays(name)))
            assert points.shape == (2 * EACH, dim)
            assert torch.allclose(points.norm(dim=1), torch.ones(2 * EACH), atol=1e-5)

    def test_answers_the_same_alone_and_in_a_batch(self, name: str) -> None:
        encoder, rows = fresh(name).eval(), torch.from_numpy(arrays(name))
        together = encoder(rows)
        alone = torch.cat([encoder(rows[i : i + 1]) for i in range(len(rows))])
        assert torch.allclose(together, alone, atol=1e-5)
        assert not torch.allclose(together[0], together[-1], atol=1e-3), "classes lie apart"

    def test_does_not_know_the_gain_of_the_sensor(self, name: str) -> None:
        encoder = fresh(name).eval()
        loud, plain = (encoder(torch.from_numpy(arrays(name, x))) for x in (250.0, 1.0))
        assert torch.allclose(loud, plain, atol=2e-3)

    def test_learns_with_every_parameter(self, name: str) -> None:
        encoder, rows = fresh(name, 2), torch.from_numpy(arrays(name))
        truth = torch.arange(2).repeat_interleave(EACH)
        before = {k: v.clone() for k, v in encoder.named_parameters()}
        optimizer = torch.optim.Adam(encoder.parameters(), 2e-3)
        encoder.train()
        losses = []
        for _ in range(25):
            loss = torch.nn.functional.cross_entropy(5 * encoder(rows), truth)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            losses.append(loss.item())
        assert np.mean(losses[-5:]) < 0.5 * losses[0]
        assert [k for k, v in encoder.named_parameters() if torch.equal(v, before[k])] == []

    def test_comes_back_from_its_weights_to_the_bit(self, name: str) -> None:
        encoder = fresh(name).train()
        encoder(torch.from_numpy(arrays(name)))  # statistics move
        torch.manual_seed(1)
        again = ENCODERS[name].build(arrays(name).shape[1:], 32)
        again.load_state_dict(encoder.state_dict())
        rows = torch.from_numpy(arrays(name))
        assert torch.equal(encoder.eval()(rows), again.eval()(rows))

    def test_what_it_must_know_beforehand_is_no_parameter(self, name: str) -> None:
        prime = ENCODERS[name].prime
        encoder = ENCODERS[name].build(arrays(name).shape[1:], 32)
        before = {k: v.clone() for k, v in encoder.state_dict().items()}
        if prime is not None:
            prime(encoder, arrays(name))
        moved = {k for k, v in encoder.state_dict().items() if not torch.equal(v, before[k])}
        assert moved == (set() if prime is None else {"centre", "spread"})
        assert not moved & set(dict(encoder.named_parameters()))


def test_the_reference_encoder_has_512_features_before_the_shared_space() -> None:
    assert fresh("conv1d").get_submodule("features").out_features == 512


def test_lines_are_believed_where_they_stand_out_and_then_decide_alone() -> None:
    encoder = fresh("modulation").eval()
    rows = torch.from_numpy(arrays("modulation").copy())
    strong, none = rows[:1].clone(), rows[:1].clone()
    strong[:, :-64] = 6.0
    none[:, :-64] = 0.0
    gate = encoder.gate(torch.cat([strong, none])[:, :-64])
    assert gate[0] > 0.99 and gate[1] < 1e-6
    other = rows[-1:, -64:]
    for row, moved in ((strong, False), (none, True)):
        swapped = torch.cat([row[:, :-64], other], dim=1)
        assert torch.allclose(encoder(row), encoder(swapped), atol=0.02) != moved
