"""`kind = "opcua"`: the state of alarms in variables of a PLC, written by an OPC UA client.

The PLC's program reads up to four variables; their types are the PLC's, values are converted:

    node_active   Boolean   whether an alarm stands (unacknowledged or acknowledged)
    node_text     String    the last step in one line
    node_score    Float     score of the last step, 0 to 1
    node_counter  UInt32    rises by one with every step, so that a program sees each of them

All are written in one request. Which alarms stand is kept in a file, so that the end of one does
not hide another after a restart of the line.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, final
from urllib.parse import urlsplit

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.core.files import write_text
from faultlens.core.optional import optional_import
from faultlens.line.configuration.line_config import SinkConfig, positive
from faultlens.line.secret import Secret
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.message import headline, one_line
from faultlens.store.records import AlarmRecord

if TYPE_CHECKING:
    from asyncua.client.client import Client

_ACTIVE = ("unacknowledged", "acknowledged")
"""States in which the condition is there and nobody has put the alarm aside (ISA-18.2)."""
_NODE = re.compile(r"(ns=\d{1,5};)?[isgb]=.{1,4096}")
"""A node's id in the notation of OPC 10000-6, 5.3.1.10."""
_MOST_STANDING = 10_000


@dataclass(frozen=True)
class OpcuaOptions:
    """Keys of an OPC UA sink in line.toml.

    Args:
        url: opc.tcp://HOST:PORT/PATH of the PLC's server.
        node_active: id of the variable, such as "ns=2;s=Alarm.Active"; None writes none.
        node_text: likewise.
        node_score: likewise.
        node_counter: likewise.
        user: name at the server; None for nobody in particular.
        password: of the user.
        certificate: file (PEM or DER) of the line's own certificate: the connection is then signed
            and encrypted (Basic256Sha256); None for neither.
        certificate_key: its key.
        server_certificate: the only one that is accepted of the server; None for whichever it
            shows.
        timeout_s: for the whole, s.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> OpcuaOptions("opc.tcp://plc:4840")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: node_active, node_text, node_score and node_counter ...
    """

    url: str
    node_active: str | None = None
    node_text: str | None = None
    node_score: str | None = None
    node_counter: str | None = None
    user: str | None = None
    password: Secret | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None
    server_certificate: Path | None = None
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        positive("timeout_s", self.timeout_s)
        try:
            parts = urlsplit(self.url)
            fits = parts.scheme == "opc.tcp" and parts.hostname and (parts.port or True)
        except ValueError:
            fits = False
        if not fits or "@" in self.url:
            raise UsageError("url must be opc.tcp://HOST:PORT, without user and password.")
        if not self.nodes:
            raise UsageError(
                "node_active, node_text, node_score and node_counter are all left out; name one "
                "at least."
            )
        for name, node in self.nodes.items():
            if _NODE.fullmatch(node) is None:
                raise UsageError(f"node_{name} is '{node}'; write it as ns=2;s=NAME or ns=2;i=7.")
        if (self.certificate is None) != (self.certificate_key is None):
            raise UsageError("certificate and certificate_key belong together.")
        if self.password is not None and self.user is None:
            raise UsageError("password is given without a user.")

    @property
    def nodes(self) -> dict[str, str]:
        """What is written -> id of the variable; "active" last, when all else is there."""
        names = ("text", "score", "counter", "active")
        given = {x: cast(str | None, getattr(self, f"node_{x}")) for x in names}
        return {name: node for name, node in given.items() if node is not None}


@dataclass(frozen=True)
class Standing:
    """Which alarms stand, and how many steps there were.

    Args:
        alarms: ids of those that stand.
        steps: counted so far.
        last: id of the last step counted.
    """

    alarms: frozenset[str] = field(default_factory=frozenset)
    steps: int = 0
    last: str = ""

    def after(self, alarm: AlarmRecord) -> "Standing":
        """How it stands after a step; the same step twice counts once.

        Args:
            alarm: the step.

        Example:
            >>> from datetime import UTC, datetime
            >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
            >>> step = AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera")
            >>> Standing().after(step).after(step)
            Standing(alarms=frozenset({'a1'}), steps=1, last='s1')
        """
        active = {alarm.alarm} if alarm.state in _ACTIVE else set()
        alarms = (self.alarms - {alarm.alarm}) | active
        again = alarm.id == self.last
        return replace(self, alarms=alarms, steps=self.steps + (0 if again else 1), last=alarm.id)


