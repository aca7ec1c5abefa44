"""A request is tried again when that can help, within bounds; what fails says why in its words."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from faultlens.client import Retries
from faultlens.client.failures import asked_to_wait_s
from faultlens.core.errors import ServiceError, UnreachableServiceError
from tests.client.asking import HEALTHY, Asking, Handler, problem

OK = httpx2.Response(200, json=HEALTHY)


def in_turn(*answers: httpx2.Response | Exception) -> Handler:
    """Each answer once, the last one for ever."""
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        return httpx2.Response(now.status_code, headers=now.headers, content=now.content)

    return answer


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ConnectError("refused"),
        httpx2.ConnectTimeout("no route"),
        httpx2.ReadError("reset"),
        httpx2.WriteError("broken pipe"),
        httpx2.RemoteProtocolError("Server disconnected without sending a response."),
        problem(503, "busy"),
        problem(429, "too-many-requests"),
        httpx2.Response(502, text="Bad Gateway"),
    ],
    ids=lambda x: type(x).__name__ + str(getattr(x, "status_code", "")),
)
def test_what_may_pass_is_tried_again(ask: Asking, failure: httpx2.Response | Exception) -> None:
    result = ask(in_turn(failure, failure, OK), "diagnose", b"1,2")
    assert result.verdict == "healthy"
    assert len(ask.requests) == 3
    assert all(b"1,2" in x.content for x in ask.requests)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 408, 413, 415, 422, 500, 504])
def test_what_stays_as_it_is_is_not_tried_again(ask: Asking, status: int) -> None:
    with pytest.raises(ServiceError, match=rf"It is silent. \(HTTP {status}, request r-1\)") as e:
        ask(in_turn(problem(status)), "diagnose", b"1,2")
    assert (e.value.status, e.value.slug, e.value.request_id) == (status, "unusable-signal", "r-1")
    assert e.value.detail == "It is silent."
    assert len(ask.requests) == 1


def test_a_request_that_ran_out_of_time_is_not_given_to_the_service_twice(ask: Asking) -> None:
    with pytest.raises(UnreachableServiceError, match="did not answer in time") as error:
        ask(in_turn(httpx2.ReadTimeout("")), "diagnose", b"1,2")
    assert error.value.status is None
    assert len(ask.requests) == 1


def test_what_was_too_slow_is_not_computed_again(ask: Asking) -> None:
    with pytest.raises(ServiceError) as error:
        ask(in_turn(problem(503, "too-slow", Retry_After="1")), "diagnose", b"1,2")
    assert (error.value.slug, len(ask.requests)) == ("too-slow", 1)


def test_a_certificate_that_is_not_trusted_is_not_asked_again(ask: Asking) -> None:
    failure = httpx2.ConnectError("certificate verify failed")
    failure.__cause__ = ssl.SSLCertVerificationError("self-signed")
    with pytest.raises(UnreachableServiceError, match="verify="):
        ask(in_turn(failure), "models")
    assert len(ask.requests) == 1


def test_attempts_are_bounded_and_the_last_answer_is_told(ask: Asking) -> None:
    retries = Retries(attempts=4, base_s=0.001)
    with pytest.raises(ServiceError, match="Come later") as error:
        answer = problem(503, "busy", "Come later.")
        ask(in_turn(answer), "diagnose", b"1,2", client={"retries": retries})
    assert (error.value.status, len(ask.requests), len(ask.waits_s)) == (503, 4, 3)


def test_it_waits_as_long_as_the_service_asks_and_a_little_more(ask: Asking) -> None:
    ask(in_turn(problem(503, Retry_After="3"), OK), "diagnose", b"1,2")
    assert len(ask.waits_s) == 1
    assert 3.0 <= ask.waits_s[0] <= 3.001


def test_a_wait_beyond_the_bound_in_time_is_not_begun(ask: Asking) -> None:
    with pytest.raises(ServiceError) as error:
        ask(in_turn(problem(429, Retry_After="61")), "diagnose", b"1,2")
    assert (error.value.status, ask.waits_s) == (429, [])
    with pytest.raises(ServiceError):
        ask(in_turn(problem(503, Retry_After="25")), "diagnose", b"1,2")
    assert len(ask.waits_s) == 2  # 25 s, 50 s; 75 s would be too late


def test_waits_are_drawn_from_bounds_that_double() -> None:
    retries = Retries(attempts=9, base_s=0.2, cap_s=5.0)
    lost = httpx2.ReadError("reset")
    bounds = [retries.wait_s(lost, tried=n, spent_s=0, draw=max) for n in range(1, 10)]
    assert bounds == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, None]
    drawn = {retries.wait_s(lost, tried=3, spent_s=0) for _ in range(50)}
    assert len(drawn) > 40
    assert all(0 <= x <= 0.8 for x in drawn if x is not None)


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [("2", 2.0), ("0", 0.0), ("", 0.0), ("-3", 0.0), ("soon", 0.0), ("nan", 0.0), ("1e3", 0.0)],
)
def test_retry_after_in_seconds(stated: str, wanted: float) -> None:
    assert asked_to_wait_s(httpx2.Response(503, headers={"Retry-After": stated})) == wanted


def test_retry_after_as_a_date() -> None:
    def stated(seconds: float) -> httpx2.Response:
        then = datetime.now(UTC) + timedelta(seconds=seconds)
        return httpx2.Response(503, headers={"Retry-After": format_datetime(then, usegmt=True)})

    assert 55 < asked_to_wait_s(stated(60)) <= 60
    assert asked_to_wait_s(stated(-60)) == 0.0


def test_health_is_asked_once(ask: Asking) -> None:
    with pytest.raises(UnreachableServiceError, match="Is it running"):
        ask(in_turn(httpx2.ConnectError("refused")), "health")
    assert len(ask.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx2.Response(404, text="<html>nothing here"), "is the address that of the service"),
        (httpx2.Response(200, text="<html>hello"), "not with a JSON object"),
        (httpx2.Response(301, headers={"Location": "https://b/"}), "moved to https://b/"),
    ],
)
def test_another_server_is_recognised(ask: Asking, answer: httpx2.Response, words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        ask(in_turn(answer), "models")


def test_a_picture_that_is_none_is_not_handed_on(ask: Asking) -> None:
    with pytest.raises(ServiceError, match="not with a PNG"):
        ask(in_turn(httpx2.Response(200, json={})), "overlay", b"P")
