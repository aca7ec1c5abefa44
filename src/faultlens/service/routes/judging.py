"""Files and questions in, judgements out."""

from fastapi import APIRouter, Request, Response

from faultlens.hosting.key_file import Role
from faultlens.hosting.task import BESIDE, DIAGNOSE, INSPECT, JSON, MATCH, MEASURE
from faultlens.service.asking import asked
from faultlens.service.openapi import form, judged, problems
from faultlens.service.openapi_examples import DIAGNOSIS, INSPECTION, MATCHES, MEASUREMENT
from faultlens.service.options import (
    DiagnoseOptions,
    InspectOptions,
    MatchOptions,
)
from faultlens.service.routes.direct import direct
from faultlens.service.scan_options import MeasureOptions
from faultlens.service.security import needs

ERRORS = (
    "malformed-body",
    "unauthorized",
    "forbidden",
    "not-acceptable",
    "slow-body",
    "too-large",
    "unsupported-media-type",
    "unsupported-format",
    "invalid-options",
    "unknown-name",
    "unreadable-file",
    "too-many-requests",
    "busy",
    "stopping",
    "too-slow",
    "worker-lost",
)

router = APIRouter(
    tags=["judging"],
    dependencies=[needs(Role.INFER)],
    default_response_class=Response,
    route_class=direct(Role.INFER),
)


@router.post(
    "/match-image-text",
    summary="Compare a picture with sentences",
    responses={**judged("Matches", MATCHES), **problems(*ERRORS)},
    openapi_extra=form(MatchOptions, many=False),
)
async def match_image_text(request: Request) -> Response:
    """Say which of the sentences fits the picture, the likeliest first; scores sum to 1.

    Example:
        >>> match_image_text.__name__
        'match_image_text'
    """
    return await asked(request, MATCH, MatchOptions, offers=(JSON,))


@router.post(
    "/v1/inspect",
    summary="Find defects on pictures",
    responses={
        **judged("Inspection", INSPECTION, several="Inspections", png=True),
        **problems(*ERRORS, "unreachable-url"),
    },
    openapi_extra=form(InspectOptions, many=True),
)
async def inspect(request: Request) -> Response:
    """Name the defects on pictures of parts, and show where they are.

    Example:
        >>> inspect.__name__
        'inspect'
    """
    return await asked(request, INSPECT, InspectOptions)


@router.post(
    "/v1/diagnose",
    summary="Find faults in recordings",
    responses={
        **judged("Diagnosis", DIAGNOSIS, several="Diagnoses", png=True),
        **problems(*ERRORS, "missing-metadata", "unusable-signal"),
    },
    openapi_extra=form(DiagnoseOptions, many=True),
)
async def diagnose(request: Request) -> Response:
    """Name the faults of a bearing in vibration recordings, with the evidence beside them.

    Example:
        >>> diagnose.__name__
        'diagnose'
    """
    return await asked(request, DIAGNOSE, DiagnoseOptions)


@router.post(
    "/v1/measure",
    summary="Measure defects of scans",
    responses={
        **judged("Measurement", MEASUREMENT, several="Measurements", png=True),
        **problems(*ERRORS, "missing-metadata", "unusable-scan"),
    },
    openapi_extra=form(MeasureOptions, many=True, beside=BESIDE[MEASURE]),
)
async def measure(request: Request) -> Response:
    """Find what deviates on scans of parts, and say how deep, how wide, how bad it is, in mm.

    Example:
        >>> measure.__name__
        'measure'
    """
    return await asked(request, MEASURE, MeasureOptions)
