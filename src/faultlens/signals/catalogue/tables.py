"""The tables behind the catalogue: facts, estimates and the user's own rows."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from faultlens.core.errors import DuplicateNameError, FaultlensError, UnreadableFileError
from faultlens.signals.catalogue.designation import key_of
from faultlens.signals.catalogue.entry import CatalogueEntry
from faultlens.signals.catalogue.estimate import FIRST_BORE_CODE, SERIES, estimated_entry
from faultlens.signals.kinematics import BearingGeometry, FaultOrders

VARIABLE = "FAULTLENS_BEARINGS"
"""Environment variable that names the user's own catalogue file."""

LARGEST_FILE_BYTES = 1_000_000
"""A catalogue larger than this is not one: some 5000 rows."""

_GEOMETRY = ("rolling_elements", "ball_diameter_mm", "pitch_diameter_mm")
_ORDERS = ("bpfo", "bpfi", "bsf", "ftf", "bore_mm", "outside_mm")
_OPTIONAL = ("contact_angle_deg", "maker", "source", "aliases", "boundary")
_TEXTS = ("designation", "maker", "source", "boundary")

Row = Mapping[str, object]


@cache
def fact_rows() -> tuple[Row, ...]:
    """Rows of the packaged facts, as they stand in the TOML file.

    Example:
        >>> fact_rows()[0]["designation"]
        '6205'
    """
    text = (files("faultlens.signals.catalogue") / "facts.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["bearing"])


@cache
def outside_diameters() -> Mapping[str, Mapping[int, float]]:
    """Outside diameters in mm by diameter series and bore code (ISO 15).

    Example:
        >>> outside_diameters()["2"][5]
        52.0
    """
    text = (files("faultlens.signals.catalogue") / "dimensions.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["outside_mm"]
    return {s: {int(code): float(d) for code, d in rows.items()} for s, rows in table.items()}


@cache
def built_in_tables() -> tuple[Mapping[str, CatalogueEntry], Mapping[str, CatalogueEntry]]:
    """The packaged facts and the estimates, each as key -> entry.

    Example:
        >>> facts, estimates = built_in_tables()
        >>> facts["6205"].estimated, estimates["6208"].estimated
        (False, True)
    """
    facts: dict[str, CatalogueEntry] = {}
    for row in fact_rows():
        _add(facts, row, "the packaged catalogue")
    estimates = {
        key_of(prefix + f"{code:02d}"): estimated_entry(series, prefix + f"{code:02d}", code, d)
        for series in SERIES
        for prefix in series.prefixes
        for code, d in outside_diameters()[series.diameter_series].items()
        if code >= FIRST_BORE_CODE
    }
    return facts, {k: entry for k, entry in estimates.items() if k not in facts}


def all_tables(catalogue: str | Path | None = None) -> Mapping[str, CatalogueEntry]:
    """Every row, key -> entry: facts, the user's own, and estimates where neither has one.

    Args:
        catalogue: the user's own TOML file; None takes the one that FAULTLENS_BEARINGS names.

    Raises:
        UnreadableFileError: the file is not a catalogue.
        DuplicateNameError: a row repeats a fact.

    Example:
        >>> "6208" in all_tables()
        True
    """
    facts, estimates = built_in_tables()
    path = catalogue or os.environ.get(VARIABLE)
    if not path:
        return {**estimates, **facts}
    own = dict(facts)
    for row in _rows_of(Path(path)):
        _add(own, row, str(path))
    return {**estimates, **own}


def entry_of(row: Row, where: str) -> CatalogueEntry:
    """Catalogue entry of one TOML row, a geometry or published orders.

    Args:
        row: keys as in `facts.toml`.
        where: the file, for messages.

    Raises:
        UnreadableFileError: a key is unknown, missing, or not what it should be.

    Example:
        >>> entry_of(dict(designation="X1", rolling_elements=9, ball_diameter_mm=8,
        ...               pitch_diameter_mm=40), "mine.toml").geometry.rolling_elements
        9
    """
    name = row.get("designation")
    if not isinstance(name, str) or not key_of(name):
        raise UnreadableFileError(f"{where}: a row has no designation; give it one: "
                                  'designation = "6208-pump7".')  # fmt: skip
    keys = _ORDERS if "bpfo" in row else _GEOMETRY
    unknown = sorted(set(row) - {"designation", *keys, *_OPTIONAL})
    missing = [k for k in keys if k not in row]
    if unknown or missing:
        said = [f"unknown {', '.join(unknown)}"] if unknown else []
        said += [f"missing {', '.join(missing)}"] if missing else []
        raise UnreadableFileError(
            f"{where}, row '{name}': {'; '.join(said)}. A row holds designation and either "
            f"{', '.join(_GEOMETRY)} or {', '.join(_ORDERS)}; optional: {', '.join(_OPTIONAL)}."
        )
    for key in _TEXTS:
        if not isinstance(row.get(key, ""), str):
            raise UnreadableFileError(f"{where}, row '{name}': {key} must be text in quotes.")
    try:
        geometry = _published(row) if "bpfo" in row else _stated(row)
    except (FaultlensError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableFileError(f"{where}, row '{name}': {error}") from error
    maker = row.get("maker")
    return CatalogueEntry(
        name, geometry, False, str(row.get("source", f"own catalogue {where}")),
        str(maker) if maker else None,
    )  # fmt: skip


def _stated(row: Row) -> BearingGeometry:
    number = _number(row, "rolling_elements")
    if number != int(number):
        raise ValueError(f"rolling_elements is {number}; it must be a whole number.")
    angle = _number(row, "contact_angle_deg") if "contact_angle_deg" in row else 0.0
    return BearingGeometry(
        int(number), _number(row, "ball_diameter_mm"), _number(row, "pitch_diameter_mm"), angle
    )


def _published(row: Row) -> BearingGeometry:
    # BPFO + BPFI = n and BPFI - BPFO = n d/D cos(angle): the ratio follows, the scale does not.
    orders = FaultOrders(*(_number(row, k) for k in ("bpfo", "bpfi", "bsf", "ftf")))
    number = round(orders.bpfo + orders.bpfi)
    if number < 3 or abs(orders.bpfo + orders.bpfi - number) > 0.02:
        raise ValueError(
            f"bpfo + bpfi = {orders.bpfo + orders.bpfi:g}; the sum is the number of rolling "
            "elements, so it must be close to a whole number."
        )
    pitch = (_number(row, "bore_mm") + _number(row, "outside_mm")) / 2
    ratio = (orders.bpfi - orders.bpfo) / (orders.bpfi + orders.bpfo)
    return BearingGeometry(number, ratio * pitch, pitch)


def _number(row: Row, key: str) -> float:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{key} is {value!r}; it must be a number.")
    return float(value)


def _rows_of(path: Path) -> tuple[Row, ...]:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFileError(
                f"{path}: larger than {LARGEST_FILE_BYTES} bytes; a bearing catalogue is not."
            )
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFileError(
            f"{path}: cannot be read as a bearing catalogue (TOML with [[bearing]] rows): {error}"
        ) from error
    rows = table.get("bearing")
    if set(table) != {"bearing"} or not isinstance(rows, list):
        raise UnreadableFileError(
            f"{path}: a bearing catalogue holds [[bearing]] rows and nothing else; "
            f"this one holds {', '.join(sorted(table)) or 'nothing'}."
        )
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableFileError(f"{path}: every bearing must be a table, [[bearing]].")
    return tuple(rows)


def _add(table: dict[str, CatalogueEntry], row: Row, where: str) -> None:
    entry = entry_of(row, where)
    aliases = row.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) for a in aliases):
        raise UnreadableFileError(
            f"{where}, row '{entry.designation}': aliases must be a list of names in quotes."
        )
    for name in dict.fromkeys(key_of(n) for n in (entry.designation, *aliases)):
        if name in table:
            raise DuplicateNameError(
                f"{where}: the bearing '{entry.designation}' exists already as "
                f"'{table[name].designation}' ({table[name].source}). Give your row another "
                f"designation, such as '{entry.designation} pump 7', and use that name."
            )
        table[name] = entry
