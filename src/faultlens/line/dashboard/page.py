"""What a page is to all others: its place, its name in the navigation, who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter

ROLES = ("viewer", "operator", "engineer")
"""Each may all that the one before may: look; acknowledge and correct; change models."""


@dataclass(frozen=True)
class Page:
    """One page, with all that is asked below its path.

    Args:
        path: where it begins.
        name: word of its name in the navigation.
        icon: of `templates/icons.html.jinja`.
        role: who may see it, of `ROLES`; what changes something asks for more itself.
        router: its routes.
        words: its own words: key -> (English, Chinese).
        in_navigation: whether it stands there.
    """

    path: str
    name: str
    icon: str
    role: str
    router: APIRouter
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    in_navigation: bool = True


def may(role: str, wanted: str) -> bool:
    """Whether somebody of one role may do what another may.

    Args:
        role: that somebody has; "" for nobody.
        wanted: that is needed, of `ROLES`.

    Example:
        >>> may("engineer", "operator"), may("viewer", "operator"), may("", "viewer")
        (True, False, False)
    """
    return role in ROLES and ROLES.index(role) >= ROLES.index(wanted)
