"""A PLC's variables follow the alarms, also over a restart; a server that is away is said."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.secret import Secret
from faultlens.line.sinks.opcua import OpcuaOptions, OpcuaSink
from tests.line.alarm_steps import alarm_step
from tests.mosquitto_server import free_port
from tests.timing import PATIENCE_S

NODES = {f"node_{x}": f"ns=2;s=Alarm.{x}" for x in ("active", "text", "score", "counter")}


@dataclass(frozen=True)
class Shown:
    """Files by which an application of OPC UA says who it is."""

    certificate: Path
    key: Path


def application(folder: Path, uri: str) -> Shown:
    """A certificate as OPC UA wants it: RSA, signed by itself, with the application's URI."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, uri)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=True,
        data_encipherment=True, key_agreement=False, key_cert_sign=True, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    purposes = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier(uri), x509.DNSName("127.0.0.1")]
            ),
            critical=False,
        )
        .add_extension(usage, critical=False)
        .add_extension(purposes, critical=False)
        .sign(key, hashes.SHA256())
    )
    shown = Shown(folder / "own.der", folder / "own.pem")
    shown.certificate.write_bytes(made.public_bytes(serialization.Encoding.DER))
    shown.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return shown


class Plc:
    """A server with four variables, in a thread with a loop of its own."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop, nodes: dict[str, Any]) -> None:
        self.url = url
        self._loop, self._nodes = loop, nodes

    def value(self, name: str) -> Any:
        """What stands in a variable."""
        reading = asyncio.run_coroutine_threadsafe(self._nodes[name].read_value(), self._loop)
        return reading.result(PATIENCE_S)


class _Users:
    """Everybody may write, but whoever says a name must know its password."""

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        right = username is None or (username, password) == ("line", "right")
        return User(role=UserRole.User) if right else None


@contextmanager
def plc(shown: Shown) -> Iterator[Plc]:
    """A PLC's server at a free port."""
    url = f"opc.tcp://127.0.0.1:{free_port()}/plc"
    ready: Future[Plc] = Future()
    stop = asyncio.Event()

    async def serve() -> None:
        server = Server(user_manager=_Users())
        await server.init()
        server.set_endpoint(url)
        policies = [
            ua.SecurityPolicyType.NoSecurity,
            ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
        ]
        server.set_security_policy(policies)
        await server.load_certificate(str(shown.certificate))
        await server.load_private_key(str(shown.key))
        await server.register_namespace("http://plant.example/plc")
        box = await server.nodes.objects.add_object(ua.NodeId("Alarm", 2), "Alarm")
        starts = {
            "active": (False, ua.VariantType.Boolean), "text": ("", ua.VariantType.String),
            "score": (0.0, ua.VariantType.Float), "counter": (0, ua.VariantType.UInt32),
            "short": (7, ua.VariantType.Int16),
        }  # fmt: skip
        nodes = {}
        for name, (value, kind) in starts.items():
            node = await box.add_variable(ua.NodeId(f"Alarm.{name}", 2), name, value, kind)
            await node.set_writable()
            nodes[name] = node
        async with server:
            ready.set_result(Plc(url, asyncio.get_running_loop(), nodes))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    running = ready.result(PATIENCE_S)
    try:
        yield running
    finally:
        running._loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_S)


def sink(url: str, folder: Path, **options: Any) -> OpcuaSink:
    given = OpcuaOptions(url, **{**NODES, "timeout_s": PATIENCE_S, **options})
    return OpcuaSink(SinkConfig("plc", "opcua", given), "en", folder)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return application(tmp_path_factory.mktemp("plc"), "urn:plant:plc")


@pytest.fixture(scope="module")
def running(shown: Shown) -> Iterator[Plc]:
    with plc(shown) as made:
        yield made


def test_the_variables_follow_the_alarm(running: Plc, tmp_path: Path) -> None:
    writer = sink(running.url, tmp_path)
    writer.send(alarm_step(1, alarm="a"))
    assert running.value("active") is True
    assert running.value("text") == "Alarm: crack, camera (score 0.930, threshold 0.850)"
    assert running.value("score") == pytest.approx(0.93)
    assert running.value("counter") == 1
    writer.send(alarm_step(2, alarm="a", step="acknowledged", state="acknowledged"))
    assert running.value("active") is True
    writer.send(alarm_step(3, alarm="a", step="closed", state="normal"))
    assert (running.value("active"), running.value("counter")) == (False, 3)


