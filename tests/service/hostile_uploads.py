"""Some hundred hostile requests, each with a name and with what it may be answered."""

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.images.pictures import COLOUR, EXACT, png
from tests.service import hostile_pictures, hostile_recordings
from tests.service.hostile_forms import bodies, file_names, lies, methods, names_and_urls
from tests.service.hostile_requests import (
    JUDGED,
    REFUSED,
    Hostile,
    file_part,
    form,
    options_part,
    request,
)
from tests.signals.readers.test_fuzz import MAKERS

CANARY = "canary-7f3a"
"""Stands in names, sentences and contents; no log may repeat it and no file be called so."""

INSPECT, DIAGNOSE, MATCH = "/v1/inspect", "/v1/diagnose", "/match-image-text"

_SLOW = ("400 megapixels", "at the limit", "one row", "one column", "passes", "parts", "packed",
         "60 MB", "million", "1.6 GB", "unfolds", "comment", "lies", "shape", "profile",
         "without an end", "blanks", "long word", "columns", "quote", "9.9", "preamble", "dates",
         "nested", "datasets", "20 arrays", "1,300,000", "floats", "40 MB", "plain map",
         "bzip2", "lzma", "variables", "lie")  # fmt: skip
"""Bombs that take seconds to make or to refuse."""


def good_picture(key: str) -> bytes:
    """A picture that is judged, for comparison."""
    return request(INSPECT, form(file_part(png(COLOUR)), options_part({"lang": "en"})), key=key)


def good_recording(key: str) -> bytes:
    """A recording that is judged, for comparison."""
    content = b"time (s),acc (g)\n" + b"".join(
        b"%.5f,%.4f\n" % (i / 2560, (i * i * 7919 % 997) / 997 - 0.5) for i in range(2560)
    )
    asked = {"shaft_rpm": 1500, "bearing": "6205"}
    return request(DIAGNOSE, form(file_part(content, "a.csv"), options_part(asked)), key=key)


def hostile_groups(key: str, seed: int = 1, damaged: int = 3) -> dict[str, list[Hostile]]:
    """All groups.

    Args:
        key: of the service, with the role infer.
        seed: of what is damaged, and how.
        damaged: variants of each format that are damaged.
    """
    return {
        "bombs": [*bombs(key)],
        "damage": [*damage(key, random.Random(seed), damaged)],
        "options": [*options(key)],
        "file names": [*file_names(key, CANARY)],
        "lies about length": [*lies(key)],
        "bodies": [*bodies(key, CANARY)],
        "methods and headers": [*methods(key)],
        "names, URLs and keys": [*names_and_urls(key)],
    }


def bombs(key: str) -> Iterator[Hostile]:
    """Files that only serve to fill memory or to block a decoder."""

    def upload(target: str, content: Callable[[], bytes], name: str, asked: object) -> Callable:
        return lambda: [
            request(target, form(file_part(content(), name), options_part(asked)), key=key)
        ]

    for name, make in hostile_pictures.BOMBS.items():
        heavy = any(x in name for x in _SLOW)
        yield Hostile(name, upload(INSPECT, make, "a.png", {}), JUDGED, heavy=heavy)
    for name, (suffix, make) in hostile_recordings.BOMBS.items():
        asked = {"sample_rate_hz": 25600, "shaft_rpm": 1500, "bearing": "6205"}
        heavy = any(x in name for x in _SLOW)
        yield Hostile(name, upload(DIAGNOSE, make, f"a{suffix}", asked), JUDGED, heavy=heavy)


def damage(key: str, luck: random.Random, variants: int) -> Iterator[Hostile]:
    """Real files of each format, cut or with changed bytes."""
    with tempfile.TemporaryDirectory() as folder:
        real = [(INSPECT, name, ".png", make()) for name, (make, _) in EXACT.items()]
        real += [(DIAGNOSE, name, x, make(Path(folder))) for name, (x, make) in MAKERS.items()]
    for target, name, suffix, content in real:
        for number in range(variants):
            changed = bytearray(content)
            if number == 0:
                changed = changed[: luck.randrange(1, len(content))]
            for _ in range(luck.randrange(1, 9) if number else 0):
                # Headers stand at the start of most formats: half of the changes go there.
                place = luck.randrange(len(content))
                changed[place % 200 if luck.random() < 0.5 else place] = luck.randrange(256)
            body = form(file_part(bytes(changed), f"a{suffix}"), options_part({}))
            sent = request(target, body, key=key)
            yield Hostile(f"{name}, damaged {number}", lambda sent=sent: [sent], JUDGED)  # type: ignore[misc]


