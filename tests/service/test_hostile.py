"""Some 500 hostile requests: none is answered 5xx but 503, and the service is as well as before."""

import socket
import sys
from pathlib import Path

import pytest

from tests.service.hostile_requests import form, options_part, request
from tests.service.hostile_run import LARGEST_MB, hostile_run
from tests.service.raw_client import answers_to
from tests.service.watched_server import watched_server


@pytest.mark.skipif(sys.platform != "linux", reason="memory and files are read from /proc")
def test_hostile_requests_change_nothing(tmp_path: Path) -> None:
    # What takes seconds to make or to refuse is for `python -m tests.service.hostile_run`.
    told = hostile_run(tmp_path, heavy=False)
    assert told.requests > 450
    assert told.wrong == []
    assert all(x < 500 or x == 503 for x in told.statuses)
    assert told.largest_mb < LARGEST_MB


@pytest.mark.skipif(sys.platform != "linux", reason="memory and files are read from /proc")
def test_no_address_of_the_own_network_is_fetched_where_urls_are_allowed(tmp_path: Path) -> None:
    settings = {"FAULTLENS_ALLOW_URLS": "true", "FAULTLENS_WORKERS": "1", "FAULTLENS_DRAIN_S": "0"}
    with socket.create_server(("0.0.0.0", 0)) as ours, watched_server(tmp_path, settings) as server:
        ours.setblocking(False)
        port = ours.getsockname()[1]
        for host in (
            "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",
            "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
            "user@127.0.0.1", "127.0.0.1.", "localhost.localdomain", "①②⑦.0.0.1",
        ):  # fmt: skip
            body = form(options_part({"urls": [f"http://{host}:{port}/a.png"]}))
            statuses, received = answers_to(server.port, [request("/v1/inspect", body)])
            assert statuses == [422], (host, received)
            with pytest.raises(BlockingIOError):
                ours.accept()
