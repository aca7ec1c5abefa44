"""Hashes of what a training was given."""

import hashlib
import json


def hash_of(content: object) -> str:
    """SHA-256 of lists, words and numbers, as JSON writes them.

    Args:
        content: whatever JSON can write; another order is another hash.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> hash_of(["外圈", 1])[:12]
        '29e31d4ed8ca'
    """
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
