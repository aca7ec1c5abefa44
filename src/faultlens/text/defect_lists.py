"""One line of text, several sentences about a surface: the command line's comma-separated list."""

import re

from faultlens.core.errors import UsageError
from faultlens.text.conditions import read_conditions
from faultlens.text.defect_sentences import understood_defect
from faultlens.text.sentences import split_quoted

_GOES_ON = re.compile(
    r"\s*(?:(?:but|not|rather|instead|and|or|with|no longer|more than|less than|which)\b"
    r"|(?:near|at|in|on)\b|而是|而非|不是|但|且|并|位于|在)",
    re.IGNORECASE,
)
_HARD = "\ue002"  # stands behind a semicolon or full stop, where a new sentence begins in any case
_POINTS = {".": "\ue000", ",": "\ue001"}


def split_defects(text: str) -> tuple[str, ...]:
    """Split at commas, semicolons and full stops, where a new sentence begins.

    "not a scratch, but a crack" and "scratch, width < 0.5 mm" stay whole; quotes keep anything so.

    Args:
        text: as given to `--defects`.

    Raises:
        UsageError: nothing is left, or a quotation is not closed.

    Example:
        >>> split_defects("crack, scratch, width < 0.5 mm; not a dent, but a pit")
        ('crack', 'scratch, width < 0.5 mm', 'not a dent, but a pit')
        >>> split_defects("裂纹、划痕，宽度小于1mm")
        ('裂纹', '划痕，宽度小于1mm')
    """
    kept: list[str] = []
    for piece in _parts(text):
        begins = piece.startswith(_HARD)
        piece = piece.replace(_HARD, "")
        if kept and not begins and (_GOES_ON.match(piece) or _is_condition(piece)):
            kept[-1] += (
                f"，{piece.strip()}" if "一" <= kept[-1][-1] <= "鿿" else f", {piece.strip()}"
            )
        elif piece.strip():
            kept += _listed(piece.strip())
    if not kept:
        raise UsageError(
            "No sentence given. Separate sentences by commas, for example 'crack, scratch'."
        )
    return tuple(kept)


def _parts(text: str) -> list[str]:
    """Pieces between separators; a comma or point inside a number separates nothing."""
    hidden = re.sub(r"(?<=\d)[.,](?=\d)", lambda x: _POINTS[x[0]], text)
    pieces = split_quoted(re.sub(r"([;；。\n])", rf"\1{_HARD}", hidden))
    for point, stand_in in _POINTS.items():
        pieces = [x.replace(stand_in, point) for x in pieces]
    return pieces


def _is_condition(piece: str) -> bool:
    try:
        return bool(piece.strip()) and not read_conditions(piece)[0]
    except UsageError:
        return False


def _listed(sentence: str) -> list[str]:
    """The parts of a Chinese list, if each of them says a defect by itself."""
    parts = [x.strip() for x in sentence.split("、") if x.strip()]
    try:
        known = all(understood_defect(x).defect is not None for x in parts)
    except UsageError:
        known = False
    return parts if known else [sentence]
