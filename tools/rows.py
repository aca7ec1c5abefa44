"""The rows of the house: a folder imports only from rows below its own, never sideways."""

ROWS = {
    "core": 1,
    "signals": 2,
    "images": 2,
    "surfaces": 2,
    "text": 2,
    "metrics": 2,
    "client": 2,
    "datasets": 3,
    "inputs": 3,
    "reports": 3,
    "models": 4,
    "runtimes": 5,
    "training": 6,
    "profiles": 6,
    "inference": 7,
    "evaluation": 8,
    "store": 8,
    "archive": 9,
    "hosting": 9,
    "service": 10,
    "line": 10,
    "scaleout": 11,
    "cli": 12,
}
"""Folder of `src/faultlens` -> its row, from the ground up; also of folders not built yet."""

TOP = 13
"""Row of `faultlens/__init__.py` and `__main__.py`, which see every room."""
