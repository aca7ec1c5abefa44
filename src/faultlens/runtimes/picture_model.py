"""The model that judges pictures, by its name: opened and checked, or refused with what to do."""

from pathlib import Path

from faultlens.core.errors import UsageError
from faultlens.runtimes.image_model import KIND
from faultlens.runtimes.loaded import Model, load_model

SURFACE_MODEL = "builtin/surface"
"""What judges pictures unless the user says otherwise."""


def load_image_model(reference: str | Path) -> Model:
    """A model that takes pictures, ready to judge; of a bundle, without torch.

    Args:
        reference: "builtin/surface", the folder of a bundle, or a model of Hugging Face by name
            ("hf:openai/clip-vit-base-patch32", "ViT-B/32") or folder, which is exported at first
            use.

    Raises:
        UnknownNameError: no such model; the message lists the built-in ones.
        UsageError: it takes something else.
        BundleError: it is damaged or newer than this version.
        MissingPackageError: torch is needed for the export and not installed.

    Example:
        >>> load_image_model("builtin/bearing")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: builtin/bearing@... takes vibration, not pictures. ...
    """
    model = load_model(reference)
    if model.kind != KIND:
        raise UsageError(
            f"{model.reference} takes {model.kind}, not pictures. Give 'builtin/surface', or the "
            "folder of an image model that faultlens export wrote."
        )
    return model
