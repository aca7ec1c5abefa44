"""Sessions: a signed cookie says who is logged in, and nobody can write one but us."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import final

from faultlens.core.files import written_whole
from faultlens.core.optional import optional_import

COOKIE = "faultlens_session"
"""Name of the cookie."""

LASTS_S = 12 * 3600
"""After so long a session ends, s: a shift, and time to hand it over. Our convention."""

KEY_BYTES = 32
"""Of the key that signs, as long as the digest of SHA-256."""


@dataclass(frozen=True)
class Session:
    """What the cookie says.

    Args:
        id: drawn anew at each login.
        user: who is logged in; "" for nobody.
    """

    id: str
    user: str = ""


@final
class Sessions:
    """Writes and reads the cookie.

    Args:
        key: that signs.

    Example:
        >>> sessions = Sessions(b"k" * 32)
        >>> sessions.read(sessions.written(Session("a1", "wang"))).user
        'wang'
        >>> sessions.read("forged").user
        ''
    """

    def __init__(self, key: bytes) -> None:
        signing = optional_import("itsdangerous", extra="line")
        self._key = key
        self._signed = signing.URLSafeTimedSerializer(key, salt="session")
        self._bad = signing.BadData

    def written(self, session: Session) -> str:
        """The cookie of a session."""
        return str(self._signed.dumps([session.id, session.user]))

    def read(self, cookie: str | None) -> Session:
        """The session of a cookie; a new one of nobody where it is none, forged or too old."""
        try:
            session, user = self._signed.loads(cookie or "", max_age=LASTS_S)
            return Session(str(session), str(user))
        except (self._bad, ValueError, TypeError):
            return new_session()

    def token(self, session: Session) -> str:
        """What each form of this session carries, and no other site can know."""
        return hmac.new(self._key, b"form " + session.id.encode(), hashlib.sha256).hexdigest()

    def knows(self, token: str, session: Session) -> bool:
        """Whether a token is that of the session, told in constant time."""
        return hmac.compare_digest(token.encode(), self.token(session).encode())


def new_session(user: str = "") -> Session:
    """A session with an id that nobody can guess.

    Args:
        user: who has logged in; "" for nobody.

    Example:
        >>> new_session("wang").id == new_session("wang").id
        False
    """
    return Session(secrets.token_urlsafe(16), user)


def session_key(path: Path) -> bytes:
    """The key of a file, which only its owner may read; made where there is none.

    Args:
        path: of the file.

    Raises:
        OSError: it can be neither read nor written.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "session.key"
        >>> session_key(file) == session_key(file)
        True
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) != KEY_BYTES:
        key = secrets.token_bytes(KEY_BYTES)
        with written_whole(path, mode=0o600) as temporary:
            temporary.write_bytes(key)
    return key
