"""Small text models of several makes, as their library writes them: random weights, few words."""

from collections.abc import Callable
from pathlib import Path

import pytest

WORDS = (
    "[PAD]", "[UNK]", "[CLS]", "[SEP]",
    "inner", "outer", "race", "fault", "healthy", "bearing", "a", "the", "of",
)  # fmt: skip
POSITIONS = 40
SIZES = {
    "bert": {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32},
    "roberta": {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32},
    "distilbert": {"dim": 16, "n_heads": 2, "hidden_dim": 32},
    "qwen2": {
        "hidden_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1,
        "intermediate_size": 32,
    },
    "llama": {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32},
    "gpt2": {"n_embd": 16, "n_head": 2},
    "t5": {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_heads": 2},
}  # fmt: skip
LAYERS = {"distilbert": "n_layers", "gpt2": "n_layer", "t5": "num_layers"}
HEADS = {
    "bert": "BertModel", "roberta": "RobertaModel", "distilbert": "DistilBertForMaskedLM",
    "qwen2": "Qwen2ForCausalLM", "llama": "LlamaModel", "gpt2": "GPT2LMHeadModel",
    "t5": "T5ForConditionalGeneration",
}  # fmt: skip
FORWARD = ("qwen2", "llama", "gpt2")


def tiny_model(kind: str, folder: Path, *, padding_side: str = "right", seed: int = 0) -> Path:
    """Write a text model of two layers and its tokenizer into a folder."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(seed)
    layers = {LAYERS.get(kind, "num_hidden_layers"): 2}
    positions = {} if kind == "t5" else {"max_position_embeddings": POSITIONS}
    special = {"bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
    config = transformers.AutoConfig.for_model(
        kind, vocab_size=len(WORDS), **SIZES[kind], **layers, **positions, **special
    )
    getattr(transformers, HEADS[kind])(config).save_pretrained(folder)

    words = Tokenizer(models.WordLevel({x: i for i, x in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    if kind not in FORWARD:
        words.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="[PAD]",
        unk_token="[UNK]",
        model_max_length=32,
        padding_side=padding_side,
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders of small text models by their type, each made once."""
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            made[kind] = tiny_model(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return make
