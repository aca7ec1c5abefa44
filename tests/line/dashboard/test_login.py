"""Who has logged in gets in, as far as their role goes; nobody else does, however they try."""

from pathlib import Path

import pytest

from faultlens.store.store import Store
from faultlens.store.users import remove_user
from tests.line.dashboard.asking import client, logged_in, token
from tests.line.dashboard.people import PASSWORD

PAGES = ("/", "/wall", "/alarms", "/alarms/a1", "/live/desk", "/correct?source=a&frame=b")


@pytest.mark.parametrize("page", PAGES)
def test_who_is_nobody_is_sent_to_the_login_and_back(
    people_store: Store, tmp_path: Path, page: str
) -> None:
    answer = client(people_store, tmp_path).get(page)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=/")


def test_a_login_opens_the_page_that_was_asked_for(people_store: Store, tmp_path: Path) -> None:
    asker = client(people_store, tmp_path)
    form = {"csrf": token(asker), "name": "mei", "password": PASSWORD, "next": "/alarms"}
    answer = asker.post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alarms")
    assert asker.get("/alarms").status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_login_sends_nobody_to_another_site(
    people_store: Store, tmp_path: Path, target: str
) -> None:
    asker = client(people_store, tmp_path)
    form = {"csrf": token(asker), "name": "mei", "password": PASSWORD, "next": target}
    assert asker.post("/login", data=form).headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [("mei", "wrong"), ("nobody", PASSWORD), ("mei", ""), ("", PASSWORD), ("mei", "x" * 5000)],
)
def test_a_wrong_login_says_the_same_of_name_and_password(
    people_store: Store, tmp_path: Path, name: str, password: str
) -> None:
    asker = client(people_store, tmp_path)
    form = {"csrf": token(asker), "name": name, "password": password}
    answer = asker.post("/login", data=form)
    assert answer.status_code == 401
    assert "do not fit together" in answer.text
    assert asker.get("/alarms").status_code == 303


def test_who_guesses_has_to_wait(people_store: Store, tmp_path: Path) -> None:
    asker = client(people_store, tmp_path)
    form = {"csrf": token(asker), "name": "mei", "password": "a guess"}
    codes = [asker.post("/login", data=form).status_code for _ in range(4)]
    assert codes == [401, 401, 429, 429]
    answer = asker.post("/login", data={**form, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("forged", ["", "0" * 64, "é"])
def test_a_form_without_its_token_changes_nothing(
    people_store: Store, tmp_path: Path, forged: str
) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    form = {"csrf": forged, "do": "acknowledge", "comment": "seen"}
    assert asker.post("/alarms/a1", data=form).status_code == 403
    assert people_store.waiting_actions() == []


def test_a_form_of_another_site_changes_nothing(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "do": "acknowledge", "comment": "seen"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert asker.post("/alarms/a1", data=form, headers=headers).status_code == 403
    assert people_store.waiting_actions() == []
    assert asker.post("/alarms/a1", data=form).status_code == 303


def test_a_token_of_one_session_is_none_of_another(people_store: Store, tmp_path: Path) -> None:
    one, other = (logged_in(client(people_store, tmp_path), "mei") for _ in range(2))
    form = {"csrf": token(one, "/alarms"), "do": "acknowledge", "comment": "seen"}
    assert other.post("/alarms/a1", data=form).status_code == 403


def test_a_form_is_bounded(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "comment": "x" * 100_000}
    assert asker.post("/alarms/a1", data=form).status_code == 413
    many = {f"field{x}": "" for x in range(200)}
    assert asker.post("/alarms/a1", data=many).status_code == 400
    assert asker.post("/alarms/a1", json={"do": "acknowledge"}).status_code == 400


def test_a_viewer_looks_and_changes_nothing(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path), "tv")
    form = {"csrf": token(asker, "/alarms"), "do": "acknowledge", "comment": "seen"}
    assert asker.post("/alarms/a1", data=form).status_code == 403
    assert asker.get("/correct?source=a&frame=b").status_code == 403
    assert people_store.waiting_actions() == []


def test_who_logs_out_or_is_removed_is_out(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    assert asker.post("/logout", data={"csrf": token(asker, "/alarms")}).status_code == 303
    assert asker.get("/alarms").status_code == 303
    logged_in(asker, "anna")
    remove_user(people_store, "anna")
    asker.app.state.room.people.forget()
    assert asker.get("/alarms").status_code == 303


def test_a_session_holds_when_the_pages_start_again(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    again = client(people_store, tmp_path)
    again.cookies = asker.cookies
    assert again.get("/alarms").status_code == 200
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_language_and_theme_are_anybodys_choice(people_store: Store, tmp_path: Path) -> None:
    asker = client(people_store, tmp_path)
    form = {"csrf": token(asker), "language": "zh", "theme": "dark", "next": "/login"}
    assert asker.post("/choice", data=form).headers["location"] == "/login"
    page = asker.get("/login").text
    assert 'lang="zh-Hans" data-theme="dark"' in page and "密码" in page
    asker.cookies.clear()
    asker.cookies.set("faultlens_language", "../../etc")
    assert 'lang="en"' in asker.get("/login").text


def test_a_public_live_page_shows_itself_and_nothing_else(
    people_store: Store, tmp_path: Path
) -> None:
    asker = client(people_store, tmp_path, public_live=True)
    assert [asker.get(x).status_code for x in ("/", "/wall", "/live/desk")] == [200, 200, 200]
    assert asker.get("/alarms").status_code == 303


@pytest.mark.parametrize(
    ("proxies", "secure"), [(("testclient",), True), (("10.0.0.0/8",), False), ((), False)]
)
def test_cookies_go_through_tls_only_where_a_trusted_proxy_says_that_it_is_there(
    people_store: Store, tmp_path: Path, proxies: tuple[str, ...], secure: bool
) -> None:
    asker = client(people_store, tmp_path, trusted_proxies=proxies)
    answer = asker.get("/login", headers={"x-forwarded-proto": "https"})
    assert ("secure" in answer.headers["set-cookie"].lower()) == secure


def test_behind_a_trusted_proxy_one_who_guesses_locks_nobody_else_out(
    people_store: Store, tmp_path: Path
) -> None:
    asker = client(people_store, tmp_path, trusted_proxies=("testclient",))

    def guessed(address: str, name: str) -> int:
        form = {"csrf": token(asker), "name": name, "password": ""}
        return asker.post("/login", data=form, headers={"x-forwarded-for": address}).status_code

    codes = [guessed("10.1.1.1", f"guess {k}") for k in range(7)]
    assert codes[0] == 401 and codes[-1] == 429
    assert guessed("10.1.1.2", "mei") == 401
