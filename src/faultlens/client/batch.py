"""Many files at once: a bounded number under way, their outcomes in the order of the files."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from faultlens.core.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
"""Files per parallel request that are begun before the oldest is done: one slow file at the head
then keeps nobody idle, and what waits in memory stays bounded."""


def in_order(
    work: Callable[[T, threading.Event], R], items: Iterable[T], *, parallel: int
) -> Iterator[R]:
    """What `work` makes of each item, in their order, as soon as it is there.

    Args:
        work: takes an item, and an event that is set when nobody waits for it any more.
        items: taken as they are needed.
        parallel: items at work at once.

    Raises:
        UsageError: fewer than one at once.

    Example:
        >>> list(in_order(lambda x, over: x * x, [1, 2, 3], parallel=2))
        [1, 4, 9]
    """
    _check(parallel)
    over = threading.Event()
    pool = ThreadPoolExecutor(parallel, thread_name_prefix="faultlens-client")
    begun: deque[Future[R]] = deque()
    try:
        for item in items:
            begun.append(pool.submit(work, item, over))
            while begun and (begun[0].done() or len(begun) >= _AHEAD * parallel):
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        over.set()
        pool.shutdown(cancel_futures=True)


async def in_order_async(
    work: Callable[[T], Awaitable[R]], items: Iterable[T], *, parallel: int
) -> AsyncGenerator[R, None]:
    """What `work` makes of each item, in their order, as soon as it is there.

    Args:
        work: takes an item.
        items: taken as they are needed.
        parallel: items at work at once.

    Raises:
        UsageError: fewer than one at once.

    Example:
        >>> async def squares():
        ...     async def square(x):
        ...         return x * x
        ...     return [x async for x in in_order_async(square, [1, 2, 3], parallel=2)]
        >>> asyncio.run(squares())
        [1, 4, 9]
    """
    _check(parallel)
    free = asyncio.Semaphore(parallel)

    async def one(item: T) -> R:
        async with free:
            return await work(item)

    begun: deque[asyncio.Task[R]] = deque()
    try:
        for item in items:
            begun.append(asyncio.create_task(one(item)))
            while begun and (begun[0].done() or len(begun) >= _AHEAD * parallel):
                yield await begun.popleft()
        while begun:
            yield await begun.popleft()
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


def _check(parallel: int) -> None:
    if parallel < 1:
        raise UsageError(f"parallel is {parallel}; it must be 1 or more.")
