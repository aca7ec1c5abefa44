"""Who is let in: the key of a request, its role and its rate, before anything else is read."""

import logging
import math
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, final

from fastapi import FastAPI, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.middleware.cors import CORSMiddleware

from faultlens.hosting.accounts import Accounts
from faultlens.hosting.key_file import Account, Role
from faultlens.hosting.rates import Rates
from faultlens.service.facts import facts
from faultlens.service.problems import refused
from faultlens.service.refused import Refused
from faultlens.service.settings import ServiceSettings

FAILURES_PER_MINUTE = 20.0
"""Wrong keys that one address may try; nobody guesses 256 bits, but nobody need fill the log."""

LONGEST_KEY = 256
"""Letters; ours have 46."""

EVERYBODY = Account("", Role.ADMIN)
"""Who asks a service that has no keys."""

BEARER = HTTPBearer(
    auto_error=False, scheme_name="bearer", description="`Authorization: Bearer KEY`"
)
HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, scheme_name="key", description="`X-API-Key: KEY`"
)

log = logging.getLogger(__name__)


@final
class Gate:
    """Lets requests in by their key, or refuses them.

    Args:
        accounts: of the file of keys; None lets everybody in.
        requests_per_minute: of an account that states no limit; 0 for none.
        clock: seconds that only grow.
        today: the day in UTC.
    """

    def __init__(
        self,
        accounts: Accounts | None,
        requests_per_minute: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._accounts = accounts
        self._requests_per_minute = requests_per_minute
        self._today = today
        self._asked = Rates(clock)
        self._failed = Rates(clock)

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Gate":
        """The gate that the settings ask for.

        Raises:
            UsageError: the file of keys is not there, or others may write to it.
            UnreadableFileError: it is no file of keys.
        """
        if not settings.api_keys_file:
            return cls(None)
        return cls(
            Accounts(settings.api_keys_file, look=time.monotonic), settings.requests_per_minute
        )

    @property
    def open(self) -> bool:
        """Whether everybody is let in."""
        return self._accounts is None

    def warn_if_open(self) -> None:
        """Say in the log that there are no keys, where there are none."""
        if self.open:
            log.warning(
                "There are no API keys: whoever reaches this port may ask, and may change models "
                "and profiles. For keys: faultlens serve --add-key NAME, then set "
                "FAULTLENS_API_KEYS_FILE."
            )

    def admit(self, key: str | None, peer: str, role: Role) -> Account:
        """The account of a request that may go on.

        Args:
            key: that the request brings; None where it brings none.
            peer: address that it comes from.
            role: that it needs.

        Raises:
            Refused: no key, a wrong or an expired one (401); one that may not do this (403); one
                that asks too often, or an address that tries too many wrong keys (429).
        """
        if self._accounts is None:
            return EVERYBODY
        if not key:
            raise _unauthorized("This needs a key")
        account = self._accounts.of(key) if len(key) <= LONGEST_KEY else None
        if account is None:
            # A right key is served all the same: others may stand behind one address with us.
            self._keep_rate(self._failed, _network(peer), FAILURES_PER_MINUTE, "Wrong keys")
            raise _unauthorized("The key is none of this service's")
        facts().account = account.name
        if account.expired(self._today()):
            raise _unauthorized(f"The key '{account.name}' expired on {account.expires}")
        if account.role < role:
            raise refused(
                "forbidden",
                f"The key '{account.name}' has the role {account.role.word}; this needs the role "
                f"{role.word}.",
            )
        own = account.requests_per_minute
        self._keep_rate(
            self._asked,
            account.name,
            self._requests_per_minute if own is None else own,
            f"Requests of the key '{account.name}'",
        )
        return account

    def _keep_rate(self, rates: Rates, who: str, per_minute: float, what: str) -> None:
        wait_s = math.ceil(rates.wait_s(who, per_minute))
        if wait_s:
            raise refused(
                "too-many-requests",
                f"{what}: {per_minute:g} a minute are allowed. Ask again in {wait_s} s.",
                Retry_After=str(wait_s),
            )


def needs(role: Role) -> Any:
    """The dependency of a route that needs a role; in the OpenAPI document it asks for a key.

    Args:
        role: the least that may ask.

    Example:
        >>> app = FastAPI(dependencies=[needs(Role.READ)])
    """

    async def admitted(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
        header: Annotated[str | None, Security(HEADER)],
    ) -> Account:
        gate: Gate = request.app.state.gate
        key = header if bearer is None else bearer.credentials
        return gate.admit(key, request.client.host if request.client else "", role)

    return Security(admitted)


def allow_origins(app: FastAPI, settings: ServiceSettings) -> None:
    """Let web pages of the origins that the settings name ask; of no other.

    Args:
        app: the application.
        settings: `cors_origins`.

    Example:
        >>> app = FastAPI()
        >>> allow_origins(app, ServiceSettings(cors_origins="https://plant.example"))
        >>> app.user_middleware[0].kwargs["allow_origins"]
        ['https://plant.example']
    """
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "X-API-Key", "X-Request-ID", "Content-Type"],
            expose_headers=["X-Request-ID", "Retry-After"],
            # Keys stand in a header that the page sets; cookies are none of ours.
            allow_credentials=False,
        )


def _unauthorized(why: str) -> Refused:
    return refused(
        "unauthorized",
        f"{why}. Send one that the operator gave you, as Authorization: Bearer KEY or as "
        "X-API-Key: KEY.",
        WWW_Authenticate='Bearer realm="faultlens"',
    )


def _network(peer: str) -> str:
    """The address; of IPv6 the /64, which one household has whole."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return peer
