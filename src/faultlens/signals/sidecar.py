"""The metadata sidecar: what is known of a recording, in a small TOML or JSON file beside it.

For `pump7.csv` that is `pump7.csv.toml`, `pump7.csv.json`, `pump7.toml` or `pump7.json`.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from glob import escape
from math import isfinite
from os.path import isfile
from pathlib import Path
from typing import Any, TypeVar

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.core.files import write_text
from faultlens.core.notice import Notice
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Bearing

T = TypeVar("T")

SAME_WITHIN = 1e-3
"""Relative difference up to which two numbers count as the same statement (0.1 %)."""

LARGEST_SIDECAR_BYTES = 1_000_000
"""A sidecar is a dozen lines; anything larger is another file."""

_SIDECAR = Notice("sidecar", "同名元数据文件")
_OPTION = Notice("option", "选项")
_FILE = Notice("file", "数据文件")


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says; None where it is silent.

    Args:
        shaft_rpm: shaft speed, revolutions per minute.
        sample_rate_hz: samples per second.
        unit: unit of the samples ("g", "m/s2", "mm/s").
        bearing: catalogue designation, geometry or fault orders.
        asset: the machine, as its owner calls it.
        time: when it was recorded, ISO 8601.
        channel: name or index of the channel to read.
    """

    shaft_rpm: float | None = None
    sample_rate_hz: float | None = None
    unit: str | None = None
    bearing: Bearing | None = None
    asset: str | None = None
    time: str | None = None
    channel: str | None = None


def resolve(
    name: str,
    option: T | None,
    sidecar: T | None,
    file: T | None,
    *,
    file_first: bool = False,
) -> tuple[T | None, Notice | None]:
    """What holds where the caller, the sidecar and the file itself may each say something.

    The sidecar beats the option, the option beats the file unless `file_first`, and a difference
    is said in words.
    Numbers within 0.1 % are the same.

    Args:
        name: of the fact, as the caller writes it ("shaft_rpm").
        option: what the caller gave.
        sidecar: what the sidecar says.
        file: what the file itself says.
        file_first: whether the file knows better than an option, as of its own sampling rate.

    Returns:
        The value, and a warning that names both values where two differ.

    Example:
        >>> value, difference = resolve("shaft_rpm", 1800, 1772, None)
        >>> print(value, difference)
        1772 shaft_rpm is 1772 by the sidecar and 1800 by the option; the sidecar wins.
        >>> resolve("sample_rate_hz", 12000, None, 12000.5)
        (12000, None)
    """
    below = [(_FILE, file), (_OPTION, option)]
    ranked = [(_SIDECAR, sidecar), *(below if file_first else reversed(below))]
    said = [(who, value) for who, value in ranked if value is not None]
    if not said:
        return None, None
    winner, value = said[0]
    for other, given in said[1:]:
        if not _same(value, given):
            return value, Notice(
                en=f"{name} is {_shown(value)} by the {winner.en} and {_shown(given)} by the "
                f"{other.en}; the {winner.en} wins.",
                zh=f"{name} 取值不一致：{winner.zh}为 {_shown(value)}，{other.zh}为 "
                f"{_shown(given)}；以{winner.zh}为准。",
            )
    return value, None


def sidecar_path(recording: str | Path) -> Path | None:
    """The sidecar beside a recording, or None; the one with the fuller name goes first.

    Raises:
        UnreadableFileError: a TOML and a JSON sidecar of the same name.

    Example:
        >>> sidecar_path("/nowhere/pump7.csv") is None
        True
    """
    path = Path(recording)
    # Hardly any recording has one: names are asked for as text, which is a third of the time.
    for stem in (str(path), str(path.with_suffix(""))):
        there = [Path(x) for kind in ("toml", "json") if isfile(x := f"{stem}.{kind}")]
        found = [x for x in there if x != path and not _is_result(x)]
        if len(found) == 2:
            raise UnreadableFileError(
                f"{path} has two sidecars, {found[0].name} and {found[1].name}; keep one of them."
            )
        if found:
            return found[0]
    return None


def read_sidecar(recording: str | Path) -> Sidecar | None:
    """What the sidecar beside `recording` says, or None where there is none.

    Raises:
        UnreadableFileError: it is no TOML or JSON, has an unknown key or an impossible value.

    Example:
        >>> read_sidecar("/nowhere/pump7.csv") is None
        True
    """
    path = sidecar_path(recording)
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST_SIDECAR_BYTES:
            raise ValueError("it is larger than 1 MB")
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"The sidecar {path} cannot be read as {path.suffix[1:].upper()}: {error}. "
            "Correct it or remove it."
        ) from error
    try:
        return sidecar_from(table)
    except UsageError as error:
        raise UnreadableFileError(f"The sidecar {path}: {error}") from error


