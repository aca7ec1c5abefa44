"""What can be asked of a service, once for both clients: they differ in how they wait alone."""

# What an answer is to a caller only the two clients know; here it is anything.
# mypy: disable-error-code="no-any-return"

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar, Unpack

from faultlens.client import asked
from faultlens.client.asked import Asked
from faultlens.client.options import DiagnoseOptions, InspectOptions, MeasureOptions
from faultlens.client.uploads import File

OneResult = TypeVar("OneResult")
OneMatch = TypeVar("OneMatch")
Picture = TypeVar("Picture")
Page = TypeVar("Page")
Nothing = TypeVar("Nothing")
ManyResults = TypeVar("ManyResults")
ManyMatches = TypeVar("ManyMatches")


class Verbs(ABC, Generic[OneResult, OneMatch, Picture, Page, Nothing, ManyResults, ManyMatches]):
    """Methods of both clients; the types are what a caller is given of each kind of answer.

    `Client` gives the answer itself, and `AsyncClient` what is awaited for it.
    """

    def diagnose(self, file: File, **options: Unpack[DiagnoseOptions]) -> OneResult:
        """Diagnose one recording."""
        return self._ask(asked.diagnosis(options), file)

    def inspect(self, file: File, **options: Unpack[InspectOptions]) -> OneResult:
        """Inspect one picture."""
        return self._ask(asked.inspection(options), file)

    def measure(self, file: File, **options: Unpack[MeasureOptions]) -> OneResult:
        """Measure one scan; its defects with their sizes stand in `Result.defects`."""
        return self._ask(asked.measurement(options), file)

    def match(self, file: File, prompts: Sequence[str]) -> OneMatch:
        """Hold one picture against prompts; best first, the scores sum to 1."""
        return self._ask(asked.matching(prompts), file)

    def figure(self, file: File, **options: Unpack[DiagnoseOptions]) -> Picture:
        """The picture of a diagnosis, a PNG file."""
        return self._ask(asked.figure(options), file)

    def scan_figure(self, file: File, **options: Unpack[MeasureOptions]) -> Picture:
        """The picture of a measurement, a PNG file."""
        return self._ask(asked.scan_figure(options), file)

    def overlay(self, file: File, **options: Unpack[InspectOptions]) -> Picture:
        """The picture with what was found on it, a PNG file."""
        return self._ask(asked.overlay(options), file)

    def diagnose_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[DiagnoseOptions],
    ) -> ManyResults:
        """Diagnose many recordings; their outcomes in order, as soon as they are there.

        A file that cannot be read or judged is an outcome with its reason, and the rest goes on; a
        key that is refused or a service that is gone ends it with its error.
        """
        return self._many(asked.diagnosis(options), files, parallel, quiet)

    def inspect_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[InspectOptions],
    ) -> ManyResults:
        """Inspect many pictures; as `diagnose_many`."""
        return self._many(asked.inspection(options), files, parallel, quiet)

    def measure_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[MeasureOptions],
    ) -> ManyResults:
        """Measure many scans; as `diagnose_many`."""
        return self._many(asked.measurement(options), files, parallel, quiet)

    def match_many(
        self,
        files: Iterable[File],
        prompts: Sequence[str],
        *,
        parallel: int = 8,
        quiet: bool = False,
    ) -> ManyMatches:
        """Hold many pictures against the same prompts; as `diagnose_many`."""
        return self._many(asked.matching(prompts), files, parallel, quiet)

    def health(self) -> Page:
        """Whether the service works, right now: asked once, whatever `retries` says."""
        return self._ask(asked.told("health", once=True))

    def models(self) -> Page:
        """The models at work, and those that a request may name."""
        return self._ask(asked.told("v1/models"))

    def faults(self) -> Page:
        """The faults and defects that the service knows by name."""
        return self._ask(asked.told("v1/faults"))

    def profiles(self) -> Page:
        """The profiles that a request may name."""
        return self._ask(asked.told("v1/profiles"))

    def put_profile(self, name: str, file: File) -> Page:
        """Keep a profile under a name, and say what it holds (role admin)."""
        return self._ask(asked.profile_put(name), file)

    def delete_profile(self, name: str) -> Nothing:
        """Remove a profile (role admin); asked once, whatever `retries` says."""
        return self._ask(asked.profile_deleted(name))

    def use_model(self, verb: str, model: str) -> Page:
        """Put another model to work for "inspect", "match", "diagnose" or "measure" (admin)."""
        return self._ask(asked.model_used(verb, model))

    @abstractmethod
    def _ask(self, what: Asked[Any], file: File | None = None) -> Any:
        """Ask once, and again where that helps."""

    @abstractmethod
    def _many(self, what: Asked[Any], files: Iterable[File], parallel: int, quiet: bool) -> Any:
        """Ask of many files, several at a time."""
