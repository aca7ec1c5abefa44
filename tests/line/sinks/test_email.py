"""Mails about alarms reach an SMTP server, in both languages; what fails is said."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.secret import Secret
from faultlens.line.sinks.email import EmailOptions, EmailSink
from faultlens.line.sinks.refusal import AlarmRefused
from tests.certificates import Certificates, made_certificates
from tests.line.alarm_steps import alarm_step
from tests.mosquitto_server import free_port
from tests.timing import PATIENCE_S


@dataclass
class Post:
    """What came, and how it is answered."""

    came: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    unknown: tuple[str, ...] = ()
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if self.answer.startswith("250"):
            self.came.append((list(envelope.rcpt_tos), mail))
        return self.answer


@contextmanager
def post(**settings: Any) -> Iterator[Post]:
    office = Post()
    office.port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **settings)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def sink(port: int, language: str = "en", **options: Any) -> EmailSink:
    given = {
        "host": "127.0.0.1", "port": port, "sender": "line <line@plant.example>",
        "to": ("anna@plant.example",), "security": "none", "timeout_s": PATIENCE_S, **options,
    }  # fmt: skip
    return EmailSink(SinkConfig("mail", "email", EmailOptions(**given)), language, Path("unused"))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return made_certificates(tmp_path_factory.mktemp("tls"))


def shown(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "Alarm: 裂纹, pump 7 (score 0.930, threshold 0.850)", "Part: P-17"),
        ("zh", "报警：裂纹，pump 7（得分 0.930，阈值 0.850）", "零件：P-17"),
    ],
)
def test_a_mail_says_what_and_where_in_the_line_s_language(
    language: str, subject: str, line: str
) -> None:
    with post() as office:
        sink(office.port, language).send(alarm_step(verdict="裂纹", asset="pump 7", part="P-17"))
    ((to, mail),) = office.came
    assert to == ["anna@plant.example"]
    assert mail["Subject"] == subject
    assert line in mail.get_content().splitlines()


def test_a_mail_shows_the_alarm_s_picture_and_no_other_file(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    jpeg = b"\xff\xd8\xff\xe0 a small picture"
    (media / "a.jpg").write_bytes(jpeg)
    (media / "b.jpg").write_bytes(b"no picture")
    (tmp_path / "secret.jpg").write_bytes(jpeg)
    with post() as office:
        for preview in ("a.jpg", "b.jpg", "../secret.jpg", "gone.jpg", "\0", None):
            sink(office.port, media=media).send(alarm_step(preview=preview))
    shown = [[x.get_content() for x in mail.iter_attachments()] for _, mail in office.came]
    assert shown == [[jpeg], [], [], [], [], []]


def test_steps_of_one_alarm_are_a_thread_and_a_step_has_one_id() -> None:
    with post() as office:
        mails = sink(office.port)
        mails.send(alarm_step(1, alarm="a"))
        mails.send(alarm_step(2, alarm="a", step="closed", state="normal"))
        sink(office.port).send(alarm_step(1, alarm="a"))
    first, second, again = (mail for _, mail in office.came)
    assert first["References"] == second["References"] == "<alarm.a@faultlens>"
    assert first["Message-ID"] == again["Message-ID"] != second["Message-ID"]


def test_a_sentence_with_line_breaks_adds_no_header() -> None:
    with post() as office:
        sink(office.port).send(alarm_step(verdict="crack\r\nBcc: all@plant.example"))
    ((to, mail),) = office.came
    assert to == ["anna@plant.example"]
    assert mail["Bcc"] is None


def login(server: SMTP, session: Session, envelope: Envelope, how: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    right = (given.login, given.password) == (b"line", b"right")
    return AuthResult(success=right, handled=False)


def test_starttls_and_login(certificates: Certificates) -> None:
    settings = {
        "tls_context": shown(certificates), "require_starttls": True,
        "authenticator": login, "auth_required": True,
    }  # fmt: skip
    options = {"security": "starttls", "ca": certificates.authority, "user": "line"}
    with post(**settings) as office:
        sink(office.port, **options, password=Secret("right")).send(alarm_step())
        with pytest.raises(UnreachableServiceError, match="refuses user and password") as raised:
            sink(office.port, **options, password=Secret("wrong-one")).send(alarm_step())
    assert len(office.came) == 1
    assert "wrong-one" not in str(raised.value)


def test_a_stranger_s_certificate_gets_neither_password_nor_mail(
    certificates: Certificates,
) -> None:
    options = {"security": "starttls", "user": "line", "password": Secret("right")}
    with (
        post(tls_context=shown(certificates), authenticator=login) as office,
        pytest.raises(UnreachableServiceError, match=r"cannot be trusted: .*ca"),
    ):
        sink(office.port, ca=certificates.stranger, **options).send(alarm_step())
    assert office.came == []


def test_a_server_without_starttls_gets_no_mail() -> None:
    with post() as office, pytest.raises(UnreachableServiceError, match="security"):
        sink(office.port, security="starttls").send(alarm_step())
    assert office.came == []


def test_an_address_that_is_unknown_keeps_no_mail_from_others_and_nobody_gets_it_twice() -> None:
    with post() as office:
        office.unknown = ("gone@plant.example",)
        mails = sink(office.port, to=("anna@plant.example", "gone@plant.example"))
        for _ in range(3):
            with pytest.raises(UnreachableServiceError, match=r"gone@plant.example.*550"):
                mails.send(alarm_step())
        office.unknown = ()
        mails.send(alarm_step())
    assert [to for to, _ in office.came] == [["anna@plant.example"], ["gone@plant.example"]]


@pytest.mark.parametrize(
    ("answer", "error"),
    [("554 looks like spam", AlarmRefused), ("451 disk full", UnreachableServiceError)],
)
def test_for_good_and_for_now_are_told_apart(answer: str, error: type[Exception]) -> None:
    with post() as office:
        office.answer = answer
        with pytest.raises(error, match=answer[4:]):
            sink(office.port).send(alarm_step())


def test_nobody_there() -> None:
    with pytest.raises(UnreachableServiceError, match="does not answer"):
        sink(1).send(alarm_step())


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_says_nothing_is_left_in_time(security: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(UnreachableServiceError, match="timed out"),
    ):
        sink(silent.getsockname()[1], timeout_s=0.2, security=security).send(alarm_step())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sender": "line"}, "^sender holds 'line'"),
        ({"to": ()}, "^to holds 0"),
        ({"to": ("a@b\r\nBcc: c@d",)}, "^to holds"),
        ({"security": "ssl"}, "^security is 'ssl'"),
        ({"port": 99999}, "^port is 99999"),
        ({"user": "line"}, "^password and user"),
        (
            {"host": "mail.plant", "user": "line", "password": Secret("x"), "security": "none"},
            "^security is 'none'",
        ),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    given = {"host": "127.0.0.1", "sender": "line@plant.example", "to": ("a@plant.example",)}
    with pytest.raises(UsageError, match=words):
        EmailOptions(**{**given, **options})