def sidecar_from(table: object) -> Sidecar:
    """A sidecar from the table that its file holds.

    Raises:
        UsageError: an unknown key (the known ones are listed) or an impossible value.

    Example:
        >>> sidecar_from({"shaft_rpm": 1772, "bearing": "6205"}).bearing
        '6205'
    """
    if not isinstance(table, dict):
        raise UsageError("it holds no table; write lines such as 'shaft_rpm = 1772'.")
    known = [field.name for field in fields(Sidecar)]
    for key in table:
        if key not in known:
            raise UnknownNameError("sidecar field", str(key), known)
    return Sidecar(
        shaft_rpm=_positive(table, "shaft_rpm"),
        sample_rate_hz=_positive(table, "sample_rate_hz"),
        unit=_text(table, "unit"),
        bearing=_bearing(table.get("bearing")),
        asset=_text(table, "asset"),
        time=_text(table, "time"),
        channel=_text(table, "channel"),
    )


def write_sidecar(recording: str | Path, sidecar: Sidecar) -> Path:
    """Write the sidecar of `recording` as TOML, whole or not at all, and return its path.

    Example:
        >>> import tempfile
        >>> beside = write_sidecar(Path(tempfile.mkdtemp()) / "pump7.csv", Sidecar(shaft_rpm=1772))
        >>> beside.name, beside.read_text()
        ('pump7.toml', 'shaft_rpm = 1772\\n')
    """
    path = _sidecar_name(Path(recording))
    lines = []
    table = ""
    for field in fields(sidecar):
        value = getattr(sidecar, field.name)
        if isinstance(value, BearingGeometry | FaultOrders):
            rows = [f"{x.name} = {_toml(getattr(value, x.name))}" for x in fields(value)]
            table = "\n".join(["", f"[{field.name}]", *rows, ""])
        elif value is not None:
            lines.append(f"{field.name} = {_toml(value)}\n")
    write_text(path, "".join(lines) + table)
    return path


def _sidecar_name(recording: Path) -> Path:
    # pump7.csv and pump7.wav need not be of one speed: the second one gets the fuller name.
    beside = recording.parent.glob(f"{escape(recording.stem)}.*")
    taken = {".toml", ".json", recording.suffix}
    if any(x.stem == recording.stem and x.suffix not in taken for x in beside):
        return recording.with_name(f"{recording.name}.toml")
    return recording.with_suffix(".toml")


def _is_result(path: Path) -> bool:
    # `faultlens diagnose --json` results may lie beside the recording under the same stem.
    if path.suffix != ".json":
        return False
    try:
        head = path.read_bytes()[:LARGEST_SIDECAR_BYTES]
    except OSError:
        return False
    return b'"schema"' in head and b'"verdict"' in head


def _bearing(value: object) -> Bearing | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, dict):
        raise UsageError(
            f'bearing is {value!r}; give a designation such as "6205", or a table with '
            "rolling_elements, ball_diameter_mm, pitch_diameter_mm (and contact_angle_deg), or "
            "with bpfo, bpfi, bsf, ftf."
        )
    is_orders = any(field.name in value for field in fields(FaultOrders))
    kind = FaultOrders if is_orders else BearingGeometry
    known = [field.name for field in fields(kind)]
    for key in value:
        if key not in known:
            raise UnknownNameError("bearing field", str(key), known)
    numbers = {key: _number(value, key) for key in value}
    missing = [x for x in known if x not in numbers and x != "contact_angle_deg"]
    if missing:
        raise UsageError(f"the bearing lacks {', '.join(missing)}; its table needs all of them.")
    if kind is FaultOrders:
        return FaultOrders(**numbers)
    if not numbers["rolling_elements"].is_integer():
        raise UsageError(f"rolling_elements is {value['rolling_elements']}; give a whole number.")
    return BearingGeometry(
        int(numbers["rolling_elements"]),
        numbers["ball_diameter_mm"],
        numbers["pitch_diameter_mm"],
        numbers.get("contact_angle_deg", 0.0),
    )


def _positive(table: Mapping[str, Any], key: str) -> float | None:
    if table.get(key) is None:
        return None
    number = _number(table, key)
    if number <= 0:
        raise UsageError(f"{key} is {table[key]}; it must be a positive number.")
    return number


def _number(table: Mapping[str, Any], key: str) -> float:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{key} is {value!r}; it must be a number without quotes.")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise UsageError(f"{key} is {value}; it must be a finite number.")
    return number


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and key in ("channel", "asset"):
        return str(value)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise UsageError(f"{key} is {value!r}; it must be text in quotes.")
    return value


def _toml(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _same(a: object, b: object) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= SAME_WITHIN * max(abs(a), abs(b))
    if isinstance(a, str) and isinstance(b, str):
        return a.strip().casefold() == b.strip().casefold()
    return a == b


def _shown(value: object) -> str:
    if isinstance(value, BearingGeometry | FaultOrders):
        return ", ".join(f"{x.name} {getattr(value, x.name):g}" for x in fields(value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)
