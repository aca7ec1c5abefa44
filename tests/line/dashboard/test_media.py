"""Files below the media folder are given out; whatever else is asked for, is not there."""

from pathlib import Path

import pytest

from faultlens.line.dashboard.media import file_below
from faultlens.line.live import LiveState
from faultlens.store.store import Store
from tests.line.dashboard.asking import client, logged_in


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    (folder / "cam 1").mkdir(parents=True)
    (folder / "cam 1" / "a.jpg").write_bytes(b"jpeg")
    (folder / "b.html").write_text("<script>alert(1)</script>")
    (folder / ".hidden.jpg").write_bytes(b"")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    return folder


def test_a_picture_is_shown(people_store: Store, media: Path) -> None:
    asker = logged_in(client(people_store, media), "tv")
    answer = asker.get("/media/cam%201/a.jpg")
    assert (answer.status_code, answer.content) == (200, b"jpeg")
    assert answer.headers["content-type"] == "image/jpeg"


def test_what_is_no_picture_is_a_download_in_which_nothing_runs(
    people_store: Store, media: Path
) -> None:
    answer = logged_in(client(people_store, media), "tv").get("/media/b.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "../secret.jpg", "cam 1/../../secret.jpg", "/etc/passwd", "link.jpg", "cam 1",
     ".hidden.jpg", "a\x00.jpg", "..\\secret.jpg", "x" * 5000, "cam 1/a.jpg/b"],
)  # fmt: skip
def test_no_path_leads_out(media: Path, path: str) -> None:
    assert file_below(media, path) is None


@pytest.mark.parametrize("path", ["%2e%2e/secret.jpg", "..%2fsecret.jpg", "%2fetc%2fpasswd"])
def test_no_address_leads_out(people_store: Store, media: Path, path: str) -> None:
    asker = logged_in(client(people_store, media), "tv")
    assert asker.get(f"/media/{path}").status_code == 404


def test_nobody_sees_pictures_without_login(people_store: Store, media: Path) -> None:
    assert client(people_store, media).get("/media/cam%201/a.jpg").status_code == 303


def test_a_public_wall_shows_pictures_of_its_alarms_and_no_others(
    people_store: Store, media: Path
) -> None:
    live = LiveState("Press 3", "", alarms=({"preview": "cam 1/a.jpg"},))
    asker = client(people_store, media, lambda: live, public_live=True)
    assert asker.get("/media/cam%201/a.jpg").status_code == 200
    assert asker.get("/media/b.html").status_code == 404
