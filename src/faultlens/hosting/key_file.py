"""The file of API keys, which holds their hashes alone: read, and appended to."""

import hashlib
import logging
import os
import re
import secrets
import stat
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from faultlens.core.errors import DuplicateNameError, UnreadableFileError, UsageError
from faultlens.core.files import written_whole

KEY_BYTES = 32
"""256 random bits. A slow hash protects what people make up; what nobody can guess needs none, and
a slow one would cost every request its time: the file holds the plain SHA-256."""

KEY_START = "fl_"
"""Keys begin alike, so that a scanner for leaked secrets can tell them."""

MOST_KEYS = 1_000
MOST_BYTES = 1_000_000
"""Of the file: each request is compared with every key."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

log = logging.getLogger(__name__)


class Role(IntEnum):
    """What an account may do; each includes those before it."""

    READ = 1
    INFER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """As the file and messages write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Account:
    """One API key, without the key.

    Args:
        name: of the key, unique, for logs.
        role: what it may do.
        requests_per_minute: its own limit; None for the setting's.
        expires: the last day on which it works, in UTC; None for every day.
        digest: SHA-256 of the key.
    """

    name: str
    role: Role
    requests_per_minute: float | None = None
    expires: date | None = None
    digest: bytes = field(default=b"", repr=False)

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires


def read_accounts(path: str | Path) -> tuple[Account, ...]:
    """The accounts of a file of keys.

    Args:
        path: of a TOML file, `[[keys]]` with name, role, sha256 and, where wanted,
            requests_per_minute, expires, created.

    Raises:
        UsageError: there is no such file, or others may write to it.
        UnreadableFileError: it is not the file of keys that it should be.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "keys.toml"
        >>> _ = add_key(path, "line-3", Role.INFER)
        >>> read_accounts(path)
        (Account(name='line-3', role=<Role.INFER: 2>, requests_per_minute=None, expires=None),)
    """
    file = Path(path)
    _check_rights(file)
    if file.stat().st_size > MOST_BYTES:
        raise UnreadableFileError(
            f"The file of keys {file} has more than {MOST_BYTES} bytes. Is it the right file?"
        )
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        # The parser's message may quote what stands there; the place is enough.
        place = re.search(r"\(at [^)]*\)", str(error))
        raise UnreadableFileError(
            f"The file of keys {file} is no TOML {place[0] if place else ''}. Mend it, or make "
            "one with: faultlens serve --add-key NAME"
        ) from None
    rows = table.get("keys", [])
    if set(table) - {"keys"} or not isinstance(rows, list) or len(rows) > MOST_KEYS:
        raise UnreadableFileError(
            f"The file of keys {file} must hold [[keys]] tables and nothing else, {MOST_KEYS} at "
            "most. Make one with: faultlens serve --add-key NAME"
        )
    accounts = tuple(_account(file, place, row) for place, row in enumerate(rows, start=1))
    for what, each in (
        ("name", [x.name for x in accounts]),
        ("key", [x.digest for x in accounts]),
    ):
        if len(set(each)) < len(each):
            raise UnreadableFileError(
                f"The file of keys {file} has the same {what} twice. Remove one of the two."
            )
    return accounts


