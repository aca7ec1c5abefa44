"""A vision-language model by name or folder, read without running code of its makers."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from faultlens.core.errors import UnreadableFileError
from faultlens.core.optional import optional_import
from faultlens.inputs.picture import CLIP, RESAMPLES, PicturePreparation
from faultlens.models.encoders.text_hugging_face import no_chatter, read_config
from faultlens.models.hub import find_model
from faultlens.models.hub_folder import README, weights_sha256
from faultlens.models.vision_language.names import vision_language_name
from faultlens.models.vision_language.tokenizer_file import SENTENCEPIECE, tokenizer_json
from faultlens.models.vision_language.tower import VisionTower
from faultlens.models.vision_language.windows import SIDES, WindowTower
from faultlens.models.vision_language.words import BertWords, ClipWords, SiglipWords

FAMILIES = {"clip": "CLIPModel", "siglip": "SiglipModel", "chinese_clip": "ChineseCLIPModel"}
"""Types, as config.json calls them, and the classes of transformers; SigLIP 2 of a fixed resolution
calls itself siglip."""

LONGEST_TOKENS = 77
"""Tokens kept of a sentence, CLIP's own limit; a defect is named in far fewer."""

UNSTATED = "not stated: look it up where the model comes from"
"""Licence of a model whose folder does not name one."""

_CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
_CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
_HALF = (0.5, 0.5, 0.5)
_BICUBIC = 3
_LICENCE = re.compile(r"^(license|license_name):[ \t]*([^\n]+)$", re.MULTILINE)


@dataclass(frozen=True)
class WordFacts:
    """How sentences become the token numbers that a model was trained on.

    Args:
        longest: tokens kept of a sentence.
        fill: number of the token that fills up.
        to: length to which every sentence is filled up; 0 for that of the longest given.
    """

    longest: int
    fill: int
    to: int


@dataclass(frozen=True, eq=False)
class VisionLanguage:
    """A model of pictures and words, ready to be exported.

    Args:
        name: as it was asked for, an alias written out.
        folder: where its files lie.
        family: "clip", "siglip" or "chinese_clip".
        vision: pictures in; rows, places and features out.
        windows: pictures in; rows of windows out. None where the grid is too small for them.
        words: token numbers in; rows out.
        tokenizer: tokenizer.json.
        word_facts: how sentences become token numbers.
        preparation: how pictures become arrays.
        calibration: the model's own temperature, and whether it scores by softmax or sigmoid.
        licence: its terms, as its folder states them.
        sha256: of its weights.
    """

    name: str
    folder: Path
    family: str
    vision: VisionTower
    windows: WindowTower | None
    words: nn.Module
    tokenizer: bytes
    word_facts: WordFacts
    preparation: PicturePreparation
    calibration: Mapping[str, Any]
    licence: str
    sha256: str


def load_vision_language(name: str) -> VisionLanguage:
    """Read CLIP, SigLIP, SigLIP 2 of a fixed resolution or Chinese-CLIP; fetched if it is not here.

    Args:
        name: as the hub has it, an alias such as "ViT-B/32", or a folder; "hf:" before it or not.

    Raises:
        UsageError: no name, or a model that cannot be read (OpenAI's ResNets), by name.
        UnknownNameError: spelt like one of OpenAI's names, and none.
        InputError: it is not here, and no hub gave it.
        UnreadableFileError: another type of model, a damaged one, or one with code of its own.
        MissingPackageError: transformers is not installed.

    Example:
        >>> load_vision_language("hf:RN50")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'RN50' has a ResNet for pictures, ...
    """
    meant = vision_language_name(name)
    folder = find_model(meant, pictures=True)
    config = read_config(folder)
    family = _family(config, folder)
    model = _model(folder, family)
    vision = VisionTower(model.vision_model, getattr(model, "visual_projection", None))
    windows = WindowTower(vision) if min(vision.embedding.grid) >= max(SIDES) else None
    words = _words(model, family)
    tokenizer = tokenizer_json(folder, family)
    for part in (vision, windows, words):
        if part is not None:
            part.eval().requires_grad_(False)
    return VisionLanguage(
        name=meant,
        folder=folder,
        family=family,
        vision=vision,
        windows=windows,
        words=words,
        tokenizer=tokenizer,
        word_facts=_word_facts(model.config.text_config, family, folder, tokenizer),
        preparation=_preparation(folder, family, int(model.config.vision_config.image_size)),
        calibration=_calibration(model, family),
        licence=_licence(folder),
        sha256=weights_sha256(folder),
    )


def example_pixels(loaded: VisionLanguage, pictures: int) -> torch.Tensor:
    """Pictures that nobody took, prepared: soft noise of a range of scales.

    Args:
        loaded: whose size is meant.
        pictures: how many.

    Returns:
        (picture, channel, row, column), the same every time.

    Example:
        >>> from types import SimpleNamespace
        >>> like = SimpleNamespace(preparation=PicturePreparation(CLIP, 8))
        >>> example_pixels(like, 2).shape
        torch.Size([2, 3, 8, 8])
    """
    draw = torch.Generator().manual_seed(0)
    size = loaded.preparation.size
    pixels = torch.zeros(pictures, 3, size, size)
    for side in (1, 2, 4, 8, 16, 32, size):
        grid = torch.rand(pictures, 3, side, side, generator=draw) - 0.5
        pixels += nn.functional.interpolate(grid, size=(size, size), mode="bilinear") / 2
    mean = torch.tensor(loaded.preparation.mean)[:, None, None]
    std = torch.tensor(loaded.preparation.std)[:, None, None]
    return ((pixels + 0.5).clamp(0, 1) - mean) / std


