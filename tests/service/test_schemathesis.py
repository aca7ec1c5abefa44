"""The service does what its OpenAPI document says, also when asked what nobody would ask."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

# Looked for, not imported: it runs as a process of its own.
if find_spec("schemathesis") is None:
    pytest.skip("schemathesis is not installed", allow_module_level=True)

from tests.service.schemathesis_run import schemathesis_run


@pytest.mark.skipif(sys.platform != "linux", reason="the server is watched by /proc")
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    # More of them: `python -m tests.service.schemathesis_run --max-examples 200`.
    # Models are swapped there alone: it takes a second each time, and is tried dozens of times.
    said = schemathesis_run(
        tmp_path, max_examples=3, options=["--exclude-path-regex", "^/v1/models/"]
    )
    assert said.passed, said.output[-6000:]
    assert said.cases > 300
