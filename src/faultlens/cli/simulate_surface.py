"""`faultlens simulate surface`: pictures of metal with a known defect, their masks and captions."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import typer

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.files import write_text
from faultlens.core.progress import progress
from faultlens.images.coco_mask import rle
from faultlens.images.simulator.captions import LOOKS, PART_WORDS, PROCESS_WORDS, WAYS
from faultlens.images.simulator.concepts import CLEAN, CONCEPTS, HARMLESS
from faultlens.images.simulator.render import RenderedSurface, render_surface
from faultlens.images.write import write_image
from faultlens.text.defect_sentences import understood_defect
from faultlens.text.sentences import split_sentences

MOST_TRIES = 60
"""Pictures drawn in search of a look that was asked for, such as hairline."""
_COLUMNS = (
    *("image", "mask", "label", "defective", "caption_en", "caption_zh", "process", "part"),
    *("seed", "area_px"),
)


def simulate_surface(
    defects: str,
    *,
    process: str | None,
    part: str | None,
    size_px: tuple[int, int],
    colour: bool | None,
    count: int,
    seed: int,
    out: Path,
    quiet: bool,
) -> None:
    """Write pictures, masks, captions.csv, annotations.json (COCO) and settings.json."""
    sentences = split_sentences(defects) if defects.strip() else []
    asked = [_asked(each) for each in sentences] or [(None, frozenset[str]())]
    process = _named("process", process, PROCESS_WORDS)
    part = _named("part", part, PART_WORDS)
    rows: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    settings: dict[str, object] = {}
    try:
        for number in progress(range(count), label="Rendering", total=count, quiet=quiet):
            concept, words = asked[number % len(asked)]
            made, used = _drawn(
                concept,
                words,
                seed + number,
                size_px=size_px,
                process=process,
                part=part,
                colour=colour,
            )
            name = f"{made.concept.strip('_')}-{seed + number:06d}.png"
            write_image(out / "images" / name, made.pixels)
            write_image(out / "masks" / name, made.mask)
            rows.append(_row(name, made, used))
            settings[name] = asdict(made.settings)
            notes += _annotation(number, made)
            if not quiet:
                typer.echo(f"{out / 'images' / name}  {made.caption.en}")
    finally:
        # Interrupted, the pictures so far keep their truth.
        if rows:
            write_text(out / "captions.csv", _as_csv(rows))
            write_text(out / "annotations.json", json.dumps(_coco(rows, notes, size_px)))
            write_text(out / "settings.json", json.dumps(settings, indent=1))


def size_of(text: str) -> tuple[int, int]:
    """Width and height of "256" or "320x240", px.

    Raises:
        UsageError: neither of them.

    Example:
        >>> size_of("320x240")
        (320, 240)
    """
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2 or not all(each.strip().isdecimal() for each in sides):
        raise UsageError(f"--size is '{text}'; give one side, such as 256, or 320x240.")
    return int(sides[0]), int(sides[-1])


def _asked(sentence: str) -> tuple[str | None, frozenset[str]]:
    """Concept of a sentence, and the words of it that its caption must have as well."""
    understood = understood_defect(sentence)
    if understood.means_no_defect:
        return CLEAN, frozenset()
    if understood.defect is None:
        raise UnknownNameError("defect", sentence, (CLEAN, *CONCEPTS))
    if sizes := [x.words for x in understood.conditions if x.unit.startswith("mm")]:
        raise UsageError(
            f"'{sentence}' asks for {sizes[0]}; a rendered picture has no scale. Leave the size "
            "out, and see area_px in captions.csv."
        )
    text, concept = sentence.lower(), understood.defect.concept
    named = {key for key, look in LOOKS.items() if look.en in text or look.zh in text}
    if named:
        named &= _looks_of(concept)
    ways = {x.en for x in WAYS if x.en in text or x.zh in text}
    return concept, frozenset(ways | {LOOKS[each].en for each in named})


def _looks_of(concept: str) -> set[str]:
    """Looks that a concept is drawn with often enough to be asked for."""
    made = (
        render_surface(seed=each, concept=concept, height_px=32, width_px=32, alone=True)
        for each in range(40)
    )
    return {look for each in made for look in each.looks}


def _named(what: str, name: str | None, known: Iterable[str]) -> str | None:
    """The key of a process or part, written with blanks or hyphens as well."""
    if name is None:
        return None
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    keys = tuple(known)
    if key not in keys:
        raise UnknownNameError(what, name, keys)
    return key


def _drawn(
    concept: str | None,
    words: frozenset[str],
    seed: int,
    *,
    size_px: tuple[int, int],
    process: str | None,
    part: str | None,
    colour: bool | None,
) -> tuple[RenderedSurface, int]:
    """The first picture whose caption has the words asked for, and its seed."""
    for again in range(MOST_TRIES):
        used = (
            seed if again == 0 else int(np.random.SeedSequence([seed, again]).generate_state(1)[0])
        )
        made = render_surface(
            seed=used,
            height_px=size_px[1],
            width_px=size_px[0],
            concept=concept,
            process=process,
            part=part,
            colour=colour,
            alone=True,
        )
        if all(each in made.caption.en for each in words):
            return made, used
    raise UsageError(
        f"{MOST_TRIES} pictures of {concept} were drawn and none looks "
        f"{' and '.join(sorted(words))}; leave out some of these words."
    )


def _row(name: str, made: RenderedSurface, seed: int) -> dict[str, object]:
    return dict(
        zip(
            _COLUMNS,
            (
                *(f"images/{name}", f"masks/{name}", made.concept),
                int(made.concept not in {CLEAN, *HARMLESS}),
                *(made.caption.en, made.caption.zh, made.process, made.part, seed),
                int(made.mask.sum()),
            ),
            strict=True,
        )
    )


def _as_csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _annotation(number: int, made: RenderedSurface) -> list[dict[str, object]]:
    if not made.mask.any():
        return []
    rows, columns = np.nonzero(made.mask)
    left, top = int(columns.min()), int(rows.min())
    return [
        {
            "id": number + 1,
            "image_id": number + 1,
            "category_id": 1 + [*CONCEPTS].index(made.concept),
            "bbox": [left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top],
            "area": int(made.mask.sum()),
            "segmentation": rle(made.mask),
            "iscrowd": 1,
        }
    ]


def _coco(
    rows: list[dict[str, object]], notes: list[dict[str, object]], size_px: tuple[int, int]
) -> dict[str, object]:
    return {
        "images": [
            {
                "id": number,
                "file_name": row["image"],
                "width": size_px[0],
                "height": size_px[1],
                "caption": row["caption_en"],
            }
            for number, row in enumerate(rows, start=1)
        ],
        "annotations": notes,
        "categories": [
            {"id": number, "name": key.strip("_")} for number, key in enumerate(CONCEPTS, start=1)
        ],
    }