def example_ids(loaded: VisionLanguage, sentences: int) -> torch.Tensor:
    """Token numbers of sentences, drawn by lot: as many as the model takes, or a few.

    Args:
        loaded: whose words are meant.
        sentences: how many.

    Returns:
        (sentence, token), the same every time.

    Example:
        >>> from types import SimpleNamespace
        >>> facts = WordFacts(longest=77, fill=0, to=0)
        >>> tokens = nn.Embedding(100, 4)
        >>> example_ids(SimpleNamespace(word_facts=facts, words=SimpleNamespace(tokens=tokens)), 2)
        tensor([[...
    """
    draw = torch.Generator().manual_seed(0)
    table: Any = loaded.words.tokens
    facts = loaded.word_facts
    length = facts.to or min(12, facts.longest)
    ids = torch.randint(0, table.num_embeddings, (sentences, length), generator=draw)
    ids[:, -1] = int(getattr(loaded.words, "end", facts.fill))
    return ids


def _family(config: Mapping[str, Any], folder: Path) -> str:
    kind = str(config.get("model_type"))
    if kind in FAMILIES:
        return kind
    if kind == "siglip2":
        raise UnreadableFileError(
            f"{folder} is a SigLIP 2 of any resolution (NaFlex), which takes patches and not "
            "pictures. Take the same model of a fixed resolution, such as "
            "google/siglip2-base-patch16-224 or google/siglip2-so400m-patch14-384."
        )
    raise UnreadableFileError(
        f"{folder} is a model of type '{kind}'; pictures and words are read of "
        f"{', '.join(FAMILIES)} (SigLIP 2 of a fixed resolution is of type siglip). Take one of "
        "them, such as openai/clip-vit-base-patch32 or OFA-Sys/chinese-clip-vit-base-patch16."
    )


def _model(folder: Path, family: str) -> Any:
    damaged = optional_import("safetensors", extra="train").SafetensorError
    with no_chatter() as transformers:
        try:
            model, found = getattr(transformers, FAMILIES[family]).from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                dtype=torch.float32,
            )
            if missing := sorted(found["missing_keys"]):
                raise ValueError(f"its weights lack {missing[0]} and {len(missing) - 1} more.")
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, damaged) as error:
            raise UnreadableFileError(
                f"{folder} cannot be read as a model of pictures and words: {error} "
                "Fetch it again, or choose another."
            ) from error
    return model.eval()


def _words(model: Any, family: str) -> nn.Module:
    if family == "siglip":
        return SiglipWords(model.text_model)
    kind = ClipWords if family == "clip" else BertWords
    return kind(model.text_model, model.text_projection)


def _word_facts(config: Any, family: str, folder: Path, tokenizer: bytes) -> WordFacts:
    positions = int(config.max_position_embeddings)
    if family == "siglip":
        token = _filling_token(folder)
        fill = Tokenizer.from_str(tokenizer.decode()).token_to_id(token)
        if fill is None:
            raise UnreadableFileError(
                f"The tokenizer in {folder} has no token {token!r} to fill up with. Fetch it again."
            )
        return WordFacts(longest=positions, fill=fill, to=positions)
    # Behind the end of CLIP's texts anything may stand but a number larger than its end.
    fill = 0 if family == "clip" else int(config.pad_token_id)
    return WordFacts(longest=min(positions, LONGEST_TOKENS), fill=fill, to=0)


def _filling_token(folder: Path) -> str:
    """SigLIP fills up with its end, SigLIP 2 with a token of its own, unless the folder says so."""
    file = folder / "tokenizer_config.json"
    named = _table(file).get("pad_token") if file.is_file() else None
    if isinstance(named, dict):
        named = named.get("content")
    return str(named or ("</s>" if (folder / SENTENCEPIECE).is_file() else "<pad>"))


def _table(file: Path) -> dict[str, Any]:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{file} is damaged: {error}. Fetch it again.") from error
    return table if isinstance(table, dict) else {}


def _preparation(folder: Path, family: str, size: int) -> PicturePreparation:
    file = folder / "preprocessor_config.json"
    table = _table(file) if file.is_file() else {}
    mean, std = (_HALF, _HALF) if family == "siglip" else (_CLIP_MEAN, _CLIP_STD)
    resample = table.get("resample", _BICUBIC)
    return PicturePreparation(
        kind=CLIP,
        size=size,
        mean=tuple(table.get("image_mean") or mean),
        std=tuple(table.get("image_std") or std),
        resample=RESAMPLES[resample if resample in range(len(RESAMPLES)) else _BICUBIC],
    )


def _calibration(model: Any, family: str) -> dict[str, Any]:
    scale = math.exp(model.logit_scale.item())
    found = {"score": "softmax", "logit_scale": scale, "temperature": 1 / scale}
    if family == "siglip":
        found |= {"score": "sigmoid", "logit_bias": model.logit_bias.item()}
    return found


def _licence(folder: Path) -> str:
    """As the head of the model's README states it, the way Hugging Face writes it."""
    file = folder / README
    if not file.is_file():
        return UNSTATED
    head = file.read_text(encoding="utf-8", errors="replace")[:10_000].split("\n---", 1)[0]
    found = {key: value.strip(" \"'") for key, value in _LICENCE.findall(head)}
    named = found.get("license_name") or found.get("license")
    return UNSTATED if named in (None, "", "other", "unknown") else str(named)
