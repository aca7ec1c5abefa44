"""The table of sinks; an installed package adds its own through `faultlens.sinks`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faultlens.core.registry import Registry
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.sinks.abstract import AbstractSink


@dataclass(frozen=True)
class SinkKind:
    """One kind of sink.

    Args:
        options: frozen dataclass of the keys that it has in line.toml; see `SourceKind`.
        opened: makes the sink; must not connect yet. The second argument is the language of
            messages to people, "en" or "zh".
    """

    options: type[Any]
    opened: Callable[[SinkConfig, str], AbstractSink]


SINKS: Registry[SinkKind] = Registry("kind of sink", group="faultlens.sinks")
