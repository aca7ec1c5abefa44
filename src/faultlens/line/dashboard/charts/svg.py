"""Elements of SVG as text, everything in them escaped."""

from collections.abc import Mapping
from html import escape
from typing import Any, TypeAlias

Attributes: TypeAlias = Mapping[str, Any]
"""Name -> text or number; None leaves the attribute out, a number is written short."""


def tag(name: str, attributes: Attributes, *children: str) -> str:
    """One element with its attributes escaped; its children are elements already.

    Args:
        name: of the element.
        attributes: of it.
        children: elements, or text that `words` made.

    Example:
        >>> tag("rect", {"x": "10%", "y": 2.50001, "class": None})
        '<rect x="10%" y="2.5"/>'
    """
    given = "".join(
        f' {key}="{escape(value if isinstance(value, str) else short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


def words(text: str, attributes: Attributes) -> str:
    """A text that stays on one line.

    Args:
        text: what it says.
        attributes: where it stands, and its class.

    Example:
        >>> words("a < b", {"x": 0})
        '<text x="0">a &lt; b</text>'
    """
    return tag("text", attributes, escape(text))


def label(text: str, *, y: float, width: str, name: str = "label") -> str:
    """A text from the left edge that is cut with an ellipsis where its width ends.

    Args:
        text: what it says.
        y: its upper edge, px.
        width: what it may take, such as "70%".
        name: its class.

    Example:
        >>> "crack" in label("crack", y=0, width="70%")
        True
    """
    # SVG itself cannot cut a text with an ellipsis.
    inner = f'<div xmlns="http://www.w3.org/1999/xhtml" class="{name}">{escape(text)}</div>'
    return tag("foreignObject", {"x": 0, "y": y, "width": width, "height": 20}, inner)


def at(share: float) -> str:
    """A place as a percentage of the width, so that the figure fits any.

    Args:
        share: 0 at the left edge to 1 at the right.

    Example:
        >>> at(1 / 3)
        '33.333%'
    """
    return f"{short(100 * share)}%"


def short(value: float) -> str:
    """A number with at most three digits after the point, none of them a trailing zero.

    Args:
        value: any finite number.

    Example:
        >>> short(2.0), short(1 / 3), short(-0.0001)
        ('2', '0.333', '0')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
