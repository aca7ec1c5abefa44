"""Names of vision-language models: those of OpenAI's own releases, and what cannot be read."""

from faultlens.core.errors import UnknownNameError, UsageError

HUGGING_FACE = "hf:"
"""What stands before the name or folder of a model of Hugging Face."""

ALIASES = {
    "ViT-B/32": "openai/clip-vit-base-patch32",
    "ViT-B/16": "openai/clip-vit-base-patch16",
    "ViT-L/14": "openai/clip-vit-large-patch14",
    "ViT-L/14@336px": "openai/clip-vit-large-patch14-336",
}
"""Names of OpenAI's package, and where Hugging Face has the same weights."""

RESNETS = ("RN50", "RN101", "RN50x4", "RN50x16", "RN50x64")
"""OpenAI's models whose picture side is a ResNet; no safetensors of them are published."""


def vision_language_name(reference: str) -> str:
    """The name or folder that is meant, without "hf:", an alias written out.

    Args:
        reference: "hf:openai/clip-vit-base-patch32", "ViT-B/32", a folder.

    Raises:
        UsageError: nothing, or one of OpenAI's ResNets.
        UnknownNameError: spelt like one of OpenAI's names, and none.

    Example:
        >>> vision_language_name("hf:ViT-L/14@336px")
        'openai/clip-vit-large-patch14-336'
    """
    name = reference.removeprefix(HUGGING_FACE)
    if not name:
        raise UsageError(
            f"'{reference}' names no model; give a name or folder behind it, such as "
            "hf:openai/clip-vit-base-patch32."
        )
    if name in RESNETS or name.removeprefix("openai/") in RESNETS:
        raise UsageError(
            f"'{name}' has a ResNet for pictures, which transformers has no class for and whose "
            "weights come as a pickle only. Take ViT-B/16 (as quick as RN50x4 and better) or "
            "ViT-L/14@336px (in place of RN50x64)."
        )
    if name.startswith("ViT-") and name not in ALIASES:
        raise UnknownNameError("model of OpenAI", name, ALIASES)
    return ALIASES.get(name, name)
