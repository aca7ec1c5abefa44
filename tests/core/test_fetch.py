"""URLs are fetched within bounds, and never from an address that was not checked and allowed."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faultlens.core import addresses
from faultlens.core.addresses import why_refused
from faultlens.core.errors import UnreachableUrlError, UsageError
from faultlens.core.fetch import Fetched, fetch
from faultlens.core.urls import read_url, without_password
from tests.loopback import Answer, saying, serving
from tests.timing import PATIENCE_S, quickest

CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
OK = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4"


def get(url: str, **options: object) -> Fetched:
    given = {"largest_bytes": 1000, "timeout_s": PATIENCE_S, "allow_private": True} | options
    return fetch(url, **given)  # type: ignore[arg-type]


def test_a_file_is_fetched_and_asked_for_unpacked() -> None:
    with serving(saying(OK, b"abcd")) as (port, asked):
        found = get(f"http://127.0.0.1:{port}/a b.png?x=1#part")
    assert found == Fetched(b"abcd", f"http://127.0.0.1:{port}/a b.png?x=1#part", "image/png")
    assert asked[0].startswith("GET /a%20b.png?x=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}" in asked[0]
    assert "Accept-Encoding: identity" in asked[0]


def test_ipv6_and_chunks() -> None:
    body = b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"
    with serving(
        saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", body), socket.AF_INET6
    ) as (port, asked):
        assert get(f"http://[::1]:{port}/").content == b"abcd"
    assert f"Host: [::1]:{port}" in asked[0]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_is_refused_however_it_is_spelt(host: str) -> None:
    with (
        serving(saying(OK, b"abcd")) as (port, asked),
        pytest.raises(UnreachableUrlError, match=r"never fetched|not fetched|no host"),
    ):
        get(f"http://{host}:{port}/", allow_private=False)
    assert asked == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("192.168.1.1", "private"),
        ("127.8.8.8", "loopback"), ("169.254.3.4", "link-local"), ("100.64.0.1", "reserved"),
        ("0.0.0.0", "no host's address"), ("224.0.0.1", "multicast"), ("240.0.0.1", "private"),
        ("255.255.255.255", "no host's address"), ("::1", "loopback"), ("::", "no host's address"),
        ("fe80::1%eth0", "link-local"), ("fc00::1", "private"), ("ff02::1", "multicast"),
        ("::ffff:10.0.0.1", "private"), ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::", "loopback"), ("2001:db8::1", "private"),
        ("169.254.169.254", "a cloud's metadata service"),
        ("::ffff:169.254.169.254", "a cloud's metadata service"),
        ("8.8.8.8", None), ("2606:4700::1111", None), ("64:ff9b::808:808", None),
        ("::ffff:8.8.8.8", None), ("nonsense", "malformed"),
    ],
)  # fmt: skip
def test_addresses_that_are_not_the_public_network(address: str, reason: str | None) -> None:
    assert why_refused(address) == reason


def test_even_who_allows_private_addresses_gets_no_keys_of_the_cloud() -> None:
    assert why_refused("169.254.169.254", allow_private=True) is not None
    assert why_refused("fd00:ec2::254", allow_private=True) is not None
    assert why_refused("224.0.0.1", allow_private=True) is not None
    assert why_refused("169.254.7.7", allow_private=True) is None


def resolving_to(*found: str) -> Callable[..., list[tuple[object, ...]]]:
    return lambda *_, **__: [(0, 0, 0, "", (x, 0)) for x in found]


def test_one_private_address_among_public_ones_refuses_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolving_to("8.8.8.8", "10.0.0.7"))
    with pytest.raises(UnreachableUrlError, match=r"'pictures\.example' is a private address \(10"):
        get("http://pictures.example/a.png", allow_private=False)


def test_a_name_that_changes_its_address_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer would be another host; the first is connected to."""
    calls = []
    real = socket.getaddrinfo

    def rebinding(host: str, *rest: object, **options: object) -> object:
        if host == "plant.example":
            calls.append(host)
            host = "127.0.0.1" if len(calls) == 1 else "127.0.0.9"
        return real(host, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", rebinding)
    with serving(saying(OK, b"abcd")) as (port, asked):
        assert get(f"http://plant.example:{port}/").content == b"abcd"
    assert calls == ["plant.example"]
    assert f"Host: plant.example:{port}" in asked[0]


def redirecting(places: dict[str, str], status: str = "302 Found") -> Answer:
    def answer(connection: socket.socket, request: str) -> None:
        target = request.split()[1]
        if target in places:
            head = f"HTTP/1.1 {status}\r\nLocation: {places[target]}\r\nContent-Length: 0"
            saying(head)(connection, request)
        else:
            saying(OK, b"abcd")(connection, request)

    return answer


def test_redirects_are_followed_and_said() -> None:
    with serving(redirecting({"/a": "/b?x", "/b?x": "c"})) as (port, _):
        assert get(f"http://127.0.0.1:{port}/a").final_url == f"http://127.0.0.1:{port}/c"


def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host is taken for a public one; the second shows what it is."""
    monkeypatch.setattr(
        addresses, "why_refused",
        lambda x, **_: None if x == "127.0.0.1" else why_refused(x),
    )  # fmt: skip
    inner = ["http://127.0.0.2/", "http://10.0.0.1/", "http://169.254.169.254/latest/", "//[::1]/"]
    for place in inner:
        with serving(redirecting({"/a": place})) as (port, asked):
            words = "redirects to .*(127.0.0.2|10.0.0.1|169.254|::1).*, and that: .*fetched"
            with pytest.raises(UnreachableUrlError, match=words):
                get(f"http://127.0.0.1:{port}/a", allow_private=False)
        assert len(asked) == 1


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/"])
def test_a_redirect_to_another_scheme_is_refused(place: str) -> None:
    with (
        serving(redirecting({"/a": place})) as (port, _),
        pytest.raises(UnreachableUrlError, match="http:// and https:// are fetched"),
    ):
        get(f"http://127.0.0.1:{port}/a")


def test_redirects_in_a_circle_end() -> None:
    with (
        serving(redirecting({"/a": "/a"})) as (port, asked),
        pytest.raises(UnreachableUrlError, match="redirected more than 5 times"),
    ):
        get(f"http://127.0.0.1:{port}/a")
    assert len(asked) == 6


def test_a_password_reaches_its_own_host_alone_and_no_message() -> None:
    with (
        serving(saying(OK, b"abcd")) as (second, asked_second),
        serving(redirecting({"/a": f"http://127.0.0.1:{second}/"})) as (first, asked_first),
    ):
        found = get(f"http://anna:se%40cret@127.0.0.1:{first}/a")
    assert "Authorization: Basic YW5uYTpzZUBjcmV0" in asked_first[0]
    assert "Authorization" not in asked_second[0]
    assert "se" not in found.final_url.partition("//")[2]
    with pytest.raises(UnreachableUrlError) as error:
        get("http://anna:hunter2@127.0.0.1:1/a")
    assert "hunter2" not in str(error.value)
    assert "http://***@127.0.0.1:1/a" in str(error.value)


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999", b"", "0.1 MB large; up to 0.001 MB"),
        ("HTTP/1.1 200 OK", b"x" * 1001, "larger than it may be"),
        (CHUNKED, (b"400\r\n" + b"x" * 1024 + b"\r\n") * 99, "larger than"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 50", b"x" * 20, "cut off after 20 of 50 bytes"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2", b"xx", "packed"),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0", b"", "answered 404 Not Found"),
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0", b"", "USER:PASSWORD"),
        ("HTTP/1.1 302 Found\r\nContent-Length: 0", b"", "without saying where"),
        ("SSH-2.0-OpenSSH_9", b"", "could not be fetched"),
        ("HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 200, b"", "could not be fetched"),
    ],
)  # fmt: skip
def test_what_a_server_does_wrong_is_told(head: str, body: bytes, words: str) -> None:
    with (
        serving(saying(head, body)) as (port, _),
        pytest.raises(UnreachableUrlError, match=words),
    ):
        get(f"http://127.0.0.1:{port}/a")


@pytest.mark.parametrize("start", [b"", OK.encode()[:20], b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_at_the_deadline(start: bytes) -> None:
    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        for _ in range(60):
            connection.sendall(b"x")
            time.sleep(0.05)

    with serving(drip) as (port, _):

        def fetch_it() -> None:
            with pytest.raises(UnreachableUrlError, match=r"did not come within 0\.3 s"):
                get(f"http://127.0.0.1:{port}/a", timeout_s=0.3)

        assert quickest(fetch_it, 1.5) < 1.5


def test_a_name_server_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda *_, **__: release.wait(PATIENCE_S) and []
    )
    with pytest.raises(UnreachableUrlError, match="the name server did not say"):
        get("http://plant.example/", timeout_s=0.2)
    release.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of plant.example in one file, vouched for by nobody."""
    if shutil.which("openssl") is None:
        pytest.skip("the program openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    line = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=plant.example -addext"
    names = "subjectAltName=DNS:plant.example"
    made = [*line.split(), names, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


def test_a_certificate_is_asked_for_the_hosts_name_and_not_for_its_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda _, *rest, **more: real("127.0.0.1", *rest, **more)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(saying(OK, b"abcd"), tls=context) as (port, _):
        with pytest.raises(UnreachableUrlError, match="certificate verify failed"):
            get(f"https://plant.example:{port}/")
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert get(f"https://plant.example:{port}/").content == b"abcd"
        with pytest.raises(UnreachableUrlError, match="certificate is not valid for 'other"):
            get(f"https://other.example:{port}/")


def test_from_an_encrypted_page_to_an_open_one_is_not_followed(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda _, *rest, **more: real("127.0.0.1", *rest, **more)
    )
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with (
        serving(redirecting({"/a": "http://plant.example/b"}), tls=context) as (port, _),
        pytest.raises(UnreachableUrlError, match="is not encrypted, while the URL given was"),
    ):
        get(f"https://plant.example:{port}/a")


def test_a_server_without_encryption_is_told() -> None:
    with (
        serving(saying(OK, b"abcd"), patience_s=0.5) as (port, _),
        pytest.raises(UnreachableUrlError, match="could not be fetched"),
    ):
        get(f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/b", "begins with 'ftp://'"),
        ("http:///b", "names no host"),
        ("http://a.example:99999/", "is no URL"),
        ("http://a.example/\r\nX-Injected: 1", "characters that no URL has"),
        ("http://8.8.8.8\\@127.0.0.1/", "characters that no URL has"),
        ("http://a.example/" + "x" * 9000, "9017 characters"),
        ("http://[::1/", "is no URL"),
    ],
)
def test_what_is_no_url_of_ours_is_refused(url: str, words: str) -> None:
    with pytest.raises(UnreachableUrlError, match=words):
        get(url)


def test_limits_are_positive() -> None:
    with pytest.raises(UsageError, match="must be positive"):
        get("http://a.example/", largest_bytes=0)


def test_a_url_is_taken_apart_as_browsers_do() -> None:
    assert read_url("http://8.8.8.8@127.0.0.1/").host == "127.0.0.1"
    assert read_url("HTTPS://Plant.Example/%41?q=ä").target == "/%41?q=%C3%A4"
    assert read_url("http://münchen.example/").host == "xn--mnchen-3ya.example"
    assert without_password("http://a:b@c@d.example/@x") == "http://***@d.example/@x"
    assert "secret" not in repr(read_url("http://a:secret@b.example/"))