def test_the_end_of_one_alarm_hides_no_other_also_after_a_restart(
    running: Plc, tmp_path: Path
) -> None:
    sink(running.url, tmp_path).send(alarm_step(1, alarm="a"))
    sink(running.url, tmp_path).send(alarm_step(2, alarm="b"))
    sink(running.url, tmp_path).send(alarm_step(3, alarm="a", step="closed", state="normal"))
    assert running.value("active") is True
    sink(running.url, tmp_path).send(alarm_step(4, alarm="b", step="closed", state="normal"))
    assert running.value("active") is False


def test_a_step_that_is_sent_again_counts_once(running: Plc, tmp_path: Path) -> None:
    for _ in range(2):
        sink(running.url, tmp_path).send(alarm_step(1))
    assert running.value("counter") == 1


def test_a_damaged_file_of_standing_alarms_stops_nothing(running: Plc, tmp_path: Path) -> None:
    (tmp_path / "standing.json").write_text('{"alarms": 7', encoding="utf-8")
    sink(running.url, tmp_path).send(alarm_step(1))
    assert running.value("active") is True


def test_a_variable_that_is_not_there_is_named(running: Plc, tmp_path: Path) -> None:
    with pytest.raises(UnreachableServiceError, match="ids of the variables"):
        sink(running.url, tmp_path, node_text="ns=2;s=Nowhere").send(alarm_step())


def test_a_counter_of_another_type_is_written_in_that_type(running: Plc, tmp_path: Path) -> None:
    counted = '{"alarms": [], "steps": 32767, "last": ""}'
    (tmp_path / "standing.json").write_text(counted, encoding="utf-8")
    sink(running.url, tmp_path, node_counter="ns=2;s=Alarm.short").send(alarm_step())
    assert running.value("short") == 0


def test_a_wrong_password_is_said(running: Plc, tmp_path: Path) -> None:
    sink(running.url, tmp_path, user="line", password=Secret("right")).send(alarm_step(1))
    with pytest.raises(UnreachableServiceError, match="user, password") as raised:
        sink(running.url, tmp_path, user="line", password=Secret("wrong-one")).send(alarm_step(2))
    assert "wrong-one" not in str(raised.value)


def test_signed_and_encrypted_to_the_one_server_that_is_trusted(
    running: Plc, shown: Shown, tmp_path: Path
) -> None:
    own = application(tmp_path, "urn:faultlens:line")
    options = {"certificate": own.certificate, "certificate_key": own.key}
    trusted = {**options, "server_certificate": shown.certificate}
    sink(running.url, tmp_path, **trusted).send(alarm_step(41))
    assert running.value("active") is True
    sink(running.url, tmp_path, **options).send(
        alarm_step(42, alarm="alarm-41", step="closed", state="normal")
    )
    assert running.value("active") is False
    stranger = {**options, "server_certificate": own.certificate}
    with pytest.raises(UnreachableServiceError):
        sink(running.url, tmp_path, timeout_s=2.0, **stranger).send(alarm_step(43))
    assert running.value("active") is False


def test_nobody_there_is_no_delivery_and_the_alarm_does_not_count_as_sent(tmp_path: Path) -> None:
    with pytest.raises(UnreachableServiceError, match="does not answer"):
        sink("opc.tcp://127.0.0.1:1", tmp_path).send(alarm_step())
    assert not (tmp_path / "standing.json").exists()


def test_a_server_that_says_nothing_is_left_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"opc.tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(UnreachableServiceError, match=r"in time|does not answer"):
            sink(url, tmp_path, timeout_s=0.3).send(alarm_step())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "http://plc"}, "^url must be"),
        ({"url": "opc.tcp://a:b@plc:4840"}, "^url must be"),
        ({"url": "opc.tcp://plc:99999"}, "^url must be"),
        ({"node_active": "Alarm"}, "^node_active is 'Alarm'"),
        ({"node_active": None}, "^node_active, node_text"),
        ({"certificate": Path("a.pem")}, "^certificate and"),
        ({"password": Secret("x")}, "^password is given"),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        OpcuaOptions(**{"url": "opc.tcp://plc:4840", "node_active": "ns=2;i=7", **options})
