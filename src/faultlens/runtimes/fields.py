"""Fields of a manifest that others may have written: taken one by one, each of the right kind."""

import re
from collections.abc import Collection, Mapping
from typing import TypeVar

from faultlens.core.errors import BundleError, UnknownNameError

T = TypeVar("T")

KINDS = {str: "words", dict: "a table", list: "a list", int: "a number"}

# Words are shown on terminals: none may move the cursor or hide a line.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

SHA256 = re.compile(r"[0-9a-f]{64}")


def damaged(where: str, reason: str) -> BundleError:
    """The error of a bundle that is not as it was written.

    Args:
        where: bundle or file, as the user knows it.
        reason: what is wrong, without a full stop.

    Example:
        >>> print(damaged("pump", "the file 'a.onnx' is missing"))
        pump is a damaged bundle: the file 'a.onnx' is missing. Fetch it or make it again; ...
    """
    return BundleError(
        f"{where} is a damaged bundle: {reason}. Fetch it or make it again; "
        "if it is a built-in model, install faultlens again."
    )


def take(table: Mapping[str, object], name: str, kind: type[T], where: str) -> T:
    """The field `name` of a table, if it is there and of its kind.

    Args:
        table: what JSON gave.
        name: field to take.
        kind: str, dict, list or int.
        where: bundle, for the message.

    Raises:
        BundleError: the field is missing, of another kind, or holds control characters.

    Example:
        >>> take({"licence": "MIT"}, "licence", str, "pump")
        'MIT'
        >>> take({"licence": 7}, "licence", str, "pump")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: pump is a damaged bundle: its field 'licence' is 7 ...
    """
    if name not in table:
        raise damaged(where, f"its field '{name}' is missing")
    value = table[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise damaged(where, f"its field '{name}' is {_short(value)} where {KINDS[kind]} belongs")
    if isinstance(value, str) and CONTROL.search(value):
        raise damaged(where, f"its field '{name}' holds control characters")
    return value


def take_sha256(table: Mapping[str, object], name: str, where: str) -> str:
    """The field `name` of a table, if it is a SHA-256 in 64 small hexadecimal digits.

    Raises:
        BundleError: it is missing or no such hash.

    Example:
        >>> take_sha256({"a.onnx": "0" * 64}, "a.onnx", "pump")
        '000...'
    """
    value = take(table, name, str, where)
    if not SHA256.fullmatch(value):
        raise damaged(where, f"'{name}' has the hash {_short(value)}; 64 hex digits are needed")
    return value


def refuse_unknown(table: Mapping[str, object], known: Collection[str], where: str) -> None:
    """Refuse a table with a field that this version does not know.

    Raises:
        BundleError: the first such field, and the known ones.

    Example:
        >>> refuse_unknown({"licence": "MIT"}, ["licence"], "pump")
    """
    foreign = sorted(set(table) - set(known))
    if foreign:
        raise damaged(where, str(UnknownNameError("field", foreign[0], known)).rstrip("."))


def _short(value: object) -> str:
    told = ascii(value)
    return told if len(told) <= 40 else f"{told[:40]}..."
