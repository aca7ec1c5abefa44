"""The bearing catalogue: a designation in, a geometry and its source out.

Belongs here: published geometries with the source that was opened (`facts.toml`), boundary
dimensions (`dimensions.toml`), the rules that estimate all other sizes, and the user's own rows.
Does not belong here: a geometry that nobody published, fault frequencies in Hz.
"""

from faultlens.signals.catalogue.entry import CatalogueEntry
from faultlens.signals.catalogue.lookup import find_bearing, list_bearings
from faultlens.signals.catalogue.parse import parse_bearing
from faultlens.signals.catalogue.plausible import plausible_bearing
from faultlens.signals.catalogue.resolve import ResolvedBearing, resolve_bearing

__all__ = [
    "CatalogueEntry",
    "ResolvedBearing",
    "find_bearing",
    "list_bearings",
    "parse_bearing",
    "plausible_bearing",
    "resolve_bearing",
]
