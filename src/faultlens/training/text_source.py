"""The text side of a training by its name: what is asked for sentences, frozen or trained along."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faultlens.core.errors import (
    MissingPackageError,
    UnknownNameError,
    UnreadableFileError,
    UsageError,
)
from faultlens.core.progress import progress
from faultlens.models.encoders.encoder import DIM
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.models.encoders.text_hugging_face import (
    DTYPES,
    load_hugging_face,
    pooling_of,
    read_config,
    width_of,
)
from faultlens.models.encoders.text_lora import LoraTextEncoder
from faultlens.models.encoders.text_lstm import LstmTextEncoder, vocabulary_of
from faultlens.models.hub import cached_model, find_model
from faultlens.models.hub_folder import content_sha256, weights_sha256
from faultlens.models.lora import LoraSettings
from faultlens.runtimes.listed import cache_folder
from faultlens.runtimes.loaded import load_model
from faultlens.text.checked_sentences import checked_sentences
from faultlens.text.knowledge import load_faults
from faultlens.training.hashes import hash_of
from faultlens.training.teacher import WEIGHTS_SHA256, MiniLM, teacher_folder
from faultlens.training.text_cache import remembered_points
from faultlens.training.text_minilm import TeacherTextEncoder

STATIC, LSTM = "static", "lstm"
"""Text models that need no download: the built-in tower, and one from scratch."""

ALIASES = {"Qwen/Qwen2-1.5B-Base": "Qwen/Qwen2-1.5B"}
"""Names that the reference document uses, and what the hub calls them."""

_BUILTIN = "builtin/text"
_MINILM = ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2")
_BATCH = 32


@dataclass(frozen=True)
class TextSource:
    """Where sentences come from in a training.

    Args:
        name: of the text model, aliases resolved.
        reference: name and the first 12 digits of its weights' hash, as checkpoints state it.
        width: of a row.
        dim_is_shared: the rows lie in the shared space already; no projection is needed.
        trainable: the encoder where it is trained along; None where it is frozen.
        about: what is needed beside weights and name to open it again; JSON can write it.
    """

    name: str
    reference: str
    width: int
    dim_is_shared: bool
    trainable: AbstractTextEncoder | None
    about: Mapping[str, Any]
    _encode: Callable[[Sequence[str]], NDArray[np.float32]] = field(repr=False)

    def points(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Rows of sentences, without gradient; a frozen model is asked once per sentence, ever.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32; not scaled, unless `dim_is_shared`.

        Raises:
            UsageError: no sentence, or something that is none.
        """
        asked = checked_sentences(sentences)
        distinct = list(dict.fromkeys(asked))
        rows = self._encode(distinct)
        places = {sentence: at for at, sentence in enumerate(distinct)}
        return rows[[places[x] for x in asked]]


def open_text(
    name: str,
    *,
    lora: LoraSettings | None = None,
    dtype: str = "float32",
    device: str = "cpu",
    seed: int = 0,
    sentences: Sequence[str] = (),
) -> TextSource:
    """Open a text model by its name; the weights are read when a sentence is first asked for.

    Args:
        name: "static" (built in, frozen), "lstm" (from scratch, trained along), a Hugging Face
            name or a folder (frozen, unless `lora` is given).
        lora: trains LoRA on a Hugging Face model.
        dtype: "float32", "bfloat16", "int8"; of a Hugging Face model.
        device: "cpu", "cuda", "cuda:1".
        seed: of what is trained.
        sentences: whose words the vocabulary of "lstm" holds beside those of the knowledge base.

    Raises:
        UsageError: a combination that does not fit, or what is neither name nor folder.
        UnreadableFileError: the model's folder is damaged, or holds pickles only.
        InputError: the model is not here and could not be fetched; says the three ways to get it.
        MissingPackageError: a package of the extra `train` is missing.

    Example:
        >>> source = open_text("static")
        >>> source.width, source.dim_is_shared, source.trainable
        (256, True, None)
        >>> source.points(["inner race fault", "inner race fault"]).shape
        (2, 256)
    """
    name = text_name(name)
    if name in (STATIC, LSTM):
        if lora is not None or dtype != "float32":
            raise UsageError(
                f"The text model '{name}' takes neither LoRA nor another dtype than float32; "
                "leave them out, or name a Hugging Face model."
            )
        if name == STATIC:
            return _static()
        return _lstm(LstmTextEncoder(_vocabulary(sentences), seed=seed), device)
    return _hugging_face(name, lora=lora, dtype=dtype, device=device, seed=seed)


