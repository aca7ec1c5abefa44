"""Every key of `line.toml` as one page of Markdown, for `docs/line-settings.md`."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from faultlens.core.meanings import meanings
from faultlens.core.registry import Registry
from faultlens.line.configuration.line_config import (
    AuditConfig,
    ChannelConfig,
    DashboardConfig,
    DecisionConfig,
    KeepConfig,
    MonitoringConfig,
    SinkConfig,
    SourceConfig,
    UpdateConfig,
)
from faultlens.line.configuration.scan_config import ScanConfig
from faultlens.line.configuration.settings import LineSettings
from faultlens.line.sinks.registry import SINKS
from faultlens.line.sources.registry import SOURCES

TABLES: tuple[tuple[str, type[Any]], ...] = (
    ("[line]", LineSettings),
    ("[source.NAME]", SourceConfig),
    ("[source.NAME.decision]", DecisionConfig),
    ("[source.NAME.channels.CHANNEL]", ChannelConfig),
    ("[source.NAME.scan]", ScanConfig),
    ("[sink.NAME]", SinkConfig),
    ("[keep]", KeepConfig),
    ("[monitoring]", MonitoringConfig),
    ("[audit]", AuditConfig),
    ("[update]", UpdateConfig),
    ("[dashboard]", DashboardConfig),
)

NOT_KEYS = ("name", "options", "decision", "channels", "scan")
"""Fields of a source or sink that are no keys of its table."""


def line_settings_page() -> list[str]:
    """The sections of the page."""
    sections = [
        "`faultlens watch line.toml` reads it; `--check` only reads it and lists every fault with "
        "its line. A changed file holds from the next frame on. Relative paths start from its "
        "folder. A key that is unknown is an error that names the nearest. Keys and passwords do "
        'not stand in it: `"env:NAME"` takes them from the environment, `"file:PATH"` from a file.'
    ]
    for title, record in TABLES:
        hidden = NOT_KEYS if record in (SourceConfig, SinkConfig) else ()
        sections += [f"## `{title}`", _table(record, hidden)]
        if record is SourceConfig:
            for kind in _ours(SOURCES):
                usual = SOURCES[kind].policy
                sections += [
                    f'### kind = "{kind}"',
                    f"Usual policy: `{usual}`.",
                    _table(SOURCES[kind].options),
                ]
        if record is SinkConfig:
            for kind in _ours(SINKS):
                sections += [f'### sink of kind = "{kind}"', _table(SINKS[kind].options)]
    return sections


def _ours(registry: Registry[Any]) -> list[str]:
    """Without what an installed package, a bench or a test has added."""
    return [x for x in registry if registry[x].options.__module__.startswith("faultlens.")]


def _table(record: type[Any], hidden: tuple[str, ...] = ()) -> str:
    head = ["| key | meaning | default |", "|---|---|---|"]
    return "\n".join([*head, *_rows(record, hidden)])


def _rows(record: type[Any], hidden: tuple[str, ...]) -> Iterator[str]:
    # A record may have fields of a shared one, such as a broker's; its words stand there.
    words = {k: x for kind in reversed(record.__mro__) for k, x in meanings(kind).items()}
    for field in fields(record):
        if field.name not in hidden:
            # TOML knows no None: such a key is left out.
            meaning = re.sub(r"\bNone(?: for)?\b", "left out:", words[field.name])
            yield f"| `{field.name}` | {meaning} | {_default(field)} |"


def _default(field: "Field[Any]") -> str:
    value = field.default
    if value is MISSING and field.default_factory is not MISSING:
        value = field.default_factory()
    if value is MISSING:
        return "required"
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{x}"' for x in value) + "]`"
    return f'`"{value}"`' if isinstance(value, str | Path) else f"`{value}`"
