"""Who may see and act: names are unique, passwords are kept as scrypt, checked in equal time."""

import time

import pytest
from sqlalchemy import select

from faultlens.core.errors import DuplicateNameError, UnknownNameError, UsageError
from faultlens.store import users as rooms
from faultlens.store.store import Store, open_store
from faultlens.store.tables import USERS
from faultlens.store.users import (
    LONGEST_PASSWORD,
    add_user,
    change_user,
    checked_password,
    hashed,
    matches,
    may,
    remove_user,
    user,
    users,
)
from tests.timing import least

COST, NOBODY = rooms._COST, rooms._NOBODY
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is measured in one test; in the others it only takes time."""
    monkeypatch.setattr(rooms, "_COST", (2**4, 8, 1))
    monkeypatch.setattr(rooms, "_NOBODY", rooms.hashed("nobody's password"))


def test_a_user_logs_in_with_their_password_alone(store: Store) -> None:
    add_user(store, "Mei", "operator", GOOD)
    found = checked_password(store, "mei", GOOD)
    assert found is not None and (found.name, found.role) == ("Mei", "operator")
    assert user(store, "MEI") == found
    for name, password in (
        ("Mei", GOOD + " "), ("Mei", ""), ("nobody", GOOD), ("", ""), ("Mei", "x" * 10**6),
        ("x" * 10**6, GOOD), ("Mei\x00", "\x00" * 9), ("\udc80", "\udc80" * 9),
    ):  # fmt: skip
        assert checked_password(store, name, password) is None


def test_the_password_itself_is_nowhere(store: Store) -> None:
    add_user(store, "Mei", "viewer", GOOD)
    add_user(store, "Wei", "viewer", GOOD)
    with store.reading() as connection:
        kept = list(connection.execute(select(USERS.c.password)).scalars())
    assert all(x.startswith("scrypt$16$8$1$") and GOOD not in x for x in kept)
    assert kept[0] != kept[1]


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    assert matches("pa\u0301ssword", hashed("p\u00e1ssword"))


@pytest.mark.parametrize(
    ("name", "other"), [("Mei", "mei"), ("Müller", "MU\u0308LLER"), ("裂", " 裂 ")]
)
def test_names_may_not_differ_by_capitals_alone(store: Store, name: str, other: str) -> None:
    add_user(store, name, "viewer", GOOD)
    with pytest.raises(DuplicateNameError, match="capitals"):
        add_user(store, other, "viewer", GOOD)
    assert len(users(store)) == 1


def test_what_cannot_be_is_said(store: Store) -> None:
    for name in ("", "  ", "x" * 65, "a\x00b", "a\nb", "\u202eeiM"):
        with pytest.raises(UsageError, match="visible characters"):
            add_user(store, name, "viewer", GOOD)
    for password in ("short", "x" * (LONGEST_PASSWORD + 1)):
        with pytest.raises(UsageError, match="8 to 256"):
            add_user(store, "Mei", "viewer", password)
    with pytest.raises(UnknownNameError, match="engineer"):
        add_user(store, "Mei", "boss", GOOD)
    assert users(store) == ()


def test_a_user_is_changed_and_removed(store: Store) -> None:
    add_user(store, "Mei", "viewer", GOOD)
    change_user(store, "mei", role="engineer", password="another sentence")
    found = checked_password(store, "Mei", "another sentence")
    assert found is not None and found.role == "engineer"
    assert checked_password(store, "Mei", GOOD) is None
    remove_user(store, "MEI")
    assert user(store, "Mei") is None
    with pytest.raises(UnknownNameError, match="Known: none"):
        remove_user(store, "Mei")
    with pytest.raises(UnknownNameError, match="user 'Mei'"):
        change_user(store, "Mei", role="viewer")


def test_a_role_may_what_lower_ones_may() -> None:
    assert [may("operator", x) for x in ("viewer", "operator", "engineer")] == [True, True, False]
    assert not may("boss", "viewer")
    with pytest.raises(UnknownNameError):
        may("viewer", "boss")


def test_a_name_that_is_not_there_takes_as_long_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rooms, "_COST", COST)
    monkeypatch.setattr(rooms, "_NOBODY", NOBODY)
    store = open_store("sqlite://")
    add_user(store, "Mei", "viewer", GOOD)

    def seconds(name: str) -> float:
        begin = time.process_time()
        assert checked_password(store, name, "a wrong password") is None
        return time.process_time() - begin

    known, unknown = (min(seconds(x) for _ in range(2)) for x in ("Mei", "nobody"))
    assert known > 0.03 and unknown > 0.03

    def apart() -> float:
        return abs(seconds("nobody") / seconds("Mei") - 1)

    assert least(apart, 0.5) < 0.5
