"""Where others join the line: monitoring, audit, update."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from faultlens.line.judged import Judged
from faultlens.line.pipeline.actions import Handler
from faultlens.line.pipeline.companions import Along, Looking


@dataclass(frozen=True)
class Hooks:
    """What others do when a frame was judged, or when a person asks.

    Args:
        along: look on within the transaction of the result.
        looking: name -> looks on later, in a thread of its own.
        keeps: each may ask for the file of a frame that the policy would pass over.
        handlers: kind of action -> what does it.
    """

    along: Sequence[Along] = ()
    looking: Mapping[str, Looking] = field(default_factory=dict)
    keeps: Sequence[Callable[[Judged], bool]] = ()
    handlers: Mapping[str, Handler] = field(default_factory=dict)
