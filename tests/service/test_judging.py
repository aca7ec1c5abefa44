"""Files and options go to the host as they came; answers come back in the form that is accepted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from faultlens.hosting.problems import LOST
from faultlens.hosting.refusals import Busy, Stopping
from faultlens.hosting.task import (
    DIAGNOSE,
    INSPECT,
    JSON,
    MATCH,
    MEASURE,
    PNG,
    Answer,
    Limits,
    Problem,
)
from faultlens.service.app import create_app
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost

UNREADABLE = Problem(422, "unreadable-file", "The file cannot be used", "bad.jpg is cut off.")


@pytest.fixture
def host() -> StandInHost:
    return StandInHost()


@pytest.fixture
def client(host: StandInHost) -> Iterator[TestClient]:
    settings = ServiceSettings(max_files=3, max_prompts=3, max_prompt_chars=10, max_pixels=7)
    with TestClient(create_app(settings, host)) as client:  # type: ignore[arg-type]
        yield client


def options(**stated: object) -> dict[str, str]:
    return {"request": json.dumps(stated)}


def test_one_file_is_answered_by_its_result(client: TestClient, host: StandInHost) -> None:
    file = ("parts/a.JPG", b"bytes of a picture", "image/jpeg")
    got = client.post("/v1/inspect", files={"file": file}, data=options(defects=["crack"]))
    assert got.status_code == 200
    assert got.headers["content-type"] == JSON
    assert got.json()["file"] == "a.JPG"
    task = host.tasks[0]
    assert (task.verb, task.name, task.options) == (INSPECT, "a.JPG", {"defects": ["crack"]})
    assert task.limits == Limits(7, 10_000_000)
    assert host.contents == [b"bytes of a picture"]
    assert Path(task.source).suffix == ".jpg"
    assert not Path(task.source).exists()


def test_a_scan_goes_with_its_camera_and_rules(client: TestClient, host: StandInHost) -> None:
    camera = {"fx": 600.0, "fy": 600.0, "cx": 319.5, "cy": 239.5, "depth_mm_per_count": 0.1}
    stated = {"intrinsics": camera, "rules": "format = 1", "reference": "plane"}
    got = client.post("/v1/measure", files={"file": ("a.png", b"x")}, data=options(**stated))
    assert got.status_code == 200
    assert (host.tasks[0].verb, host.tasks[0].options) == (MEASURE, stated)
    for wrong, pointer in (
        ({"intrinsics": {"fx": 600.0}}, "/intrinsics/fy"),
        ({"reference": "cube"}, "/reference"),
        ({"golden": "/etc/passwd"}, "/golden"),
        ({"least_depth_mm": -1.0}, "/least_depth_mm"),
        ({"rules": "x" * 51_000}, "/rules"),
    ):
        said = client.post("/v1/measure", files={"file": b"x"}, data=options(**wrong))
        assert said.status_code == 422
        assert pointer in [x["pointer"] for x in said.json()["errors"]]


def test_a_golden_scan_and_a_photograph_go_with_every_scan(
    client: TestClient, host: StandInHost
) -> None:
    above = [[1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 5.0], [0.0, 0, 0, 1.0]]
    camera = {"fx": 600.0, "fy": 600.0, "cx": 319.5, "cy": 239.5, "pose": above, "unit": "m"}
    files = [
        ("golden", ("CAD/Lid.STL", b"solid")),
        ("file", ("a.ply", b"a")),
        ("file", ("b.ply", b"b")),
        ("photograph", ("lid.jpg", b"picture")),
    ]
    stated = {"camera": camera, "golden_unit": "inch"}
    assert client.post("/v1/measure", files=files, data=options(**stated)).status_code == 200
    one, other = host.tasks
    assert one.beside == other.beside and one.options == stated
    assert {field: name for field, (_, name) in one.beside.items()} == {
        "golden": "Lid.STL", "photograph": "lid.jpg",
    }  # fmt: skip
    assert one.beside["golden"][0].endswith(".stl")
    assert not any(Path(path).exists() for path, _ in one.beside.values())


@pytest.mark.parametrize(
    ("fields", "stated", "status", "said"),
    [
        (["photograph"], {}, 422, "go together"),
        ([], {"camera": {"fx": 1.0, "fy": 1.0, "cx": 1.0, "cy": 1.0}}, 422, "go together"),
        ([], {"golden_unit": "mm"}, 422, "no file in the field 'golden'"),
        (["golden", "golden"], {}, 400, "'golden' is given twice"),
        (["gold"], {}, 400, "once per file, 'golden', 'photograph', and 'request'"),
    ],
)
def test_what_goes_beside_a_scan_goes_once_and_with_its_options(
    client: TestClient, fields: list[str], stated: dict[str, object], status: int, said: str
) -> None:
    files = [("file", ("a.ply", b"a")), *((x, (x, b"x")) for x in fields)]
    got = client.post("/v1/measure", files=files, data=options(**stated))
    assert got.status_code == status and said in got.text


def test_a_picture_has_no_golden_scan(client: TestClient) -> None:
    got = client.post("/v1/inspect", files={"file": b"x", "golden": b"x"})
    assert got.status_code == 400 and "no field 'golden'" in got.text


def test_options_may_be_left_out_and_files_need_no_name(
    client: TestClient, host: StandInHost
) -> None:
    assert client.post("/v1/diagnose", files={"file": b"RIFF"}).status_code == 200
    assert host.tasks[0].options == {}
    assert host.tasks[0].model is None


def test_many_files_are_answered_in_their_order_with_what_failed_beside(
    client: TestClient, host: StandInHost
) -> None:
    host.answers["bad.jpg"] = Answer(problem=UNREADABLE)
    files = [("file", (name, name.encode())) for name in ("a.jpg", "bad.jpg", "b.jpg")]
    got = client.post("/v1/inspect", files=files)
    assert got.status_code == 200
    assert [x["file"] for x in got.json()["results"]] == ["a.jpg", "b.jpg"]
    assert got.json()["failures"] == [
        {
            "file": "bad.jpg",
            "type": "/problems/unreadable-file",
            "title": "The file cannot be used",
            "status": 422,
            "detail": "bad.jpg is cut off.",
        }
    ]
    assert len(host.tasks) == 3


def test_where_every_file_failed_the_answer_is_the_first_problem_with_all(
    client: TestClient, host: StandInHost
) -> None:
    host.answers = {"a": Answer(problem=LOST), "b": Answer(problem=UNREADABLE)}
    got = client.post("/v1/inspect", files=[("file", ("a", b"1")), ("file", ("b", b"2"))])
    assert got.status_code == 503
    assert got.headers["retry-after"] == "1"
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["type"] == "/problems/worker-lost"
    assert got.json()["results"] == []
    assert [x["status"] for x in got.json()["failures"]] == [503, 422]


def test_the_problem_of_one_file_is_the_answer(client: TestClient, host: StandInHost) -> None:
    host.answers["bad.jpg"] = Answer(problem=UNREADABLE)
    got = client.post("/v1/inspect", files={"file": ("bad.jpg", b"1")})
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json() | {"request_id": ""} == {
        "type": "/problems/unreadable-file",
        "title": "The file cannot be used",
        "status": 422,
        "detail": "bad.jpg is cut off.",
        "instance": "/v1/inspect",
        "request_id": "",
    }
    assert got.json()["request_id"] == got.headers["x-request-id"]


def test_sentences_are_matched_word_for_word(client: TestClient, host: StandInHost) -> None:
    prompts = ["裂纹", "a\tcrack", "裂纹"]
    got = client.post("/match-image-text", files={"file": b"1"}, data=options(prompts=prompts))
    assert [x["prompt"] for x in got.json()["matches"]] == prompts
    assert host.tasks[0].verb == MATCH


@pytest.mark.parametrize(
    ("accept", "answered"),
    [(PNG, PNG), ("*/*", JSON), ("text/html, image/*;q=0.2", PNG), ("image/png, */*", JSON)],
)
def test_a_picture_is_answered_where_it_is_preferred(
    client: TestClient, host: StandInHost, accept: str, answered: str
) -> None:
    got = client.post("/v1/diagnose", files={"file": b"1"}, headers={"accept": accept})
    assert got.headers["content-type"] == answered
    assert got.headers["vary"] == "Accept"
    assert (host.tasks[0].verb, host.tasks[0].media_type) == (DIAGNOSE, answered)


@pytest.mark.parametrize(
    ("path", "files", "accept"),
    [
        ("/v1/inspect", 1, "text/html"),
        ("/v1/inspect", 1, "application/json;q=0, image/png;q=0"),
        ("/v1/inspect", 2, "image/png"),
        ("/match-image-text", 1, "image/png"),
    ],
)
def test_what_nobody_can_answer_is_406(
    client: TestClient, host: StandInHost, path: str, files: int, accept: str
) -> None:
    sent = [("file", (f"{x}.jpg", b"1")) for x in range(files)]
    data = options(prompts=["crack"]) if "match" in path else {}
    got = client.post(path, files=sent, data=data, headers={"accept": accept})
    assert got.status_code == 406
    assert got.json()["type"] == "/problems/not-acceptable"
    assert host.tasks == []


@pytest.mark.parametrize(
    ("path", "stated", "pointer"),
    [
        ("/match-image-text", {}, "/prompts"),
        ("/match-image-text", {"prompts": ["a", "b", "c", "d"]}, "/prompts"),
        ("/match-image-text", {"prompts": ["a" * 11]}, "/prompts"),
        ("/v1/inspect", {"defects": ["a" * 11]}, "/defects"),
        ("/v1/inspect", {"defects": [" "]}, "/defects/0"),
        ("/v1/inspect", {"model": "../../etc/passwd"}, "/model"),
        ("/v1/inspect", {"profile": "/etc/passwd"}, "/profile"),
        ("/v1/inspect", {"urls": ["https://example.com/a.png"]}, "/urls"),
        ("/v1/inspect", {"scales": [0.5, 99]}, "/scales/1"),
        ("/v1/diagnose", {"shaft_rpm": -1}, "/shaft_rpm"),
        ("/v1/diagnose", {"shaft_rpm": "1772"}, "/shaft_rpm"),
        ("/v1/diagnose", {"bearing": {"bpfo": 3.5}}, "/bearing/bpfi"),
        ("/v1/diagnose", {"fault": ["x"]}, "/fault"),
    ],
)
def test_wrong_options_are_named_before_anything_is_computed(
    client: TestClient, host: StandInHost, path: str, stated: dict[str, object], pointer: str
) -> None:
    got = client.post(path, files={"file": b"1"}, data=options(**stated))
    assert got.status_code == 422
    assert got.json()["type"] == "/problems/invalid-options"
    assert pointer in [x["pointer"] for x in got.json()["errors"]]
    assert pointer in got.json()["detail"]
    assert host.tasks == []


@pytest.mark.parametrize(
    "bearing",
    [
        "6205",
        {"bpfo": 3.58, "bpfi": 5.41, "bsf": 2.36, "ftf": 0.4},
        {"rolling_elements": 9, "ball_diameter_mm": 7.94, "pitch_diameter_mm": 39.04},
    ],
)
def test_a_bearing_is_stated_in_one_of_three_forms(
    client: TestClient, host: StandInHost, bearing: object
) -> None:
    stated = options(bearing=bearing, channel=1, speed_tolerance=0)
    assert client.post("/v1/diagnose", files={"file": b"1"}, data=stated).status_code == 200
    assert host.tasks[0].options == {"bearing": bearing, "channel": 1, "speed_tolerance": 0}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"shaft_rpm": NaN}', "[" * 9999])
def test_options_that_are_no_object_are_refused(client: TestClient, text: str) -> None:
    got = client.post("/v1/diagnose", files={"file": b"1"}, data={"request": text})
    assert got.status_code == 422


def test_urls_are_tasks_where_the_operator_allows_them(host: StandInHost) -> None:
    settings = ServiceSettings(allow_urls=True)
    with TestClient(create_app(settings, host)) as client:  # type: ignore[arg-type]
        urls = ["https://example.com/parts/a.png", "http://example.com/b.png"]
        got = client.post("/v1/inspect", files={"file": b"1"}, data=options(urls=urls))
        assert [x["file"] for x in got.json()["results"]] == ["upload", "a.png", "b.png"]
        alone = client.post("/v1/inspect", files={"request": json.dumps({"urls": urls[:1]})})
        assert alone.json()["file"] == "a.png"
        refused = client.post(
            "/v1/inspect", data=options(urls=["file:///etc/passwd"]), files={"file": b""}
        )
        assert refused.status_code == 422
    assert [x.source for x in host.tasks[1:3]] == urls


def test_busy_says_when_to_come_again(client: TestClient, host: StandInHost) -> None:
    host.refusal = Busy(3)
    got = client.post("/v1/inspect", files={"file": b"1"})
    assert (got.status_code, got.headers["retry-after"]) == (503, "3")
    assert got.json()["type"] == "/problems/busy"


def test_stopping_ends_the_connection(client: TestClient, host: StandInHost) -> None:
    host.refusal = Stopping()
    got = client.post("/v1/inspect", files={"file": b"1"})
    assert (got.status_code, got.headers["connection"]) == (503, "close")
    assert got.json()["type"] == "/problems/stopping"
