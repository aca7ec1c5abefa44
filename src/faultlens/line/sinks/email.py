"""`kind = "email"`: steps of alarms as mails; all steps of one alarm are one thread."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import cast, final

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.configuration.line_config import SinkConfig, one_of, positive
from faultlens.line.secret import Secret
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.mail import mail_of, picture_of
from faultlens.line.sinks.message import one_line
from faultlens.line.sinks.refusal import AlarmRefused
from faultlens.line.trust import client_context, untrusted
from faultlens.store.records import AlarmRecord

SECURITIES = ("starttls", "tls", "none")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class EmailOptions:
    """Keys of an e-mail sink in line.toml.

    Args:
        host: of the mail server.
        sender: address that the mails come from.
        to: addresses that they go to.
        port: None for the usual one: 587, 465 with "tls", 25 with "none".
        security: "starttls", "tls" from the first byte, or "none".
        user: at the mail server; None for none.
        password: of the user.
        ca: PEM file of the authority of the server's certificate; None for the machine's own.
        media: folder `media` of the line's state, for a mail to show the alarm's picture; None
            for none.
        timeout_s: for each answer of the server, s.

    Raises:
        UsageError: a value that cannot be; the message says what can.

    Example:
        >>> EmailOptions("mail.plant", "line@plant", ("",))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: to holds '', which is no address; ...
    """

    host: str
    sender: str
    to: tuple[str, ...]
    port: int | None = None
    security: str = "starttls"
    user: str | None = None
    password: Secret | None = None
    ca: Path | None = None
    media: Path | None = None
    timeout_s: float = 15.0

    def __post_init__(self) -> None:
        one_of("security", self.security, SECURITIES)
        positive("timeout_s", self.timeout_s)
        if self.port is not None and not 1 <= self.port <= 65535:
            raise UsageError(f"port is {self.port}; 1 to 65535.")
        _checked_address("sender", self.sender)
        if not 1 <= len(self.to) <= 100:
            raise UsageError(f"to holds {len(self.to)} addresses; 1 to 100.")
        for address in self.to:
            _checked_address("to", address)
        if (self.user is None) != (self.password is None):
            raise UsageError("password and user belong together; give both, or none.")
        if self.password is not None and self.security == "none" and self.host not in _HERE:
            raise UsageError(
                "security is 'none', and the password would be sent for all to read; take "
                "'starttls' or 'tls'."
            )


@final
class EmailSink(AbstractSink):
    """Mails by SMTP; a connection is made for each step.

    Args:
        config: whose options are `EmailOptions`.
        language: of subject and text.
        folder: not needed here.
    """

    def __init__(self, config: SinkConfig, language: str, folder: Path) -> None:
        self._options = cast(EmailOptions, config.options)
        self._language = language
        # Who has had the step that is being sent: another try must not tell them twice.
        self._told: tuple[str, frozenset[str]] = ("", frozenset())

    def send(self, alarm: AlarmRecord) -> None:
        """Send one step; returns once the server has taken it for everybody.

        Args:
            alarm: the step.

        Raises:
            AlarmRefused: the server will not take this one.
            UnreachableServiceError: no server, a wrong password, an address that it does not know.
        """
        told = self._told[1] if self._told[0] == alarm.id else frozenset()
        left = [x for x in self._options.to if x not in told]
        if not left:
            return
        picture = picture_of(alarm, self._options.media)
        mail = mail_of(alarm, self._options.sender, self._options.to, self._language, picture)
        with self._said(), self._connected() as server:
            refused = server.send_message(mail, self._options.sender, left)
        self._told = (alarm.id, told | (frozenset(left) - frozenset(refused)))
        if refused:
            address, (code, reason) = next(iter(refused.items()))
            raise UnreachableServiceError(
                f"{self._place} has taken the mail, but not for {', '.join(refused)}: {code} "
                f"{_words(reason)} ({address}). Check the addresses."
            )

    @property
    def _place(self) -> str:
        return f"{self._options.host}:{self._port}"

    @property
    def _port(self) -> int:
        return self._options.port or _PORTS[self._options.security]

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        options = self._options
        server = self._opened()
        try:
            if options.security == "starttls":
                server.starttls(context=client_context(options.ca))
            if options.user is not None and options.password is not None:
                server.login(options.user, options.password)
            yield server
        finally:
            _hang_up(server)

    def _opened(self) -> smtplib.SMTP:
        host, timeout_s = self._options.host, self._options.timeout_s
        if self._options.security == "tls":
            trust = client_context(self._options.ca)
            return smtplib.SMTP_SSL(host, self._port, timeout=timeout_s, context=trust)
        return smtplib.SMTP(host, self._port, timeout=timeout_s)

    @contextmanager
    def _said(self) -> Iterator[None]:
        place = self._place
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            raise UnreachableServiceError(
                f"{place} refuses user and password: {error.smtp_code} {_words(error.smtp_error)}."
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise UnreachableServiceError(
                f"{place} cannot do what security and user ask for: {error}"
            ) from error
        except smtplib.SMTPDataError as error:
            said = f"{place} does not take the mail: {error.smtp_code} {_words(error.smtp_error)}."
            # 5xx: for good. Source: RFC 5321, 4.2.1.
            kind = AlarmRefused if error.smtp_code >= 500 else UnreachableServiceError
            raise kind(said) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise UnreachableServiceError(
                f"{place} takes a mail for none of {', '.join(error.recipients)}: {code} "
                f"{_words(reason)}. Check the addresses."
            ) from error
        except smtplib.SMTPResponseException as error:
            raise UnreachableServiceError(
                f"{place} answered {error.smtp_code} {_words(error.smtp_error)}."
            ) from error
        except smtplib.SMTPException as error:
            raise UnreachableServiceError(f"{place} broke off: {one_line(str(error))}.") from error
        except ssl.SSLError as error:
            raise UnreachableServiceError(f"{place} {untrusted(error)}") from error
        except OSError as error:
            raise UnreachableServiceError(
                f"{place} does not answer: {error.strerror or error}. Is it the right host and "
                "port, and security?"
            ) from error


def _checked_address(name: str, address: str) -> None:
    found = parseaddr(address)[1]
    if "@" not in found or not found.isascii() or any(x in address for x in "\r\n,"):
        raise UsageError(f"{name} holds '{address}', which is no address; write NAME@HOST.")


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return one_line(text, 200)


def _hang_up(server: smtplib.SMTP) -> None:
    # What is said after the mail was taken is no failure of the mail.
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
