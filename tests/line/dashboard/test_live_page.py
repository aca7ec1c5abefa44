"""The live page shows what the line says, at once, safely, and says so where the line is silent."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from faultlens.line.live import LiveSource, LiveState
from faultlens.store.store import Store
from tests.line.dashboard.asking import client, logged_in

JPEG = b"\xff\xd8\xff\xe0 a picture"


def state(*sources: LiveSource, age_s: float = 0.0, **more: Any) -> LiveState:
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    return LiveState("Press 3", at.isoformat(), sources, **more)


def camera(**more: Any) -> LiveSource:
    given = {
        "kind": "picture", "state": "running", "frame": "f7", "verdict": "crack", "score": 0.91,
        "threshold": 0.7, "scores": (0.1, 0.2, 0.91), "preview": b64encode(JPEG).decode(),
        "rate_hz": 12.5, "p50_s": 0.04, "p99_s": 0.09, "time": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    return LiveSource("cam <left>", **{**given, **more})


def test_a_source_stands_there_with_all_it_reads(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path, lambda: state(camera())), "tv")
    page = asker.get("/").text
    for word in ("crack", "0.910", "0.70", "12.5", "40 ms", "90 ms", "cam &lt;left&gt;"):
        assert word in page, word
    assert "<left>" not in page


def test_a_source_that_waits_for_its_first_frame_shows_no_score(
    people_store: Store, tmp_path: Path
) -> None:
    waiting = LiveSource("inlet", state="waiting")
    page = logged_in(client(people_store, tmp_path, lambda: state(waiting)), "tv").get("/").text
    assert "not judged yet" in page and "–</p>" in page
    assert "0.000" not in page and "0.00<" not in page


def test_a_picture_has_an_address_that_changes_with_it(people_store: Store, tmp_path: Path) -> None:
    now = [state(camera())]
    asker = logged_in(client(people_store, tmp_path, lambda: now[0]), "tv")
    before = asker.get("/live/desk").text
    answer = asker.get("/live/picture/0?v=x")
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    now[0] = state(camera(preview=b64encode(b"other").decode()))
    after = asker.get("/live/desk").text
    address = "/live/picture/0?v="
    assert before.split(address)[1][:8] != after.split(address)[1][:8]
    assert asker.get("/live/picture/1").status_code == 404
    assert asker.get("/live/picture/-1").status_code == 404
    now[0] = state(camera(preview="no base64!"))
    assert asker.get("/live/picture/0").status_code == 404


def test_what_has_not_changed_is_not_sent_again(people_store: Store, tmp_path: Path) -> None:
    now = [state(camera(time=""))]
    asker = logged_in(client(people_store, tmp_path, lambda: now[0]), "tv")
    first = asker.get("/live/desk")
    again = asker.get("/live/desk", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    now[0] = state(camera(time="", score=0.2))
    changed = asker.get("/live/desk", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


def test_an_old_state_is_none(people_store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(people_store, tmp_path, lambda: state(camera(), age_s=30)), "tv")
    assert "The line is not running" in asker.get("/").text
    assert "Line not running" in asker.get("/live/state").text


def test_conditions_are_said_in_the_language_of_the_reader(
    people_store: Store, tmp_path: Path
) -> None:
    conditions = (("error", "The disk is full.", "磁盘已满。"),)
    asker = logged_in(client(people_store, tmp_path, lambda: state(conditions=conditions)), "tv")
    assert "The disk is full." in asker.get("/").text
    asker.cookies.set("faultlens_language", "zh")
    assert "磁盘已满。" in asker.get("/").text


def test_many_channels_are_a_rack_led_by_the_most_urgent(
    people_store: Store, tmp_path: Path
) -> None:
    channels = [
        LiveSource("hall", f"m{x}", kind="signal", state="running", spectrum=(1.0, 2.0), score=0.1,
                   threshold=0.5, alarm="acknowledged" if x == 40 else "normal")
        for x in range(64)
    ]  # fmt: skip
    asker = logged_in(client(people_store, tmp_path, lambda: state(*channels)), "tv")
    page = asker.get("/").text
    assert "64 channels" in page and page.count('class="channel is-') == 64
    assert '<p class="rack-lead-name">m40</p>' in page


def test_a_wall_has_nothing_to_press(people_store: Store, tmp_path: Path) -> None:
    alarm = {
        "alarm": "a1", "state": "unacknowledged", "step": "raised", "source": "cam",
        "channel": "", "verdict": "crack", "score": 0.9, "threshold": 0.7, "part": None,
        "time": datetime.now(UTC).isoformat(), "user": "", "comment": "", "preview": None,
    }  # fmt: skip
    live = state(camera(), alarms=(alarm,))
    asker = logged_in(client(people_store, tmp_path, lambda: live), "mei")
    assert "do=acknowledge" in asker.get("/").text
    wall = asker.get("/wall").text
    assert "do=acknowledge" not in wall and "<form" not in wall and "crack" in wall


def test_who_may_less_does_not_get_the_drawing_of_who_may_more(
    people_store: Store, tmp_path: Path
) -> None:
    live = state(camera())
    asker = client(people_store, tmp_path, lambda: live)
    pages = [logged_in(asker, x).get("/live/desk") for x in ("mei", "tv", "mei")]
    assert ["Correct" in x.text for x in pages] == [True, False, True]
    assert pages[0].headers["content-encoding"] == "gzip"
    plain = asker.get("/live/desk", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == pages[2].text


def test_the_annunciator_says_what_was_found_though_the_last_frame_is_sound(
    people_store: Store, tmp_path: Path
) -> None:
    alarm = {
        "alarm": "a1",
        "state": "returned",
        "step": "returned",
        "source": "cam <left>",
        "channel": "",
        "verdict": "burr",
        "score": 0.1,
        "threshold": 0.7,
        "part": None,
        "time": "",
        "user": "",
        "comment": "",
        "preview": None,
    }
    live = state(camera(alarm="returned", verdict="no defect"), alarms=(alarm,))
    asker = logged_in(client(people_store, tmp_path, lambda: live), "tv")
    window = asker.get("/").text.split('class="window')[1].split("</a>")[0]
    assert "burr" in window and "no defect" not in window


def test_a_source_before_its_first_frame_and_one_without_scores(
    people_store: Store, tmp_path: Path
) -> None:
    asker = logged_in(client(people_store, tmp_path, lambda: state(LiveSource("new"))), "tv")
    assert "waiting for the first frame" in asker.get("/").text
    empty = logged_in(client(people_store, tmp_path, lambda: state()), "tv")
    assert "No source has said anything yet" in empty.get("/").text


def test_a_state_of_a_source_that_is_not_known_is_shown_as_a_failure(
    people_store: Store, tmp_path: Path
) -> None:
    live = state(camera(state="on fire", alarm="normal"))
    asker = logged_in(client(people_store, tmp_path, lambda: live), "tv")
    assert "FAILED" in asker.get("/").text
