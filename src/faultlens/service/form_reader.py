"""Multipart bytes in, chunk by chunk; files on disk and one text of options out."""

import logging
import os
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from faultlens.service.problems import refused
from faultlens.service.settings import ServiceSettings
from faultlens.service.spool import Place

FILE, REQUEST = "file", "request"
"""The fields that every form may have."""

LONGEST_NAME = 200
"""Letters of a file's name that results repeat."""

SIDECAR = ".toml"
"""What lies beside a recording and beats its options; nobody uploads one."""

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_UNSHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of letters that are none: controls, marks of direction, ends of lines."""

MOST_HEADER_BYTES = 8_000
"""Of the headers of one part of a form."""

# It warns of every byte out of place, and clients may send many; the answer tells them.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class ReceivedFile:
    """One file of an upload.

    Args:
        path: where it lies.
        name: how the client called it, without folders.
    """

    path: str
    name: str


def boundary_of(content_type: str) -> bytes:
    """The boundary between the parts that a Content-Type states.

    Raises:
        Refused: another type, or no boundary.

    Example:
        >>> boundary_of("multipart/form-data; boundary=x7")
        b'x7'
    """
    kind, parameters = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        given = f"a body of type '{content_type[:100]}'" if content_type else "a body of no type"
        raise refused(
            "unsupported-media-type",
            f"This is {given}; send multipart/form-data with the fields file and request.",
        )
    boundary = parameters.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise refused(
            "malformed-body",
            "The Content-Type names no boundary of 1 to 70 letters between the parts.",
        )
    return boundary


def shown_name(given: str) -> str:
    """A file's name as results repeat it: no folder, nothing unprintable, not endless.

    Example:
        >>> shown_name("C:\\\\parts\\\\a.jpg"), shown_name("../../etc/passwd"), shown_name("")
        ('a.jpg', 'passwd', 'file')
    """
    return _shown(given.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:] or FILE


def _shown(text: str) -> str:
    return "".join(x for x in text if unicodedata.category(x) not in _UNSHOWN).strip()


def safe_suffix(name: str) -> str:
    """The suffix of a name, by which some readers go, if there is nothing odd about it.

    Example:
        >>> safe_suffix("Pump.CSV"), safe_suffix("pump.toml"), safe_suffix("a.b c")
        ('.csv', '', '')
    """
    suffix = os.path.splitext(name)[1].lower()
    return suffix if _SUFFIX.fullmatch(suffix) and suffix != SIDECAR else ""


@final
class FormReader:
    """Takes a form apart while it arrives.

    Args as of `uploads.uploaded`.
    """

    def __init__(
        self,
        boundary: bytes,
        place: Place,
        settings: ServiceSettings,
        beside: Collection[str] = (),
    ) -> None:
        self._place = place
        self._settings = settings
        self._may_be_beside = tuple(beside)
        self._beside: dict[str, ReceivedFile] = {}
        # Each letter may come as \uXXXX; the rest of the options is short.
        self._longest_options = 64_000 + settings.max_prompts * (6 * settings.max_prompt_chars + 4)
        self._files: list[ReceivedFile] = []
        self._options: bytearray | None = None
        self._open: BinaryIO | None = None
        self._header, self._value, self._disposition = bytearray(), bytearray(), b""
        self._header_bytes = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take in what arrived next.

        Raises:
            Refused: malformed, an unknown field, or too many of a known one.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise refused("malformed-body", f"The multipart body is malformed: {error}.") from error

    def finish(self) -> tuple[tuple[ReceivedFile, ...], bytes, dict[str, ReceivedFile]]:
        """The files, the text of the options, and the files of other fields by their field.

        Raises:
            Refused: the body ended before its last boundary.
        """
        if not self._ended:
            raise refused("malformed-body", "The multipart body ends before its last boundary.")
        options = b"{}" if self._options is None else bytes(self._options)
        return tuple(self._files), options, self._beside

    def close(self) -> None:
        """Close what is open still."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _part_begins(self) -> None:
        self._disposition = b""
        self._header_bytes = 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._value += data[start:end]

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MOST_HEADER_BYTES:
            raise refused(
                "malformed-body",
                f"The headers of a part have more than {MOST_HEADER_BYTES} bytes, the most that "
                "is taken.",
            )

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        _, told = parse_options_header(self._disposition)
        name = _text(told.get(b"name", b""))
        file = _text(told.get(b"filename", b""))
        if name in self._beside or (name == REQUEST and self._options is not None):
            raise refused("malformed-body", f"The field '{name}' is given twice; give it once.")
        if name == FILE:
            self._begin_judged(file)
        elif name in self._may_be_beside:
            self._beside[name] = self._begin(file)
        elif name == REQUEST:
            self._options = bytearray()
        else:
            others = "".join(f", '{x}'" for x in self._may_be_beside)
            raise refused(
                "malformed-body",
                f"There is no field '{_shown(name[:100])}'; there are 'file', once per "
                f"file{others}, and 'request', the options as JSON text.",
            )

    def _begin_judged(self, given: str) -> None:
        if len(self._files) >= self._settings.max_files:
            raise refused(
                "too-large",
                f"There are more than {self._settings.max_files} files, the most of one request. "
                "Send the others in another.",
            )
        self._files.append(self._begin(given))

    def _begin(self, given: str) -> ReceivedFile:
        name = shown_name(given)
        path = self._place.next_path(safe_suffix(name))
        self._open = open(path, "xb", buffering=0)  # noqa: SIM115 (closed with the part)
        return ReceivedFile(path, name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = memoryview(data)[start:end]
        if self._open is not None:
            self._open.write(part)
            return
        assert self._options is not None
        self._options += part
        if len(self._options) > self._longest_options:
            raise refused(
                "too-large",
                f"The field 'request' is larger than {self._longest_options} bytes; ask for "
                "fewer or shorter sentences.",
            )

    def _part_ends(self) -> None:
        self.close()

    def _end(self) -> None:
        self._ended = True


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
