"""The table of sinks; an installed package adds its own through `faultlens.sinks`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faultlens.core.registry import Registry
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.email import EmailOptions, EmailSink
from faultlens.line.sinks.log import LogOptions, LogSink
from faultlens.line.sinks.mqtt import MqttSink, MqttSinkOptions
from faultlens.line.sinks.opcua import OpcuaOptions, OpcuaSink
from faultlens.line.sinks.webhook import WebhookOptions, WebhookSink


@dataclass(frozen=True)
class SinkKind:
    """One kind of sink.

    Args:
        options: frozen dataclass of the keys that it has in line.toml; see `SourceKind`.
        opened: makes the sink; must not connect yet. The second argument is the language of
            messages to people, "en" or "zh"; the third a folder of the sink's own, which need not
            be there yet, for what it must know again after a restart.
    """

    options: type[Any]
    opened: Callable[[SinkConfig, str, Path], AbstractSink]


SINKS: Registry[SinkKind] = Registry("kind of sink", group="faultlens.sinks")
SINKS.add("email", SinkKind(EmailOptions, EmailSink))
SINKS.add("log", SinkKind(LogOptions, LogSink))
SINKS.add("mqtt", SinkKind(MqttSinkOptions, MqttSink))
SINKS.add("opcua", SinkKind(OpcuaOptions, OpcuaSink))
SINKS.add("webhook", SinkKind(WebhookOptions, WebhookSink))
