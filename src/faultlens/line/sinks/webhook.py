"""`kind = "webhook"`: steps of alarms by POST as JSON, signed, each with an idempotency key.

The headers are those of Standard Webhooks, so that a receiver can check them with a library of its
own language: `webhook-id` (the step's id), `webhook-timestamp` (seconds since 1970) and, with a
key, `webhook-signature` = "v1," + base64(HMAC-SHA256(key, "ID.TIMESTAMP.BODY")). `Idempotency-Key`
is the id once more. A receiver answers 2xx once the alarm is safe with it; 400, 409, 413 and 422
refuse this one alarm; anything else is asked again later.
"""

import base64
import binascii
import hashlib
import hmac
import json
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast, final

from faultlens.core.errors import UnreachableServiceError, UnreachableUrlError, UsageError
from faultlens.core.urls import read_url
from faultlens.line.configuration.line_config import SinkConfig, positive
from faultlens.line.secret import Secret
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.message import alarm_table, one_line
from faultlens.line.sinks.posting import Answered, place_of, posted
from faultlens.line.sinks.refusal import AlarmRefused
from faultlens.line.trust import client_context
from faultlens.store.records import AlarmRecord

_REFUSED = (400, 409, 413, 422)
"""What is wrong with the request itself; 401, 403, 404 may be mended at the receiver."""


@dataclass(frozen=True)
class WebhookOptions:
    """Keys of a webhook in line.toml.

    Args:
        url: http:// or https://, without user and password.
        key: signs each request: "whsec_" and base64, as Standard Webhooks writes it, or any text;
            None for no signature.
        token: sent as `Authorization: Bearer`; None for none.
        timeout_s: from the call to the answer, s.
        ca: PEM file of the authority of the receiver's certificate; None for the machine's own.
        certificate: PEM file that the line shows the receiver; None for none.
        certificate_key: its key; None where the certificate's file holds it.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> WebhookOptions("ftp://mes/alarms")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: url: ftp://mes/alarms begins with 'ftp://'; ...
    """

    url: str
    key: Secret | None = None
    token: Secret | None = None
    timeout_s: float = 10.0
    ca: Path | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None

    def __post_init__(self) -> None:
        positive("timeout_s", self.timeout_s)
        try:
            url = read_url(self.url)
        except UnreachableUrlError as error:
            raise UsageError(f"url: {error}") from error
        if url.authorization is not None:
            raise UsageError('url holds a user and password; give a token = "env:NAME" instead.')
        if self.key is not None:
            _key_bytes(self.key)
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise UsageError("token holds letters that no header carries.")


@final
class WebhookSink(AbstractSink):
    """POST to one address.

    Args:
        config: whose options are `WebhookOptions`.
        language: of the message in the table.
        folder: not needed here.
    """

    def __init__(self, config: SinkConfig, language: str, folder: Path) -> None:
        self._options = cast(WebhookOptions, config.options)
        self._language = language

    def send(self, alarm: AlarmRecord) -> None:
        """Deliver one step; returns after an answer of 2xx.

        Args:
            alarm: the step.

        Raises:
            AlarmRefused: the receiver will not take this one.
            UnreachableServiceError: nobody answered, or with something else than 2xx.
        """
        options = self._options
        body = json.dumps(alarm_table(alarm, self._language), ensure_ascii=False).encode()
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": alarm.id,
            "webhook-id": alarm.id,
            "webhook-timestamp": str(now),
        }
        if options.key is not None:
            headers["webhook-signature"] = signature(options.key, alarm.id, now, body)
        if options.token is not None:
            headers["Authorization"] = f"Bearer {options.token}"
        url = read_url(options.url)
        # To read what this machine trusts takes longer than the rest; http asks nobody.
        trust = (
            client_context(options.ca, options.certificate, options.certificate_key)
            if url.scheme == "https"
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        answer = posted(url, body, headers, trust=trust, timeout_s=options.timeout_s)
        if not 200 <= answer.status < 300:
            raise _error(place_of(url), answer)


def signature(key: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a request.

    Args:
        key: as in `WebhookOptions`.
        message_id: the header `webhook-id`.
        timestamp: the header `webhook-timestamp`, s since 1970.
        body: of the request.

    Source: Standard Webhooks, specification 1.0, "Signature scheme"; its example.

    Example:
        >>> body = b'{"event_type":"ping","data":{"success":true}}'
        >>> key = "whsec_plJ3nmyCDGBKInavdOK15jsl"
        >>> signature(key, "msg_loFOjxBNrRLzqYUf", 1731705121, body)
        'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key_bytes(key), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def _key_bytes(key: str) -> bytes:
    if not key.startswith("whsec_"):
        content = key.encode("utf-8")
    else:
        try:
            content = base64.b64decode(key.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            raise UsageError("key begins with 'whsec_', but what follows is no base64.") from None
    if len(content) < 16:
        raise UsageError("key is shorter than 16 bytes; make one with: openssl rand -base64 32")
    return content


def _error(place: str, answer: Answered) -> AlarmRefused | UnreachableServiceError:
    said = f": {one_line(answer.text, 200)}" if answer.text.strip() else ""
    status = f"{place} answered {answer.status}{said}."
    if answer.status in _REFUSED:
        return AlarmRefused(f"{status} It does not take this alarm.")
    if 300 <= answer.status < 400:
        return UnreachableServiceError(
            f"{status} Alarms follow no redirect; give the last address as url."
        )
    advice = {
        401: "Check key and token.", 403: "Check key and token.", 404: "Check the url.",
    }.get(answer.status, "It is tried again.")  # fmt: skip
    return UnreachableServiceError(f"{status} {advice}")
