"""Profiles that requests name: listed, put in place, and removed, while the service runs."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from faultlens.hosting.key_file import Role
from faultlens.service.openapi import REFUSED, example, file_body, problems
from faultlens.service.openapi_examples import PROFILE, PROFILES
from faultlens.service.options import PROFILE_PATTERN
from faultlens.service.security import needs
from faultlens.service.served_profiles import check_and_keep, listed_profiles, remove_profile
from faultlens.service.state import service_of

Name = Annotated[str, Path(pattern=PROFILE_PATTERN, description="Name of a profile.")]

router = APIRouter(tags=["profiles"])


@router.get(
    "/v1/profiles",
    summary="Profiles that requests may name",
    dependencies=[needs(Role.READ)],
    responses={**example(PROFILES), **problems(*REFUSED)},
)
async def profiles(request: Request) -> dict[str, list[dict[str, Any]]]:
    """List the profiles with their thresholds and false-alarm rates.

    Example:
        >>> profiles.__name__
        'profiles'
    """
    folder = service_of(request).settings.profiles_dir
    return {"profiles": await asyncio.to_thread(listed_profiles, folder)}


@router.put(
    "/v1/profiles/{name}",
    summary="Put a profile in place",
    dependencies=[needs(Role.ADMIN)],
    responses={
        **example(PROFILE),
        **problems(
            *REFUSED,
            "not-found",
            "slow-body",
            "too-large",
            "invalid-options",
            "unreadable-file",
            "busy",
            "stopping",
        ),
    },
    openapi_extra=file_body("A profile, as `faultlens calibrate` writes it."),
)
async def put_profile(request: Request, name: Name) -> dict[str, Any]:
    """Check a profile and keep it under this name, in the place of one that is there.

    Example:
        >>> put_profile.__name__
        'put_profile'
    """
    return await check_and_keep(service_of(request), request, name)


@router.delete(
    "/v1/profiles/{name}",
    summary="Remove a profile",
    dependencies=[needs(Role.ADMIN)],
    status_code=204,
    responses=problems(*REFUSED, "not-found", "invalid-options"),
)
async def delete_profile(request: Request, name: Name) -> Response:
    """Remove a profile; requests that name it are refused from then on.

    Example:
        >>> delete_profile.__name__
        'delete_profile'
    """
    remove_profile(service_of(request).settings.profiles_dir, name)
    return Response(status_code=204)
