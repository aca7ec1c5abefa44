"""Which recording of Case Western Reserve University a file is, by its number or its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

DRIVE, FAN = "drive end", "fan end"

_HEADS = {"12k DE": (12000.0, DRIVE), "48k DE": (48000.0, DRIVE), "12k FE": (12000.0, FAN)}
_TABLE = """
12k DE  IR007     105 106 107 108      12k DE  B007      118 119 120 121
12k DE  OR007@6   130 131 132 133      12k DE  OR007@3   144 145 146 147
12k DE  OR007@12  156 158 159 160      12k DE  IR014     169 170 171 172
12k DE  B014      185 186 187 188      12k DE  OR014@6   197 198 199 200
12k DE  IR021     209 210 211 212      12k DE  B021      222 223 224 225
12k DE  OR021@6   234 235 236 237      12k DE  OR021@3   246 247 248 249
12k DE  OR021@12  258 259 260 261      12k DE  IR028     3001 3002 3003 3004
12k DE  B028      3005 3006 3007 3008  48k DE  IR007     109 110 111 112
48k DE  B007      122 123 124 125      48k DE  OR007@6   135 136 137 138
48k DE  OR007@3   148 149 150 151      48k DE  OR007@12  161 162 163 164
48k DE  IR014     174 175 176 177      48k DE  B014      189 190 191 192
48k DE  OR014@6   201 202 203 204      48k DE  IR021     213 214 215 217
48k DE  B021      226 227 228 229      48k DE  OR021@6   238 239 240 241
48k DE  OR021@3   250 251 252 253      48k DE  OR021@12  262 263 264 265
12k FE  IR007     278 279 280 281      12k FE  B007      282 283 284 285
12k FE  OR007@6   294 295 296 297      12k FE  OR007@3   298 299 300 301
12k FE  OR007@12  302 305 306 307      12k FE  IR014     274 275 276 277
12k FE  B014      286 287 288 289      12k FE  OR014@6   313 - - -
12k FE  OR014@3   310 309 311 312      12k FE  IR021     270 271 272 273
12k FE  B021      290 291 292 293      12k FE  OR021@6   315 - - -
12k FE  OR021@3   - 316 317 318
"""
"""Rate and end, fault, and the numbers at 0, 1, 2 and 3 hp, as the makers' pages list them."""

HEALTHY_NUMBERS = (97, 98, 99, 100)
"""At 0 to 3 hp; 48 kHz, both ends."""

_ROW = re.compile(
    r"(\d\dk [DF]E) +(IR|B|OR)(\d{3})(?:@(\d+))? +([\d-]+) ([\d-]+) ([\d-]+) ([\d-]+)"
)
_FAULT = re.compile(
    r"(?<![A-Z])(?P<kind>IR|B|OR)[_-]?(?P<size>\d{3})(?:[@_-](?P<clock>12|6|3)(?=[_-]))?"
    r"[_-](?P<load>[0-3])(?!\d)",
    re.IGNORECASE,
)
_HEALTHY = re.compile(r"normal(?:_baseline)?[_-]?(?P<load>[0-3])(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(\d{2,4})(?=[_@]|$)")
_RATE = re.compile(r"(12|48)[ _-]?k", re.IGNORECASE)
_END = re.compile(r"(?<![A-Z])(DE|FE)(?![A-Z])|(drive|fan)[ _-]?end", re.IGNORECASE)


@dataclass(frozen=True)
class CwruFile:
    """What is true of one published file.

    Args:
        number: under which it is published.
        kind: "IR", "B", "OR", or "" where the bearing is healthy.
        size: diameter of the fault, mil (0.001 in); empty where healthy.
        clock: where an outer race fault lies, on the clock; empty elsewhere.
        load: 0 to 3 hp.
        sample_rate_hz: samples per second.
        end: where the fault is, and the channel to read; both ends where healthy.
    """

    number: int
    kind: str
    size: str
    clock: str
    load: int
    sample_rate_hz: float
    end: str


@cache
def published() -> dict[int, CwruFile]:
    """Number -> file, of all that are published.

    Example:
        >>> published()[130]
        CwruFile(number=130, kind='OR', size='007', clock='6', load=0, sample_rate_hz=12000.0,
                 end='drive end')
        >>> len(published())
        161
    """
    return {x.number: x for x in _published()}


def files_named(path: PurePath, inside: int | None = None) -> tuple[CwruFile, ...]:
    """The published files that a path may be, by its name and the folders above.

    Args:
        path: with the folders below the data set's, which may say rate and end.
        inside: number in the names of the file's variables ("X106_DE_time"), where it is known.

    Returns:
        one where it is certain, several where rate or end are not said, none where nothing fits.

    Example:
        >>> [x.number for x in files_named(PurePath("12k_Drive_End/IR/007/105_0.mat"))]
        [105]
        >>> [x.number for x in files_named(PurePath("OR014@6_2.mat"))]
        [199, 203]
        >>> [x.number for x in files_named(PurePath("OR014@6_2.mat"), inside=199)]
        [199]
    """
    files, stem = published(), path.stem
    if healthy := _HEALTHY.search(stem):
        return (files[HEALTHY_NUMBERS[int(healthy["load"])]],)
    if fault := _FAULT.search(stem):
        fitting = [x for x in files.values() if _fits(x, fault)]
    else:
        fitting = [files[int(x)] for x in _NUMBER.findall(stem)[:1] if int(x) in files]
    if len(fitting) > 1:
        fitting = [x for x in fitting if _said(x, str(path))] or fitting
    if len(fitting) > 1:
        fitting = [x for x in fitting if x.number == inside] or fitting
    return tuple(fitting)


def _published() -> Iterator[CwruFile]:
    for head, kind, size, clock, *numbers in _ROW.findall(_TABLE):
        rate, end = _HEADS[head]
        for load, number in enumerate(numbers):
            if number != "-":
                yield CwruFile(int(number), kind, size, clock, load, rate, end)
    for load, healthy in enumerate(HEALTHY_NUMBERS):
        yield CwruFile(healthy, "", "", "", load, 48000.0, "")


def _fits(file: CwruFile, name: re.Match[str]) -> bool:
    if (file.kind, file.size) != (name["kind"].upper(), name["size"]):
        return False
    return file.load == int(name["load"]) and name["clock"] in (None, file.clock)


def _said(file: CwruFile, path: str) -> bool:
    """Whether the folders speak of this file's rate and end, or of neither."""
    rates = {float(x) * 1000 for x in _RATE.findall(path)}
    ends = {FAN if (x + y).casefold()[0] == "f" else DRIVE for x, y in _END.findall(path)}
    return (not rates or file.sample_rate_hz in rates) and (not ends or file.end in ends)
