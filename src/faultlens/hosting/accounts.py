"""Who may ask for what: the accounts of the file of keys, as it stands now."""

import hmac
import logging
from collections.abc import Callable
from pathlib import Path
from typing import final

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.hosting.key_file import Account, digest_of, read_accounts

log = logging.getLogger(__name__)


@final
class Accounts:
    """The accounts of one file, read again when it changes.

    A new file that is broken changes nothing: the accounts before it stay, and the log says why.

    Args:
        path: of the file.
        look: seconds of a clock; the file is looked at once a second at most.

    Raises:
        UsageError: there is no such file, or others may write to it.
        UnreadableFileError: it is not the file of keys that it should be.
    """

    def __init__(self, path: str | Path, look: Callable[[], float] | None = None) -> None:
        self._path = Path(path)
        self._look = look
        self._looked_s = look() if look else 0.0
        self._seen = _state(self._path)
        self._accounts = read_accounts(self._path)

    def of(self, key: str) -> Account | None:
        """The account of a key; None where no account has it.

        Args:
            key: as the client sent it.
        """
        self._refresh()
        digest = digest_of(key)
        found = None
        # Every one is compared to its end: the time tells nothing of where, or whether, it matched.
        for account in self._accounts:
            if hmac.compare_digest(digest, account.digest):
                found = account
        return found

    def __len__(self) -> int:
        return len(self._accounts)

    def __repr__(self) -> str:
        return f"Accounts({str(self._path)!r}, {len(self)} keys)"

    def _refresh(self) -> None:
        if self._look is not None:
            now_s = self._look()
            if now_s - self._looked_s < 1.0:
                return
            self._looked_s = now_s
        seen = _state(self._path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._accounts = read_accounts(self._path)
        except (UsageError, UnreadableFileError) as error:
            log.error("The keys before the change stay in force. %s", error)
        else:
            log.info("The file of keys was read again: %d keys.", len(self._accounts))


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
