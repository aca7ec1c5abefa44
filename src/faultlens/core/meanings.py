"""What a record's docstring says of its fields, for pages that list them."""

import inspect
import re


def meanings(kind: type) -> dict[str, str]:
    """Each field of a record with its words under "Args:", on one line, fit for a table's cell.

    Args:
        kind: a class whose docstring has a paragraph "Args:".

    Example:
        >>> from faultlens.core.notice import Notice
        >>> meanings(Notice)
        {'en': 'in English.', 'zh': 'in Chinese.'}
    """
    args = (inspect.getdoc(kind) or "").partition("Args:\n")[2].partition("\n\n")[0]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", args, flags=re.MULTILINE)
    return {name: " ".join(words.split()).replace("|", "\\|") for name, words in found}
