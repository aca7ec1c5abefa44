"""Around every page: nothing from elsewhere, safe headers, words in both languages, kind errors."""

import re
from pathlib import Path
from string import Formatter

import pytest

import faultlens.line.dashboard as room
from faultlens.core.errors import DuplicateNameError
from faultlens.line.dashboard.assets import FOLDER, Assets
from faultlens.line.dashboard.layout import all_words
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.pages import PAGES
from faultlens.line.dashboard.words import WORDS
from faultlens.store.errors import StoreError
from faultlens.store.store import Store
from tests.line.dashboard.asking import client, logged_in

TEMPLATES = Path(room.__file__).parent / "templates"
LARGEST = 50_000
"""Of a style or a script, bytes, as the issue wants it."""
ASKED = re.compile(r"""\bt\(["'](\w+)["']\s*[,)]""")
ELSEWHERE = re.compile(
    r"""(?:src|href|action)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import"""
)
CHINESE = re.compile("[\u4e00-\u9fff]")


def all_of_them() -> dict[str, tuple[str, str]]:
    return all_words(PAGES, WORDS)


@pytest.mark.parametrize("file", sorted(TEMPLATES.iterdir()), ids=lambda x: x.name)
def test_a_template_says_words_that_there_are(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert set(ASKED.findall(text)) <= set(all_of_them())
    assert not CHINESE.search(text.replace("中文", "")), "words stand in tables"
    assert not ELSEWHERE.search(text)
    assert "style=" not in text and "onclick" not in text, "the browser refuses them"


def test_every_word_stands_in_both_languages_with_the_same_gaps() -> None:
    for key, (en, zh) in all_of_them().items():
        gaps = [{x[1] for x in Formatter().parse(text) if x[1]} for text in (en, zh)]
        assert gaps[0] == gaps[1], key
        assert en.strip() and zh.strip() and not CHINESE.search(en), key
        # "p99" and "/s" are said alike everywhere; a sentence is not.
        assert CHINESE.search(zh) or len(re.sub(r"\{.*?\}", "", en)) < 12, key


def test_two_pages_do_not_say_one_word_otherwise() -> None:
    page = Page("/a", "a", "bars", "viewer", PAGES[0].router, {"login": ("Enter", "进入")})
    with pytest.raises(DuplicateNameError, match="The page /a says the word 'login' otherwise"):
        all_words((page,), WORDS)


def test_assets_come_from_here_and_are_small() -> None:
    for file in FOLDER.iterdir():
        assert file.stat().st_size < LARGEST, file.name
        assert not ELSEWHERE.search(file.read_text(encoding="utf-8")), file.name
    assert len(Assets().style.content) < 2 * LARGEST


def test_an_asset_is_kept_for_ever_under_the_name_of_its_content(
    people_store: Store, tmp_path: Path
) -> None:
    asker = client(people_store, tmp_path)
    page = asker.get("/login").text
    names = re.findall(r'"(/static/[^"]+)"', page)
    assert len(names) == 3
    for name in names:
        answer = asker.get(name)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert asker.get("/static/../app.py").status_code == 404
    assert asker.get("/static/nothing.css").status_code == 404


@pytest.mark.parametrize("path", ["/login", "/alarms", "/nowhere", "/static/x", "/media/x"])
def test_every_answer_has_safe_headers(people_store: Store, tmp_path: Path, path: str) -> None:
    headers = client(people_store, tmp_path).get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_an_error_is_a_page_in_the_language_of_the_reader(
    people_store: Store, tmp_path: Path
) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    asker.cookies.set("faultlens_language", "zh")
    answer = asker.get("/alarms/none")
    assert answer.status_code == 404 and "没有这个页面" in answer.text


def test_a_database_that_is_away_takes_its_own_pages_away_only(
    people_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")
    assert asker.get("/").status_code == 200

    def away() -> None:
        raise StoreError("The store is away.")

    monkeypatch.setattr(people_store, "reading", away)
    assert asker.get("/").status_code == 200
    answer = asker.get("/alarms?show=history")
    assert answer.status_code == 503 and "database does not answer" in answer.text


def test_our_own_fault_tells_nothing_of_itself(
    people_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = logged_in(client(people_store, tmp_path), "mei")

    def broken() -> None:
        raise RuntimeError("secret inner words")

    monkeypatch.setattr(people_store, "reading", broken)
    answer = asker.get("/alarms?show=history")
    assert answer.status_code == 500
    assert "secret inner words" not in answer.text and "our fault" in answer.text
