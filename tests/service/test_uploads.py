"""What is no form, too large, too slow or malformed is refused, and leaves no file behind."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.types import Message

from faultlens.service.app import create_app
from faultlens.service.form_reader import boundary_of, safe_suffix, shown_name
from faultlens.service.refused import Refused
from faultlens.service.settings import ServiceSettings
from faultlens.service.spool import PREFIX, SMALL_BYTES, Spool, remove_orphans
from tests.service.standin import StandInHost

PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
HEADERS = {"content-type": "multipart/form-data; boundary=x"}


def part(name: bytes, content: bytes = b"1", filename: bytes = b"") -> bytes:
    return PART % (name, b'; filename="%s"' % filename if filename else b"", content)


END = b"--x--\r\n"


async def posted(
    body: bytes | AsyncIterator[bytes],
    host: StandInHost | None = None,
    headers: dict[str, str] = HEADERS,
    **settings: float,
) -> httpx2.Response:
    app = create_app(ServiceSettings(**settings), host or StandInHost())  # type: ignore[arg-type]
    app.state.service.host.hold = None
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://test"
    ) as client:
        return await client.post("/v1/inspect", content=body, headers=headers)


def post(*args: object, **more: object) -> httpx2.Response:
    return asyncio.run(posted(*args, **more))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def spools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Uploads lie in a folder of the test; after each request nothing is left of them."""
    monkeypatch.setattr("faultlens.service.app.Spool", lambda: Spool(str(tmp_path)))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    assert [x for x in tmp_path.rglob("*") if x.is_file()] == []


def test_a_form_is_taken_in_however_it_is_cut(tmp_path: Path) -> None:
    body = part(b"file", b"a--x\r\n-" * 50, b"a.csv") + part(b"request", b'{"lang": "zh"}') + END

    async def bytewise() -> AsyncIterator[bytes]:
        for each in body:
            yield bytes([each])

    host = StandInHost()
    assert post(bytewise(), host).status_code == 200
    assert host.contents == [b"a--x\r\n-" * 50]
    assert host.tasks[0].options == {"lang": "zh"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "ends before its last boundary"),
        (part(b"file"), "ends before its last boundary"),
        (b"nothing of the kind", "malformed"),
        (b"--x\r\nContent-Disposition form-data\r\n\r\n1\r\n" + END, "malformed"),
        (b"--x\r\n\r\n1\r\n" + END, "no field ''"),
        (part(b"files") + END, "no field 'files'"),
        (part(b"request", b"{}") * 2 + END, "given twice"),
        (part(b"request", b"{}") + END, "no file"),
        (END, "no file"),
        (b"--x\r\nX: " + b"1" * 9000, "eader"),
    ],
)
def test_a_malformed_body_is_400(body: bytes, words: str) -> None:
    got = post(body)
    assert got.status_code == 400
    assert got.json()["type"] == "/problems/malformed-body"
    assert words in got.json()["detail"]


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain; boundary=x", "multipart/x"])
def test_another_kind_of_body_is_415(kind: str) -> None:
    got = post(part(b"file") + END, headers={"content-type": kind})
    assert got.status_code == 415


def test_a_body_that_comes_packed_is_415() -> None:
    got = post(part(b"file") + END, headers={**HEADERS, "content-encoding": "gzip"})
    assert (got.status_code, got.headers["accept-encoding"]) == (415, "identity")


@pytest.mark.parametrize("boundary", ["", "; boundary=", f"; boundary={'x' * 71}"])
def test_a_boundary_is_needed(boundary: str) -> None:
    with pytest.raises(Refused, match="boundary"):
        boundary_of(f"multipart/form-data{boundary}")


def test_a_length_over_the_limit_is_refused_before_a_byte_is_read() -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    got = post(never(), headers={**HEADERS, "content-length": "1000001"}, max_body_mb=1)
    assert got.status_code == 413
    assert "1 MB" in got.json()["detail"]


def test_a_body_of_no_stated_length_is_counted() -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        for _ in range(100):
            yield b"0" * 100_000
        raise AssertionError("it was read to its end")

    got = post(endless(), max_body_mb=1)
    assert got.status_code == 413


def test_more_files_than_are_taken_are_refused() -> None:
    assert post(part(b"file") * 3 + END, max_files=2).status_code == 413
    assert post(part(b"file") * 2 + END, max_files=2).status_code == 200


def test_options_are_not_endless() -> None:
    got = post(part(b"file") + part(b"request", b" " * 70_000) + END, max_prompts=1)
    assert got.status_code == 413
    assert "request" in got.json()["detail"]


