"""An MQTT broker: where it is, how the line shows who it is, and a client that is made for it."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.core.optional import optional_import
from faultlens.line.configuration.line_config import one_of, positive
from faultlens.line.secret import Secret
from faultlens.line.trust import client_context, untrusted

if TYPE_CHECKING:
    from paho.mqtt.client import Client

VERSIONS = ("5", "3.1.1")
_KEEP_ALIVE_S = 30
"""After this silence the client asks the broker whether it is still there, s."""
_SESSION_S = 7 * 24 * 3600
"""So long a broker keeps what came for a client that is away, s."""


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Keys of line.toml that say where a broker is.

    Args:
        host: name or address.
        port: None for 8883 with TLS, else 1883.
        user: name at the broker; None for none.
        password: of the user.
        tls: whether the connection is encrypted; `ca` and `certificate` say so too.
        ca: PEM file of the authority of the broker's certificate; None for the machine's own.
        certificate: PEM file that the line shows the broker; None for none.
        certificate_key: its key; None where the certificate's file holds it.
        client_id: under which the broker knows the line; None for one of the line's own.
        version: of MQTT, "5" or, for an old broker, "3.1.1".
        timeout_s: for the connection, and for one message to be taken, s.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> Broker(host="broker", ca=Path("plant.pem")).place
        'mqtts://broker:8883'
    """

    host: str
    port: int | None = None
    user: str | None = None
    password: Secret | None = None
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None
    client_id: str | None = None
    version: str = "5"
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        one_of("version", self.version, VERSIONS)
        positive("timeout_s", self.timeout_s)
        if self.port is not None and not 1 <= self.port <= 65535:
            raise UsageError(f"port is {self.port}; 1 to 65535.")
        if not self.host or any(x in self.host for x in "/ @"):
            raise UsageError(f"host is '{self.host}'; give the name or address alone.")
        if self.password is not None and self.user is None:
            raise UsageError("password is given without a user.")
        if self.client_id is not None and not 1 <= len(self.client_id) <= 65:
            raise UsageError("client_id must have 1 to 65 characters.")

    @property
    def encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return self.tls or self.ca is not None or self.certificate is not None

    @property
    def at_port(self) -> int:
        """The port, also where the file names none."""
        return self.port if self.port is not None else (8883 if self.encrypted else 1883)

    @property
    def place(self) -> str:
        """As messages call it."""
        return f"mqtt{'s' if self.encrypted else ''}://{self.host}:{self.at_port}"


def made_client(broker: Broker, client_id: str, *, keeps_session: bool = False) -> "Client":
    """A client of paho, not connected yet.

    Args:
        broker: where it will connect.
        client_id: where `broker` names none.
        keeps_session: whether the broker keeps what comes while the client is away.

    Raises:
        MissingPackageError: paho-mqtt is not installed.
        UsageError: a file of a certificate cannot be used.

    Example:
        >>> made_client(Broker(host="broker"), "press-3").is_connected()
        False
    """
    mqtt = optional_import("paho.mqtt.client", extra="line")
    is_5 = broker.version == "5"
    client: Client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=broker.client_id or client_id,
        protocol=mqtt.MQTTv5 if is_5 else mqtt.MQTTv311,
        **({} if is_5 else {"clean_session": not keeps_session}),
    )
    client.connect_timeout = broker.timeout_s
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    if broker.encrypted:
        trust = client_context(broker.ca, broker.certificate, broker.certificate_key)
        trust.sslsocket_class = _ClosedWhereRefused
        client.tls_set_context(trust)
    return client


def connect(
    client: "Client",
    broker: Broker,
    *,
    keeps_session: bool = False,
    largest_bytes: int | None = None,
) -> None:
    """Open the connection; the broker's answer comes later, to `on_connect`.

    Args:
        client: of `made_client`.
        broker: where to.
        keeps_session: as there.
        largest_bytes: of a message that the broker may send; MQTT 3.1.1 knows no such limit.

    Raises:
        UnreachableServiceError: nobody listens there, or it cannot be trusted.

    Example:
        >>> closed = Broker(host="127.0.0.1", port=1)
        >>> connect(made_client(closed, "a"), closed)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreachableServiceError: mqtt://127.0.0.1:1 does not answer: ...
    """
    more: dict[str, Any] = {}
    if broker.version == "5":
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        more["clean_start"] = not keeps_session
        more["properties"] = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        if keeps_session:
            more["properties"].SessionExpiryInterval = _SESSION_S
        if largest_bytes is not None:
            more["properties"].MaximumPacketSize = largest_bytes
    try:
        client.connect(broker.host, broker.at_port, keepalive=_KEEP_ALIVE_S, **more)
    except OSError as error:
        raise UnreachableServiceError(f"{broker.place} {why_not(error)}") from error


def why_not(error: OSError) -> str:
    """Why a connection came to nothing, as the end of a sentence.

    Args:
        error: of the connection.

    Example:
        >>> why_not(TimeoutError("timed out"))
        'does not answer: timed out. Is it running?'
    """
    if isinstance(error, ssl.SSLError):
        return untrusted(error)
    return f"does not answer: {error.strerror or error}. Is it running?"


def looped(client: "Client", until: Callable[[], bool], deadline_s: float) -> bool:
    """Let a client talk, in this thread, until something is so; False where it did not become so.

    Args:
        client: that is connecting or connected.
        until: looked at after each step.
        deadline_s: reading of `time.monotonic` after which it is given up.

    Example:
        >>> looped(made_client(Broker(host="broker"), "a"), lambda: False, time.monotonic() + 1)
        False
    """
    while not until():
        left_s = deadline_s - time.monotonic()
        # Anything but 0 means that the connection is gone.
        if left_s <= 0 or client.loop(timeout=min(left_s, 0.1)) != 0:
            return until()
    return True


class _ClosedWhereRefused(ssl.SSLSocket):
    """paho leaves the socket of a handshake that failed to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise
