"""Packages that only some users need: imported when used, with the pip line when missing."""

import importlib
from types import ModuleType

from faultlens.core.errors import MissingPackageError


def optional_import(module: str, *, extra: str) -> ModuleType:
    """Import `module`, or say which extra of faultlens brings it.

    Raises:
        MissingPackageError: the package is not installed; the message is the pip line.

    Example:
        >>> optional_import("json", extra="formats").__name__
        'json'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise MissingPackageError(
            f"This needs the package '{package}'. Install it with: pip install 'faultlens[{extra}]'"
        ) from error
