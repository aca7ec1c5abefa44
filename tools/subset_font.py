"""Make the font that reports use for Chinese: a subset of Droid Sans Fallback (Apache-2.0).

    apt-get install fonts-droid-fallback
    python tools/subset_font.py /usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf \\
        src/faultlens/reports/fonts/faultlens-han.ttf
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Faultlens Han"
# Renamed, so that a picture looks the same whether or not the full font is installed.
NAME_IDS = {1: FAMILY, 3: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", "")}


def wanted_characters() -> set[int]:
    """ASCII, and every character of GB 2312: levels 1 and 2, kana, Greek, punctuation."""
    wanted = set(range(0x20, 0x7F))
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            wanted.update(map(ord, bytes((row, cell)).decode("gb2312", errors="ignore")))
    return wanted


def main(source: str, target: str) -> None:
    """Read the font `source`, write the renamed subset `target`."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in NAME_IDS:
            record.string = NAME_IDS[record.nameID]
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
