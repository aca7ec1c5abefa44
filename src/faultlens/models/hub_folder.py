"""The folder of a Hugging Face model: whether it is whole, what can be read of it, its hashes."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from faultlens.core.errors import UnreadableFileError
from faultlens.core.hashes import file_sha256

WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"
"""Weights in one file; or in many, and what says in which."""

README = "README.md"
"""Its head states the licence."""

SMALL_FILES = (".json", ".txt", ".model")
"""Endings of what belongs to a text model beside its weights: settings and tokenizer."""

_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model")
_PART = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
_POINTER = b"version https://git-lfs"


def checked_folder(folder: Path) -> Path:
    """The folder, if it holds a whole model in files that can be read without running code.

    Raises:
        UnreadableFileError: something is missing; weights come as a pickle or as git pointers.

    Example:
        >>> checked_folder(Path("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere is no Hugging Face model: no config...
    """
    if not (folder / "config.json").is_file():
        raise UnreadableFileError(
            f"{folder} is no Hugging Face model: no config.json. Give the folder that holds "
            "config.json, model.safetensors and tokenizer.json."
        )
    for file in weight_files(folder):
        if not file.is_file():
            raise UnreadableFileError(
                f"{folder} is incomplete: {file.name} is missing. Fetch it again."
            )
        with file.open("rb") as stream:
            if stream.read(len(_POINTER)) == _POINTER:
                raise UnreadableFileError(
                    f"{file} is a pointer of git, not the weights. Run in that folder: "
                    "git lfs install && git lfs pull"
                )
    if not any((folder / x).is_file() for x in _TOKENIZERS):
        raise UnreadableFileError(
            f"{folder} has no tokenizer ({', '.join(_TOKENIZERS)}). Fetch it again."
        )
    return folder


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The files of a model's weights, in order; those that its index names need not be there.

    Raises:
        UnreadableFileError: there are no safetensors, or the index is damaged.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> (folder / WHOLE).touch()
        >>> [x.name for x in weight_files(folder)]
        ['model.safetensors']
    """
    if (folder / WHOLE).is_file():
        return (folder / WHOLE,)
    if not (folder / INDEX).is_file():
        raise UnreadableFileError(no_safetensors(str(folder), [x.name for x in folder.glob("*")]))
    try:
        table = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        names = sorted(set(table["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFileError(f"{folder / INDEX} is damaged. Fetch it again.") from error
    if not names or not all(isinstance(x, str) and is_weights(x) for x in names):
        raise UnreadableFileError(f"{folder / INDEX} names no weights. Fetch it again.")
    return tuple(folder / x for x in names)


def weights_sha256(folder: Path) -> str:
    """Hash of a model's weights: that of its one file, or of the hashes of all its files.

    Raises:
        UnreadableFileError: there are no safetensors.
        OSError: a file cannot be read.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / WHOLE).write_bytes(b"")
        >>> weights_sha256(folder)[:12]
        'e3b0c44298fc'
    """
    hashes = [file_sha256(file) for file in weight_files(folder)]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def content_sha256(folder: Path, weights: str) -> str:
    """Hash of all that decides what a model says of a sentence: weights, settings, tokenizer.

    Args:
        folder: of the model.
        weights: their hash, which takes long to find.

    Raises:
        OSError: a file cannot be read.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> before = content_sha256(folder, "e3b0c44298fc")
        >>> _ = (folder / "vocab.txt").write_text("race")
        >>> before == content_sha256(folder, "e3b0c44298fc")
        False
    """
    small = sorted(x for x in folder.iterdir() if x.suffix in SMALL_FILES and x.is_file())
    rows = [[x.name, file_sha256(x)] for x in small]
    return hashlib.sha256(json.dumps([weights, rows]).encode()).hexdigest()


def is_weights(name: str) -> bool:
    """Whether a file of this name holds weights of the model itself, not of a variant of it.

    Example:
        >>> is_weights("model-00001-of-00002.safetensors"), is_weights("model.fp16.safetensors")
        (True, False)
    """
    return name == WHOLE or _PART.fullmatch(name) is not None


def no_safetensors(where: str, names: Iterable[str]) -> str:
    """What to say of a model without safetensors.

    Args:
        where: it lies.
        names: of the files there.

    Example:
        >>> no_safetensors("here", ["pytorch_model.bin"])
        'here has its weights only as a pickle (pytorch_model.bin), which can run code when it ...'
    """
    if pickles := sorted(x for x in names if x.endswith((".bin", ".pt", ".pth", ".pkl"))):
        return (
            f"{where} has its weights only as a pickle ({pickles[0]}), which can run code when it "
            "is read; only safetensors are read here. If you trust the file, write it anew where "
            'it may run: python -c "from transformers import AutoModel; '
            "AutoModel.from_pretrained('FOLDER').save_pretrained('FOLDER')\""
        )
    return f"{where} has no model.safetensors. Give the folder or name of a text model that has."
