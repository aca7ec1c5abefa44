"""What a page is to all others: its place, its name in the navigation, who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter


@dataclass(frozen=True)
class Page:
    """One page, with all that is asked below its path.

    Args:
        path: where it begins.
        name: word of its name in the navigation.
        icon: of `templates/icons.html.jinja`.
        role: who may see it, of `store.users.ROLES`; what changes something asks for more itself.
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
