"""What the name of a column, variable or attribute says: time, rate, speed, unit, or vibration."""

import re
from collections.abc import Mapping, Sequence

from faultlens.signals.units import parse_unit

_TIME = {"time", "t", "times", "timestamp", "time stamp", "datetime", "date time", "elapsed",
         "elapsed time", "relative time", "seconds", "zeit", "temps", "tiempo", "tempo",
         "时间", "時間"}  # fmt: skip
_RATE = {"fs", "sr", "rate hz", "sample rate", "sampling rate", "samplerate", "sample rate hz",
         "sampling rate hz", "sampling frequency", "sample frequency", "sampling freq", "fsamp",
         "f s", "samples per second", "abtastrate", "abtastfrequenz", "采样率",
         "采样频率"}  # fmt: skip
_SPEED = {"rpm", "speed", "shaft speed", "shaft rpm", "rotational speed", "rotation speed",
          "motor speed", "speed rpm", "drehzahl", "转速"}  # fmt: skip
_STEP = {"dt", "delta t", "delta x", "deltax", "time step", "timestep", "time increment",
         "sample interval", "sampling interval", "sample period", "sampling period",
         "wf increment", "x values increment", "abtastintervall", "采样间隔"}  # fmt: skip
_INDEX = {"", "index", "idx", "sample", "samples", "sample number", "sample no", "no", "nr", "#",
          "row", "point", "序号", "unnamed: 0"}  # fmt: skip
_OTHER = re.compile(
    r"temp|torque|load|force|current|voltage|tacho|keyphas|trigger|pulse|encoder|humid|"
    r"hall[ _-]?(?:effect|sensor)|pressure|microphone|acoustic|温度|扭矩|负载|电流|电压|压力|噪声",
    re.IGNORECASE,
)
_VIBRATION = re.compile(r"vib|acc|schwing|beschl|振动|加速度", re.IGNORECASE)

_OTHER_UNITS: Mapping[str, str] = {
    "um": "um", "µm": "um", "μm": "um", "micron": "um", "mm": "mm", "mil": "mil",
    "v": "V", "volt": "V", "volts": "V", "mv": "mV", "pa": "Pa",
}  # fmt: skip

SECONDS: Mapping[str, float] = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0,
    "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3, "毫秒": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0,
}  # fmt: skip
"""Units of time, in seconds."""

_PER_MINUTE: Mapping[str, float] = {
    "": 1.0, "rpm": 1.0, "1/min": 1.0, "min-1": 1.0, "min^-1": 1.0, "r/min": 1.0, "u/min": 1.0,
    "rev/min": 1.0, "转/分": 1.0, "hz": 60.0, "1/s": 60.0, "rps": 60.0, "rev/s": 60.0,
    "r/s": 60.0,
}  # fmt: skip

_TURNS = {unit for unit, rpm in _PER_MINUTE.items() if unit and rpm == 1.0}

_PER_SECOND: Mapping[str, float] = {
    "": 1.0, "hz": 1.0, "khz": 1e3, "mhz": 1e6, "1/s": 1.0, "sps": 1.0, "samples/s": 1.0,
    "s/s": 1.0, "ks/s": 1e3,
}  # fmt: skip

_LONGEST_NAME = 200  # characters; nobody names a channel longer, and the patterns stay quick

_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\(\[{（](?P<unit>[^\)\]}）]*)[\)\]}）]\s*$", re.DOTALL)
_SEPARATED = re.compile(r"^(?P<name>.*?\S)\s*(?:,|\s/|\sin\s|_|\s)\s*(?P<unit>[^\s,_]+)$")


def bare_name(name: str) -> str:
    """The name without its unit.

    Example:
        >>> bare_name("acc (g)"), bare_name("velocity_mm/s"), bare_name("DE_time")
        ('acc', 'velocity', 'DE_time')
    """
    return _parts(name)[0]


def unit_of(name: str) -> str | None:
    """The vibration unit that a name carries, spelt our way, or None.

    Example:
        >>> unit_of("acc (g)"), unit_of("v [mm/s]"), unit_of("Accel, m/s²"), unit_of("DE")
        ('g', 'mm/s', 'm/s2', None)
    """
    unit = _parts(name)[1]
    return spelt_unit(unit) if unit and _is_vibration_unit(unit) else None


def spelt_unit(unit: str) -> str | None:
    """A unit as a file states it, spelt our way; unknown ones as they are, blank ones None.

    Example:
        >>> spelt_unit(" m/s^2 "), spelt_unit("furlong"), spelt_unit("")
        ('m/s2', 'furlong', None)
    """
    bare = unit.strip().strip("()[]{}").strip()
    known = parse_unit(bare)
    return known.name if known else _OTHER_UNITS.get(bare.casefold(), bare) or None


