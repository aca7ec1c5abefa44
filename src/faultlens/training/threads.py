"""Small models are trained by one thread: several wait for each other longer than they work."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

SMALL = 5_000_000
"""Parameters below which one thread is fastest: measured, two threads took ten times as long."""


@contextmanager
def few_threads(module: nn.Module) -> Iterator[None]:
    """One processor thread while a small module learns; as many as before afterwards.

    Args:
        module: all that computes in a step, frozen parts too.

    Example:
        >>> before = torch.get_num_threads()
        >>> with few_threads(nn.Linear(2, 2)):
        ...     torch.get_num_threads()
        1
        >>> torch.get_num_threads() == before
        True
    """
    before = torch.get_num_threads()
    if sum(x.numel() for x in module.parameters()) < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
