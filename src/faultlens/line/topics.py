"""Topics of MQTT with gaps, {source} or {channel}: what fills them, and what stood in them."""

import re
from collections.abc import Collection, Mapping

from faultlens.core.errors import UsageError

_GAP = re.compile(r"\{([a-z_]*)\}")
_LONGEST = 1_000
"""Characters of a topic; the standard allows 65535 bytes, brokers and people less."""


def topic_gaps(name: str, topic: str, known: Collection[str]) -> tuple[str, ...]:
    """Names of the gaps of a topic, in their order.

    Args:
        name: of the option, for the message.
        topic: as line.toml has it.
        known: gaps that may be in it.

    Raises:
        UsageError: no topic that can be published to, or a gap that nobody fills.

    Example:
        >>> topic_gaps("topic", "plant/{source}/alarms", ("source", "step"))
        ('source',)
    """
    gaps = tuple(_GAP.findall(topic))
    unknown = [x for x in gaps if x not in known]
    plain = _GAP.sub("", topic)
    if unknown or any(x in plain for x in "{}"):
        allowed = ", ".join(f"{{{x}}}" for x in known)
        raise UsageError(f"{name} is '{topic}'; in braces may stand {allowed}.")
    if not topic or len(topic) > _LONGEST or any(x in plain for x in "+#\0"):
        raise UsageError(
            f"{name} is '{topic[:100]}'; a topic has 1 to {_LONGEST} characters and no wildcard "
            "(+ or #)."
        )
    return gaps


def filled_topic(topic: str, facts: Mapping[str, str]) -> str:
    """A topic with its gaps filled; what would be a level or a wildcard becomes "_".

    Args:
        topic: with gaps.
        facts: gap -> value; an empty value becomes "-".

    Example:
        >>> filled_topic("plant/{source}/{channel}", {"source": "hall/1", "channel": ""})
        'plant/hall_1/-'
    """
    return _GAP.sub(lambda x: re.sub(r"[+#/\x00-\x1f]", "_", facts[x[1]]) or "-", topic)


def topic_filter(topic: str) -> str:
    """The subscription that takes a topic whatever stands in its gaps.

    Args:
        topic: with gaps, each a level of its own.

    Example:
        >>> topic_filter("plant/{channel}/blocks")
        'plant/+/blocks'
    """
    return _GAP.sub("+", topic)


def in_gap(topic: str, given: str, gap: str) -> str | None:
    """What stands in a gap of a topic that came; None where there is none.

    Args:
        topic: with gaps.
        given: the topic of a message.
        gap: name of the gap.

    Example:
        >>> in_gap("plant/{channel}/blocks", "plant/pump-7/blocks", "channel")
        'pump-7'
    """
    for level, found in zip(topic.split("/"), given.split("/"), strict=False):
        if level == f"{{{gap}}}":
            return found
    return None
