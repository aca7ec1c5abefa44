"""What is written of many recordings: pictures as they come; page and JSON lines at the end."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from faultlens.inference.batch import Outcome, write_batch_report
from faultlens.inference.findings import Diagnosis
from faultlens.inference.output_names import output_name
from faultlens.inference.resume import written_by_way


@dataclass(frozen=True, eq=False)
class DiagnosedRecording:
    """What a batch keeps of one recording.

    Args:
        name: of its picture, without the suffix.
        result: its diagnosis.
    """

    name: str
    result: Diagnosis

    @property
    def told(self) -> dict[str, Any]:
        """The result as plain values."""
        return self.result.to_dict()


@final
class DiagnosedBatch:
    """A batch on its way: what was written, and what is kept of each recording.

    Args:
        folder: where everything goes; None writes nothing.
        lang: language of the page, "en" or "zh".
    """

    def __init__(self, folder: Path | None, *, lang: str = "en") -> None:
        self.results: list[Diagnosis] = []
        self.failed: list[Outcome[Diagnosis]] = []
        self._folder, self._lang = folder, lang
        self._names: list[str] = []
        self.taken = {"report", "results"}

    def add(self, outcome: Outcome[Diagnosis]) -> DiagnosedRecording | None:
        """Take one recording: its picture is written at once.

        Args:
            outcome: its result, or why there is none.

        Returns:
            what to keep of it; None where it failed.

        Raises:
            OSError: the folder cannot be written.
        """
        if outcome.result is None:
            self.failed.append(outcome)
            return None
        row = DiagnosedRecording(output_name(outcome.file, self.taken), outcome.result)
        if self._folder is not None:
            written_by_way(self._folder, f"{row.name}.png", row.result.save)
        self.keep(row)
        return row

    def keep(self, row: DiagnosedRecording) -> None:
        """Take one recording that is judged and written, now or before the batch was cut."""
        self.results.append(row.result)
        self._names.append(row.name)

    def write(self, *, seconds: float) -> Path | None:
        """Write page and JSON lines of all that was taken so far.

        Args:
            seconds: time that the batch took; the page of recordings does not show it.

        Returns:
            the page; None where nothing is written.

        Raises:
            OSError: the folder cannot be written.
        """
        del seconds
        if self._folder is None:
            return None
        told = list(zip(self.results, self._names, strict=True))
        return write_batch_report(self._folder, told, self.failed, lang=self._lang)
