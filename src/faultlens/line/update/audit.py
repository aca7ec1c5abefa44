"""Which passed frames a person is asked about: drawn at random, and drawn the same again.

The draw is a hash of line, source and frame: a frame that is judged again after a crash is drawn
again, and nobody can tell beforehand which frames will be looked at.
"""

from hashlib import sha256

from faultlens.line.configuration.line_config import AuditConfig
from faultlens.line.judged import Judged
from faultlens.store.records import AuditRecord

_BYTES = 8
"""Of the hash: 64 bits are a fine enough draw."""


def is_drawn(config: AuditConfig, line: str, judged: Judged) -> bool:
    """Whether a person is asked about this frame: it passed, and was drawn.

    Args:
        config: `[audit]`.
        line: name of the line.
        judged: the frame with its verdict.

    Example:
        >>> is_drawn.__name__  # tests/line/update/test_audit.py counts its draws
        'is_drawn'
    """
    if judged.alarm or judged.error or config.share == 0:
        return False
    said = f"{config.seed}\n{line}\n{judged.frame.source}\n{judged.frame.id}".encode()
    drawn: float = int.from_bytes(sha256(said).digest()[:_BYTES], "big") / 256**_BYTES
    return drawn < config.share


def audit_of(config: AuditConfig, line: str, judged: Judged) -> AuditRecord | None:
    """The question to a person about this frame; None where it was not drawn.

    Args:
        config: `[audit]`.
        line: name of the line.
        judged: the frame with its verdict.

    Example:
        >>> audit_of.__name__
        'audit_of'
    """
    if not is_drawn(config, line, judged):
        return None
    frame = judged.frame
    return AuditRecord(frame.source, frame.id, frame.time, config.share)
