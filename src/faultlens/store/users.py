"""People who may see the pages of a line, or act on them: names, roles, passwords."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from faultlens.core.errors import DuplicateNameError, UnknownNameError, UsageError
from faultlens.store.store import Store
from faultlens.store.tables import USERS
from faultlens.store.values import micros, moment
from faultlens.store.writing.insert import insert_new

ROLES = ("viewer", "operator", "engineer")
"""Who sees; who also acknowledges, corrects and audits; who also changes models and users."""

LONGEST_NAME = 64
"""Characters of a name."""

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
"""Characters of a password; scrypt would take any length, and a sender would choose it."""

_COST = (2**14, 8, 5)
"""N, r and p of scrypt: 16 MB, a fifth of a second. Source: OWASP Password Storage Cheat Sheet."""

_MOST_MEMORY = 64 * 2**20
"""That scrypt may take, bytes."""


@dataclass(frozen=True)
class User:
    """Somebody who can log in.

    Args:
        name: as it was given when the user was made.
        role: of `ROLES`.
        made: when.
    """

    name: str
    role: str
    made: datetime


def may(role: str, needed: str) -> bool:
    """Whether a role does for what needs another.

    Args:
        role: that somebody has; one that is not known may nothing.
        needed: the least that does.

    Raises:
        UnknownNameError: no such role is needed.

    Example:
        >>> may("engineer", "operator"), may("viewer", "operator")
        (True, False)
    """
    return role in ROLES and ROLES.index(role) >= ROLES.index(_checked_role(needed))


def add_user(store: Store, name: str, role: str, password: str) -> User:
    """Make a user.

    Args:
        store: where.
        name: 1 to 64 visible characters; no other may differ by capitals alone.
        role: of `ROLES`.
        password: 8 to 256 characters.

    Raises:
        UsageError: a name or a password that cannot be.
        UnknownNameError: no such role.
        DuplicateNameError: there is one of that name.
        StoreError: the database is away.

    Example:
        >>> from faultlens.store.example import example_store
        >>> add_user(example_store(), "Mei", "operator", "a long sentence").role
        'operator'
    """
    shown = _checked_name(name)
    made = datetime.now(UTC)
    row = {
        "folded": _folded(shown),
        "name": shown,
        "role": _checked_role(role),
        "password": hashed(_checked_password(password)),
        "made": micros(made),
    }
    with store.writing() as connection:
        if not insert_new(connection, USERS, [row], USERS.c.name):
            raise DuplicateNameError(
                f"There is a user '{shown}' already; names may not differ by capitals alone. "
                "Choose another, or give that user a new password."
            )
    return User(shown, role, made)


def checked_password(store: Store, name: str, password: str) -> User | None:
    """The user whose password this is; None for a wrong name or password, after the same time.

    Args:
        store: where.
        name: in capitals or not.
        password: as typed.

    Raises:
        StoreError: the database is away.

    Example:
        >>> from faultlens.store.example import example_store
        >>> store = example_store()
        >>> _ = add_user(store, "Mei", "operator", "a long sentence")
        >>> checked_password(store, "mei", "a long sentence").name
        'Mei'
    """
    if len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
        return None
    with store.reading() as connection:
        found: Row[Any] | None = _asked(connection, name)
    # Of a name that is not there a password is checked all the same, so that time tells nothing.
    is_right = matches(password, _NOBODY if found is None else found.password)
    return _user(found) if found is not None and is_right else None


def user(store: Store, name: str) -> User | None:
    """The user of a name; None where there is none.

    Args:
        store: where.
        name: in capitals or not.

    Example:
        >>> from faultlens.store.example import example_store
        >>> user(example_store(), "nobody") is None
        True
    """
    with store.reading() as connection:
        found: Row[Any] | None = _asked(connection, name)
    return None if found is None else _user(found)


def users(store: Store) -> tuple[User, ...]:
    """Every user, in the order of names.

    Args:
        store: where.

    Example:
        >>> from faultlens.store.example import example_store
        >>> users(example_store())
        ()
    """
    with store.reading() as connection:
        rows = connection.execute(select(USERS).order_by(USERS.c.folded)).all()
    return tuple(_user(row) for row in rows)


def change_user(
    store: Store, name: str, *, role: str | None = None, password: str | None = None
) -> None:
    """Give a user another role or password.

    Args:
        store: where.
        name: of the user.
        role: of `ROLES`; None leaves it.
        password: 8 to 256 characters; None leaves it.

    Raises:
        UnknownNameError: no such user or role.
        UsageError: a password that cannot be.

    Example:
        >>> from faultlens.store.example import example_store
        >>> store = example_store()
        >>> _ = add_user(store, "Mei", "operator", "a long sentence")
        >>> change_user(store, "mei", role="engineer")
        >>> user(store, "mei").role
        'engineer'
    """
    changes = {} if role is None else {"role": _checked_role(role)}
    if password is not None:
        changes["password"] = hashed(_checked_password(password))
    with store.writing() as connection:
        found = update(USERS).where(USERS.c.folded == _folded(name))
        if changes and not connection.execute(found.values(changes)).rowcount:
            raise _unknown(connection, name)


def remove_user(store: Store, name: str) -> None:
    """Remove a user; what they did stays under their name.

    Args:
        store: where.
        name: of the user.

    Raises:
        UnknownNameError: no such user.

    Example:
        >>> from faultlens.store.example import example_store
        >>> store = example_store()
        >>> _ = add_user(store, "Mei", "operator", "a long sentence")
        >>> remove_user(store, "Mei")
        >>> users(store)
        ()
    """
    with store.writing() as connection:
        if not connection.execute(delete(USERS).where(USERS.c.folded == _folded(name))).rowcount:
            raise _unknown(connection, name)


def hashed(password: str) -> str:
    """What is kept of a password: scrypt with a salt of its own.

    Args:
        password: as typed.

    Example:
        >>> hashed("a long sentence").split("$")[:4]
        ['scrypt', '16384', '8', '5']
    """
    salt = secrets.token_bytes(16)
    n, r, p = _COST
    words = (base64.b64encode(x).decode() for x in (salt, _scrypt(password, salt, n, r, p)))
    return "$".join(("scrypt", str(n), str(r), str(p), *words))


def matches(password: str, kept: str) -> bool:
    """Whether a password is that of which this is kept, in a time that tells nothing of it.

    Args:
        password: as typed.
        kept: by `hashed`.

    Example:
        >>> kept = "scrypt$16$8$1$c2FsdCBvZiB0aGUgZG9jcw==$"
        >>> matches("a long sentence", kept + "2g3VpEivyq1ukkp8hcAfrksNYgHYAeUDWHhg6vTjjvc=")
        True
    """
    _, n, r, p, salt, wanted = kept.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(wanted))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # A keyboard may compose an accent, another leave it apart: the same password.
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=32)


_NOBODY = "$".join(("scrypt", *map(str, _COST), "AAAAAAAAAAAAAAAAAAAAAA==", "AAAA"))


def _checked_name(name: str) -> str:
    shown = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(shown) <= LONGEST_NAME or not shown.isprintable():
        raise UsageError(
            f"The name {name[:80]!r} cannot be one; give 1 to {LONGEST_NAME} visible characters."
        )
    return shown


def _checked_password(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(
            f"The password has {len(password)} characters; give {SHORTEST_PASSWORD} to "
            f"{LONGEST_PASSWORD}."
        )
    return password


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise UnknownNameError("role", role, ROLES)
    return role


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFC", name).strip().casefold()
    return folded.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "")


def _asked(connection: Any, name: str) -> Any:
    return connection.execute(select(USERS).where(USERS.c.folded == _folded(name))).first()


def _unknown(connection: Any, name: str) -> UnknownNameError:
    return UnknownNameError("user", name, connection.execute(select(USERS.c.name)).scalars())


def _user(row: Row[Any]) -> User:
    return User(row.name, row.role, moment(row.made))