@final
class OpcuaSink(AbstractSink):
    """Writes variables of one server; a connection is made for each step.

    Args:
        config: whose options are `OpcuaOptions`.
        language: of the text.
        folder: in which the file of standing alarms is.
    """

    def __init__(self, config: SinkConfig, language: str, folder: Path) -> None:
        self._options = cast(OpcuaOptions, config.options)
        self._language = language
        self._file = folder / "standing.json"

    def send(self, alarm: AlarmRecord) -> None:
        """Write one step; returns once the server has every value.

        Args:
            alarm: the step.

        Raises:
            UnreachableServiceError: no server, a wrong password, a variable that is not there.
            OSError: the file of standing alarms cannot be written.
        """
        standing = read_standing(self._file).after(alarm)
        values: dict[str, Any] = {
            "active": bool(standing.alarms),
            "text": headline(alarm, self._language),
            "score": alarm.score,
            "counter": standing.steps,
        }
        asyncio.run(_written(self._options, values))
        kept = {
            "alarms": sorted(standing.alarms)[:_MOST_STANDING],
            "steps": standing.steps,
            "last": standing.last,
        }
        write_text(self._file, json.dumps(kept))


def read_standing(file: Path) -> Standing:
    """What a file says of the alarms that stand; none where there is no such file.

    Args:
        file: that the sink has written.

    Example:
        >>> read_standing(Path("/nowhere/standing.json")).steps
        0
    """
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        return Standing(
            frozenset(str(x) for x in table["alarms"]), int(table["steps"]), str(table["last"])
        )
    except (OSError, ValueError, TypeError, KeyError):
        # Damaged, it is worth no more than none: the next step of each alarm mends it.
        return Standing()


async def _written(options: OpcuaOptions, values: Mapping[str, Any]) -> None:
    asyncua = optional_import("asyncua", extra="line")
    place = f"opc.tcp://{options.url.partition('://')[2].partition('/')[0]}"
    try:
        async with asyncio.timeout(options.timeout_s):
            client: Client = asyncua.Client(url=options.url, timeout=options.timeout_s)
            try:
                await _secured(client, options)
                async with client:
                    await _write(client, options.nodes, values)
            finally:
                # Where time ran out in the middle of a handshake, asyncua leaves the socket open.
                client.disconnect_socket()
                await asyncio.sleep(0)
    except TimeoutError as error:
        raise UnreachableServiceError(f"{place} did not answer in time.") from error
    except asyncua.ua.UaError as error:
        raise UnreachableServiceError(
            f"{place} does not take the values: {one_line(str(error)) or type(error).__name__}. "
            "Check user, password, certificate and the ids of the variables."
        ) from error
    except OSError as error:
        raise UnreachableServiceError(
            f"{place} does not answer: {error.strerror or error}. Is it running?"
        ) from error


async def _secured(client: "Client", options: OpcuaOptions) -> None:
    if options.user is not None:
        client.set_user(options.user)
        client.set_password(options.password or "")
    if options.certificate is not None and options.certificate_key is not None:
        from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

        await client.set_security(
            SecurityPolicyBasic256Sha256,
            certificate=str(options.certificate),
            private_key=str(options.certificate_key),
            server_certificate=(
                None if options.server_certificate is None else str(options.server_certificate)
            ),
        )


async def _write(client: "Client", ids: Mapping[str, str], values: Mapping[str, Any]) -> None:
    ua = optional_import("asyncua.ua", extra="line")
    nodes = [client.get_node(node) for node in ids.values()]
    written = []
    for name, node in zip(ids, nodes, strict=True):
        kind = await node.read_data_type_as_variant_type()
        # Without times: many PLCs refuse a value that brings one (OPC 10000-4, 5.10.4).
        value = ua.Variant(fitted(values[name], kind.name), kind)
        written.append(ua.DataValue(value, SourceTimestamp=None, ServerTimestamp=None))
    answers = await client.uaclient.write_attributes(
        [x.nodeid for x in nodes], written, ua.AttributeIds.Value
    )
    for name, answer in zip(ids, answers, strict=True):
        if not answer.is_good():
            raise ua.UaError(f"node_{name} ({ids[name]}): {answer.name}")


_BITS = {
    "SByte": 7, "Byte": 8, "Int16": 15, "UInt16": 16, "Int32": 31, "UInt32": 32, "Int64": 63,
    "UInt64": 64,
}  # fmt: skip


def fitted(value: Any, kind: str) -> Any:
    """A value in the type that a variable of the PLC has; a counter that is too large begins anew.

    Args:
        value: a flag, a number or a text.
        kind: name of a built-in type of OPC UA.

    Raises:
        UsageError: a variable of a type that holds no such value.

    Example:
        >>> fitted(70000, "UInt16"), fitted(True, "Int16"), fitted(0.93, "String")
        (4464, 1, '0.93')
    """
    if kind == "String":
        return str(value)
    if kind == "Boolean":
        return bool(value)
    if kind in ("Float", "Double") and not isinstance(value, str):
        return float(value)
    if kind in _BITS and not isinstance(value, str):
        return int(value) % (1 << _BITS[kind])
    raise UsageError(f"A variable of the type {kind} cannot hold {value!r}; choose another node.")
