"""A model is taken from this machine where it is here, and fetched from whichever hub answers.

The hubs are servers on the loopback that this test starts; nothing reaches outside.
"""

import json
import logging
import shutil
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="text models: pip install 'faultlens[train]'")
pytest.importorskip("huggingface_hub", reason="text models: pip install 'faultlens[train]'")

from huggingface_hub import constants
from huggingface_hub.utils import _headers, close_session

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.models import hub
from faultlens.models.hub import HUB, MIRROR, cached_model, endpoints, find_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "maker/small"
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "tokenizer.json": b"{}",
    "vocab.txt": b"race",
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"a pickle",
    "README.md": b"words",
    "own.py": b"raise SystemExit",
    "onnx/config.json": b"{}",
    "model.fp16.safetensors": b"others",
}
OFFER = 7
CONVERTED_FILES = {"model.safetensors": b"converted"}
FETCHED = {"config.json", "tokenizer.json", "vocab.txt", "model.safetensors"}


class Hub:
    """A server with the few answers of a hub that are needed to fetch one model."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.sizes: dict[str, int] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.offers: list[dict[str, object]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                hub.answer(self)

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        self.asked.append(path)
        self.headers.append({k.lower(): v for k, v in request.headers.items()})
        body, extra, status = b"{}", {}, self.status
        converted = f"refs%2Fpr%2F{OFFER}"
        revision = converted if converted in path else "main"
        place = f"/{NAME}/resolve/{revision}/"
        files = self.files | (CONVERTED_FILES if revision == converted else {})
        if status == 200 and path == f"/api/models/{NAME}/discussions" and self.offers:
            told = {"discussions": self.offers, "count": len(self.offers), "start": 0}
            body = json.dumps(told).encode()
        elif status == 200 and path in (
            f"/api/models/{NAME}",
            f"/api/models/{NAME}/revision/{revision}",
        ):
            siblings = [
                {"rfilename": x, "size": self.sizes.get(x, len(y))} for x, y in files.items()
            ]
            body = json.dumps({"id": NAME, "sha": COMMIT, "siblings": siblings}).encode()
        elif status == 200 and path.startswith(place) and path[len(place) :] in files:
            body = files[path[len(place) :]]
            extra = {"ETag": f'"{sha256(body).hexdigest()}"', "X-Repo-Commit": COMMIT}
        elif status == 200:
            status = 404
        request.send_response(status)
        for key, value in {**extra, "Content-Length": str(len(body))}.items():
            request.send_header(key, value)
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server() -> Iterator[Hub]:
    """A hub that has the model."""
    made = Hub()
    yield made
    made.close()
    close_session()


@pytest.fixture
def dead() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache, no hub outside, no token of whoever runs the tests; the cache's folder."""
    for name in (
        "HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "http_proxy",
        "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "HUB", "http://127.0.0.1:9")
    monkeypatch.setattr(hub, "MIRROR", "http://127.0.0.1:9")
    monkeypatch.setattr(hub, "ANSWER_S", 2.0)
    for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_XET"):
        # What the code sets is taken back.
        monkeypatch.setattr(constants, name, True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    return tmp_path / "cache"


def filled(cache: Path, name: str = NAME, commit: str = COMMIT) -> Path:
    top = cache / f"models--{name.replace('/', '--')}"
    folder = top / "snapshots" / commit
    folder.mkdir(parents=True)
    for x in FETCHED:
        (folder / x).write_bytes(FILES[x])
    (top / "refs").mkdir(exist_ok=True)
    (top / "refs" / "main").write_text(commit)
    return folder


def test_only_the_files_of_the_model_are_fetched(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    folder = find_model(NAME)
    assert {x.name for x in folder.iterdir()} == FETCHED
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert all(x.startswith((f"/api/models/{NAME}", f"/{NAME}/")) for x in server.asked)


def test_what_was_fetched_is_asked_for_no_more(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    folder = find_model(NAME)
    before = len(server.asked)
    assert find_model(NAME) == folder
    assert len(server.asked) == before


def test_a_filled_cache_and_a_folder_need_no_hub(
    alone: Path, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    folder = filled(alone)
    assert find_model(NAME) == folder
    assert find_model(str(folder)) == folder
    assert server.asked == []


def test_the_next_mirror_is_asked_when_the_first_does_not_answer(
    server: Hub, dead: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAULTLENS_HF_MIRRORS", f"{dead}, {server.address}/")
    with caplog.at_level(logging.WARNING):
        assert find_model(NAME).name == COMMIT
    assert f"{NAME} was not fetched from {dead}" in caplog.text
    assert f"fetching {NAME} from {server.address}" in caplog.text


@pytest.mark.parametrize("status", [404, 401, 503])
def test_the_next_mirror_is_asked_when_the_first_refuses(
    server: Hub, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    first = Hub()
    first.status = status
    monkeypatch.setenv("FAULTLENS_HF_MIRRORS", f"{first.address},{server.address}")
    try:
        assert find_model(NAME).name == COMMIT
    finally:
        first.close()
    assert first.asked


def test_a_hub_that_never_answers_is_given_up(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "ANSWER_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mute = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("FAULTLENS_HF_MIRRORS", f"{mute},{server.address}")
        assert find_model(NAME).name == COMMIT


def test_where_no_hub_answers_the_three_ways_are_told(
    alone: Path, dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", dead)
    with pytest.raises(InputError) as told:
        find_model(NAME)
    text = str(told.value)
    assert f"The text model '{NAME}' is not on this machine" in text
    assert dead in text
    assert "1. from a mirror: set HF_ENDPOINT=" in text
    assert f"git clone {hub.HUB}/{NAME}" in text
    assert f"hf download {NAME} --local-dir small" in text
    assert "--text-model ./small" in text
    assert f"models--maker--small into {alone}" in text


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_means_that_nobody_is_asked(
    server: Hub, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv(variable, "1")
    with pytest.raises(InputError, match=f"{variable} is set"):
        find_model(NAME)
    assert server.asked == []


def test_a_model_with_pickled_weights_only_is_refused_before_it_is_fetched(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    del server.files["model.safetensors"]
    with pytest.raises(UnreadableFileError, match=r"pickle \(pytorch_model\.bin\)"):
        find_model(NAME)
    # The model, and whether the hub itself offers it in another form; no file.
    assert server.asked == [f"/api/models/{NAME}", f"/api/models/{NAME}/discussions"]


@pytest.mark.parametrize(
    ("file", "size"), [("model.safetensors", 10**12), ("tokenizer.json", 10**9)]
)
def test_files_beyond_all_measure_are_not_fetched(
    server: Hub, monkeypatch: pytest.MonkeyPatch, file: str, size: int
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    server.sizes[file] = size
    with pytest.raises(UnreadableFileError, match="larger files than a model needs"):
        find_model(NAME)
    assert server.asked == [f"/api/models/{NAME}"]


def test_a_token_is_shown_to_the_endpoint_of_its_owner_and_to_no_mirror(
    server: Hub, monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("FAULTLENS_HF_MIRRORS", server.address)
    find_model(NAME)
    assert not any("authorization" in x for x in server.headers)
    shutil.rmtree(alone)
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    find_model(NAME)
    assert server.headers[-1]["authorization"] == "Bearer hf_secret"


def test_nobody_is_told_who_runs_this(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    # It asks the hub itself, whichever mirror is meant.
    monkeypatch.setattr(_headers, "detect_agent", lambda: asked.append("who?"), raising=False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    find_model(NAME)
    assert asked == []
    assert not any("torch" in x.get("user-agent", "") for x in server.headers)


def test_a_broken_off_download_is_not_taken_for_the_model(
    alone: Path, server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    (filled(alone) / "model.safetensors").unlink()
    assert cached_model(NAME) is None
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    assert (find_model(NAME) / "model.safetensors").read_bytes() == b"weights"


def test_the_current_version_of_the_cache_is_taken(alone: Path) -> None:
    filled(alone, commit="a" * 40)
    folder = filled(alone, commit="b" * 40)
    filled(alone, commit="c" * 40)
    (folder.parents[1] / "refs" / "main").write_text("b" * 40)
    assert cached_model(NAME) == folder


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("distilbert-base-uncased", "distilbert/distilbert-base-uncased"),
        ("distilbert/distilbert-base-uncased", "distilbert-base-uncased"),
    ],
)
def test_a_cache_is_searched_under_the_old_name_and_the_new(
    alone: Path, asked: str, kept: str
) -> None:
    assert cached_model(asked) is None
    folder = filled(alone, kept)
    assert cached_model(asked) == folder


@pytest.mark.parametrize("name", ["", "./nowhere", "/nowhere/at/all", "a/b/c", "https://x/y", ".."])
def test_what_is_neither_name_nor_folder_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((UsageError, UnreadableFileError)):
        find_model(name)


def test_hubs_are_asked_in_the_order_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.delenv("FAULTLENS_HF_MIRRORS", raising=False)
    assert endpoints() == (HUB, MIRROR) == ("https://huggingface.co", "https://hf-mirror.com")
    monkeypatch.setenv("FAULTLENS_HF_MIRRORS", "https://one/, https://two")
    assert endpoints() == ("https://one", "https://two")
    monkeypatch.setenv("HF_ENDPOINT", "https://two")
    assert endpoints() == ("https://two", "https://one")
    monkeypatch.delenv("FAULTLENS_HF_MIRRORS")
    assert endpoints() == ("https://two",)


def offer(**changes: object) -> dict[str, object]:
    return {
        "title": hub.CONVERTED, "num": OFFER, "author": {"name": hub.CONVERTER},
        "createdAt": "2023-03-01T00:00:00.000Z", "status": "open",
        "repo": {"name": NAME, "type": "model"}, "isPullRequest": True, **changes,
    }  # fmt: skip


def test_where_there_is_a_pickle_only_the_hubs_own_safetensors_are_taken(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    del server.files["model.safetensors"]
    # Whoever else offers weights is not believed.
    server.offers = [offer(author={"name": "somebody"}, num=3), offer(title="Better", num=4)]
    with pytest.raises(UnreadableFileError, match=r"pickle \(pytorch_model\.bin\)"):
        find_model(NAME)
    server.offers.append(offer())
    assert (find_model(NAME) / "model.safetensors").read_bytes() == b"converted"


def test_of_a_model_of_pictures_the_licence_is_fetched_and_told_how_to_give_it(
    server: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    folder = find_model(NAME, pictures=True)
    assert {x.name for x in folder.iterdir()} == FETCHED | {"README.md"}
    server.status = 503
    with pytest.raises(InputError) as caught:
        find_model("maker/other", pictures=True)
    assert "give the folder: hf:./other" in str(caught.value)
    assert "Or take what needs no download: --model builtin/surface." in str(caught.value)
