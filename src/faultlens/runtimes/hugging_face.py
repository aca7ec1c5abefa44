"""Models of Hugging Face by name or folder: exported once into the cache, then like any bundle."""

import hashlib
import json
import logging
from pathlib import Path
from shlex import quote

from faultlens.core.errors import MissingPackageError
from faultlens.core.optional import optional_import
from faultlens.models.vision_language.names import ALIASES, HUGGING_FACE, vision_language_name
from faultlens.runtimes.bundle import MANIFEST
from faultlens.runtimes.listed import cache_folder

PRECISION = "fp32"
"""Of what is exported unasked: nothing is lost, and `export` gives the others."""

_log = logging.getLogger(__name__)


def is_hugging_face(reference: str | Path) -> bool:
    """Whether a model of Hugging Face is meant, by name, by alias or by folder.

    Args:
        reference: as a user gives a model.

    Example:
        >>> is_hugging_face("hf:openai/clip-vit-base-patch32"), is_hugging_face("ViT-B/32")
        (True, True)
        >>> is_hugging_face("builtin/text")
        False
    """
    name = str(reference)
    if name.startswith(HUGGING_FACE) or name in ALIASES:
        return True
    folder = Path(reference).expanduser()
    try:
        table = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    foreign = not any((folder / x).is_file() for x in (MANIFEST, "checkpoint.json"))
    return foreign and isinstance(table, dict) and "model_type" in table


def exported_folder(reference: str | Path) -> Path:
    """Where the bundle of a Hugging Face model lies, or would lie, in the cache of this machine.

    Args:
        reference: a name, an alias or a folder; a folder whose weights change is another model.

    Raises:
        UsageError: no name, or a model that cannot be read.
        UnknownNameError: spelt like one of OpenAI's names, and none.

    Example:
        >>> exported_folder("hf:ViT-B/32").name
        'hf--openai--clip-vit-base-patch32--fp32'
    """
    name = vision_language_name(str(reference))
    folder = Path(name).expanduser()
    told = name.replace("/", "--")
    if folder.is_dir():
        weights = sorted(x for x in folder.glob("*") if x.is_file())
        state = [(x.name, x.stat().st_size, x.stat().st_mtime_ns) for x in weights]
        mark = hashlib.sha256(f"{folder.resolve()}{state}".encode()).hexdigest()[:12]
        told = f"{folder.resolve().name}--{mark}"
    return cache_folder() / "models" / f"hf--{told}--{PRECISION}"


def hugging_face_bundle(reference: str | Path) -> Path:
    """The folder of a model's bundle; it is exported into the cache when it is first asked for.

    Args:
        reference: "hf:openai/clip-vit-base-patch32", "ViT-B/32", a folder of Hugging Face.

    Raises:
        UsageError: no name, or a model that cannot be read or is too large.
        UnknownNameError: spelt like one of OpenAI's names, and none.
        MissingPackageError: it was not exported yet, and torch is not installed.
        InputError: it is not here, and no hub gave it.
        UnreadableFileError: another type of model, or a damaged one.
        BundleError: its ONNX files compute something else.
        OSError: the cache cannot be written.

    Example:
        >>> hugging_face_bundle("hf:RN50")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'RN50' has a ResNet for pictures, ...
    """
    folder = exported_folder(reference)
    if (folder / MANIFEST).is_file():
        return folder
    name = str(reference)
    try:
        for package in ("torch", "transformers", "onnxscript"):
            optional_import(package, extra="train")
    except MissingPackageError as error:
        raise MissingPackageError(
            f"'{name}' is exported once, and that needs torch: pip install 'faultlens[train]'. "
            f"Or export it on another machine: faultlens export {quote(name)} --out FOLDER; then "
            "copy the folder here and give it as the model."
        ) from error
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.vision_to_onnx import export_vision_language

    _log.warning(
        "faultlens: exporting %s once, to %s; 'faultlens export %s --precision int8' makes one "
        "that is faster",
        name,
        folder,
        quote(name),
    )
    return export_vision_language(load_vision_language(name), folder, precision=PRECISION).folder
