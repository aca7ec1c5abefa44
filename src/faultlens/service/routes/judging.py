"""Files and questions in, judgements out."""

from fastapi import APIRouter, Request, Response

from faultlens.hosting.task import DIAGNOSE, INSPECT, JSON, MATCH
from faultlens.service.asking import asked
from faultlens.service.options import DiagnoseOptions, InspectOptions, MatchOptions

router = APIRouter(tags=["judging"])


@router.post("/match-image-text")
async def match_image_text(request: Request) -> Response:
    """Compare a picture with sentences: the likeliest first, scores that sum to 1.

    Example:
        >>> match_image_text.__name__
        'match_image_text'
    """
    return await asked(request, MATCH, MatchOptions, offers=(JSON,))


@router.post("/v1/inspect")
async def inspect(request: Request) -> Response:
    """Name the defects on pictures of parts, and show where they are.

    Example:
        >>> inspect.__name__
        'inspect'
    """
    return await asked(request, INSPECT, InspectOptions)


@router.post("/v1/diagnose")
async def diagnose(request: Request) -> Response:
    """Name the faults of a bearing in recordings, with the evidence beside them.

    Example:
        >>> diagnose.__name__
        'diagnose'
    """
    return await asked(request, DIAGNOSE, DiagnoseOptions)
