"""What the clients send: the form of the contract, the key, names without folders."""

import json
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import httpx2
import pytest

from faultlens.client import Client
from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from tests.client.asking import HEALTHY, Asking


def answering(content: object) -> object:
    return lambda request: httpx2.Response(200, json=content)


def form(request: httpx2.Request) -> dict[str, tuple[str | None, bytes]]:
    """Field -> file name and bytes."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + request.content)
    return {
        str(x.get_param("name", header="content-disposition")): (
            x.get_filename(),
            x.get_payload(decode=True),
        )
        for x in message.get_payload()  # type: ignore[union-attr]
    }  # type: ignore[return-value]


def test_a_recording_goes_as_a_file_with_its_options_beside_it(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1,2\n")
    result = ask(
        answering(HEALTHY), "diagnose", tmp_path / "a.csv",
        shaft_rpm=1772, bearing="6205", faults=["外圈点蚀"], profile=None,
    )  # fmt: skip
    request = ask.requests[0]
    assert (request.method, request.url.path) == ("POST", "/v1/diagnose")
    assert request.headers["accept"] == "application/json"
    sent = form(request)
    assert sent["file"] == ("a.csv", b"1,2\n")
    assert json.loads(sent["request"][1]) == {
        "shaft_rpm": 1772, "bearing": "6205", "faults": ["外圈点蚀"],
    }  # fmt: skip
    assert (result.verdict, result.alarm, result.warnings) == ("healthy", False, ("no profile",))
    assert [(x.label, x.score) for x in result.findings] == [("healthy", 0.9), ("外圈点蚀", 0.1)]
    assert result.to_dict() == HEALTHY


@pytest.mark.parametrize(
    ("method", "args", "options", "wanted"),
    [
        ("inspect", (b"P",), {"mm_per_pixel": 0.1}, ("POST", "/v1/inspect", "application/json")),
        ("overlay", (b"P",), {"part": "shaft"}, ("POST", "/v1/inspect", "image/png")),
        ("figure", (b"1",), {"channel": 1}, ("POST", "/v1/diagnose", "image/png")),
        ("measure", (b"ply",), {"unit": "m"}, ("POST", "/v1/measure", "application/json")),
        ("scan_figure", (b"ply",), {"rules": ""}, ("POST", "/v1/measure", "image/png")),
        ("match", (b"P", ["a"]), {}, ("POST", "/match-image-text", "application/json")),
        ("health", (), {}, ("GET", "/health", "application/json")),
        ("models", (), {}, ("GET", "/v1/models", "application/json")),
        ("faults", (), {}, ("GET", "/v1/faults", "application/json")),
        ("profiles", (), {}, ("GET", "/v1/profiles", "application/json")),
        ("put_profile", ("a/b", b"P"), {}, ("PUT", "/v1/profiles/a%2Fb", "application/json")),
        ("delete_profile", ("a",), {}, ("DELETE", "/v1/profiles/a", "application/json")),
        ("use_model", ("inspect", "m"), {}, ("PUT", "/v1/models/inspect", "application/json")),
    ],
)
def test_each_method_asks_at_its_place(
    ask: Asking, method: str, args: tuple[object, ...], options: dict[str, object], wanted: object
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["accept"] == "image/png":
            return httpx2.Response(200, content=b"\x89PNG...")
        return httpx2.Response(200, json={"matches": [{"prompt": "a", "similarity_score": 1.0}]})

    ask(answer, method, *args, **options)
    (request,) = ask.requests
    path = request.url.raw_path.decode()
    assert (request.method, path, request.headers["accept"]) == wanted


def test_a_profile_is_the_body_and_a_model_is_json(ask: Asking) -> None:
    ask(answering({"name": "pump-7"}), "put_profile", "pump-7", b"the profile")
    ask(answering({}), "use_model", "inspect", "builtin/surface")
    assert ask.requests[0].content == b"the profile"
    assert json.loads(ask.requests[1].content) == {"model": "builtin/surface"}


@pytest.mark.parametrize("method", ["measure", "scan_figure"])
def test_a_golden_scan_and_a_photograph_go_beside_a_scan(
    ask: Asking, tmp_path: Path, method: str
) -> None:
    (tmp_path / "lid.stl").write_bytes(b"solid")
    camera = {"fx": 900, "fy": 900, "cx": 320, "cy": 240, "pose": [[1, 0, 0, 0]]}

    def answer(request: httpx2.Request) -> httpx2.Response:
        if method == "measure":
            return httpx2.Response(200, json=HEALTHY)
        return httpx2.Response(200, content=b"\x89PNG...")

    ask(
        answer, method, ("a.ply", b"ply"),
        golden=tmp_path / "lid.stl", photograph=("lid.jpg", b"J"), camera=camera, unit="mm",
    )  # fmt: skip
    sent = form(ask.requests[0])
    assert sent["file"] == ("a.ply", b"ply")
    assert (sent["golden"], sent["photograph"]) == (("lid.stl", b"solid"), ("lid.jpg", b"J"))
    assert json.loads(sent["request"][1]) == {"camera": camera, "unit": "mm"}


def test_a_golden_scan_that_is_not_there_is_told(ask: Asking) -> None:
    with pytest.raises(UnreadableFileError, match=r"lid\.stl"):
        ask(answering(HEALTHY), "measure", b"ply", golden="/nowhere/lid.stl")


def test_matches_keep_their_order_and_their_words(ask: Asking) -> None:
    rows = [{"prompt": "b", "similarity_score": 0.7}, {"prompt": "a", "similarity_score": 0.3}]
    found = ask(answering({"matches": rows}), "match", ("p.png", b"P"), ["a", "b"])
    assert [(x.prompt, x.similarity_score) for x in found] == [("b", 0.7), ("a", 0.3)]


def test_address_and_key_come_from_the_environment_or_the_call(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(answering({}), "health")
    monkeypatch.setenv("FAULTLENS_URL", "https://plant/faultlens/")
    monkeypatch.setenv("FAULTLENS_API_KEY", "from-the-environment")
    ask(answering({}), "models")
    ask(answering({}), "models", client={"url": "http://press-3:9000", "key": "given"})
    first, second, third = ask.requests
    assert str(first.url) == "http://127.0.0.1:8000/health"
    assert "authorization" not in first.headers
    assert str(second.url) == "https://plant/faultlens/v1/models"
    assert second.headers["authorization"] == "Bearer from-the-environment"
    assert str(third.url) == "http://press-3:9000/v1/models"
    assert third.headers["authorization"] == "Bearer given"


@pytest.mark.parametrize("url", ["press-3:8000", "ftp://press-3", "http://", "x"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a service"):
        Client(url)


def test_a_key_that_no_header_carries_is_refused_without_being_repeated() -> None:
    with pytest.raises(UsageError) as error:
        Client(key="ge heim")
    assert "heim" not in str(error.value)


def test_an_unknown_option_is_found_before_anything_is_sent(ask: Asking) -> None:
    for method in ("inspect", "overlay", "inspect_many"):
        with pytest.raises(UnknownNameError, match=r"Unknown option 'parts'\. Nearest: part"):
            ask(answering({}), method, [b"P"], parts="shaft")
    assert ask.requests == []


def test_a_file_that_is_not_there_is_told_by_its_path(ask: Asking, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"none\.png' cannot be read: No such file"):
        ask(answering({}), "inspect", tmp_path / "none.png")


def test_a_name_that_is_not_utf_8_still_travels(ask: Asking) -> None:
    ask(answering(HEALTHY), "inspect", ("line/\udcffp.png", b"P"))
    assert form(ask.requests[0])["file"] == ("\\udcffp.png", b"P")


def test_the_client_needs_no_numpy() -> None:
    code = "import sys, faultlens.client; print(*{x.split('.')[0] for x in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "httpx2" in loaded
    assert loaded.isdisjoint({"numpy", "scipy", "onnxruntime", "matplotlib", "typer", "rich"})


def test_a_scan_comes_back_with_its_defects_and_what_becomes_of_the_part(ask: Asking) -> None:
    defect = {"number": 1, "label": "dent", "depth_mm": 0.31, "depth_mm_u95": 0.02}
    told = {"verdict": "dent", "alarm": True, "defects": [defect], "severity": "rework"}
    result = ask(answering(told), "measure", ("plate.ply", b"ply"), unit="m", least_depth_mm=0.05)
    sent = form(ask.requests[0])
    assert sent["file"] == ("plate.ply", b"ply")
    assert json.loads(sent["request"][1]) == {"unit": "m", "least_depth_mm": 0.05}
    assert (result.defects[0]["depth_mm"], result.severity) == (0.31, "rework")
    with pytest.raises(UnknownNameError, match="Nearest: spacing_mm"):
        ask(answering(told), "measure", b"ply", spacing=1.0)
