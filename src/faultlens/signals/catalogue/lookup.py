"""A designation in, a catalogue row out."""

import difflib
import re
from dataclasses import replace
from pathlib import Path

from faultlens.core.errors import UnknownNameError
from faultlens.signals.catalogue.designation import angle_from_suffix, key_of, match_designation
from faultlens.signals.catalogue.entry import CatalogueEntry
from faultlens.signals.catalogue.estimate import SERIES
from faultlens.signals.catalogue.tables import VARIABLE, all_tables

_ADVICE = (
    "Or give the geometry, 'n=9,d=7.94,D=39.04' (number, diameter of the rolling elements and "
    "pitch diameter, mm), or the maker's fault orders, 'bpfo=3.585,bpfi=5.415,bsf=2.357,ftf=0.398'"
    f"; or add a [[bearing]] row to a TOML file of your own and name the file in {VARIABLE}."
)


def find_bearing(designation: str, *, catalogue: str | Path | None = None) -> CatalogueEntry:
    """The catalogue row that a designation names, however it is written.

    Case, blanks, hyphens, makers' names in front and suffixes behind do not matter. For an
    estimated angular contact bearing the suffix (C, AC, A, B) sets the contact angle.

    Args:
        designation: "6205", "SKF 6205-2RS/C3", "NU 205 ECP", "ER16K".
        catalogue: the user's own TOML file; None takes the one that FAULTLENS_BEARINGS names.

    Raises:
        UnknownNameError: no row fits; the message lists the nearest and the ways around.
        UnreadableFileError: the user's file is not a catalogue.
        DuplicateNameError: the user's file repeats a fact.

    Example:
        >>> find_bearing("SKF 6205-2RS/C3").geometry.pitch_diameter_mm
        39.04
        >>> find_bearing("6208").estimated
        True
    """
    table = all_tables(catalogue)
    match = match_designation(designation, table)
    if match is None:
        raise _unknown(designation, tuple(table))
    entry, suffix = table[match[0]], match[1]
    angle = angle_from_suffix(suffix)
    if entry.estimated and entry.geometry.contact_angle_deg and angle:
        return replace(
            entry, geometry=replace(entry.geometry, contact_angle_deg=angle), warnings=()
        )
    return entry


def list_bearings(*, catalogue: str | Path | None = None) -> tuple[CatalogueEntry, ...]:
    """Every row of the catalogue once, facts first, each kind in order of designation.

    Args:
        catalogue: the user's own TOML file; None takes the one that FAULTLENS_BEARINGS names.

    Raises:
        UnreadableFileError: the user's file is not a catalogue.
        DuplicateNameError: the user's file repeats a fact.

    Example:
        >>> rows = list_bearings()
        >>> rows[0].estimated, rows[-1].estimated
        (False, True)
    """
    rows = dict.fromkeys(all_tables(catalogue).values())
    return tuple(sorted(rows, key=lambda row: (row.estimated, row.designation)))


def _unknown(designation: str, keys: tuple[str, ...]) -> UnknownNameError:
    near = difflib.get_close_matches(key_of(designation), keys, n=4, cutoff=0.5)
    # A list of hundreds of sizes helps nobody: the nearest, the named facts and the series do.
    facts = (row.designation for row in list_bearings() if not row.estimated)
    named = [name for name in facts if not re.fullmatch(r"\d+K?", name)]
    series = [f"{s.name}02 to {s.name}{_last_code(s.name, keys):02d}" for s in SERIES]
    return UnknownNameError("bearing", designation, {*near, *named, *series}, advice=_ADVICE)


def _last_code(prefix: str, keys: tuple[str, ...]) -> int:
    return max(
        int(key[len(prefix) :])
        for key in keys
        if key.startswith(prefix) and len(key) == len(prefix) + 2 and key[-2:].isdigit()
    )
