"""Results as JSON, by the library that the service is built on: three times as fast as Python's."""

import json
from collections.abc import Mapping
from typing import Any

from faultlens.core.optional import optional_import


def json_bytes(told: Mapping[str, Any]) -> bytes:
    """Plain values as JSON in UTF-8, without spaces.

    Args:
        told: of a result; what is no number becomes null.

    Raises:
        MissingPackageError: the extra `serve` is not installed.

    Example:
        >>> json_bytes({"verdict": "划痕", "score": 0.25}).decode()
        '{"verdict":"划痕","score":0.25}'
    """
    pydantic_core = optional_import("pydantic_core", extra="serve")
    try:
        written: bytes = pydantic_core.to_json(told)
    except ValueError:
        # A name out of a file may hold half a letter, which is no UTF-8: written as an escape.
        written = json.dumps(told, separators=(",", ":")).encode()
    return written
