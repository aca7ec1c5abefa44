"""What a source's worker hands to the recorder: frames of one source with their verdicts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.judged import Judged
from faultlens.line.media import Kept


@dataclass(frozen=True, eq=False)
class Done:
    """A frame that was judged.

    Args:
        judged: the frame and its verdict.
        kept: files that were kept of it.
        now: when its result was there.
        latency_s: from its arrival to that, s.
        preview: small picture for the live page; None where none is due.
    """

    judged: Judged
    kept: Kept
    now: datetime
    latency_s: float
    preview: bytes | None = field(default=None, repr=False)


Item: TypeAlias = Done | Trouble | Frame
"""A frame that was judged; trouble; or a frame that has its result already, and comes again."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some frames of one source, in their order.

    Args:
        config: of the source, as it was when they were judged.
        items: what there is to write down.
    """

    config: SourceConfig
    items: tuple[Item, ...]
