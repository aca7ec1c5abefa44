"""A key finds its account; a changed file counts at once, a broken one changes nothing."""

import hmac
import os
from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.hosting.accounts import Accounts
from faultlens.hosting.key_file import Role, add_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def test_a_key_finds_its_account_and_another_none(file: Path) -> None:
    keys = {name: add_key(file, name, Role.INFER) for name in ("a", "b", "c")}
    accounts = Accounts(file)
    for name, key in keys.items():
        found = accounts.of(key)
        assert found is not None
        assert found.name == name
    for wrong in ("", keys["a"][:-1], keys["a"] + "x", keys["a"].upper(), "schlüssel", "\udc80"):
        assert accounts.of(wrong) is None


def test_every_account_is_compared_whichever_matches(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_key(file, "a", Role.READ)
    add_key(file, "b", Role.READ)
    accounts = Accounts(file)
    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda x, y: compared.append(1) or real(x, y))
    for key in (first, "wrong"):
        compared.clear()
        accounts.of(key)
        assert len(compared) == 2


def test_a_new_key_and_a_removed_one_count_without_a_restart(file: Path) -> None:
    old = add_key(file, "a", Role.READ)
    accounts = Accounts(file)
    new = add_key(file, "b", Role.READ)
    assert accounts.of(new) is not None
    file.write_text("", encoding="utf-8")
    assert accounts.of(old) is None
    assert accounts.of(new) is None
    assert len(accounts) == 0


def test_a_broken_file_keeps_the_accounts_and_is_told_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = add_key(file, "a", Role.READ)
    accounts = Accounts(file)
    file.write_text("keys = [", encoding="utf-8")
    for _ in range(3):
        assert accounts.of(key) is not None
    assert caplog.text.count("stay in force") == 1
    file.unlink()
    assert accounts.of(key) is not None
    assert caplog.text.count("stay in force") == 2
    assert key not in caplog.text
    again = add_key(file, "b", Role.READ)
    assert accounts.of(again) is not None
    assert accounts.of(key) is None


def test_a_file_of_the_same_size_and_time_is_seen_too(file: Path) -> None:
    """A file is replaced, not rewritten, so that it has another number."""
    old = add_key(file, "a", Role.READ)
    accounts = Accounts(file)
    seen = file.stat()
    other = file.with_name("other.toml")
    new = add_key(other, "a", Role.READ)
    other.replace(file)
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert file.stat().st_size == seen.st_size
    assert accounts.of(old) is None
    assert accounts.of(new) is not None


def test_the_file_is_looked_at_once_a_second(file: Path) -> None:
    add_key(file, "a", Role.READ)
    now = [0.0]
    accounts = Accounts(file, look=lambda: now[0])
    new = add_key(file, "b", Role.READ)
    now[0] = 0.9
    assert accounts.of(new) is None
    now[0] = 1.0
    assert accounts.of(new) is not None


def test_it_starts_with_a_file_or_not_at_all_and_shows_no_key(file: Path) -> None:
    with pytest.raises(UsageError, match="There is no file of keys"):
        Accounts(file)
    key = add_key(file, "a", Role.READ)
    assert repr(Accounts(file)) == f"Accounts('{file}', 1 keys)"
    assert key not in repr(Accounts(file))
