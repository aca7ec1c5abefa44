"""LoRA starts as the frozen model, learns only beside queries and values, and keeps only itself."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="text models: pip install 'faultlens[train]'")
# Looked for, not imported: each process that collects tests would spend seconds on it.
if find_spec("peft") is None:
    pytest.skip("LoRA: pip install 'faultlens[train]'", allow_module_level=True)

import torch

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.models.encoders.text_hugging_face import load_hugging_face
from faultlens.models.encoders.text_lora import LoraTextEncoder, lora_targets
from faultlens.models.lora import LoraSettings

Tiny = Callable[[str], Path]
SENTENCES = ["inner race fault", "healthy"]
NAMES = {
    "bert": {"query", "value"}, "distilbert": {"q_lin", "v_lin"}, "qwen2": {"q_proj", "v_proj"},
    "gpt2": {"c_attn"}, "t5": {"q", "v"},
}  # fmt: skip


def lora(tiny: Tiny, kind: str, seed: int = 0, dtype: str = "float32") -> LoraTextEncoder:
    settings = LoraSettings(rank=2, alpha=4, dropout=0.5)
    return LoraTextEncoder(load_hugging_face(tiny(kind), dtype=dtype), settings, seed=seed)


def step(encoder: LoraTextEncoder) -> None:
    trained = [x for x in encoder.parameters() if x.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=1.0)
    for _ in range(2):
        optimiser.zero_grad()
        encoder(SENTENCES).square().sum().backward()
        optimiser.step()


@pytest.mark.parametrize("kind", NAMES)
def test_only_lora_beside_queries_and_values_is_trained(tiny: Tiny, kind: str) -> None:
    encoder = lora(tiny, kind)
    trained = [name for name, x in encoder.named_parameters() if x.requires_grad]
    assert {x.split(".lora_")[0].rpartition(".")[2] for x in trained} == NAMES[kind]
    assert all(".lora_" in x for x in trained)
    assert sorted(encoder.kept()) == sorted(trained)


@pytest.mark.parametrize("kind", NAMES)
def test_it_starts_as_the_frozen_model_and_moves_by_training(tiny: Tiny, kind: str) -> None:
    encoder = lora(tiny, kind)
    before = load_hugging_face(tiny(kind))(SENTENCES)
    assert torch.allclose(encoder(SENTENCES), before, atol=1e-6)
    step(encoder)
    assert float((encoder(SENTENCES) - before).detach().abs().max()) > 1e-4


def test_training_leaves_the_language_model_as_it_was(tiny: Tiny) -> None:
    encoder = lora(tiny, "bert")
    frozen = {k: v.clone() for k, v in encoder.state_dict().items() if ".lora_" not in k}
    step(encoder)
    after = encoder.state_dict()
    assert all(torch.equal(x, after[name]) for name, x in frozen.items())


def test_while_training_only_the_dropout_of_lora_is_on(tiny: Tiny) -> None:
    encoder = lora(tiny, "bert").train()
    dropouts = [x for x in encoder.named_modules() if isinstance(x[1], torch.nn.Dropout)]
    on = [name for name, x in dropouts if x.training]
    assert on
    assert all("lora_dropout" in x for x in on)
    assert encoder.training
    encoder.eval()
    assert not any(x.training for x in encoder.modules())


def test_the_seed_decides_the_first_values_and_leaves_the_global_one_alone(tiny: Tiny) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, same, other = (lora(tiny, "bert", seed).kept() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(1), expected)
    name = next(x for x in one if ".lora_A." in x)
    assert torch.equal(one[name], same[name])
    assert not torch.equal(one[name], other[name])


def test_what_is_kept_brings_the_trained_model_back(tiny: Tiny) -> None:
    encoder, fresh = lora(tiny, "qwen2"), lora(tiny, "qwen2", seed=9)
    step(encoder)
    fresh.take(encoder.kept())
    assert torch.equal(fresh(SENTENCES), encoder(SENTENCES))


def test_weights_of_another_model_are_refused(tiny: Tiny) -> None:
    with pytest.raises(UnreadableFileError, match="do not fit this text encoder"):
        lora(tiny, "bert").take(lora(tiny, "distilbert").kept())


def test_half_precision_is_trained_in_single(tiny: Tiny) -> None:
    encoder = lora(tiny, "bert", dtype="bfloat16")
    assert {x.dtype for x in encoder.kept().values()} == {torch.float32}
    assert encoder.about() == {
        "lora": {"rank": 2, "alpha": 4, "dropout": 0.5},
        "dtype": "bfloat16",
    }
    step(encoder)


def test_an_unknown_architecture_lists_its_layers() -> None:
    with pytest.raises(UsageError, match="its layers are mixer, out"):
        lora_targets(torch.nn.ModuleDict({x: torch.nn.Linear(2, 2) for x in ("mixer", "out")}))


@pytest.mark.parametrize("wrong", [{"rank": 0}, {"alpha": 0}, {"dropout": 1.0}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="rank and alpha are at least 1"):
        LoraSettings(**wrong)
