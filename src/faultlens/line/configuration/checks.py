"""Values of `line.toml` that are refused, each with what may stand there."""

from math import isfinite
from pathlib import Path

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.signals.catalogue.parse import parse_bearing
from faultlens.signals.catalogue.resolve import resolve_bearing


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of those allowed.

    Raises:
        UsageError: it is not; the message lists them.

    Example:
        >>> one_of("policy", "every", ("every", "newest"))
    """
    if value not in allowed:
        raise UsageError(f"{name} is '{value}'; allowed are {', '.join(allowed)}.")


def share(name: str, value: float) -> None:
    """Refuse a number outside 0 to 1.

    Raises:
        UsageError: it is.

    Example:
        >>> share("sample", 0.5)
    """
    if not 0 <= value <= 1:
        raise UsageError(f"{name} is {value:g}; it must lie in 0 to 1.")


def positive(name: str, value: float | None) -> None:
    """Refuse a number that is not positive and finite; None passes.

    Raises:
        UsageError: it is not.

    Example:
        >>> positive("rpm", 1480)
    """
    if value is not None and not (isfinite(value) and value > 0):
        raise UsageError(f"{name} is {value:g}; it must be a positive number.")


def known_bearing(text: str) -> None:
    """Refuse a bearing that is neither in the catalogue nor a geometry.

    Raises:
        UsageError: it is not; the message says what can be given.
        InputError: the user's own catalogue cannot be read.

    Example:
        >>> known_bearing("6205")
    """
    resolve_bearing(parse_bearing(text))


def model_at(model: str, home: Path) -> str:
    """A model as it is loaded: by its name, or its folder from the root on.

    Args:
        model: as line.toml has it.
        home: folder that relative paths start from.

    Raises:
        UnknownNameError: no built-in model, and no folder.

    Example:
        >>> model_at("builtin/surface", Path("/line"))
        'builtin/surface'
    """
    # Here, because most lines name no model, and reading a file should be quick.
    from faultlens.models.shipped import NAME as RULE
    from faultlens.runtimes.loaded import BUILTIN, builtin_folders

    folder = home / Path(model).expanduser()
    if folder.is_dir():
        return str(folder)
    known = sorted((*builtin_folders(), RULE))
    # What else has a slash or a colon may be a model of Hugging Face: known when it is loaded.
    is_path = model.startswith(("/", ".", "~")) or not any(x in model for x in "/:")
    if is_path or (model.startswith(BUILTIN) and model.partition("@")[0] not in known):
        advice = f"Or give the folder of a bundle; there is none at {folder}."
        raise UnknownNameError("model", model, known, advice=advice)
    return model