def text_name(name: str) -> str:
    """The name of a text model, aliases resolved.

    Args:
        name: as a user gave it.

    Example:
        >>> text_name("Qwen/Qwen2-1.5B-Base")
        'Qwen/Qwen2-1.5B'
    """
    return ALIASES.get(name, name)


def text_state(source: TextSource) -> dict[str, Tensor]:
    """What a checkpoint must keep of a text model: trained weights, none where it was frozen.

    Args:
        source: as `open_text` gave it.

    Example:
        >>> text_state(open_text("static"))
        {}
        >>> sorted(text_state(open_text("lstm")))[-1]
        'words.weight'
    """
    return {} if source.trainable is None else source.trainable.kept()


def text_config(source: TextSource) -> dict[str, Any]:
    """What `restore_text` needs of a text model beside its name and weights; JSON can write it.

    Args:
        source: as `open_text` gave it.

    Example:
        >>> list(text_config(open_text("lstm")))
        ['reference', 'vocabulary', 'width', 'word_width']
    """
    return {"reference": source.reference, **source.about}


def restore_text(
    name: str, config: Mapping[str, Any], state: Mapping[str, Tensor], *, device: str = "cpu"
) -> TextSource:
    """Open the text model of a checkpoint again.

    Args:
        name: of the text model, or the folder where it lies on this machine.
        config: what `text_config` gave.
        state: what `text_state` gave.
        device: "cpu", "cuda", "cuda:1".

    Raises:
        UnreadableFileError: the model here has other weights than the checkpoint was trained with,
            or config or state do not fit.
        InputError: the model is not here and could not be fetched.

    Example:
        >>> source = open_text("lstm", seed=3)
        >>> again = restore_text("lstm", text_config(source), text_state(source))
        >>> bool((again.points(["cage"]) == source.points(["cage"])).all())
        True
    """
    name, wanted = text_name(name), str(config.get("reference"))
    lora = config.get("lora")
    try:
        if name == LSTM:
            sizes = {x: config[x] for x in ("vocabulary", "width", "word_width")}
            source = _lstm(LstmTextEncoder(**sizes), device)
        else:
            source = open_text(
                name,
                lora=None if lora is None else LoraSettings(**lora),
                dtype=config.get("dtype", "float32"),
                device=device,
            )
    except (KeyError, TypeError) as error:
        raise UnreadableFileError(
            f"The checkpoint does not say what its text model '{name}' was like: {error!r}. "
            "Train it again."
        ) from error
    if _hash(wanted) != _hash(source.reference):
        raise UnreadableFileError(
            f"The checkpoint was trained with the text model {wanted}; here is "
            f"{source.reference}. Name the folder of that one, or train again."
        )
    if source.trainable is not None:
        source.trainable.take(state)
    return source


def frozen_encoder(
    folder: Path, weights: str, *, dtype: str = "float32", device: str = "cpu"
) -> AbstractTextEncoder:
    """The frozen text model of a folder, with its weights read.

    Args:
        folder: config.json, safetensors and a tokenizer.
        weights: SHA-256 of the weights.
        dtype: "float32", "bfloat16", "int8".
        device: "cpu", "cuda", "cuda:1".

    Raises:
        UnreadableFileError: no text model, or damaged.
        MissingPackageError: transformers is not installed, where the model needs it.

    Example:
        >>> frozen_encoder(Path("/nowhere"), "")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/config.json cannot be read: ...
    """
    plain = weights == WEIGHTS_SHA256 and (dtype, device) == ("float32", "cpu")
    if plain and (folder / "tokenizer.json").is_file():
        return TeacherTextEncoder(MiniLM(folder))
    return load_hugging_face(folder, dtype=dtype, device=device)


