"""Environment variables that a worker gets: what it computes by, and nothing that is secret."""

import os
from collections.abc import Mapping

_HANDED_ON = frozenset(
    {
        "PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV",
        "LD_LIBRARY_PATH", "LD_PRELOAD", "MALLOC_ARENA_MAX", "SYSTEMROOT", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "HF_HOME", "HF_ENDPOINT", "HF_HUB_CACHE", "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
        "https_proxy", "no_proxy",
    }
)  # fmt: skip

_HANDED_ON_FAMILIES = (
    "LC_", "PYTHON", "XDG_", "DYLD_", "FAULTLENS_", "OMP_", "KMP_", "CUDA_", "NVIDIA_", "ORT_",
    "OPENVINO_", "MPL",
)  # fmt: skip

_KEPT_BACK = frozenset({"FAULTLENS_API_KEYS_FILE", "FAULTLENS_API_KEY"})

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Each library of numbers asks for its own."""

# ONNX Runtime reads it once, when it is imported: it reports to nobody.
_ALWAYS = {"ORT_DISABLE_TELEMETRY": "1", "PYTHONUNBUFFERED": "1"}


def worker_environment(
    threads: int, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment of a worker.

    Args:
        threads: of one pass.
        environment: of the front; None for this process's own.

    Example:
        >>> worker_environment(1, {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x"})["PATH"]
        '/bin'
        >>> "AWS_SECRET_ACCESS_KEY" in worker_environment(1, {"AWS_SECRET_ACCESS_KEY": "x"})
        False
    """
    given = os.environ if environment is None else environment
    kept = {
        name: value
        for name, value in given.items()
        if (name in _HANDED_ON or name.startswith(_HANDED_ON_FAMILIES)) and name not in _KEPT_BACK
    }
    return {**kept, **dict.fromkeys(_THREADS, str(threads)), **_ALWAYS}
