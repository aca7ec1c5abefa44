"""What went wrong, as an error of the house: the service's own words, or why nobody answered."""

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from faultlens.core.errors import ServiceError, UnreachableServiceError

# 429 and 503 are the service's own words for "later"; 502 is what a proxy says while nobody
# listens behind it.
_LATER = (429, 502, 503)


def accepted(answer: httpx2.Response | httpx2.TransportError) -> httpx2.Response:
    """An answer that is a success; anything else is raised.

    Args:
        answer: what came, or why nothing came.

    Raises:
        UnreachableServiceError: nobody answered.
        ServiceError: the service answered with a problem.

    Example:
        >>> accepted(httpx2.Response(200)).status_code
        200
    """
    if not isinstance(answer, httpx2.Response):
        raise _unreachable(answer)
    if not answer.is_success:
        raise _refused(answer)
    return answer


def ends_a_batch(error: ServiceError) -> bool:
    """Whether the next file would meet with the same: no service, no right to it, no such place.

    Args:
        error: of one file.

    Example:
        >>> ends_a_batch(ServiceError("no key", status=401))
        True
        >>> ends_a_batch(ServiceError("no picture", status=422))
        False
    """
    return error.status in (None, 401, 403, 404, 405)


def is_worth_repeating(answer: httpx2.Response | httpx2.TransportError) -> bool:
    """Whether the same request may well be answered a little later.

    A request that ran out of time is not repeated: the service may be at work on it still, and
    what it says was too slow will be so again.

    Args:
        answer: what came, or why nothing came.

    Example:
        >>> [is_worth_repeating(httpx2.Response(x)) for x in (200, 422, 429, 500, 503)]
        [False, False, True, False, True]
        >>> is_worth_repeating(httpx2.ConnectError("refused"))
        True
    """
    if isinstance(answer, httpx2.Response):
        return answer.status_code in _LATER and _slug(_problem(answer)) != "too-slow"
    if isinstance(answer, httpx2.ConnectTimeout):
        return True
    lost = (httpx2.NetworkError, httpx2.RemoteProtocolError)
    return isinstance(answer, lost) and not _is_untrusted(answer)


def asked_to_wait_s(answer: httpx2.Response | httpx2.TransportError) -> float:
    """Seconds that the header Retry-After asks for, as a number or a date; 0 where it does not.

    Args:
        answer: what came, or why nothing came.

    Source: RFC 9110, section 10.2.3.

    Example:
        >>> asked_to_wait_s(httpx2.Response(503, headers={"Retry-After": "2"}))
        2.0
    """
    if not isinstance(answer, httpx2.Response):
        return 0.0
    stated = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", stated):
        return float(stated)
    try:
        then = parsedate_to_datetime(stated)
    except ValueError:
        return 0.0
    now = datetime.now(UTC if then.tzinfo else None)
    return max(0.0, (then - now).total_seconds())


def _unreachable(failure: httpx2.TransportError) -> UnreachableServiceError:
    address = _address(failure.request)
    if isinstance(failure, httpx2.ConnectTimeout) or not isinstance(
        failure, httpx2.TimeoutException
    ):
        advice = (
            "Give the authority's certificate as verify=..., or have the server's renewed."
            if _is_untrusted(failure)
            else "Is it running, and is the address right (url=... or FAULTLENS_URL)?"
        )
        reason = str(failure) or "the connection was lost"
        return UnreachableServiceError(f"No answer from {address}: {reason}. {advice}")
    return UnreachableServiceError(
        f"{address} did not answer in time. Give it longer (timeout_s=...) or ask less of it."
    )


def _refused(answer: httpx2.Response) -> ServiceError:
    problem = _problem(answer)
    detail = str(problem.get("detail") or problem.get("title") or "")[:2000]
    if answer.is_redirect:
        detail = f"The service moved to {answer.headers.get('location', '')}; give that as url=..."
    if not detail:
        detail = (
            f"{_address(answer.request)} answered {answer.status_code} {answer.reason_phrase} "
            "without a word of faultlens; is the address that of the service?"
        )
    return ServiceError(
        detail,
        status=answer.status_code,
        slug=_slug(problem),
        request_id=str(problem.get("request_id") or answer.headers.get("x-request-id", "")),
    )


def _problem(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _slug(problem: Mapping[str, Any]) -> str:
    return str(problem.get("type", "")).rstrip("/").rpartition("/")[2]


def _is_untrusted(failure: httpx2.TransportError) -> bool:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _address(request: httpx2.Request) -> str:
    return str(request.url.copy_with(query=None, fragment=None))
