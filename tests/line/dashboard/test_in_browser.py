"""In Chromium: people log in, watch, acknowledge and correct; nothing comes from elsewhere."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from faultlens.line.dashboard.sessions import COOKIE, Sessions, new_session, session_key
from faultlens.store.store import open_store
from tests.chromium import dashboard, log_in
from tests.line.dashboard.example_line import CRACK, SCRATCH, busy_state, quiet_state, shot
from tests.line.dashboard.people import PASSWORD
from tests.line.dashboard.standin_line import StandinLine
from tests.timing import eventually

PREVIEWS = ("cam-left/1.jpg", "cam-right/1.jpg")
SIZES = {"tablet": (820, 1180), "phone": (390, 844)}


@dataclass
class Hall:
    """The pages of a line as they are served, for all tests of this file."""

    url: str
    line: StandinLine
    cookie: str
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def hall(people_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A line on a busy morning, and its pages."""
    folder = tmp_path_factory.mktemp("hall")
    for name, one in zip(PREVIEWS, (CRACK, SCRATCH), strict=True):
        file = folder / "media" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(shot(*one).jpeg)
    store = open_store(f"sqlite:///{shutil.copy(people_file, folder / 'line.db')}")
    line = StandinLine(store, busy_state(previews=PREVIEWS))
    with line.running(), dashboard(store, line.live, folder) as url:
        sessions = Sessions(session_key(folder / "key"))
        yield Hall(url, line, sessions.written(new_session("mei")))
    store.close()


@pytest.fixture
def page(chromium: Any, hall: Hall) -> Iterator[Any]:
    """A page as the operator mei sees it; whatever goes wrong in it fails the test."""
    hall.line.state = busy_state(previews=PREVIEWS)
    hall.line.done.clear()
    hall.wrong.clear()
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": hall.cookie, "url": hall.url}])
    one = context.new_page()
    elsewhere: list[str] = []
    one.on("pageerror", lambda x: hall.wrong.append(str(x)))
    one.on("console", lambda x: hall.wrong.append(x.text) if x.type == "error" else None)
    one.on("request", lambda x: None if x.url.startswith(hall.url) else elsewhere.append(x.url))
    one.goto(hall.url)
    yield one
    context.close()
    assert hall.wrong == [] and elsewhere == []


def test_login_leads_to_the_live_line(page: Any, hall: Hall, tmp_path: Path) -> None:
    page.context.clear_cookies()
    log_in(page, hall.url, "mei", PASSWORD)
    assert page.locator(".instrument").count() == 6
    assert page.locator(".channel").count() == 8
    assert page.locator(".state").inner_text().strip() == "2 unacknowledged"
    picture = page.locator("#instrument-0 .lens img")
    assert picture.evaluate("x => x.complete && x.naturalWidth") == 480
    page.screenshot(path=tmp_path / "live.png")


def test_what_changes_on_the_line_changes_on_the_page_without_a_flicker(
    page: Any, hall: Hall, tmp_path: Path
) -> None:
    page.evaluate("document.querySelector('#instrument-1 .lens img').marked = true")
    first, second, *rest = hall.line.state.sources
    changed = replace(second, score=0.456, verdict="scratch", frame="cam-right-next")
    hall.line.state = replace(hall.line.state, sources=(first, changed, *rest))
    page.locator("#instrument-1 .score", has_text="0.456").wait_for()
    assert page.locator("#instrument-1 .verdict").inner_text() == "scratch"
    assert page.evaluate("document.querySelector('#instrument-1 .lens img').marked")
    hall.line.state = quiet_state(datetime.now(UTC))
    page.locator(".state.is-normal").wait_for()
    page.locator(".side .calm").wait_for()
    page.screenshot(path=tmp_path / "quiet.png")


def test_an_alarm_is_acknowledged_with_a_comment(page: Any, hall: Hall, tmp_path: Path) -> None:
    page.locator("#alarm-alarm-1").get_by_text("Acknowledge", exact=True).click()
    dialog = page.locator("dialog")
    dialog.get_by_text("Part taken out.").click()
    page.screenshot(path=tmp_path / "acknowledge.png")
    dialog.get_by_role("button", name="Acknowledge", exact=True).click()
    page.locator("#asked.is-done").wait_for()
    page.locator("#alarm-alarm-1.is-acknowledged").wait_for()
    assert "mei" in page.locator("#alarm-alarm-1").inner_text()
    (action,) = hall.line.done
    assert (action.kind, action.target, action.user) == ("acknowledge", "alarm-1", "mei")
    assert action.comment == "Part taken out."


