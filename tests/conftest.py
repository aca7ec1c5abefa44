"""Fixtures shared by all tests: the real data beside the repository, and one hypothesis profile."""

import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before torch or numpy are imported: workers that share two cores and each start two threads wait
# for each other ten times as long as they work.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Sentences and models that are kept between runs belong to the user of this machine, not to a test.
_CACHE = tempfile.TemporaryDirectory(prefix="faultlens-tests-")
os.environ["FAULTLENS_CACHE"] = _CACHE.name

# Derandomised: the same tests on every machine, every time. Flaky is broken.
settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

EXPORTER = "torch.onnx._internal.exporter._registration"


def pytest_runtest_setup() -> None:
    """Have torch's exporter read its operators once, not again for each model: half of the time."""
    loaded = sys.modules.get(EXPORTER)
    registry = getattr(loaded, "ONNXRegistry", None)
    if registry is not None and not hasattr(registry.from_torchlib, "cache_info"):
        registry.from_torchlib = staticmethod(cache(registry.from_torchlib))


SHARED = Path(os.environ.get("FAULTLENS_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings; tests that need it skip where it is absent."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(f"real data not found at {data}; set FAULTLENS_SHARED to the folder 'shared'")
    return data
