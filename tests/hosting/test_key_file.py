"""The file of keys holds hashes alone, is private and whole, and says what is wrong in it."""

import hashlib
import os
import stat
from datetime import date
from pathlib import Path

import pytest

from faultlens.core.errors import DuplicateNameError, UnreadableFileError, UsageError
from faultlens.hosting.key_file import Account, Role, add_key, read_accounts

HASH = "0" * 64


def test_a_key_has_256_random_bits_and_only_its_hash_is_written(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    keys = [add_key(file, f"line-{n}", Role.INFER) for n in range(3)]
    assert len(set(keys)) == 3
    text = file.read_text(encoding="utf-8")
    for key in keys:
        assert key.startswith("fl_")
        assert len(key) == 3 + 43  # 32 bytes in base 64
        assert key not in text
        assert hashlib.sha256(key.encode()).hexdigest() in text


def test_what_was_given_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    day = date(2027, 1, 31)
    add_key(file, "ci", Role.ADMIN, requests_per_minute=1.5, expires=day)
    add_key(file, "board", Role.READ)
    ci, board = read_accounts(file)
    assert (ci.name, ci.role, ci.requests_per_minute, ci.expires) == ("ci", Role.ADMIN, 1.5, day)
    assert (board.role, board.requests_per_minute, board.expires) == (Role.READ, None, None)
    assert Role.READ < Role.INFER < Role.ADMIN


def test_a_key_works_through_its_last_day(tmp_path: Path) -> None:
    account = Account("a", Role.READ, expires=date(2027, 1, 31))
    assert not account.expired(date(2027, 1, 31))
    assert account.expired(date(2027, 2, 1))
    assert not Account("a", Role.READ).expired(date(2999, 1, 1))


def test_a_record_shows_no_hash() -> None:
    assert "11" not in repr(Account("a", Role.READ, digest=b"\x11" * 32))


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_group(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    add_key(file, "a", Role.READ)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    add_key(file, "b", Role.READ)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_comments_of_the_operator_stay(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text("# Line 3, Mr. Chen\n", encoding="utf-8")
    file.chmod(0o600)
    add_key(file, "a", Role.READ)
    assert file.read_text(encoding="utf-8").startswith("# Line 3, Mr. Chen\n\n[[keys]]\n")


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    add_key(tmp_path / "real" / "keys.toml", "a", Role.READ)
    link = tmp_path / "keys.toml"
    link.symlink_to(tmp_path / "real" / "keys.toml")
    add_key(link, "b", Role.READ)
    assert link.is_symlink()
    assert len(read_accounts(tmp_path / "real" / "keys.toml")) == 2


def test_a_name_is_taken_once_and_is_fit_for_a_log(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    add_key(file, "a", Role.READ)
    before = file.read_bytes()
    with pytest.raises(DuplicateNameError, match="has a key named 'a' already"):
        add_key(file, "a", Role.ADMIN)
    for name in ("", "a b", "a\nb", '"', "x" * 65, ".a"):
        with pytest.raises(UsageError, match="name of a key"):
            add_key(file, name, Role.READ)
    for rate in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="above 0"):
            add_key(file, "c", Role.READ, requests_per_minute=rate)
    assert file.read_bytes() == before


ROW = f'[[keys]]\nname = "a"\nrole = "read"\nsha256 = "{HASH}"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keys = ", "no TOML"),
        ("\x00", "no TOML"),
        ("key = 1", r"\[\[keys\]\] tables and nothing else"),
        ("keys = 3", r"\[\[keys\]\] tables and nothing else"),
        ("keys = [3]", "Key 1 .* must be a table"),
        (ROW + 'key = "fl_secret"\n', "must be a table"),
        (ROW.replace('"a"', '"a b"'), "name must be"),
        (ROW.replace("read", "root"), "role must be one of read, infer, admin"),
        (ROW.replace('"read"', "1"), "role must be one of"),
        (ROW.replace(HASH, "fl_secret"), "sha256 must be"),
        (ROW.replace(HASH, "A" * 64), "sha256 must be"),
        (ROW + "requests_per_minute = 0\n", "requests_per_minute must be"),
        (ROW + "requests_per_minute = true\n", "requests_per_minute must be"),
        (ROW + "requests_per_minute = nan\n", "requests_per_minute must be"),
        (ROW + 'expires = "2027-01-31"\n', "expires must be a date"),
        (ROW + "expires = 2027-01-31T00:00:00Z\n", "expires must be a date"),
        (ROW + ROW, "the same name twice"),
        (ROW + ROW.replace('"a"', '"b"'), "the same key twice"),
        ("#" * 1_000_001, "more than 1000000 bytes"),
    ],
)
def test_a_wrong_file_is_refused_by_place_and_never_quoted(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(UnreadableFileError, match=words) as caught:
        read_accounts(file)
    assert "fl_secret" not in str(caught.value)


def test_no_file_is_no_open_door(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file of keys .*--add-key NAME"):
        read_accounts(tmp_path / "keys.toml")


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_file_that_all_may_write_is_refused_and_one_that_all_may_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(ROW, encoding="utf-8")
    file.chmod(0o644)
    assert len(read_accounts(file)) == 1
    assert "may read the file of keys" in caplog.text
    file.chmod(0o666)
    with pytest.raises(UsageError, match="chmod 600"):
        read_accounts(file)


def test_an_empty_file_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text("", encoding="utf-8")
    file.chmod(0o600)
    assert read_accounts(file) == ()
