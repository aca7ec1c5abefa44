"""Every setting of a training as one page of Markdown, for `docs/settings.md`."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from faultlens.core.meanings import meanings
from faultlens.models.encoders.registry import ENCODERS
from faultlens.training.experiment import Experiment
from faultlens.training.surface.experiment import (
    SCRATCH,
    PictureExperiment,
    usual_experiment,
)

EXAMPLE = """\
encoder = "spectrum"
window = 1024

[text]
model = "static"
prompts = ["A {} bearing", "{}"]

[training]
epochs = 150
warmup = 0.1

[loss]
to_text = 1.0      # the document's formula: 1 and 1/2
to_sensor = 0.5
"""


def settings_page() -> str:
    """The page that lists every setting with its meaning and default, and every encoder.

    Example:
        >>> settings_page().splitlines()[0]
        '# Settings of a training'
    """
    scratch = usual_experiment(SCRATCH).training
    lines = [
        "# Settings of a training",
        "",
        "<!-- Written by `make docs` from the program; edit that, not this. -->",
        "",
        "`faultlens train --set NAME=VALUE` sets any of these, `--recipe FILE` many of them from a",
        "TOML file, and an ablation's recipe under `[settings]`. An option of the command line",
        "wins over `--set`, which wins over the file. An unknown name is an error that lists the",
        "known ones.",
        "",
        "```toml",
        *EXAMPLE.splitlines(),
        "```",
        "",
        "| setting | meaning | default |",
        "|---|---|---|",
        *_rows(Experiment()),
        "",
        "## Encoders of vibration",
        "",
        "| `--encoder` | takes | what it is |",
        "|---|---|---|",
        *(f"| `{x}` | {ENCODERS[x].takes} | {ENCODERS[x].summary} |" for x in ENCODERS),
        "",
        "## Settings of a training on pictures",
        "",
        "`--encoder surface`, or a folder of pictures, takes these in their place. From `scratch`",
        f"the default is {scratch.epochs} epochs at a rate of {scratch.learning_rate}.",
        "",
        "| setting | meaning | default |",
        "|---|---|---|",
        *_rows(PictureExperiment()),
    ]
    return "\n".join(lines) + "\n"


def _rows(record: Any, start: str = "") -> Iterator[str]:
    words = meanings(type(record))
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            yield from _rows(value, f"{start}{field.name}.")
        else:
            yield f"| `{start}{field.name}` | {words[field.name]} | `{_told(value)}` |"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{x}"' for x in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)
