"""Steps of alarms reach an MQTT broker; away, a stranger or with a wrong password it is said."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.broker import Broker, connect, made_client
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.secret import Secret
from faultlens.line.sinks.mqtt import MqttSink, MqttSinkOptions
from tests.certificates import Certificates, made_certificates
from tests.line.alarm_steps import alarm_step
from tests.mosquitto_server import Mosquitto, mosquitto
from tests.timing import PATIENCE_S, eventually, quickest

Message = tuple[str, bytes, bool]


def sink(port: int, **options: Any) -> MqttSink:
    given = MqttSinkOptions(
        **{"host": "127.0.0.1", "port": port, "timeout_s": PATIENCE_S, **options}
    )
    return MqttSink(SinkConfig("plc", "mqtt", given), "en", Path("unused"))


@contextmanager
def listening(port: int) -> Iterator[list[Message]]:
    """Everything that is published at the broker, as it comes."""
    came: list[Message] = []
    there = threading.Event()
    broker = Broker(host="127.0.0.1", port=port)
    client = made_client(broker, "listener")
    client.on_message = lambda c, u, x: came.append((x.topic, x.payload, x.retain))
    client.on_connect = lambda c, *_: c.subscribe("#", 1)
    client.on_subscribe = lambda *_: there.set()
    connect(client, broker)
    client.loop_start()
    try:
        assert there.wait(PATIENCE_S)
        yield came
    finally:
        client.disconnect()
        client.loop_stop()


def waited(came: list[Message], number: int) -> None:
    eventually(lambda: len(came) >= number, lambda: came)
    assert len(came) == number


@pytest.fixture(scope="module")
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as running:
        yield running


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_the_alarm_comes_to_the_topic_of_its_source(broker: Mosquitto, version: str) -> None:
    topic = "plant/{source}/{channel}/{step}"
    with listening(broker.port) as came:
        sink(broker.port, topic=topic, version=version).send(alarm_step(source="hall/1"))
        waited(came, 1)
    assert came[0][0] == "plant/hall_1/-/raised"
    assert json.loads(came[0][1])["id"] == "step-1"


def test_exactly_once_and_retained_for_whoever_comes_later(broker: Mosquitto) -> None:
    sink(broker.port, qos=2, retain=True, topic="kept/{alarm}").send(alarm_step())
    with listening(broker.port) as came:
        waited(came, 1)
    assert (came[0][0], came[0][2]) == ("kept/alarm-1", True)


def test_nobody_there_and_there_again() -> None:
    with mosquitto() as running:
        running.stop()
        with pytest.raises(UnreachableServiceError, match=r"does not answer.*Is it running"):
            sink(running.port).send(alarm_step())
        running.start()
        sink(running.port).send(alarm_step())


def test_a_server_that_never_says_a_word_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def send() -> None:
            with pytest.raises(UnreachableServiceError, match="said nothing"):
                sink(silent.getsockname()[1], timeout_s=0.3).send(alarm_step())

        assert quickest(send, 2.0) < 2.0


def test_a_wrong_password_is_said_and_the_password_is_not(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, "line", "right"], check=True)
    settings = ("allow_anonymous false", f"password_file {passwords}")
    with mosquitto(*settings) as running:
        sink(running.port, user="line", password=Secret("right")).send(alarm_step())
        for options in ({"user": "line", "password": Secret("wrong-one")}, {}):
            with pytest.raises(UnreachableServiceError, match="refuses the line") as raised:
                sink(running.port, **options).send(alarm_step())
            assert "wrong-one" not in str(raised.value)


def test_a_topic_that_the_line_may_not_write_to_is_no_delivery(tmp_path: Path) -> None:
    rights = tmp_path / "rights"
    rights.write_text("topic write plant/#\n", encoding="utf-8")
    with mosquitto(f"acl_file {rights}") as running:
        sink(running.port, topic="plant/alarms").send(alarm_step())
        with pytest.raises(UnreachableServiceError, match=r"Not authorized.*topic other/alarms"):
            sink(running.port, topic="other/alarms").send(alarm_step())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return made_certificates(tmp_path_factory.mktemp("tls"))


def test_tls_trusts_one_authority_and_no_stranger(certificates: Certificates) -> None:
    settings = (
        f"certfile {certificates.certificate}",
        f"keyfile {certificates.key}",
        f"cafile {certificates.authority}",
    )
    with mosquitto(*settings) as running:
        sink(running.port, ca=certificates.authority).send(alarm_step())
        with pytest.raises(UnreachableServiceError, match=r"cannot be trusted: .*ca"):
            sink(running.port, ca=certificates.stranger).send(alarm_step())
        with pytest.raises(UnreachableServiceError):
            sink(running.port, tls=False).send(alarm_step())


def test_a_broker_that_wants_to_see_a_certificate_is_shown_one(certificates: Certificates) -> None:
    settings = (
        f"certfile {certificates.certificate}",
        f"keyfile {certificates.key}",
        f"cafile {certificates.authority}",
        "require_certificate true",
    )
    own = {"certificate": certificates.certificate, "certificate_key": certificates.key}
    with mosquitto(*settings) as running:
        sink(running.port, ca=certificates.authority, **own).send(alarm_step())
        with pytest.raises(UnreachableServiceError):
            sink(running.port, ca=certificates.authority).send(alarm_step())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"host": "a/b"}, "^host is"),
        ({"port": 0}, "^port is 0"),
        ({"qos": 0}, "^qos is 0"),
        ({"topic": "plant/+/x"}, "^topic is .*wildcard"),
        ({"topic": "plant/{user}"}, r"^topic is .*\{source\}"),
        ({"version": "4"}, "^version is '4'"),
        ({"password": Secret("x")}, "^password is given"),
        ({"timeout_s": -1.0}, "^timeout_s"),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        MqttSinkOptions(**{"host": "broker", **options})


def test_a_certificate_s_file_that_is_missing_is_said() -> None:
    with pytest.raises(UsageError, match=r"^ca names the file .*not there"):
        sink(1883, ca=Path("/nowhere.pem")).send(alarm_step())
