"""The main.xml of an X3P: what its elements say, without entities and without a tree."""

from dataclasses import dataclass, field
from xml.parsers import expat

from faultlens.core.errors import TooLargeError, UnreadableFileError

LARGEST_XML_BYTES = 256 << 20
"""Heights may stand in it as text, 25 bytes each."""
DEEPEST = 32
LONGEST_TEXT = 10_000
"""Characters of one element; a comment of a page."""


@dataclass
class X3pHeader:
    """What a main.xml says.

    Args:
        said: path of an element from below the root ("Record1/Axes/CX/Increment") -> its text.
        datums: texts of the data list, in order.
    """

    said: dict[str, str] = field(default_factory=dict)
    datums: list[str] = field(default_factory=list)

    def text(self, path: str) -> str | None:
        """The text of an element; None where it is absent or empty."""
        return self.said.get(path) or None

    def number(self, path: str, otherwise: float) -> float:
        """The number that an element holds; `otherwise` where it is absent.

        Raises:
            UnreadableFileError: it holds no number.
        """
        text = self.text(path)
        try:
            return otherwise if text is None else float(text)
        except ValueError as error:
            raise UnreadableFileError(
                f"is damaged: its element {path} holds '{text[:40] if text else ''}', no number."
            ) from error

    def count(self, path: str) -> int:
        """The count that an element holds.

        Raises:
            UnreadableFileError: absent, or no count.
        """
        text = (self.text(path) or "").strip()
        if not text.isdecimal() or len(text) > 12:
            raise UnreadableFileError(
                f"is damaged: its element {path} holds '{text[:40]}', which is no count."
            )
        return int(text)


def read_x3p_header(xml: bytes, largest_datums: int) -> X3pHeader:
    """What the main.xml of an X3P says.

    Args:
        xml: its bytes.
        largest_datums: texts of heights that it may hold.

    Raises:
        UnreadableFileError: no XML, a document type (which no X3P has, and bombs are made of), or
            deeper than any.
        TooLargeError: more heights than are allowed.

    Example:
        >>> read_x3p_header(b"<p><Record1><FeatureType>SUR</FeatureType></Record1></p>", 9).said
        {'Record1/FeatureType': 'SUR'}
        >>> read_x3p_header(b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', 9)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: holds a main.xml with a document type, ...
    """
    header = X3pHeader()
    path: list[str] = []
    pieces: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        pieces.clear()
        if len(path) > DEEPEST:
            raise UnreadableFileError("holds a main.xml of elements in elements without end.")

    def data(text: str) -> None:
        if len(pieces) < LONGEST_TEXT:
            pieces.append(text)

    def end(_: str) -> None:
        text = "".join(pieces).strip()[:LONGEST_TEXT]
        pieces.clear()
        place = "/".join(path[1:])
        path.pop()
        if place == "Record3/DataList/Datum":
            if len(header.datums) >= largest_datums:
                raise TooLargeError(
                    f"holds more than {largest_datums:,} points; thin the scan, or cut it."
                )
            header.datums.append(text)
        elif text:
            header.said[place] = text

    def doctype(*_: object) -> None:
        raise UnreadableFileError(
            "holds a main.xml with a document type, which no X3P has; export it again."
        )

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise UnreadableFileError(
            f"holds a main.xml that is cut or damaged: {error}. Copy it again."
        ) from error
    return header
