"""A model at work: `load_model` finds it, checks it and keeps its encoders open."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, final

from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.models import shipped
from faultlens.runtimes.bundle import MANIFEST, Bundle, read_bundle
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.golden import checked_runtime
from faultlens.runtimes.tokenizer import encode_sentences
from faultlens.runtimes.with_onnx import AbstractRuntime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from faultlens.images.image import Image
    from faultlens.inputs.deviation_patch import ScanPatches
    from faultlens.runtimes.adapters import Adapters
    from faultlens.runtimes.vibration import Payload

BUILTIN = "builtin/"

TOKENIZER, TEXT_ENCODER = "tokenizer.json", "text"
"""Files of a text tower."""

SENTENCES_AT_ONCE = 64
"""In one pass of the text tower: 256 of a hundred Chinese letters would take 430 MB."""

PICTURES = "image"
"""Kind of a model of pictures, see `runtimes.image_model`."""

SCANS = "scan"
"""Kind of a model of scans, see `runtimes.scan_model`."""

WINDOWS = "windows"
"""Part of the preparation of a bundle that judges windows, see `runtimes.window_bundle`."""


@final
class Model:
    """A model that stays alive; an encoder is opened and checked when it is first used.

    Args:
        bundle: read and checked.
        stand_ins: stem -> encoder that is used in place of the file, such as one that is being
            trained.
    """

    def __init__(
        self, bundle: Bundle, stand_ins: Mapping[str, AbstractRuntime] | None = None
    ) -> None:
        self.bundle = bundle
        self._stand_ins = stand_ins or {}

    @property
    def reference(self) -> str:
        """Name and hash, as results and profiles state it."""
        return self.bundle.reference

    @property
    def card(self) -> ModelCard:
        """What a user must know of this model."""
        return self.bundle.card

    @property
    def kind(self) -> str:
        """What it takes in: text, vibration, image or scan."""
        return self.bundle.kind

    @cached_property
    def text(self) -> "Model":
        """The text tower that it was trained into; a tower is its own.

        Raises:
            BundleError: its manifest names none, or this installation has another.
        """
        link = self.bundle.text
        if self.kind == "text" or self.brings_text:
            return self
        if link is None:
            raise BundleError(
                f"{self.reference} names no text tower, so it cannot be asked in words. "
                "Fetch it or make it again."
            )
        tower = _linked(link.name, self.reference)
        if tower.bundle.sha256 != link.sha256:
            raise BundleError(
                f"{self.reference} was trained into {link.name}@{link.sha256[:12]}; here is "
                f"{tower.reference}, whose sentences mean nothing to it. "
                "Install the faultlens that it was made with, or make it again."
            )
        return tower

    @property
    def brings_text(self) -> bool:
        """Whether a model of pictures has a text tower of its own, as CLIP has."""
        return self.kind == PICTURES and f"{TEXT_ENCODER}.onnx" in self.bundle.files

    @cached_property
    def adapters(self) -> "Adapters | None":
        """What labelled pictures taught a model of pictures; None where none did.

        Raises:
            BundleError: they are damaged.
        """
        if self.kind != PICTURES:
            return None
        # Here, because sentences and recordings need none.
        from faultlens.runtimes.adapters import read_adapters

        return read_adapters(self.bundle)

    def runtime(self, stem: str) -> AbstractRuntime:
        """The encoder of the file `stem`.onnx.

        Raises:
            UnknownNameError: the bundle has no such encoder; the message lists those it has.
            BundleError: its golden outputs are missing, or this machine computes others.
        """
        if stem in self._stand_ins:
            return self._stand_ins[stem]
        if self.kind != PICTURES:
            return checked_runtime(self.bundle, stem)
        from faultlens.runtimes.image_model import image_threads

        return checked_runtime(self.bundle, stem, threads=image_threads())

    def encode_text(self, sentences: Sequence[str]) -> "NDArray[np.float32]":
        """The embeddings of sentences in the space of this model.

        Args:
            sentences: at least one.

        Returns:
            (sentence, dim) unit rows; dim is 256 for the built-in models.

        Raises:
            UsageError: no sentence, or something that is none.
            BundleError: the text tower is missing, another, or damaged.
        """
        if self.kind == PICTURES:
            from faultlens.runtimes.image_words import remembered_words

            return remembered_words(self, sentences)
        rows = self._rows(sentences)
        if WINDOWS not in self.bundle.preparation:
            return rows
        from faultlens.runtimes.window_bundle import placed, window_facts

        return placed(window_facts(self), rows)

    def _rows(self, sentences: Sequence[str]) -> "NDArray[np.float32]":
        """As the text tower itself has them."""
        import numpy as np

        passes = []
        for start in range(0, max(len(sentences), 1), SENTENCES_AT_ONCE):
            some = sentences[start : start + SENTENCES_AT_ONCE]
            ids, mask = encode_sentences(self.text.bundle.path(TOKENIZER), some)
            passes.append(self.text.runtime(TEXT_ENCODER).run({"ids": ids, "mask": mask}))
        return np.concatenate(passes)

    def encode(
        self, payloads: "Payload | Image | ScanPatches | Sequence[Payload | Image]"
    ) -> "NDArray[np.float32]":
        """The embeddings of recordings, of pictures or of what scans show, in this model's space.

        Args:
            payloads: signals or recordings that state their own speed and bearing, as far as these
                are known; or what `prepare_vibration` made of them; for a model of pictures,
                images; or one of these alone; for a model of scans, `ScanPatches`.

        Returns:
            (payload, dim) unit rows; dim is 256 for the built-in models.

        Raises:
            UsageError: the model takes something else, or there is nothing to encode.
            InputError: a recording that cannot be read.
        """
        if self.kind == PICTURES:
            from faultlens.runtimes.image_model import encode_pictures

            return encode_pictures(self, payloads)
        if self.kind == SCANS:
            from faultlens.runtimes.scan_model import encode_patches

            return encode_patches(self, payloads)
        # Here, because a recording brings numpy along, and sentences need none of its readers.
        from faultlens.runtimes.vibration import encode_vibration

        return encode_vibration(self, payloads)  # type: ignore[arg-type]


def load_model(reference: str | Path) -> Model:
    """Find a model, check its files against their hashes, and give it ready to use.

    Args:
        reference: a built-in model ("builtin/text", also with the hash: "builtin/text@1234..."),
            the folder of a bundle, or a model of pictures and words of Hugging Face
            ("hf:openai/clip-vit-base-patch32", "ViT-B/32", its folder), exported at first use.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: the rule, which has no encoder; a checkpoint, which `inference.load` opens; or a
            model of Hugging Face that cannot be read, by name.
        BundleError: it is damaged, newer than this version, or not the one of the hash.
        MissingPackageError: a model of Hugging Face not exported yet, and no torch.
        InputError: a model of Hugging Face that is not here, and that no hub gave.

    Example:
        >>> load_model("builtin/physics")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'builtin/physics' is the training-free rule: ...
    """
    name = str(reference)
    if name.partition("@")[0] == shipped.NAME:
        raise UsageError(
            f"'{shipped.NAME}' is the training-free rule: it judges, and has no encoder to load. "
            f"Give it to diagnose: diagnose(signal, model='{shipped.NAME}')."
        )
    if name.startswith(BUILTIN):
        return _builtin(name)
    # Here, because it is needed for models of others only, and brings a cache along.
    from faultlens.runtimes.hugging_face import hugging_face_bundle, is_hugging_face

    if name and is_hugging_face(reference):
        return Model(read_bundle(hugging_face_bundle(reference)))
    folder = Path(reference)
    if not name or not folder.exists():
        raise UnknownNameError(
            "model", name, builtin_folders(), advice="The folder of a bundle can be given too."
        )
    if is_checkpoint(folder):
        raise UsageError(
            f"'{name}' is a checkpoint, which is exported before it judges: "
            f"faultlens export {quote(name)}"
        )
    return Model(read_bundle(folder))


def is_checkpoint(folder: str | Path) -> bool:
    """Whether a folder holds a checkpoint of a training, and no bundle.

    Args:
        folder: any path.

    Example:
        >>> is_checkpoint("/nowhere")
        False
    """
    where = Path(folder)
    from faultlens.runtimes.hugging_face import is_hugging_face

    if (where / MANIFEST).is_file() or is_hugging_face(folder):
        return False
    return any(where.glob("*.safetensors"))


def builtin_folders() -> dict[str, Path]:
    """The built-in models that are bundles: name -> folder.

    Example:
        >>> "builtin/physics" in builtin_folders()  # a rule, no bundle
        False
    """
    top = Path(str(files("faultlens"))) / "builtin"
    return {f"{BUILTIN}{x.parent.name}": x.parent for x in sorted(top.glob(f"*/{MANIFEST}"))}


def _builtin(reference: str) -> Model:
    name, _, sha256 = reference.partition("@")
    folders = builtin_folders()
    if name not in folders:
        raise UnknownNameError(
            "model", name, folders, advice="The folder of a bundle can be given too."
        )
    model = _read_once(folders[name])
    if sha256 and not (len(sha256) >= 12 and model.bundle.sha256.startswith(sha256)):
        raise BundleError(
            f"'{reference}' was asked for; this installation has {model.reference}. "
            "Install the faultlens that had it, or leave the hash out."
        )
    return model


@cache
def _read_once(folder: Path) -> Model:
    """A built-in model stays what it is while the process lives."""
    return Model(read_bundle(folder))


def _linked(name: str, wanted_by: str) -> Model:
    """A manifest may name built-in towers only: it is no way to make this read other folders."""
    try:
        return _builtin(name)
    except UnknownNameError as error:
        raise BundleError(
            f"{wanted_by} was trained into the text tower '{name}', which is not here. {error}"
        ) from error
