"""Any text model of Hugging Face as a text encoder: its tokens' last layer, pooled to one row.

Models that read both ways (BERT, DistilBERT, the encoder of T5) give the mean over the tokens;
models that read forwards (Qwen2, GPT-2, Llama) give their last token, the only one that has seen
the whole sentence.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, final

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.core.optional import optional_import
from faultlens.models.encoders.int8_linear import with_int8_linears
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.text.checked_sentences import checked_sentences

Pooling = Literal["mean", "last"]
Tokenize = Callable[[str], Sequence[int]]

DTYPES = ("float32", "bfloat16", "int8")
"""How weights are held: single, half the bytes, a quarter of them in the linear layers."""

LONGEST_TOKENS = 128
"""Tokens kept of a sentence; a fault is named in far fewer."""

FORWARD = (
    "bloom", "codegen", "falcon", "gemma", "gemma2", "gpt2", "gpt_bigcode", "gpt_neo",
    "gpt_neox", "gptj", "granite", "llama", "mistral", "mixtral", "mpt", "olmo", "olmo2",
    "openai-gpt", "opt", "phi", "phi3", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "smollm3",
    "stablelm", "starcoder2", "xglm",
)  # fmt: skip
BOTH_WAYS = (
    "albert", "bert", "camembert", "convbert", "deberta", "deberta-v2", "distilbert",
    "electra", "ernie", "mobilebert", "modernbert", "mpnet", "nomic_bert", "rembert",
    "roberta", "xlm-roberta", "xlm-roberta-xl",
)  # fmt: skip
"""Types of models, as config.json calls them, that are told apart without a slow import."""

_WIDTHS = ("word_embed_proj_dim", "hidden_size", "dim", "d_model", "n_embd")
_POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx")
_POSITIONS_BEFORE_THE_FIRST = 2  # RoBERTa counts from its padding id, 1
_POOLER = "pooler."  # a head over the first token that nobody asks for; many files lack it


@final
class HuggingFaceTextEncoder(AbstractTextEncoder):
    """A text model of Hugging Face and its tokenizer.

    Args:
        model: gives `last_hidden_state`, in evaluation mode.
        tokenize: a sentence to its token ids, special ones included, cut to what the model knows.
        pooling: "mean" over the tokens, or the "last" of them.

    Source: Reimers and Gurevych, Sentence-BERT, EMNLP 2019 (mean over tokens); Neelakantan et al.,
    Text and code embeddings by contrastive pre-training, 2022, section 2 (the last token).

    Example:
        >>> from types import SimpleNamespace
        >>> class Counting(nn.Embedding):
        ...     config, device = SimpleNamespace(hidden_size=1, pad_token_id=0), "cpu"
        ...     def forward(self, input_ids, attention_mask):
        ...         return SimpleNamespace(last_hidden_state=input_ids[:, :, None].float())
        >>> letters = lambda x: [ord(y) - 96 for y in x]
        >>> HuggingFaceTextEncoder(Counting(1, 1), letters, pooling="last")(["abc", "a"])
        tensor([[3.],
                [1.]])
    """

    def __init__(self, model: nn.Module, tokenize: Tokenize, *, pooling: Pooling) -> None:
        super().__init__()
        self.model = model
        self.pooling = pooling
        config: Any = model.config
        self.width = width_of(vars(config))
        self._tokenize = tokenize
        # RoBERTa tells by the id, not by the mask, from where to count.
        self._padding = getattr(config, "pad_token_id", None) or 0

    def forward(self, sentences: Sequence[str]) -> Tensor:
        """Rows of sentences.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32, not scaled.
        """
        ids, mask = self.tokens(checked_sentences(sentences))
        device: Any = self.model.device
        ids, mask = ids.to(device), mask.to(device)
        hidden: Tensor = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return pooled(hidden.float(), mask, self.pooling)

    def tokens(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Token ids and mask of sentences.

        Returns:
            ids and mask, both (sentence, token), filled up behind the sentence whichever side the
            tokenizer would choose: positions then count from the first word.
        """
        # One by one: a batch starts threads, and then warns every process that forks.
        rows = [list(self._tokenize(x)) or [self._padding] for x in sentences]
        ids = torch.full((len(rows), max(map(len, rows))), self._padding)
        mask = torch.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
            mask[at, : len(row)] = 1
        return ids, mask


