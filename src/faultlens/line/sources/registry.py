"""The table of sources; an installed package adds its own through `faultlens.sources`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faultlens.core.registry import Registry
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.folder import FolderOptions, FolderSource
from faultlens.line.sources.http import HttpOptions, HttpSource
from faultlens.line.sources.mqtt import MqttSource, MqttSourceOptions
from faultlens.line.sources.replay import ReplayOptions, ReplaySource
from faultlens.line.sources.scanner import ScannerOptions, ScannerSource
from faultlens.line.sources.video import VideoOptions, VideoSource


@dataclass(frozen=True)
class SourceKind:
    """One kind of source.

    Args:
        options: frozen dataclass of the keys that it has in line.toml. The reader fills it: fields
            of the type `Path` are taken from the folder of line.toml, `Secret` from where it says;
            what `__post_init__` refuses becomes a fault with its line.
        opened: makes the source; must not fetch or connect yet.
        policy: what is usual: "every" or "newest".
    """

    options: type[Any]
    opened: Callable[[SourceConfig], AbstractSource]
    policy: str = "every"


SOURCES: Registry[SourceKind] = Registry("kind of source", group="faultlens.sources")
SOURCES.add("folder", SourceKind(FolderOptions, FolderSource))
SOURCES.add("http", SourceKind(HttpOptions, HttpSource))
SOURCES.add("mqtt", SourceKind(MqttSourceOptions, MqttSource))
SOURCES.add("replay", SourceKind(ReplayOptions, ReplaySource))
SOURCES.add("scanner", SourceKind(ScannerOptions, ScannerSource))
SOURCES.add("video", SourceKind(VideoOptions, VideoSource, policy="newest"))