def options(key: str) -> Iterator[Hostile]:
    """Options that no verb can take."""
    picture = file_part(png(COLOUR))

    def asked(raw: object, target: str = INSPECT) -> Callable:
        return lambda: [request(target, form(picture, options_part(raw)), key=key)]

    texts: dict[str, bytes] = {
        "no JSON": b"prompts=crack",
        "JSON that ends early": b'{"prompts": ["a"',
        "JSON with a tail": b'{"prompts": ["a"]} {}',
        "a list": b"[]",
        "a text": b'"crack"',
        "null": b"null",
        "100,000 brackets": b"[" * 100_000,
        "100,000 braces": b'{"a":' * 100_000,
        "a deep list of prompts": b'{"prompts": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        "NaN": b'{"prompts": ["a"], "mm_per_pixel": NaN}',
        "Infinity": b'{"prompts": ["a"], "mm_per_pixel": Infinity}',
        "1e999": b'{"prompts": ["a"], "mm_per_pixel": 1e999}',
        "an integer of 50,000 digits": b'{"prompts": ["a"], "mm_per_pixel": '
        + b"9" * 50_000
        + b"}",
        "latin-1": '{"prompts": ["Riß"]}'.encode("latin-1"),
        "UTF-16": '{"prompts": ["a"]}'.encode("utf-16"),
        "a lone surrogate": b'{"prompts": ["\\ud800"]}',
        "NUL": b'{"prompts": ["a\\u0000b"], "part": 7}',
        "raw NUL": b'{"prompts": ["a\x00b"]}',
        "a doubled key of two kinds": b'{"prompts": ["a"], "prompts": 7}',
        "__proto__": b'{"prompts": ["a"], "__proto__": {"a": 1}, "__class__": "x"}',
        "nothing": b"",
        "a million letters of options": b'{"prompts": ["a"], "x": "' + b"x" * 1_000_000 + b'"}',
    }
    for name, raw in texts.items():
        yield Hostile(f"options: {name}", asked(raw, MATCH), JUDGED if name == "NUL" else REFUSED)
    wrong: dict[str, object] = {
        "10,000 prompts": {"prompts": [f"crack {i}" for i in range(10_000)]},
        "a prompt of a million letters": {"prompts": [CANARY + "x" * 1_000_000]},
        "a prompt of a million Chinese letters": {"prompts": ["裂" * 1_000_000]},
        "an empty prompt": {"prompts": [""]},
        "no prompts": {"prompts": []},
        "prompts of numbers": {"prompts": [1, 2.5, None]},
        "prompts of lists": {"prompts": [["a"], {"b": 1}]},
        "a text for prompts": {"prompts": "crack"},
        "blanks": {"prompts": [" \t\n"]},
    }
    for name, value in wrong.items():
        yield Hostile(f"options: {name}", asked(value, MATCH))
    most = {"prompts": [f"{i} " + "裂" * 100 for i in range(256)]}
    yield Hostile(
        "options: as many and as long prompts as are allowed",
        asked(most, MATCH), frozenset({200}), heavy=True,
    )  # fmt: skip
    odd: list[object] = [True, -1, 10**400, [], {}, [[]], "x" * 500, "../../etc/passwd"]
    for field in ("defects", "part", "scales", "mm_per_pixel", "lang", "profile", "model", "urls"):
        for value in odd:
            if field == "part" and isinstance(value, str):
                continue
            raw = json.dumps({field: value}).encode()
            yield Hostile(f"options: inspect, {field} = {raw[:40]!r}", asked(raw), JUDGED)
    for field in ("shaft_rpm", "bearing", "speed_tolerance", "sample_rate_hz", "channel", "faults"):
        for value in odd:
            raw = json.dumps({field: value}).encode()
            name = f"options: diagnose, {field} = {raw[:40]!r}"
            yield Hostile(name, asked(raw, DIAGNOSE), JUDGED)
