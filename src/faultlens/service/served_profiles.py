"""The folder of profiles: what is in it, one put in place whole, and one removed."""

import asyncio
import json
import re
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request

from faultlens.core.errors import FaultlensError
from faultlens.core.files import written_whole
from faultlens.hosting.checking import profile_facts
from faultlens.hosting.shelf import NAME, SUFFIX, profile_path
from faultlens.hosting.task import CHECK_PROFILE, Task
from faultlens.service.client_gone import unless_gone
from faultlens.service.problems import refused
from faultlens.service.refused import Refused
from faultlens.service.state import Service
from faultlens.service.uploads import small_body


def listed_profiles(folder: str) -> list[dict[str, Any]]:
    """Name and facts of each profile that requests may name.

    Args:
        folder: of profiles; "" for none.

    Example:
        >>> listed_profiles("")
        []
    """
    if not folder:
        return []
    files = (x for x in Path(folder).glob(f"*{SUFFIX}") if re.fullmatch(NAME, x.stem))
    return [_row(x) for x in sorted(files)]


async def check_and_keep(service: Service, request: Request, name: str) -> dict[str, Any]:
    """Let a worker check the profile in a request's body, then keep it under a name.

    Args:
        service: whose folder of profiles it is.
        request: the profile is its body.
        name: of `shelf.NAME`.

    Raises:
        Refused: it is no profile, or this service keeps none.

    Example:
        >>> asyncio.iscoroutinefunction(check_and_keep)
        True
    """
    target = _file(service.settings.profiles_dir, name)
    body = await small_body(request, service.settings)
    with service.spool.place(len(body)) as place:
        source = Path(place.next_path(SUFFIX))
        source.write_bytes(body)
        task = Task(CHECK_PROFILE, str(source), f"{name}{SUFFIX}")
        answer = await unless_gone(request.receive, service.host.answer(task))
        if answer.problem is not None:
            raise Refused(answer.problem)
        await asyncio.to_thread(_keep, source, target)
    return {**json.loads(answer.content), "name": name}


def remove_profile(folder: str, name: str) -> None:
    """Remove a profile.

    Args:
        folder: of profiles; "" for none.
        name: of `shelf.NAME`.

    Raises:
        Refused: there is none of this name.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> _ = (Path(folder) / "pump-7.profile").write_text("{}")
        >>> remove_profile(folder, "pump-7")
        >>> listed_profiles(folder)
        []
    """
    try:
        _file(folder, name).unlink()
    except FileNotFoundError:
        raise refused("not-found", f"There is no profile '{name}'; see /v1/profiles.") from None


def _file(folder: str, name: str) -> Path:
    if not folder:
        raise refused(
            "not-found",
            "This service keeps no profiles; its operator names a folder for them with "
            "FAULTLENS_PROFILES_DIR.",
        )
    return profile_path(folder, name)


def _keep(source: Path, target: Path) -> None:
    with written_whole(target) as temporary:
        shutil.copyfile(source, temporary)


def _row(file: Path) -> dict[str, Any]:
    try:
        state = file.stat()
        facts = json.loads(_facts(str(file), state.st_mtime_ns, state.st_size))
    except (OSError, FaultlensError) as error:
        told = str(error).replace(str(file), file.name)
        return {"name": file.stem, "problem": told}
    return {**facts, "name": file.stem}


@lru_cache(maxsize=1024)
def _facts(file: str, changed_ns: int, size: int) -> str:
    """As text: what is remembered must not change in the hands of who gets it."""
    return json.dumps(profile_facts(file))
