"""How long each part of the measurement runs: in full for a figure, in short for a look."""

from dataclasses import dataclass

from faultlens.evaluation.clip_by_lot import Shape

PUBLISHED = Shape("ViT-B/32", patch=32)
"""The guide's model."""


@dataclass(frozen=True)
class Sizes:
    """Lengths and counts of all parts.

    Args:
        shape: of the CLIP that names pictures.
        files: different pictures or recordings, sent in turn.
        warm_s: load before anything counts, s.
        clients: of a closed loop.
        rounds: in which the servers take turns.
        round_s: length of one, s.
        level_s: length of an open loop at one load, s.
        search_s: length of an open loop in the search for the highest load, s.
        confirm_s: length of the one that confirms it, s.
        overload_s: length of the overload, s.
        kills: servers that are told to stop.
        kill_rate: requests per second meanwhile.
        worker_kills: workers that are killed.
        worker_kill_s: length of the load meanwhile, s.
    """

    shape: Shape = PUBLISHED
    files: int = 64
    warm_s: float = 5.0
    clients: int = 16
    rounds: int = 5
    round_s: float = 15.0
    level_s: float = 40.0
    search_s: float = 12.0
    confirm_s: float = 30.0
    overload_s: float = 60.0
    kills: int = 200
    kill_rate: float = 60.0
    worker_kills: int = 5
    worker_kill_s: float = 20.0


FULL = Sizes()

QUICK = Sizes(
    shape=Shape("tiny", patch=16, size=32, width=64, depth=2, words_width=64, words_depth=1),
    files=8, warm_s=1.0, clients=4, rounds=1, round_s=1.5, level_s=1.5, search_s=1.5, confirm_s=2.0,
    overload_s=4.0, kills=2, kill_rate=20.0, worker_kills=1, worker_kill_s=4.0,
)  # fmt: skip
"""Shows that everything runs; its figures mean nothing."""
