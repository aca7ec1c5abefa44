"""The server of `faultlens serve` is firm with slow clients, and loses no request at its end."""

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from faultlens.core.errors import UsageError
from faultlens.service.listener import listening_socket, refuse_callers, url_of
from tests.service.forked_servers import Forker, Server, forker
from tests.timing import PATIENCE_S, least

BODY = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n%s\r\n--x--\r\n' % (b"1" * 9000)
HEAD = (
    b"POST /v1/inspect HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
)
GET = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def forks() -> Iterator[Forker]:
    with forker() as forks:
        yield forks


@pytest.fixture(scope="module")
def server(forks: Forker) -> Server:
    """A server that waits as long as any, for few."""
    return forks.serve(drain_s=0.1, MOST_CONNECTIONS=20)


@pytest.fixture(scope="module")
def impatient(forks: Forker) -> Server:
    """A server that waits half a second for what others wait long for."""
    return forks.serve(drain_s=0.1, HEAD_S=0.5)


def connected(server: Server) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", server.port))
    opened.settimeout(PATIENCE_S)
    return opened


def answered(opened: socket.socket) -> bytes:
    """The answer to one request, whole, or what came before the end."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := opened.recv(65536)):
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-len"))
    while len(body) < length and (more := opened.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def answered_to(opened: socket.socket, sent: bytes) -> bytes:
    opened.sendall(sent)
    return answered(opened).lower()


def ended(opened: socket.socket) -> bool:
    try:
        return opened.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET /livez HTTP/1.1\r\nHost:", b"\r\n"])
def test_who_does_not_get_to_the_end_of_its_headers_is_let_go(
    impatient: Server, sent: bytes
) -> None:
    def kept_s() -> float:
        began = time.monotonic()
        with connected(impatient) as opened:
            opened.sendall(sent)
            assert ended(opened)
        return time.monotonic() - began

    assert 0.4 < least(kept_s, 8.0) < 8.0


def test_a_trickle_of_headers_is_let_go_too(impatient: Server) -> None:
    with connected(impatient) as opened:
        opened.sendall(GET[:-2])
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(1200):
                opened.sendall(b"X: 1\r\n")
                time.sleep(0.05)


def test_headers_are_not_endless(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(GET[:-2] + b"X: " + b"1" * 70_000)
        got = answered(opened)
        assert b" 431 " in got
        assert b"/problems/long-headers" in got


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
def test_what_is_no_http_is_told_so(server: Server, sent: bytes) -> None:
    with connected(server) as opened:
        opened.sendall(sent)
        got = answered(opened)
        assert b" 400 " in got
        assert b"application/problem+json" in got


def test_a_free_connection_is_kept_a_while(server: Server) -> None:
    with connected(server) as opened:
        for _ in range(3):
            opened.sendall(GET)
            assert answered(opened).startswith(b"HTTP/1.1 200")


def test_a_refused_body_need_not_be_sent_to_its_end(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(HEAD.replace(b"Length: %d" % len(BODY), b"Length: 99999999999"))
        assert b" 413 " in answered(opened)


def test_too_many_connections_are_told_to_come_again(server: Server) -> None:
    opened = [connected(server) for _ in range(21)]
    try:
        got = answered(opened[-1])
        assert b" 503 " in got
        assert b"retry-after: 1" in got
        assert ended(opened[-1])
    finally:
        for each in opened:
            each.close()


LATE = "this side was late"


class Pulse:
    """When this side last stood still: it beats every millisecond."""

    def __init__(self) -> None:
        self.late_s = 0.0

    async def beat(self) -> None:
        last_s = time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now_s = time.monotonic()
            if now_s - last_s > 0.005:
                self.late_s = now_s
            last_s = now_s


async def asks(port: int, counts: Counter[str], times: int, pulse: Pulse) -> None:
    """A client that asks some times over one connection, and tells what became of it."""
    free_s = float("inf")
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        counts["refused"] += 1
        return
    try:
        for _ in range(times):
            writer.write(HEAD)
            await asyncio.sleep(random.random() / 1000)
            writer.write(BODY)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            counts[head[9:12].decode()] += 1
            if b"connection: close" in head.lower():
                break
            free_s = time.monotonic() - 0.01
    except (asyncio.IncompleteReadError, OSError) as error:
        # Who leaves a free connection alone while the server ends may find it closed.
        counts[LATE if pulse.late_s > free_s else f"lost: {error!r}"] += 1
    finally:
        writer.close()


def test_ten_times_stopped_under_load_every_request_is_answered_or_refused(forks: Forker) -> None:
    counts: Counter[str] = Counter()
    killed: set[int] = set()
    random.seed(6)
    pulse = Pulse()

    async def load(server: Server) -> None:
        asking, killed_s = [], random.uniform(0.2, 0.6)
        began = time.monotonic()
        while (now_s := time.monotonic() - began) < killed_s + 0.6:
            if now_s > killed_s and server.pid not in killed:
                os.kill(server.pid, signal.SIGTERM)
                killed.add(server.pid)
            times = random.choice((1, 4))
            asking.append(asyncio.ensure_future(asks(server.port, counts, times, pulse)))
            await asyncio.sleep(random.expovariate(20))
        await asyncio.gather(*asking)

    async def all_of_them() -> None:
        beating = asyncio.ensure_future(pulse.beat())
        await asyncio.gather(*(load(x) for x in servers))
        beating.cancel()

    # A short stop loses no request either; the moment before it is for whoever balances load.
    stated = [{"drain_s": drain_s, "FRESH_S": PATIENCE_S} for drain_s in (0, 0.2)]
    servers = [forks.serve(**x) for x in stated for _ in range(5)]
    asyncio.run(all_of_them())
    assert set(counts) - {LATE} == {"200", "refused"}, counts
    assert forks.codes(10) == {0}
    assert len(killed) == 10


def test_what_has_come_in_half_is_answered_at_the_end(forks: Forker) -> None:
    server = forks.serve(drain_s=0, HEAD_S=PATIENCE_S, FRESH_S=PATIENCE_S)
    half, fresh, kept = (connected(server) for _ in range(3))
    half.sendall(HEAD[:40])
    kept.sendall(GET)
    assert answered(kept).startswith(b"HTTP/1.1 200")
    # Both are there for the server once this one has its answer.
    os.kill(server.pid, signal.SIGTERM)
    assert ended(kept), "it is ending"
    half.sendall(HEAD[40:] + BODY)
    fresh.sendall(GET)
    for each in (half, fresh):
        got = answered(each)
        assert got.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in got.lower()
        assert ended(each)
    assert forks.code(server.pid) == 0
    for each in (half, fresh, kept):
        each.close()


def test_what_takes_too_long_at_the_end_is_refused(forks: Forker) -> None:
    server = forks.serve(drain_s=0, stop_timeout_s=0.3)
    long, unsent = connected(server), connected(server)
    named = BODY.replace(b'name="file"', b'name="file"; filename="for-ever"')
    long.sendall(HEAD.replace(b"%d" % len(BODY), b"%d" % len(named)) + named)
    unsent.sendall(HEAD + BODY[:100])
    # What was sent before this was read before it is answered.
    with connected(server) as other:
        other.sendall(GET)
        answered(other)
    os.kill(server.pid, signal.SIGTERM)
    got = answered(long)
    assert b" 503 " in got
    assert b"/problems/stopping" in got
    assert ended(unsent)
    assert forks.code(server.pid) == 0
    long.close()
    unsent.close()


def test_a_second_signal_cuts_the_moment_short(forks: Forker) -> None:
    server = forks.serve(drain_s=60)
    os.kill(server.pid, signal.SIGTERM)
    with connected(server) as opened:
        # The signal is heard between two steps of the loop.
        while b"connection: close" not in answered_to(opened, GET):
            time.sleep(0.01)
    os.kill(server.pid, signal.SIGTERM)
    assert forks.code(server.pid) == 0


def test_uvicorns_own_command_drains_as_well(forks: Forker) -> None:
    server = forks.plain(drain_s=60)
    with connected(server) as opened:
        assert b"connection: close" not in answered_to(opened, GET)
        os.kill(server.pid, signal.SIGTERM)
        while b"connection: close" not in answered_to(opened, GET):
            time.sleep(0.01)
    with connected(server) as opened:
        got = answered_to(opened, GET.replace(b"livez", b"readyz"))
        assert got.startswith(b"http/1.1 503")
    os.kill(server.pid, signal.SIGTERM)
    assert forks.code(server.pid) == -signal.SIGTERM


def test_uvicorns_own_command_ends_after_the_moment_by_itself(forks: Forker) -> None:
    server = forks.plain(drain_s=0.5)
    with connected(server) as opened:
        assert b"connection: close" not in answered_to(opened, GET)
    os.kill(server.pid, signal.SIGTERM)
    assert forks.code(server.pid) == -signal.SIGTERM


def test_an_answer_without_a_body_is_sent_too(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(GET.replace(b"GET", b"HEAD"))
        got = b""
        while b"\r\n\r\n" not in got:
            got += opened.recv(4096)
        assert got.startswith(b"HTTP/1.1 200") and got.endswith(b"\r\n\r\n")
        opened.sendall(b"OPTIONS /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b" 405 " in answered(opened)


def test_a_client_that_waits_with_its_body_is_told_to_go_on(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(HEAD.replace(b"Host: a", b"Host: a\r\nExpect: 100-continue"))
        assert opened.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        opened.sendall(BODY)
        assert answered(opened).startswith(b"HTTP/1.1 200")


def test_requests_in_one_piece_are_answered_in_their_order(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(HEAD + BODY + GET + GET.replace(b"livez", b"nothing"))
        got = b""
        while got.count(b"HTTP/1.1 ") < 3 or not got.endswith(b"}"):
            got += opened.recv(65536)
        assert [x[:3] for x in got.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"404"]


def test_a_good_request_before_nonsense_is_answered_and_the_last(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(HEAD + BODY + b"\x00\xff nonsense\r\n\r\n")
        got = answered(opened)
        assert got.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in got
        assert ended(opened)


def test_a_body_in_pieces_that_are_none_is_told_so(server: Server) -> None:
    with connected(server) as opened:
        length = b"Content-Length: %d" % len(BODY)
        opened.sendall(HEAD.replace(length, b"Transfer-Encoding: chunked") + b"nonsense\r\n")
        assert b" 400 " in answered(opened)
        assert ended(opened)


def test_a_port_that_is_taken_is_said() -> None:
    with listening_socket("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        with pytest.raises(UsageError, match=f"Cannot listen at 127.0.0.1, port {port}: Address"):
            listening_socket("127.0.0.1", port)


def test_a_deaf_socket_lets_those_through_who_have_called() -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as before:
            if not refuse_callers(listener):
                pytest.skip("this system has no filter of packets")
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.2)
            accepted, _ = listener.accept()
            with accepted:
                before.sendall(b"1")
                accepted.settimeout(PATIENCE_S)
                assert accepted.recv(1) == b"1"


def test_addresses_are_written_as_clients_write_them() -> None:
    with listening_socket("::1", 0) as opened:
        assert url_of(opened) == f"http://[::1]:{opened.getsockname()[1]}"
