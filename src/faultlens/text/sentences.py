"""One line of text, several sentences: the command line's comma-separated list."""

from faultlens.core.errors import UsageError
from faultlens.text.matching import match_faults

_SEPARATORS = ",;，；。\n"
_LIST_COMMA = "、"  # between sentences, but also between the parts of one compound fault
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」"}


def split_sentences(text: str) -> tuple[str, ...]:
    """Split at commas, semicolons and full stops, English or Chinese; quotes keep a part whole.

    Raises:
        UsageError: nothing is left, or a quotation is not closed.

    Example:
        >>> split_sentences('cage fault, "outer race fault, inner race intact"; 外圈剥落，正常')
        ('cage fault', 'outer race fault, inner race intact', '外圈剥落', '正常')
    """
    kept = tuple(
        x.strip() for sentence in split_quoted(text) for x in _listed(sentence) if x.strip()
    )
    if not kept:
        raise UsageError(
            "No sentence given. Separate sentences by commas, for example "
            "'inner race fault, outer race fault'."
        )
    return kept


def split_quoted(text: str) -> list[str]:
    """The text between separators, empty parts too; quotes keep a part whole.

    Raises:
        UsageError: a quotation is not closed.

    Example:
        >>> split_quoted('crack, "not a scratch, but a dent"')
        ['crack', ' not a scratch, but a dent']
    """
    sentences = [""]
    closing = ""
    for character in text:
        if closing:
            if character == closing:
                closing = ""
            else:
                sentences[-1] += character
        elif character in _QUOTES and not sentences[-1].strip():
            # Only at the start of a sentence: the apostrophe in "bearing's" opens nothing.
            closing = _QUOTES[character]
        elif character in _SEPARATORS or (character == " " and sentences[-1].endswith(".")):
            sentences.append("")
        else:
            sentences[-1] += character
    if closing:
        raise UsageError(f"A quotation is not closed in: {text} . Add the closing {closing} .")
    return sentences


def _listed(sentence: str) -> list[str]:
    """The parts of a Chinese list, if each of them says a fault by itself."""
    parts = [x for x in sentence.split(_LIST_COMMA) if x.strip()]
    try:
        match_faults(parts)
    except UsageError:
        return [sentence]
    return parts
