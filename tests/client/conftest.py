"""Every test that asks runs with both clients."""

import pytest

from tests.client.asking import Asking


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """One of the two clients; the environment says nothing."""
    monkeypatch.delenv("FAULTLENS_URL", raising=False)
    monkeypatch.delenv("FAULTLENS_API_KEY", raising=False)
    return Asking(request.param)