def test_a_comment_must_be_given_and_a_refusal_is_told(page: Any, hall: Hall) -> None:
    page.locator("#alarm-alarm-1").get_by_text("Acknowledge", exact=True).click()
    page.locator("dialog").get_by_role("button", name="Acknowledge", exact=True).click()
    assert page.locator("dialog").count() == 1, "the browser asks for the comment"
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.get_by_role("link", name="Alarms", exact=True).click()
    page.locator("#alarm-alarm-3").get_by_text("Reset", exact=True).click()
    page.locator("dialog textarea").fill("Bearing changed")
    page.keyboard.press("Tab")
    page.locator("dialog").get_by_role("button", name="Reset", exact=True).click()
    refused = page.locator("#asked.is-refused")
    refused.wait_for()
    assert "The fault is still there" in refused.inner_text()


def test_an_alarm_is_shelved_and_a_frame_corrected(page: Any, hall: Hall, tmp_path: Path) -> None:
    page.locator("#alarm-alarm-2").get_by_text("Shelve", exact=True).click()
    page.locator("dialog").get_by_text("1 hour").click()
    page.locator("dialog textarea").fill("Lamp is being changed")
    page.screenshot(path=tmp_path / "shelve.png")
    page.locator("dialog").get_by_role("button", name="Shelve", exact=True).click()
    page.locator("#alarm-alarm-2.is-shelved").wait_for()
    page.locator("#instrument-0").get_by_text("Correct").click()
    page.locator("dialog input[name=label]").fill("oil film")
    page.screenshot(path=tmp_path / "correct.png")
    page.locator("dialog").get_by_role("button", name="Correct", exact=True).click()
    page.locator("#asked.is-done").wait_for()
    # The page may still say so of what was asked before.
    eventually(lambda: len(hall.line.done) == 2)
    assert [x.kind for x in hall.line.done] == ["shelve", "correct"]
    assert hall.line.done[1].facts == {"label": "oil film"}


def test_a_page_whose_line_cannot_be_reached_says_so(page: Any, hall: Hall, tmp_path: Path) -> None:
    page.context.set_offline(True)
    page.locator(".cut-off").wait_for(state="visible", timeout=60_000)
    page.screenshot(path=tmp_path / "cut-off.png")
    page.context.set_offline(False)
    page.locator(".cut-off").wait_for(state="hidden", timeout=60_000)
    hall.wrong[:] = [x for x in hall.wrong if "DISCONNECTED" not in x]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_hangs_out_of_any_screen(page: Any, hall: Hall, size: str, tmp_path: Path) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    for k, path in enumerate(("/", "/wall", "/alarms", "/alarms?show=history", "/login")):
        page.goto(hall.url + path)
        if path == "/wall":
            side, whole = page.locator(".side").bounding_box(), page.locator(".live").bounding_box()
            assert side["width"] > 0.9 * whole["width"], "alarms stand there as wide as sources"
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, (path, size)
        page.screenshot(path=tmp_path / f"{size}-{k}.png")


@pytest.mark.parametrize("width,height", [(1920, 1080), (1280, 720)])
def test_a_wall_shows_all_at_once(
    page: Any, hall: Hall, width: int, height: int, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{hall.url}/wall")
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for one in page.locator(".instrument").all():
        box = one.bounding_box()
        assert box["y"] + box["height"] <= height and box["height"] > 0.15 * height
    page.screenshot(path=tmp_path / f"wall-{width}.png")


def test_language_and_theme_are_chosen_in_the_menu(page: Any, hall: Hall, tmp_path: Path) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="中文").click()
    page.locator("html[lang=zh-Hans]").wait_for()
    page.locator(".menu summary").click()
    page.get_by_role("button", name="深色").click()
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate("getComputedStyle(document.body.parentElement).colorScheme") == "dark"
    assert page.get_by_role("link", name="实时").count() == 1
    page.evaluate("document.fonts.ready")
    page.screenshot(path=tmp_path / "dark-zh.png")
    page.get_by_role("link", name="实时").click()
    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{hall.url}/login")
