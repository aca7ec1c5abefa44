"""A webhook delivers a signed alarm, and says why it could not; a step keeps its key."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.secret import Secret
from faultlens.line.sinks.refusal import AlarmRefused
from faultlens.line.sinks.webhook import WebhookOptions, WebhookSink
from tests.certificates import Certificates, made_certificates
from tests.line.alarm_steps import alarm_step
from tests.line.sinks.receiver import receiving
from tests.loopback import saying, serving
from tests.timing import quickest

KEY = b"0123456789abcdef0123456789abcdef"


def sink(url: str, **options: Any) -> WebhookSink:
    given = WebhookOptions(url, **options)
    return WebhookSink(SinkConfig("mes", "webhook", given), "en", Path("unused"))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return made_certificates(tmp_path_factory.mktemp("tls"))


def shown(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


def test_the_receiver_gets_the_alarm_with_a_signature_that_it_can_check() -> None:
    key = Secret("whsec_" + base64.b64encode(KEY).decode())
    with receiving() as receiver:
        sink(receiver.url, key=key, token=Secret("t0ken")).send(alarm_step(verdict="裂纹"))
    headers, body = receiver.asked[0]
    table = json.loads(body)
    assert (table["schema"], table["id"], table["verdict"]) == (1, "step-1", "裂纹")
    assert table["time"] == "2026-11-26T08:00:01+00:00"
    assert headers["idempotency-key"] == headers["webhook-id"] == "step-1"
    assert headers["authorization"] == "Bearer t0ken"
    assert headers["host"] == receiver.url.split("/")[2]
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"step-1.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_sent_again_it_has_the_same_key_so_that_the_receiver_counts_it_once() -> None:
    with receiving(lambda number: 500 if number == 1 else 204) as receiver:
        with pytest.raises(UnreachableServiceError, match="answered 500"):
            sink(receiver.url).send(alarm_step())
        sink(receiver.url).send(alarm_step())
    assert [x["idempotency-key"] for x, _ in receiver.asked] == ["step-1", "step-1"]
    assert receiver.asked[0][1] == receiver.asked[1][1]


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_receiver_that_refuses_this_alarm_is_told_from_one_that_is_away(status: int) -> None:
    with (
        receiving(lambda _: status, b"no such\nfield") as receiver,
        pytest.raises(AlarmRefused, match=f"answered {status}: no such field"),
    ):
        sink(receiver.url).send(alarm_step())


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "key and token"), (404, "Check the url"), (307, "no redirect"), (503, "tried again")],
)
def test_what_a_person_can_mend_is_said_and_the_url_s_secret_is_not(
    status: int, words: str
) -> None:
    with receiving(lambda _: status) as receiver:
        with pytest.raises(UnreachableServiceError, match=words) as raised:
            sink(receiver.url).send(alarm_step())
        assert len(receiver.asked) == 1
    assert "secret" not in str(raised.value)


def test_nobody_there() -> None:
    with pytest.raises(UnreachableServiceError, match=r"does not answer.*Is it running"):
        sink("http://127.0.0.1:1/alarms").send(alarm_step())


def test_a_slow_receiver_is_left_in_time_also_one_that_drips() -> None:
    stop = threading.Event()

    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 500 Slow\r\nX-Drip: ")
        while not stop.wait(0.02):
            connection.sendall(b"a")

    with serving(drip) as (port, _):

        def send() -> None:
            with pytest.raises(UnreachableServiceError, match="in time"):
                sink(f"http://127.0.0.1:{port}/", timeout_s=0.3).send(alarm_step())

        try:
            assert quickest(send, 2.0) < 2.0
        finally:
            stop.set()


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    answer = saying("HTTP/1.1 500 No\r\nContent-Length: 900000000", b"x" * 5000)
    with serving(answer) as (port, _), pytest.raises(UnreachableServiceError, match="xxx…"):
        sink(f"http://127.0.0.1:{port}/").send(alarm_step())


def test_what_is_no_http_at_all_is_no_delivery() -> None:
    with serving(saying("SSH-2.0-OpenSSH")) as (port, _), pytest.raises(UnreachableServiceError):
        sink(f"http://127.0.0.1:{port}/").send(alarm_step())


def test_https_trusts_the_authority_that_line_toml_names(certificates: Certificates) -> None:
    with receiving(tls=shown(certificates)) as receiver:
        sink(receiver.url, ca=certificates.authority).send(alarm_step())
    assert len(receiver.asked) == 1


@pytest.mark.parametrize("trusted", ["stranger", "machine"])
def test_a_wrong_certificate_is_said_and_nothing_is_sent(
    certificates: Certificates, trusted: str
) -> None:
    ca = certificates.stranger if trusted == "stranger" else None
    with receiving(tls=shown(certificates)) as receiver:
        with pytest.raises(UnreachableServiceError, match=r"cannot be trusted: .*ca"):
            sink(receiver.url, ca=ca).send(alarm_step())
        assert receiver.asked == []


def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    others = made_certificates(tmp_path, "mes.example")
    with (
        receiving(tls=shown(others)) as receiver,
        pytest.raises(UnreachableServiceError, match=r"cannot be trusted: .*mismatch"),
    ):
        sink(receiver.url, ca=others.authority).send(alarm_step())


def test_a_cloud_s_keys_are_never_asked_for() -> None:
    with pytest.raises(UnreachableServiceError, match="metadata"):
        sink("http://169.254.169.254/latest").send(alarm_step())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "ftp://mes/"}, "^url: .*ftp"),
        ({"url": "http://anna:secret@mes/"}, "^url holds a user"),
        ({"url": "http://mes/", "timeout_s": 0}, "^timeout_s is 0"),
        ({"url": "http://mes/", "key": Secret("short")}, "^key is shorter"),
        ({"url": "http://mes/", "key": Secret("whsec_???")}, "^key begins with"),
        ({"url": "http://mes/", "token": Secret("a\nb")}, "^token holds"),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        WebhookOptions(**options)
    assert "secret" not in str(raised.value)
