"""What goes wrong between a line and its database, in words of the house."""

from collections.abc import Iterator
from contextlib import contextmanager

from faultlens.core.errors import FaultlensError


class StoreError(FaultlensError):
    """The database is away, is full, or is not one of ours."""

    exit_code = 3


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn what the database throws into a `StoreError` that says where and what to do.

    Args:
        where: URL of the database, without its password.

    Raises:
        StoreError: the database threw.

    Example:
        >>> from sqlalchemy.exc import OperationalError
        >>> with told("sqlite:///line.db"):
        ...     raise OperationalError("SELECT 1", {}, OSError("disk is full"))
        Traceback (most recent call last):
            ...
        faultlens.store.errors.StoreError: The store at sqlite:///line.db did not ...
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        words = " ".join(str(cause).split())[:300]
        raise StoreError(
            f"The store at {where} did not do it ({type(cause).__name__}: {words}). Nothing of it "
            "is lost: do it again once the database is there, has room and grants access."
        ) from error
