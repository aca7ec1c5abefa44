"""Profiles by name: read when first asked for, and again when their file was replaced."""

import re
from collections import OrderedDict
from pathlib import Path
from typing import TypeVar, final

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.profiles.profile import Profile, read_profile
from faultlens.profiles.scan_profile import ScanProfile, is_scan_profile, read_scan_profile
from faultlens.profiles.surface_profile import (
    SurfaceProfile,
    is_surface_profile,
    read_surface_profile,
)

SUFFIX = ".profile"

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""Pattern of a profile's name: no slash, and nothing hidden."""

_NAME = re.compile(NAME)

KEPT = 16
"""Profiles in memory: of pictures, 4 MB each."""

Mark = tuple[int, int, int]

Kept = Profile | SurfaceProfile | ScanProfile

_OF = {Profile: "recordings", SurfaceProfile: "pictures", ScanProfile: "scans"}
_ONE = {Profile: "a recording", SurfaceProfile: "a picture", ScanProfile: "a scan"}

K = TypeVar("K", Profile, SurfaceProfile, ScanProfile)


def profile_path(profiles_dir: str | Path, name: str) -> Path:
    """Where a profile of this name lies, or would lie.

    Args:
        profiles_dir: folder of profiles.
        name: without suffix.

    Raises:
        UsageError: no name of a profile.

    Example:
        >>> profile_path("/srv/profiles", "pump-7").name
        'pump-7.profile'
        >>> profile_path("/srv/profiles", "../keys")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: '../keys' is no name of a profile; ...
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name[:100]}' is no name of a profile; up to 100 letters, digits, dots, dashes and "
            "underscores are, and a letter or digit comes first."
        )
    return Path(profiles_dir) / f"{name}{SUFFIX}"


def profile_names(profiles_dir: str | Path) -> tuple[str, ...]:
    """Names of the profiles of a folder.

    Args:
        profiles_dir: the folder; "" for none.

    Example:
        >>> profile_names("")
        ()
    """
    if not str(profiles_dir):
        return ()
    found = sorted(x.stem for x in Path(profiles_dir).glob(f"*{SUFFIX}") if x.is_file())
    return tuple(x for x in found if _NAME.fullmatch(x))


@final
class Shelf:
    """The profiles of a folder, the last used ones in memory.

    Args:
        profiles_dir: the folder; "" where there is none.
    """

    def __init__(self, profiles_dir: str) -> None:
        self._folder = profiles_dir
        self._kept: OrderedDict[str, tuple[Mark, Kept]] = OrderedDict()

    def of_recordings(self, name: str) -> Profile:
        """The profile of an asset.

        Args:
            name: without suffix.

        Raises:
            UsageError: no such profile, or one of something else.
            UnreadableFileError: its file is damaged.
        """
        return self._of(name, Profile)

    def of_pictures(self, name: str) -> SurfaceProfile:
        """The profile of a product.

        Args:
            name: without suffix.

        Raises:
            UsageError: no such profile, or one of something else.
            UnreadableFileError: its file is damaged.
        """
        return self._of(name, SurfaceProfile)

    def of_scans(self, name: str) -> ScanProfile:
        """The profile of a product's scans.

        Args:
            name: without suffix.

        Raises:
            UsageError: no such profile, or one of something else.
            UnreadableFileError: its file is damaged.
        """
        return self._of(name, ScanProfile)

    def mark(self, name: str) -> Mark:
        """What changes when the file of a profile is replaced.

        Args:
            name: without suffix.

        Raises:
            UsageError: no such profile.
        """
        try:
            if not self._folder:
                raise FileNotFoundError
            stat = profile_path(self._folder, name).stat()
        except OSError:
            known = profile_names(self._folder)
            raise UnknownNameError(
                "profile", name[:100], known, advice="GET /v1/profiles lists them."
            ) from None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _of(self, name: str, kind: type[K]) -> K:
        profile = self._read(name)
        if not isinstance(profile, kind):
            raise UsageError(
                f"The profile '{name}' is of {_OF[type(profile)]}; {_ONE[kind]} needs one that "
                f"faultlens calibrate made of {_OF[kind]}."
            )
        return profile

    def _read(self, name: str) -> Kept:
        mark = self.mark(name)
        kept = self._kept.get(name)
        if kept is None or kept[0] != mark:
            kept = self._kept[name] = (mark, _profile(profile_path(self._folder, name)))
        self._kept.move_to_end(name)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]


def _profile(path: Path) -> Kept:
    if is_surface_profile(path):
        return read_surface_profile(path)
    return read_scan_profile(path) if is_scan_profile(path) else read_profile(path)