def seconds_per_step(name: str) -> float | None:
    """How many seconds one unit of a time column is, or None if the name is not that of a time.

    Example:
        >>> seconds_per_step("Time (ms)"), seconds_per_step("时间"), seconds_per_step("acc")
        (0.001, 1.0, None)
    """
    bare, unit = _parts(name)
    if _plain(bare) not in _TIME:
        return None
    return SECONDS.get(unit.casefold(), 1.0)


def rpm_per_step(name: str) -> float | None:
    """How many revolutions per minute one unit of a speed column is, or None if it is not one.

    Example:
        >>> rpm_per_step("speed [Hz]"), rpm_per_step("RPM"), rpm_per_step("speed (mm/s)")
        (60.0, 1.0, None)
    """
    if _plain(name) in _SPEED:
        return 1.0
    bare, unit = _parts(name)
    if _plain(bare) not in _SPEED:
        return None
    return _PER_MINUTE.get(unit.casefold())


def speed_column(names: Sequence[str]) -> int | None:
    """Which column holds the shaft speed: the first so named, else the only one in rpm.

    Example:
        >>> speed_column(["acc (g)", "Tacho (rpm)"]), speed_column(["RPM in (rpm)", "out (1/min)"])
        (1, None)
    """
    named = [i for i, name in enumerate(names) if rpm_per_step(name) is not None]
    if named:
        return named[0]
    # Of two shafts nobody knows which one carries the bearing.
    turning = [i for i, name in enumerate(names) if _parts(name)[1].casefold() in _TURNS]
    return turning[0] if len(turning) == 1 else None


def seconds_per_sample(name: str) -> float | None:
    """How many seconds one unit of a sampling-step entry is, or None if the name is not one.

    Example:
        >>> seconds_per_sample("Delta_X"), seconds_per_sample("Sampling interval (ms)")
        (1.0, 0.001)
        >>> seconds_per_sample("Signal.x_values.increment"), seconds_per_sample("increment")
        (1.0, None)
    """
    bare, unit = _parts(name)
    # A bare "increment" may be one of anything; that of the x values is one of time.
    known = (_plain(" ".join(bare.split(".")[-parts:])) in _STEP for parts in (1, 2))
    return SECONDS.get(unit.casefold(), 1.0) if any(known) else None


def hz_per_step(name: str) -> float | None:
    """How many Hz one unit of a sampling-rate entry is, or None if the name is not one.

    Example:
        >>> hz_per_step("fs"), hz_per_step("Sampling Rate (kHz)"), hz_per_step("load")
        (1.0, 1000.0, None)
    """
    bare, unit = _parts(name)
    if _plain(bare) not in _RATE:
        return None
    return _PER_SECOND.get(unit.casefold())


def is_index(name: str) -> bool:
    """Whether a column of this name may be a count of rows.

    Example:
        >>> is_index("Sample"), is_index("acc")
        (True, False)
    """
    return _plain(name) in _INDEX


def is_other_quantity(name: str) -> bool:
    """Whether the name says that this is not vibration: a temperature, a torque, a tacho.

    Example:
        >>> is_other_quantity("Temperature (C)"), is_other_quantity("acc_x")
        (True, False)
    """
    return bool(_OTHER.search(name))


def is_vibration(name: str, unit: str | None = None) -> bool:
    """Whether the name or the unit says that this is vibration.

    Args:
        name: of the column, channel or variable.
        unit: where the file states it apart from the name.

    Example:
        >>> is_vibration("vibration_1"), is_vibration("ch 2", "mm/s"), is_vibration("DE")
        (True, True, False)
    """
    stated = unit or _parts(name)[1]
    return parse_unit(stated) is not None or bool(_VIBRATION.search(name))


def is_unit(text: str) -> bool:
    """Whether a cell holds nothing but a unit, as in a row of units below the header.

    Example:
        >>> is_unit("[s]"), is_unit("m/s²"), is_unit("acc")
        (True, True, False)
    """
    bare = text.strip().strip("()[]{}").strip().casefold()
    return _is_vibration_unit(bare) or any(
        bare in table for table in (SECONDS, _PER_MINUTE, _PER_SECOND)
    )


def _is_vibration_unit(text: str) -> bool:
    return parse_unit(text) is not None or text.casefold() in _OTHER_UNITS


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


def _parts(name: str) -> tuple[str, str]:
    name = name[:_LONGEST_NAME]
    bracketed = _BRACKETED.match(name.strip())
    if bracketed:
        return bracketed["name"].strip(), bracketed["unit"].strip()
    separated = _SEPARATED.match(name.strip())
    # Without brackets only a known unit counts, else "DE_time" would have the unit "time";
    # a bare V or H after a name is a direction (vertical, horizontal) more often than a unit.
    if separated and is_unit(separated["unit"]) and separated["unit"] not in ("V", "v", "H", "h"):
        return separated["name"].strip(" ,/"), separated["unit"]
    return name.strip(), ""