def _hash(reference: str) -> str:
    return reference.rpartition("@")[2]


def _static() -> TextSource:
    model = load_model(_BUILTIN)
    return TextSource(STATIC, model.reference, DIM, True, None, {}, model.encode_text)


def _lstm(encoder: LstmTextEncoder, device: str) -> TextSource:
    encoder = encoder.to(device)
    reference = f"{LSTM}@{hash_of(list(encoder.vocabulary))[:12]}"
    return _trained(LSTM, reference, encoder)


def _trained(name: str, reference: str, encoder: AbstractTextEncoder) -> TextSource:
    return TextSource(
        name=name,
        reference=reference,
        width=encoder.width,
        dim_is_shared=False,
        trainable=encoder,
        about=encoder.about(),
        _encode=lambda sentences: _asked(encoder, sentences),
    )


def _hugging_face(
    name: str, *, lora: LoraSettings | None, dtype: str, device: str, seed: int
) -> TextSource:
    if dtype not in DTYPES:
        raise UnknownNameError("dtype", dtype, DTYPES)
    if lora is not None and dtype == "int8":
        raise UsageError("LoRA trains beside float32 or bfloat16 weights; int8 was asked for.")
    folder = _folder(name)
    weights = weights_sha256(folder)
    # A folder's path says nothing elsewhere, and a checkpoint travels.
    reference = f"{Path(name).name if Path(name).is_dir() else name}@{weights[:12]}"
    if lora is not None:
        frozen = load_hugging_face(folder, dtype=dtype, device=device)
        encoder = LoraTextEncoder(frozen, lora, seed=seed).to(device)
        return _trained(name, reference, encoder)
    opened: list[AbstractTextEncoder] = []

    def ask(sentences: Sequence[str]) -> NDArray[np.float32]:
        if not opened:
            opened.append(frozen_encoder(folder, weights, dtype=dtype, device=device))
        return _asked(opened[0], sentences)

    config = read_config(folder)
    width, pooling = width_of(config), pooling_of(config)
    path = cache_folder() / "text" / f"{content_sha256(folder, weights)}-{dtype}-{pooling}.npz"
    return TextSource(
        name=name,
        reference=reference,
        width=width,
        dim_is_shared=False,
        trainable=None,
        about={"dtype": dtype},
        _encode=lambda sentences: remembered_points(path, sentences, width=width, encode=ask),
    )


def _folder(name: str) -> Path:
    if name in _MINILM and cached_model(name) is None:
        try:
            # The package that carries the same weights.
            return teacher_folder()
        except MissingPackageError:
            pass
    return find_model(name)


def _asked(encoder: AbstractTextEncoder, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of sentences in batches of like length, so that they carry little padding."""
    rows = np.zeros((len(sentences), encoder.width), np.float32)
    order = sorted(range(len(sentences)), key=lambda at: len(sentences[at]))
    was_training = encoder.training
    encoder.eval()
    try:
        with torch.inference_mode():
            for start in progress(range(0, len(order), _BATCH), label="text model"):
                chosen = order[start : start + _BATCH]
                rows[chosen] = encoder([sentences[at] for at in chosen]).cpu().numpy()
    finally:
        encoder.train(was_training)
    return rows


def _vocabulary(sentences: Sequence[str]) -> tuple[str, ...]:
    """Words of the knowledge base in both languages, of the prompts, and letters and digits."""
    known = list(sentences)
    for fault in load_faults():
        for lang in ("en", "zh"):
            known += [fault.names.of(lang), *fault.synonyms.of(lang), *fault.phrases.of(lang)]
    return vocabulary_of([*known, "healthy bearing", "健康轴承", *"0123456789"])
