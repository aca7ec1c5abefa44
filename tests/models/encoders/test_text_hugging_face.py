"""A Hugging Face model becomes rows: the mean of what reads both ways, the last of what does not.

What is right is computed by hand from the library's own hidden states.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="text models: pip install 'faultlens[train]'")

import torch
from transformers import AutoModel
from transformers.models.auto import modeling_auto

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.models.encoders.text_hugging_face import (
    BOTH_WAYS,
    FORWARD,
    load_hugging_face,
    pooled,
    pooling_of,
)
from tests.models.encoders.conftest import WORDS, tiny_model

Tiny = Callable[[str], Path]
BIDIRECTIONAL, CAUSAL = ("bert", "distilbert", "roberta", "t5"), ("qwen2", "llama", "gpt2")
SENTENCES = ["inner race fault", "healthy", "a fault of the outer race of the bearing"]


def ids(sentence: str) -> torch.Tensor:
    return torch.tensor([[WORDS.index(x) for x in sentence.split()]])


@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_an_encoder_gives_the_mean_over_its_tokens(tiny: Tiny, kind: str) -> None:
    model = AutoModel.from_pretrained(tiny(kind)).eval()
    found = load_hugging_face(tiny(kind))(SENTENCES)
    for sentence, row in zip(SENTENCES, found, strict=True):
        with torch.inference_mode():
            hidden = model(ids(f"[CLS] {sentence} [SEP]")).last_hidden_state[0]
        assert torch.allclose(row, hidden.sum(0) / len(hidden), atol=1e-6)


def test_the_encoder_of_t5_is_asked_without_its_decoder(tiny: Tiny) -> None:
    model = AutoModel.from_pretrained(tiny("t5")).eval().get_encoder()
    encoder = load_hugging_face(tiny("t5"))
    with torch.inference_mode():
        hidden = model(ids("[CLS] inner race [SEP]")).last_hidden_state[0]
    assert torch.allclose(encoder(["inner race"])[0], hidden.mean(0), atol=1e-6)
    assert not any("decoder" in name for name, _ in encoder.named_parameters())


@pytest.mark.parametrize("kind", CAUSAL)
def test_a_decoder_gives_its_last_token(tiny: Tiny, kind: str) -> None:
    model = AutoModel.from_pretrained(tiny(kind)).eval()
    found = load_hugging_face(tiny(kind))(SENTENCES)
    for sentence, row in zip(SENTENCES, found, strict=True):
        with torch.inference_mode():
            assert torch.allclose(row, model(ids(sentence)).last_hidden_state[0, -1], atol=1e-5)


@pytest.mark.parametrize("kind", [*BIDIRECTIONAL, *CAUSAL])
def test_a_sentence_has_the_same_row_in_any_company(tiny: Tiny, kind: str) -> None:
    encoder = load_hugging_face(tiny(kind))
    together = encoder(SENTENCES)
    alone = torch.cat([encoder([x]) for x in SENTENCES])
    assert torch.allclose(together, alone, atol=1e-5)
    assert float((together[0] - together[1]).abs().max()) > 1e-3


@pytest.mark.parametrize("kind", ["qwen2", "bert"])
def test_the_side_on_which_a_tokenizer_pads_changes_nothing(
    tiny: Tiny, tmp_path: Path, kind: str
) -> None:
    left = tiny_model(kind, tmp_path, padding_side="left")
    assert json.loads((left / "tokenizer_config.json").read_text())["padding_side"] == "left"
    rows = load_hugging_face(left)(SENTENCES)
    assert torch.equal(rows, load_hugging_face(tiny(kind))(SENTENCES))


def test_pooling_takes_what_is_shown_on_either_side() -> None:
    hidden = torch.tensor([[[9.0], [1.0], [3.0]], [[1.0], [3.0], [9.0]]])
    mask = torch.tensor([[0, 1, 1], [1, 1, 0]])
    assert pooled(hidden, mask, "last").tolist() == [[3.0], [3.0]]
    assert pooled(hidden, mask, "mean").tolist() == [[2.0], [2.0]]


def test_a_frozen_model_drops_nothing_and_learns_nothing(tiny: Tiny) -> None:
    encoder = load_hugging_face(tiny("bert"))
    assert encoder.model.config.hidden_dropout_prob > 0
    assert torch.equal(encoder(SENTENCES), encoder(SENTENCES))
    assert not any(x.requires_grad for x in encoder.parameters())


@pytest.mark.parametrize(("dtype", "off"), [("bfloat16", 0.05), ("int8", 0.05)])
@pytest.mark.parametrize("kind", ["bert", "qwen2", "t5"])
def test_fewer_bits_move_a_row_little(tiny: Tiny, kind: str, dtype: str, off: float) -> None:
    full, small = load_hugging_face(tiny(kind)), load_hugging_face(tiny(kind), dtype=dtype)
    found = small(SENTENCES)
    assert found.dtype == torch.float32
    assert float((found - full(SENTENCES)).norm(dim=1).max()) < off * float(
        full(SENTENCES).norm(dim=1).max()
    )

    def held(x: torch.nn.Module) -> int:
        return sum(y.nbytes for y in x.state_dict().values())

    assert held(small) < 0.75 * held(full)


def test_int8_says_where_it_does_not_fit(tiny: Tiny) -> None:
    with pytest.raises(UsageError, match=r"int8 does not fit GPT2Model.*bfloat16"):
        load_hugging_face(tiny("gpt2"), dtype="int8")


def test_an_unknown_dtype_lists_the_known_ones(tiny: Tiny) -> None:
    with pytest.raises(UnknownNameError, match="bfloat16, float32, int8"):
        load_hugging_face(tiny("bert"), dtype="fp8")


def test_a_long_sentence_is_cut_to_what_the_model_knows(tiny: Tiny) -> None:
    encoder = load_hugging_face(tiny("bert"))
    assert torch.equal(encoder(["fault " * 500]), encoder(["fault " * 600]))


@pytest.mark.parametrize(
    ("config", "pooling"),
    [
        ({"model_type": "bert", "architectures": ["BertModel"]}, "mean"),
        ({"model_type": "bert", "is_decoder": True}, "last"),
        ({"model_type": "qwen2", "architectures": ["Qwen2Model"]}, "last"),
        ({"model_type": "gemma3_text", "use_bidirectional_attention": True}, "mean"),
        ({"model_type": "bart", "is_encoder_decoder": True}, "mean"),
        ({"model_type": "t5"}, "mean"),
        ({"model_type": "xlnet"}, "last"),
        ({"model_type": "nobody knows"}, "mean"),
    ],
)
def test_the_settings_of_a_model_decide_how_it_is_pooled(
    config: dict[str, object], pooling: str
) -> None:
    assert pooling_of(config) == pooling


def test_the_types_told_apart_by_name_are_told_apart_alike_by_the_library() -> None:
    writing = modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    filling = modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES
    assert [x for x in FORWARD if x not in writing or x in filling] == []
    assert [x for x in BOTH_WAYS if x not in filling] == []


def test_weights_that_lack_a_layer_are_refused(tiny: Tiny, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tiny_model("bert", tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    kept = {k: v.clone() for k, v in weights.items() if "layer.1." not in k}
    assert len(kept) < len(weights)
    save_file(kept, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UnreadableFileError, match=r"its weights lack encoder\.layer\.1"):
        load_hugging_face(tmp_path)


def test_damaged_weights_and_settings_are_refused_in_words(tmp_path: Path) -> None:
    tiny_model("bert", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(UnreadableFileError, match="cannot be read as a text model"):
        load_hugging_face(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(UnreadableFileError, match=r"config\.json cannot be read"):
        load_hugging_face(tmp_path)


def test_a_folder_whose_own_code_would_have_to_run_is_refused(tmp_path: Path) -> None:
    tiny_model("bert", tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModel": "own.M"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "own.py").write_text("raise SystemExit('the code ran')")
    with pytest.raises(UnreadableFileError, match="cannot be read as a text model"):
        load_hugging_face(tmp_path)
