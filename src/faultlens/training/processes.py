"""Several processes train one module: each takes its share of a batch, gradients are averaged.

`accelerate launch` starts them, on one machine or on several; started plainly there is one. A
wrapper around the module would have to know how objectives call it, so gradients are averaged by
hand instead.
"""

import os
from collections.abc import Iterable
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import


@final
class Processes:
    """The processes that train together; started plainly, this one alone.

    Args:
        device: that this process trains on.

    Raises:
        UsageError: several were started, and they do not find one another.
        MissingPackageError: several were started and accelerate is not installed.

    Example:
        >>> alone = Processes()
        >>> alone.rank, alone.share(np.arange(4))
        (0, array([0, 1, 2, 3]))
    """

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self._together: Any = None
        started = int(os.environ.get("WORLD_SIZE", "1"))
        if started > 1:
            accelerate = optional_import("accelerate", extra="train")
            # Without this word it leaves processes on processors to themselves.
            cpu = torch.device(device).type == "cpu"
            self._together = accelerate.Accelerator(cpu=cpu)
            if self.count != started:
                # Each would train everything, and all would write the same files.
                raise UsageError(
                    f"{started} processes were started and {self.count} found one another on "
                    f"'{device}'. Start them with 'accelerate launch' or 'torchrun', each on a "
                    "device of its own or all with --device cpu."
                )

    @property
    def rank(self) -> int:
        """Number of this process, from 0; process 0 writes files."""
        return 0 if self._together is None else int(self._together.process_index)

    @property
    def count(self) -> int:
        """How many train together."""
        return 1 if self._together is None else int(self._together.num_processes)

    def share(self, batch: NDArray[np.intp]) -> NDArray[np.intp]:
        """This process's part of a batch, as large as every other's.

        Args:
            batch: (example,) indices, the same in every process.

        Returns:
            (example,) indices; where the batch does not divide, its first ones come twice.
        """
        if self.count == 1:
            return batch
        wanted = -(-len(batch) // self.count) * self.count
        whole = np.resize(batch, wanted)
        return whole[self.rank :: self.count]

    def average(self, tensors: Iterable[Tensor | None]) -> None:
        """Give every process the mean of what all have.

        Args:
            tensors: gradients or statistics, in the same order everywhere.
        """
        if self._together is None:
            return
        for tensor in tensors:
            if tensor is not None:
                tensor.copy_(self._together.reduce(tensor, "mean"))

    def wait(self) -> None:
        """Wait until every process has come so far."""
        if self._together is not None:
            self._together.wait_for_everyone()
