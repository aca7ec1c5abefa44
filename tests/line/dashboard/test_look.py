"""Words can be read in both themes: each colour of letters against each ground it stands on."""

import re

import pytest

from faultlens.line.dashboard.assets import FOLDER

LEAST = 4.5
"""Contrast of small letters. Source: WCAG 2.2, success criterion 1.4.3."""

PAIRS = [
    *((ink, ground) for ink in ("ink", "faint", "accent", "alarm", "warn", "ok")
      for ground in ("surface", "raised", "well")),
    ("ink", "ground"), ("faint", "ground"), ("accent", "ground"),
    ("ink", "alarm-tint"), ("ink", "warn-tint"), ("warn", "warn-tint"),
    ("on-alarm", "alarm-fill"), ("on-accent", "accent"), ("on-warn", "warn-lamp"),
    ("on-bezel", "bezel"), ("bezel-faint", "bezel"), ("bezel-faint", "bezel-raised"),
    ("surface", "ink"),
]  # fmt: skip
TOKENS = (FOLDER / "tokens.css").read_text(encoding="utf-8")


def theme(name: str) -> dict[str, str]:
    """Colours of a theme: those of the root, then its own."""
    start = ":root {" if name == "light" else f':root[data-theme="{name}"] {{'
    block = TOKENS.split(start)[1].split("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS, ids="-on-".join)
def test_letters_can_be_read(name: str, ink: str, ground: str) -> None:
    colours = theme(name)
    assert contrast(colours[ink], colours[ground]) >= LEAST


def test_dark_is_the_same_by_choice_and_by_preference() -> None:
    by_choice, by_preference = (
        TOKENS.split(f':root[data-theme="{x}"] {{')[1].split("}")[0].split()
        for x in ("dark", "auto")
    )
    assert by_choice == by_preference