def add_key(
    path: str | Path,
    name: str,
    role: Role,
    *,
    requests_per_minute: float | None = None,
    expires: date | None = None,
) -> str:
    """Make a key, append its hash to the file, and return the key: nobody can show it again.

    A new file can be read by its owner alone; one that is there keeps its owner and group, and
    loses the rights of others.

    Args:
        path: of the file, made where there is none.
        name: of the key, for the log.
        role: what it may do.
        requests_per_minute: its own limit.
        expires: the last day on which it works, in UTC.

    Raises:
        UsageError: a name that is none, or a limit that is none.
        DuplicateNameError: the file has a key of this name.
        UnreadableFileError: the file is there and is no file of keys.
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "keys.toml"
        >>> key = add_key(path, "line-3", Role.INFER)
        >>> key in path.read_text(), digest_of(key).hex() in path.read_text()
        (False, True)
    """
    file = Path(path)
    known = [x.name for x in read_accounts(file)] if file.exists() else []
    if not NAME.fullmatch(name):
        raise UsageError(
            f"The name of a key is '{name}'; it must be letters, digits, '.', '_' and '-', 64 at "
            "most, and begin with a letter or a digit."
        )
    if name in known:
        raise DuplicateNameError(
            f"{file} has a key named '{name}' already. Choose another name, or remove that one's "
            "[[keys]] table from the file."
        )
    if requests_per_minute is not None and not 0 < requests_per_minute < float("inf"):
        raise UsageError(f"requests_per_minute is {requests_per_minute}; it must be above 0.")
    key = f"{KEY_START}{secrets.token_urlsafe(KEY_BYTES)}"
    lines = ["[[keys]]", f'name = "{name}"', f'role = "{role.word}"']
    lines.append(f'sha256 = "{digest_of(key).hex()}"')
    if requests_per_minute is not None:
        lines.append(f"requests_per_minute = {requests_per_minute:g}")
    if expires is not None:
        lines.append(f"expires = {expires.isoformat()}")
    lines.append(f"created = {datetime.now(UTC).date().isoformat()}")
    _append(file, "\n".join(lines) + "\n")
    return key


def _append(file: Path, text: str) -> None:
    # Followed: a link is a way to the file, and replacing it would leave the file behind as it was.
    file = file.resolve()
    before = file.stat() if file.exists() else None
    mode = 0o600 if before is None else stat.S_IMODE(before.st_mode) & ~0o007
    with written_whole(file, mode=mode) as temporary:
        had = file.read_text(encoding="utf-8") if before is not None else ""
        temporary.write_text(f"{had.rstrip()}\n\n{text}".lstrip(), encoding="utf-8")
        if before is not None and os.name == "posix" and before.st_uid != os.geteuid():
            os.chown(temporary, before.st_uid, before.st_gid)


def _account(file: Path, place: int, row: Any) -> Account:
    known = {"name", "role", "sha256", "requests_per_minute", "expires", "created"}
    roles = {x.word: x for x in Role}

    def wrong(what: str) -> UnreadableFileError:
        # Values are not repeated: somebody will put a key where its hash belongs.
        return UnreadableFileError(f"Key {place} of the file of keys {file}: {what}")

    if not isinstance(row, dict) or set(row) - known:
        raise wrong(f"it must be a table of {', '.join(sorted(known))}, and nothing else.")
    name, digest, rate = row.get("name"), row.get("sha256"), row.get("requests_per_minute")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise wrong("name must be letters, digits, '.', '_' and '-', 64 at most.")
    if row.get("role") not in roles:
        raise wrong(f"role must be one of {', '.join(roles)}.")
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise wrong("sha256 must be the SHA-256 of the key, 64 digits of hex in small letters.")
    number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if rate is not None and not (number and 0 < rate < float("inf")):
        raise wrong("requests_per_minute must be a number above 0; leave it out for no own limit.")
    for day in ("expires", "created"):
        # A datetime is a date too, to Python.
        if day in row and type(row[day]) is not date:
            raise wrong(f"{day} must be a date, as in {day} = 2027-01-31.")
    return Account(name, roles[row["role"]], rate, row.get("expires"), bytes.fromhex(digest))


def digest_of(key: str) -> bytes:
    """The SHA-256 of a key.

    Example:
        >>> digest_of("fl_1").hex()[:8]
        'b813f203'
    """
    # What a header can hold has bytes; anything else (lone surrogates) is no key of ours either.
    return hashlib.sha256(key.encode("utf-8", errors="backslashreplace")).digest()


def _check_rights(file: Path) -> None:
    if not file.is_file():
        raise UsageError(
            f"There is no file of keys {file}. Make one with: faultlens serve --add-key NAME, or "
            "leave FAULTLENS_API_KEYS_FILE out for a service that is open to all."
        )
    if os.name != "posix":
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o002:
        raise UsageError(
            f"Everybody on this machine may write to the file of keys {file}, and so let himself "
            f"in. Run: chmod 600 {file}"
        )
    if mode & 0o004:
        log.warning(
            "Everybody on this machine may read the file of keys %s. It holds hashes, not keys; "
            "better is: chmod 600 %s",
            file,
            file,
        )
