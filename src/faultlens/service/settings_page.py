"""Every setting of the service as one page of Markdown, for `docs/service-settings.md`."""

from dataclasses import fields

from faultlens.core.meanings import meanings
from faultlens.service.settings import CHOICES, PREFIX, RANGES, ServiceSettings

EXAMPLE = """\
FAULTLENS_API_KEYS_FILE=/etc/faultlens/keys.toml \\
FAULTLENS_PROFILES_DIR=/var/lib/faultlens/profiles \\
FAULTLENS_WORKERS=2 faultlens serve
"""


def settings_page() -> str:
    """The page that lists every setting of the service with its meaning, default and range.

    Example:
        >>> settings_page().splitlines()[0]
        '# Settings of the service'
    """
    words = meanings(ServiceSettings)
    lines = [
        "# Settings of the service",
        "",
        "<!-- Written by `make docs` from the program; edit that, not this. -->",
        "",
        "Environment variables, read when the service starts, alike by `faultlens serve` and by",
        "`uvicorn faultlens.service.app:app`. A value out of range stops the start, and so does a",
        "variable `FAULTLENS_...` that is no setting: one letter too few in the name of the file",
        "of keys must not leave a service open. An empty value is the default.",
        "",
        "```sh",
        *EXAMPLE.splitlines(),
        "```",
        "",
        "| variable | meaning | default | allowed |",
        "|---|---|---|---|",
    ]
    for each in fields(ServiceSettings):
        default = f"`{_told(each.default)}`" if each.default != "" else ""
        lines.append(
            f"| `{PREFIX}{each.name.upper()}` | {_sentence(words[each.name])} | {default} "
            f"| {_allowed(each.name, each.default)} |"
        )
    return "\n".join(lines) + "\n"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _allowed(name: str, default: object) -> str:
    if name in CHOICES:
        return ", ".join(f"`{x}`" for x in CHOICES[name])
    if name in RANGES:
        least, most = RANGES[name]
        return f"{least:,} to {most:,}"
    return "`true`, `false`" if isinstance(default, bool) else ""


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"
