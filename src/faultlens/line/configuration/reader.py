"""`line.toml` -> `LineConfig`, or every fault at once with its line."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

from faultlens.core.errors import FaultlensError, UnknownNameError
from faultlens.core.registry import Registry
from faultlens.line.configuration.checks import known_bearing, model_at
from faultlens.line.configuration.faults import Fault, WrongLineFile
from faultlens.line.configuration.filling import Tell, filled
from faultlens.line.configuration.line_config import (
    AuditConfig,
    ChannelConfig,
    DashboardConfig,
    DecisionConfig,
    KeepConfig,
    LineConfig,
    MonitoringConfig,
    SinkConfig,
    SourceConfig,
    UpdateConfig,
)
from faultlens.line.configuration.parsing import parsed
from faultlens.line.configuration.places import Key, line_of, places
from faultlens.line.configuration.scan_config import ScanConfig
from faultlens.line.configuration.settings import LineSettings
from faultlens.line.sinks.registry import SINKS
from faultlens.line.sources.registry import SOURCES
from faultlens.store.records import ALARM_STEPS

TABLES: dict[str, type[Any]] = {
    "keep": KeepConfig,
    "monitoring": MonitoringConfig,
    "audit": AuditConfig,
    "update": UpdateConfig,
    "dashboard": DashboardConfig,
}
"""Tables that may be left out, and their records."""

INNER = ("decision", "scan", "channels")
"""Tables inside that of a source."""


def read_line_config(path: str | Path) -> LineConfig:
    """Read a `line.toml`.

    Args:
        path: of the file; relative paths in it start from its folder.

    Raises:
        UsageError: there is no such file.
        WrongLineFile: something in it is wrong; every fault is listed with its line.
        UnreadableFileError: it is too large, or no text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "line.toml"
        >>> _ = path.write_text('[line]\\nname = "press"\\nstor = "x"\\n[kepe]\\n')
        >>> read_line_config(path)
        Traceback (most recent call last):
            ...
        faultlens.line.configuration.faults.WrongLineFile: ...line.toml has 3 faults:
          line 1: there is no [source.NAME]; a line watches one source at least.
          line 3: Unknown key 'stor'. Nearest: store. Known: ...
          line 4: Unknown table 'kepe'. Nearest: keep. Known: ...
    """
    file = Path(path).absolute()
    text, tables, faults = parsed(file)
    reading = _Reading(file, tables, places(text), faults)
    made = reading.config()
    if reading.faults or made is None:
        raise WrongLineFile(Path(path), reading.faults)
    return made


class _Reading:
    """One file while it is read: what was found, and what is wrong."""

    def __init__(
        self, file: Path, tables: dict[str, Any], found: dict[Key, int], faults: list[Fault]
    ) -> None:
        self.faults = list(faults)
        self._file, self._tables, self._found = file, tables, found
        # Where a line was passed over, what it held is not missing.
        self._whole = not faults

    def config(self) -> LineConfig | None:
        known = ["line", "source", "sink", *TABLES]
        for name, table in self._tables.items():
            # A key may stand alone because the line of its table was passed over.
            if name not in known and (self._whole or isinstance(table, dict)):
                self._tell((name,), str(UnknownNameError("table", name, known)))
        settings = self._record(("line",), LineSettings)
        sources = self._sources()
        sinks = self._sinks({x.name for x in sources})
        rest: dict[str, Any] = {
            name: self._record((name,), record) for name, record in TABLES.items()
        }
        if settings is None or self.faults:
            return None
        return LineConfig(
            path=self._file,
            name=settings.name,
            store=_from_home(settings.store, self._file.parent),
            state=self._file.parent / settings.state,
            language=settings.language,
            time_zone=settings.time_zone,
            shifts={name: time.fromisoformat(x) for name, x in settings.shifts.items()},
            sources=tuple(sources),
            sinks=tuple(sinks),
            **rest,
        )

    def _sources(self) -> list[SourceConfig]:
        tables = self._named("source")
        if not tables and self._whole:
            self._tell((), "there is no [source.NAME]; a line watches one source at least.")
        made = [self._source(name, table) for name, table in tables.items()]
        return [x for x in made if x is not None]

    def _source(self, name: str, table: dict[str, Any]) -> SourceConfig | None:
        path: Key = ("source", name)
        kind = self._kind(path, table, SOURCES)
        decision = self._inner(path, table, "decision", DecisionConfig)
        scan = self._inner(path, table, "scan", ScanConfig)
        self._check_bearing(path, table)
        channels = {}
        for channel, inner in self._named(*path, "channels").items():
            self._check_bearing((*path, "channels", channel), inner)
            channels[channel] = self._record((*path, "channels", channel), ChannelConfig)
        rest = {k: x for k, x in table.items() if k not in INNER}
        if isinstance(rest.get("model"), str):
            rest["model"] = self._model((*path, "model"), rest["model"])
        own = _field_names(SourceConfig)
        # Of an unknown kind nobody can say which options it has; the rest is read all the same.
        options = None if kind is None else self._options(path, rest, kind.options, own)
        made: SourceConfig | None = filled(
            SourceConfig,
            {k: x for k, x in rest.items() if k in own},
            self._file.parent,
            self._teller(path),
            more={
                "name": name,
                "options": options,
                "decision": decision,
                "scan": scan,
                "channels": channels,
            },
            whole=self._whole and kind is not None,
        )
        if made is not None:
            for key, file in (("profile", made.profile), *_channel_profiles(channels)):
                if file is not None and not file.is_file():
                    self._tell((*path, *key.split("/")), f"there is no profile at {file}.")
        for key, file in () if scan is None else scan.files:
            if not file.is_file():
                self._tell((*path, "scan", key), f"there is no file at {file}.")
        return None if None in (options, decision, scan, *channels.values()) else made

    def _check_bearing(self, path: Key, table: Mapping[str, Any]) -> None:
        bearing = table.get("bearing")
        if not isinstance(bearing, str):
            return
        try:
            known_bearing(bearing)
        except FaultlensError as error:
            self._tell((*path, "bearing"), str(error))

    def _model(self, path: Key, model: str) -> str:
        try:
            return model_at(model, self._file.parent)
        except UnknownNameError as error:
            self._tell(path, str(error))
            return model

    def _sinks(self, sources: set[str]) -> list[SinkConfig]:
        made = []
        for name, table in self._named("sink").items():
            path: Key = ("sink", name)
            kind = self._kind(path, table, SINKS)
            if kind is None:
                continue
            own = _field_names(SinkConfig)
            options = self._options(path, table, kind.options, own)
            sink = filled(
                SinkConfig,
                {k: x for k, x in table.items() if k in own},
                self._file.parent,
                self._teller(path),
                more={"name": name, "options": options},
                whole=self._whole,
            )
            if sink is None:
                continue
            known: dict[str, list[str]] = {"steps": list(ALARM_STEPS), "sources": sorted(sources)}
            for key, names in known.items():
                for each in getattr(sink, key):
                    # A source with a fault of its own is known all the same.
                    if each not in names and each not in self._named("source"):
                        self._tell((*path, key), str(UnknownNameError(key[:-1], each, names)))
            made.append(sink)
        return made

    def _options(
        self, path: Key, table: Mapping[str, Any], record: type[Any], own: set[str]
    ) -> Any | None:
        names = _field_names(record)
        unknown = {k: x for k, x in table.items() if k not in own and k not in names}
        for key in unknown:
            self._tell((*path, key), str(UnknownNameError("key", key, names | own)))
        theirs = {k: x for k, x in table.items() if k in names}
        return filled(record, theirs, self._file.parent, self._teller(path), whole=self._whole)

    def _kind(self, path: Key, table: Mapping[str, Any], registry: Registry[Any]) -> Any | None:
        kind = table.get("kind")
        if kind is None and not self._whole:
            return None
        if not isinstance(kind, str) or kind not in registry:
            problem = (
                f"the key 'kind' is missing; known kinds are {', '.join(registry)}."
                if kind is None
                else str(UnknownNameError(f"kind of {path[0]}", str(kind), registry))
            )
            self._tell((*path, "kind"), problem)
            return None
        return registry[kind]

    def _inner(
        self, path: Key, table: Mapping[str, Any], name: str, record: type[Any]
    ) -> Any | None:
        return self._record((*path, name), record) if name in table else record()

    def _record(self, path: Key, record: type[Any]) -> Any | None:
        table: Any = self._tables
        for name in path:
            table = table.get(name, {}) if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self._tell(path, f"'{'.'.join(path)}' must be a table, [{'.'.join(path)}].")
            return None
        return filled(record, table, self._file.parent, self._teller(path), whole=self._whole)

    def _named(self, *path: str) -> dict[str, dict[str, Any]]:
        """The tables below a table, as [source.NAME]; what is none is told once and passed over."""
        table: Any = self._tables
        for name in path:
            table = table.get(name, {}) if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self._tell(path, f"write [{'.'.join(path)}.NAME] for each {path[-1].rstrip('s')}.")
            return {}
        for name, inner in table.items():
            if not isinstance(inner, dict):
                self._tell(
                    (*path, name), f"'{name}' stands in [{'.'.join(path)}]; write "
                    f"[{'.'.join(path)}.NAME] for each {path[-1].rstrip('s')}."
                )  # fmt: skip
        return {name: inner for name, inner in table.items() if isinstance(inner, dict)}

    def _teller(self, path: Key) -> Tell:
        return lambda key, message: self._tell(path if key is None else (*path, key), message)

    def _tell(self, path: Key, message: str) -> None:
        # The words of a fault start a sentence of the list, and the parser's do not.
        fault = Fault(line_of(self._found, path), message)
        if fault not in self.faults:
            self.faults.append(fault)


def _from_home(store: str, home: Path) -> str:
    """The URL with the path of an SQLite file whole, wherever `watch` is called."""
    scheme = "sqlite:///"
    return f"{scheme}{home / store[len(scheme) :]}" if store.startswith(scheme) else store


def _field_names(record: type[Any]) -> set[str]:
    return {x.name for x in fields(record)} - {"name", "options", *INNER}


def _channel_profiles(
    channels: Mapping[str, ChannelConfig | None],
) -> list[tuple[str, Path | None]]:
    return [(f"channels/{name}/profile", x.profile) for name, x in channels.items() if x]
