"""A model that was promoted judges on, also after a restart, until line.toml names another."""

import json
from dataclasses import replace
from pathlib import Path

from faultlens.line.configuration.line_config import ChannelConfig, SourceConfig

LIVE = "live/"
"""How the keys of the journal's state begin."""


def promoted_text(base: SourceConfig, live: SourceConfig) -> str | None:
    """What is kept of a promotion; None where line.toml names that model itself.

    Args:
        base: the source as line.toml has it.
        live: as it is to be judged.

    Example:
        >>> base = SourceConfig("belt", "folder", None)
        >>> text = promoted_text(base, replace(base, model="/m/2"))
        >>> effective(base, text).model, effective(replace(base, model="/m/3"), text).model
        ('/m/2', '/m/3')
    """
    if _models(base) == _models(live):
        return None
    return json.dumps({"base": _models(base), "live": _models(live)}, ensure_ascii=False)


def effective(base: SourceConfig, text: str | None) -> SourceConfig:
    """The source as it is judged: by what was promoted over the line.toml of that time.

    Args:
        base: the source as line.toml has it now.
        text: of `promoted_text`; None where nothing was promoted.

    Example:
        >>> effective(SourceConfig("belt", "folder", None, model="/m/1"), None).model
        '/m/1'
    """
    try:
        kept = {} if text is None else json.loads(text)
        if kept.get("base") != _models(base):
            return base
        live = kept["live"]
        channels = dict(base.channels)
        for name, profile in live["channels"].items():
            own = channels.get(name, ChannelConfig())
            channels[name] = replace(own, profile=_path(profile))
        return replace(base, model=live["model"], profile=_path(live["profile"]), channels=channels)
    except (ValueError, TypeError, KeyError, AttributeError):
        return base


def _models(source: SourceConfig) -> dict[str, object]:
    return {
        "model": source.model,
        "profile": _text(source.profile),
        "channels": {name: _text(x.profile) for name, x in sorted(source.channels.items())},
    }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