def load_hugging_face(
    folder: str | Path, *, dtype: str = "float32", device: str = "cpu"
) -> HuggingFaceTextEncoder:
    """Read a text model from its folder: frozen, in evaluation mode, no code of the folder run.

    Args:
        folder: config.json, safetensors and a tokenizer.
        dtype: "float32"; "bfloat16"; "int8" (linear layers as bytes, the rest as published).
        device: "cpu", "cuda", "cuda:1".

    Raises:
        UnknownNameError: another dtype.
        UnreadableFileError: no text model, damaged, or one whose own code would have to run.
        MissingPackageError: transformers is not installed.

    Example:
        >>> load_hugging_face("/nowhere", dtype="float16")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown dtype 'float16'. Nearest: bfloat16, ...
    """
    if dtype not in DTYPES:
        raise UnknownNameError("dtype", dtype, DTYPES)
    config = read_config(folder)
    pooling = pooling_of(config)
    longest = LONGEST_TOKENS
    if positions := next((config[x] for x in _POSITIONS if config.get(x)), None):
        longest = min(longest, int(positions) - _POSITIONS_BEFORE_THE_FIRST)
    with no_chatter() as transformers:
        damaged = optional_import("safetensors", extra="train").SafetensorError
        try:
            tokenize = _tokenizer(transformers, Path(folder), longest)
            model = _model(transformers, Path(folder), dtype)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, damaged) as error:
            raise UnreadableFileError(
                f"{folder} cannot be read as a text model: {error} "
                "Fetch it again, or choose another text model."
            ) from error
    model.config.use_cache = False
    if dtype == "int8":
        with_int8_linears(model)
    model = model.to(device).eval().requires_grad_(False)
    return HuggingFaceTextEncoder(model, tokenize, pooling=pooling)


def read_config(folder: str | Path) -> dict[str, Any]:
    """What config.json of a model's folder says.

    Raises:
        UnreadableFileError: it is missing or damaged.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "config.json").write_text('{"model_type": "bert"}')
        >>> read_config(folder)
        {'model_type': 'bert'}
    """
    path = Path(folder) / "config.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error}. Fetch the model again."
        ) from error
    if not isinstance(table, dict):
        raise UnreadableFileError(f"{path} is no table of settings. Fetch the model again.")
    return table


def width_of(config: Mapping[str, Any]) -> int:
    """Width of a token's last layer.

    Args:
        config: of config.json.

    Raises:
        UnreadableFileError: it states none; then it is no text model.

    Example:
        >>> width_of({"model_type": "distilbert", "dim": 768})
        768
    """
    for name in _WIDTHS:
        if isinstance(config.get(name), int):
            return int(config[name])
    raise UnreadableFileError(
        f"The config.json of type '{config.get('model_type')}' states no width of a token: "
        "it is no text model. Choose one, such as distilbert-base-uncased."
    )


def pooling_of(config: Mapping[str, Any]) -> Pooling:
    """How a sentence's tokens become one row: by whether the model reads forwards only.

    Args:
        config: of config.json.

    Example:
        >>> pooling_of({"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]})
        'last'
        >>> pooling_of({"model_type": "bert", "architectures": ["BertModel"]})
        'mean'
    """
    if config.get("is_encoder_decoder") or config.get("use_bidirectional_attention"):
        return "mean"
    if config.get("is_decoder"):
        return "last"
    kind = str(config.get("model_type"))
    if kind in BOTH_WAYS:
        return "mean"
    return "last" if kind in FORWARD or _is_forward_only(kind) else "mean"


