"""A model's tokenizer as one tokenizer.json, which is read without transformers."""

import json
import re
import string
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from faultlens.core.errors import UnreadableFileError
from faultlens.core.optional import optional_import

SENTENCEPIECE = "spiece.model"

_FILES = ("tokenizer.json", "vocab.json", "vocab.txt")
_LARGEST_BYTES = 50_000_000


def tokenizer_json(folder: Path, family: str) -> bytes:
    """The tokenizer of a model as the library tokenizers reads it.

    Args:
        folder: of the model.
        family: "clip", "siglip" or "chinese_clip".

    Raises:
        UnreadableFileError: it is missing or damaged.
        MissingPackageError: transformers is not installed.

    Example:
        >>> tokenizer_json(Path("/nowhere"), "siglip")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere has no tokenizer that can be read: ...
    """
    try:
        if family == "siglip" and (folder / SENTENCEPIECE).is_file():
            return _from_sentencepiece(folder).to_str().encode()
        return _from_transformers(folder, family).to_str().encode()
    # Of several libraries; tokenizers raises plain Exception.
    except Exception as error:
        if isinstance(error, ImportError):
            raise
        raise UnreadableFileError(
            f"{folder} has no tokenizer that can be read: {error} Fetch the model again."
        ) from error


def _from_transformers(folder: Path, family: str) -> Tokenizer:
    """As the library builds it from whichever files there are."""
    transformers = optional_import("transformers", extra="train")
    if not any((folder / x).is_file() for x in _FILES):
        raise ValueError(f"none of {', '.join(_FILES)} is there.")
    # By the config, a fixed-resolution SigLIP 2 is a SigLIP; only its words are of another kind.
    names = {"clip": "CLIPTokenizer", "siglip": "Siglip2Tokenizer", "chinese_clip": "BertTokenizer"}
    maker: Any = getattr(transformers, names[family])
    made = maker.from_pretrained(folder, local_files_only=True)
    tokenizer = Tokenizer.from_str(made.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _from_sentencepiece(folder: Path) -> Tokenizer:
    """SigLIP's words: small letters without ASCII punctuation, cut by a unigram model.

    Source: Zhai et al., SigLIP, ICCV 2023; `canonicalize_text` of google-research/big_vision.
    """
    file = folder / SENTENCEPIECE
    if file.stat().st_size > _LARGEST_BYTES:
        raise ValueError(f"{SENTENCEPIECE} is larger than {_LARGEST_BYTES / 1e6:.0f} MB.")
    proto = optional_import("transformers.utils.sentencepiece_model_pb2_new", extra="train")
    model = proto.ModelProto()
    model.ParseFromString(file.read_bytes())
    trained = model.trainer_spec
    if trained.model_type != trained.UNIGRAM:
        raise ValueError(f"{SENTENCEPIECE} is no unigram model.")
    pieces = [(x.piece, x.score) for x in model.pieces]
    tokenizer = Tokenizer(models.Unigram(pieces, trained.unk_id, trained.byte_fallback))
    steps: list[Any] = [normalizers.Lowercase()] if _lower_case(folder) else []
    steps += [
        normalizers.Replace(Regex(f"[{re.escape(string.punctuation)}]"), ""),
        normalizers.Replace(Regex(r"\s+"), " "),
        normalizers.Strip(),
    ]
    if table := model.normalizer_spec.precompiled_charsmap:
        steps.append(normalizers.Precompiled(table))
    if model.normalizer_spec.remove_extra_whitespaces:
        steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    end = model.pieces[trained.eos_id].piece
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, trained.eos_id)]
    )
    return tokenizer


def _lower_case(folder: Path) -> bool:
    """SigLIP's own default, unless the folder says otherwise."""
    file = folder / "tokenizer_config.json"
    if not file.is_file():
        return True
    return bool(json.loads(file.read_text(encoding="utf-8")).get("do_lower_case", True))
