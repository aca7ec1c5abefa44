"""ONNX Runtime, imported in one place: it reports to its maker unless told not to before that."""

import os
from typing import Any

SILENT = "ORT_DISABLE_TELEMETRY"
"""Environment variable that it looks at when it is imported, from 1.29 on."""


def onnx_runtime() -> Any:
    """The package `onnxruntime`, told to report nothing: no file written, nothing sent.

    Source: microsoft/onnxruntime, docs/Privacy.md.

    Example:
        >>> onnx_runtime().__name__
        'onnxruntime'
    """
    # Whoever wants to report says so in the environment.
    os.environ.setdefault(SILENT, "1")
    import onnxruntime

    # For versions that know no such variable.
    onnxruntime.disable_telemetry_events()
    return onnxruntime