def test_a_body_that_comes_too_slowly_is_408() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield part(b"file")
        await asyncio.sleep(60)

    got = post(slow(), body_timeout_s=0.1)
    assert got.status_code == 408
    assert got.headers["connection"] == "close"
    assert got.json()["type"] == "/problems/slow-body"


def test_a_client_that_leaves_takes_its_work_with_it() -> None:
    host = StandInHost()
    host.hold = asyncio.Event()
    app = create_app(ServiceSettings(), host)  # type: ignore[arg-type]
    body = part(b"file", b"1", b"a.wav") + part(b"file", b"2", b"b.wav") + END
    sent: list[Message] = []

    async def ask() -> None:
        left = asyncio.Event()
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/v1/diagnose", "query_string": b"",
            "headers": [(x.encode(), y.encode()) for x, y in HEADERS.items()],
        }  # fmt: skip
        asking = asyncio.ensure_future(app(scope, receive, send))
        while len(host.tasks) < 2:
            await asyncio.sleep(0)
        assert all(Path(x.source).is_file() for x in host.tasks)
        left.set()
        await asking

    asyncio.run(ask())
    assert host.cancelled == 2
    assert sent[0]["status"] == 499


def test_a_client_that_leaves_within_its_body_is_no_error() -> None:
    app = create_app(ServiceSettings(), StandInHost())  # type: ignore[arg-type]
    messages = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": part(b"file"), "more_body": True},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v1/diagnose", "query_string": b"",
        "headers": [(x.encode(), y.encode()) for x, y in HEADERS.items()],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 499


def test_a_disk_that_is_full_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faultlens.service.form_reader.open", full, raising=False)
    got = post(part(b"file") + END)
    assert (got.status_code, got.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("given", "name", "suffix"),
    [
        ("../../etc/passwd", "passwd", ""),
        ("C:\\parts\\a.JPG", "a.JPG", ".jpg"),
        ("pump7.toml", "pump7.toml", ""),
        ("a.b\x00c", "a.bc", ".bc"),
        ("a.csv/", "file", ""),
        ("零件.png", "零件.png", ".png"),
        (f"{'a' * 500}.wav", f"{'a' * 196}.wav", ".wav"),
        ("a\u202egpj.exe\u2028", "agpj.exe", ".exe"),
        ("x." + "a" * 9, "x." + "a" * 9, ""),
    ],
)
def test_of_a_clients_name_a_plain_suffix_is_kept(given: str, name: str, suffix: str) -> None:
    assert shown_name(given) == name
    assert safe_suffix(shown_name(given)) == suffix


def test_no_file_can_be_taken_for_anothers_sidecar() -> None:
    host = StandInHost()
    body = part(b"file", b"1", b"pump.wav") + part(b"file", b"shaft_rpm = 1", b"pump.toml") + END
    assert post(body, host).status_code == 200
    recording, other = (Path(x.source) for x in host.tasks)
    assert recording.with_suffix(".toml") != other
    assert len({x.stem for x in (recording, other)}) == 2


@pytest.mark.parametrize("expected", [None, SMALL_BYTES + 1, SMALL_BYTES])
def test_small_uploads_lie_in_memory_and_others_on_the_disk(
    tmp_path: Path, expected: int | None
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    spool = Spool(str(memory))
    with spool.place(expected) as place:
        within = Path(place.next_path(".wav")).is_relative_to(memory)
    spool.close()
    assert within == (expected == SMALL_BYTES)
    assert list(memory.iterdir()) == []


def test_without_a_folder_in_memory_the_disk_will_do(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "absent"))
    with spool.place(1) as place:
        assert Path(place.next_path("")).parent.is_dir()
    spool.close()


def test_what_a_killed_service_left_behind_is_removed(tmp_path: Path) -> None:
    old = time.time() - 3600
    orphan, young = (tmp_path / f"{PREFIX}{x}" for x in ("orphan", "young"))
    for folder in (orphan, young):
        folder.mkdir()
        (folder / "0.wav").write_bytes(b"1")
    os.utime(orphan, (old, old))
    living = Spool(str(tmp_path))
    with living.place(1) as place:
        path = Path(place.next_path(""))
        path.write_bytes(b"1")
        os.utime(path.parent, (old, old))
        # Of another service that starts meanwhile.
        remove_orphans(str(tmp_path))
        assert path.exists()
    assert not orphan.exists()
    assert young.exists()
    living.close()
    shutil.rmtree(young)