def pooled(hidden: Tensor, mask: Tensor, pooling: Pooling) -> Tensor:
    """One row per sentence.

    Args:
        hidden: (sentence, token, width).
        mask: (sentence, token) 1 for tokens, 0 for what fills up, on either side.
        pooling: "mean" over the tokens, or the "last" of them.

    Returns:
        (sentence, width).

    Example:
        >>> hidden = torch.tensor([[[1.0], [3.0], [9.0]]])
        >>> pooled(hidden, torch.tensor([[1, 1, 0]]), "mean")
        tensor([[2.]])
        >>> pooled(hidden, torch.tensor([[1, 1, 0]]), "last")
        tensor([[3.]])
    """
    if pooling == "mean":
        shown = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * shown).sum(1) / shown.sum(1)
    places = torch.arange(mask.shape[1], device=mask.device)
    last = (mask * places).argmax(1)
    return hidden[torch.arange(len(hidden), device=hidden.device), last]


def _is_forward_only(kind: str) -> bool:
    """Whether the library has this type write text, and does not have it fill in blanks."""
    auto = optional_import("transformers.models.auto.modeling_auto", extra="train")
    writes: bool = kind in auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return writes and kind not in auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES


def _tokenizer(transformers: Any, folder: Path, longest: int) -> Tokenize:
    if (file := folder / "tokenizer.json").is_file():
        # As it was published; the library would choose a tokenizer by the type of the model.
        try:
            fast = Tokenizer.from_file(str(file))
        # This one raises plain Exception.
        except Exception as error:
            raise ValueError(f"{file.name} is no tokenizer: {error}.") from error
        fast.no_padding()
        fast.enable_truncation(longest)
        return lambda sentence: fast.encode(sentence).ids
    slow = transformers.AutoTokenizer.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False
    )
    return lambda sentence: slow(sentence, truncation=True, max_length=longest)["input_ids"]


def _model(transformers: Any, folder: Path, dtype: str) -> Any:
    options = {"local_files_only": True, "trust_remote_code": False}
    config = transformers.AutoConfig.from_pretrained(folder, **options)
    if hasattr(config, "text_config") or hasattr(config, "vision_config"):
        raise ValueError(f"type '{config.model_type}' reads more than text.")
    # Of T5 and its like this takes the encoder alone.
    known = transformers.models.auto.modeling_auto.MODEL_FOR_TEXT_ENCODING_MAPPING
    only_encoder = type(config) in known
    chooser = transformers.AutoModelForTextEncoding if only_encoder else transformers.AutoModel
    model, found = chooser.from_pretrained(
        folder,
        config=config,
        use_safetensors=True,
        output_loading_info=True,
        # As published, since a byte needs no more digits than that.
        dtype="auto" if dtype == "int8" else getattr(torch, dtype),
        **options,
    )
    if missing := sorted(x for x in found["missing_keys"] if not x.startswith(_POOLER)):
        raise ValueError(f"its weights lack {missing[0]} and {len(missing) - 1} more.")
    return model.get_encoder() if config.is_encoder_decoder and not only_encoder else model


@contextmanager
def no_chatter() -> Iterator[Any]:
    """The library transformers, without its bars and its notes on what is left out on purpose.

    Raises:
        MissingPackageError: it is not installed.

    Example:
        >>> with no_chatter() as transformers:
        ...     transformers.utils.logging.is_progress_bar_enabled()
        False
    """
    transformers = optional_import("transformers", extra="train")
    talk = transformers.utils.logging
    before, had_bars = talk.get_verbosity(), talk.is_progress_bar_enabled()
    talk.set_verbosity_error()
    talk.disable_progress_bar()
    try:
        yield transformers
    finally:
        talk.set_verbosity(before)
        if had_bars:
            talk.enable_progress_bar()
