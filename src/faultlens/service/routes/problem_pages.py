"""What the types of problems mean, at their own addresses."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from faultlens.service.openapi import problems
from faultlens.service.problems import KINDS, PATH, refused

router = APIRouter(tags=["problems"], default_response_class=PlainTextResponse)


@router.get("/problems", summary="Every kind of problem")
async def every_problem() -> str:
    """List the kinds of problems, with what to do.

    Example:
        >>> every_problem.__name__
        'every_problem'
    """
    return "\n".join(told(x) for x in KINDS)


@router.get("/problems/{slug}", summary="One kind of problem", responses=problems("not-found"))
async def one_problem(slug: str) -> str:
    """Say what one kind of problem means, and what to do.

    Raises:
        Refused: there is no such kind.

    Example:
        >>> one_problem.__name__
        'one_problem'
    """
    if slug not in KINDS:
        raise refused("not-found", f"There is no problem '{slug[:60]}'; see {PATH.rstrip('/')}.")
    return told(slug)


def told(slug: str) -> str:
    """One kind of problem in words.

    Args:
        slug: of `problems.KINDS`.

    Example:
        >>> print(told("busy"))
        /problems/busy: 503 Busy.
            Wait as long as Retry-After says, then ask again.
        <BLANKLINE>
    """
    kind = KINDS[slug]
    return f"{PATH}{slug}: {kind.status} {kind.title}.\n    {kind.advice}\n"
