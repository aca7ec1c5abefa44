"""What a worker has at hand: opened models, profiles, questions and sentences that it remembers."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from faultlens.hosting.golden_scan import golden_for
from faultlens.hosting.memory import room_for_a_model
from faultlens.hosting.models import reference_of, refuse_unexported
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.remembered import Remembered
from faultlens.hosting.shelf import KEPT, Shelf
from faultlens.hosting.task import DIAGNOSE, GOLDEN, INSPECT, MATCH, MEASURE, Task
from faultlens.images.image import Image
from faultlens.inference.inspect import inspector
from faultlens.inference.measure import measurer
from faultlens.profiles.severity_file import parsed_rules
from faultlens.runtimes.devices import device_in_use, use_device
from faultlens.runtimes.image_model import IMAGE, encode_images, encode_windows
from faultlens.runtimes.judges import judge_named
from faultlens.runtimes.picture_model import load_image_model
from faultlens.runtimes.scan_model import load_scan_model

if TYPE_CHECKING:
    from faultlens.inference.inspector import Inspector
    from faultlens.inference.measuring import Measurer
    from faultlens.runtimes.judge import AbstractJudge
    from faultlens.runtimes.loaded import Model

QUESTIONS = 4096
"""Sentences of prepared questions in memory, and `QUESTION` more for each: 256 questions of a
line's few defects, or 16 of the longest lists; either way some 20 MB."""

QUESTION = 12

SENTENCES = 8192
"""Rows of sentences in memory: of 512 numbers, 16 MB."""

_ASKED = ("defects", "part", "scales", "zoom", "roi", "enhance", "mm_per_pixel", "lang")

_MEASURED = ("defects", "part", "reference", "least_depth_mm", "lang", "rules")
"""Options of a measurement that are the same for many scans."""


@final
class Desk:
    """What a worker has at hand; the models of all verbs are opened at once.

    Args:
        plan: of the host.

    Raises:
        UsageError: a model of another kind.
        UnknownNameError: no such model, or no such device.
        BundleError: a model is damaged.
        MissingPackageError: the device is not here, or a model of Hugging Face needs torch to be
            exported.
    """

    def __init__(self, plan: HostPlan) -> None:
        # First of all: what was opened stays where it was opened.
        use_device(plan.device)
        self.plan = plan
        self.shelf = Shelf(plan.profiles_dir)
        self._models: dict[str, Model] = {}
        self._inspectors: Remembered[Inspector] = Remembered(QUESTIONS)
        # Apart, since each may hold a profile that was replaced since.
        self._by_profile: Remembered[Inspector] = Remembered(KEPT * QUESTION)
        self._measurers: Remembered[Measurer] = Remembered(KEPT * QUESTION)
        self._rows: Remembered[NDArray[np.float32]] = Remembered(SENTENCES)
        self.device = device_in_use()
        self.references = {
            MATCH: self._opened(reference_of(plan, MATCH, None)).reference,
            INSPECT: self._opened(reference_of(plan, INSPECT, None)).reference,
            DIAGNOSE: self.judge(None).reference,
            MEASURE: self.scan_model(None).reference,
        }

    def judge(self, name: str | None) -> "AbstractJudge":
        """What judges recordings.

        Args:
            name: that a request gave; None for the verb's own.
        """
        return judge_named(reference_of(self.plan, DIAGNOSE, name))

    def scan_model(self, name: str | None) -> "Model":
        """What names defects of scans.

        Args:
            name: that a request gave; None for the verb's own.
        """
        reference = reference_of(self.plan, MEASURE, name)
        if reference not in self._models:
            with room_for_a_model():
                self._models[reference] = load_scan_model(reference)
        return self._models[reference]

    def measurer(self, task: Task) -> "Measurer":
        """What is the same for all scans of which this is asked.

        Args:
            task: of the verb "measure".
        """
        if GOLDEN in task.beside:
            # Not remembered: a golden scan may be as large as all that is.
            return self._measurer(task)
        question = self._question(task, _MEASURED)
        if (known := self._measurers.find(question)) is not None:
            return known
        made = self._measurer(task)
        return self._measurers.put(question, made, weight=QUESTION + len(made.question.asked))

    def _measurer(self, task: Task) -> "Measurer":
        asked: dict[str, Any] = {
            x: task.options[x] for x in _MEASURED if task.options.get(x) is not None
        }
        if "rules" in asked:
            asked["rules"] = parsed_rules(asked["rules"])
        named = task.options.get("profile")
        profile = None if named is None else self.shelf.of_scans(named)
        if GOLDEN in task.beside:
            profile, asked["golden"] = golden_for(profile, task)
        return measurer(model=self.scan_model(task.model), profile=profile, **asked)

    def image_model(self, verb: str, name: str | None) -> "Model":
        """What judges pictures.

        Args:
            verb: "match" or "inspect".
            name: that a request gave; None for the verb's own.
        """
        reference = reference_of(self.plan, verb, name)
        if reference not in self._models and name is not None:
            refuse_unexported(reference)
            with room_for_a_model():
                _open_encoders(self._opened(reference))
        return self._opened(reference)

    def inspector(self, task: Task) -> "Inspector":
        """What is the same for all pictures of which this is asked.

        Args:
            task: of the verb "inspect", or one whose options are those of it.
        """
        kept = self._inspectors if task.options.get("profile") is None else self._by_profile
        question = self.question(task)
        if (known := kept.find(question)) is not None:
            return known
        made = self._prepared(task)
        return kept.put(question, made, weight=QUESTION + len(made.question.asked))

    def question(self, task: Task) -> str:
        """Tasks of one question share what is prepared for it, and a pass.

        Args:
            task: of the verb "inspect".

        Raises:
            UsageError: no such profile.
        """
        return self._question(task, _ASKED)

    def _question(self, task: Task, options: Sequence[str]) -> str:
        asked: list[Any] = [task.options.get(x) for x in options]
        name = task.options.get("profile")
        mark = None if name is None else (name, self.shelf.mark(name))
        return json.dumps([task.verb, task.model, mark, asked])

    def rows(self, model: "Model", sentences: Sequence[str]) -> NDArray[np.float32]:
        """Sentences in the space of a model, each asked of its tower once.

        Args:
            model: of pictures.
            sentences: at least one.

        Returns:
            (sentence, dim) unit rows.
        """
        known = {x: self._rows.find((model.reference, x)) for x in sentences}
        rows = {x: row for x, row in known.items() if row is not None}
        if new := [x for x in known if x not in rows]:
            for sentence, row in zip(new, model.encode_text(new), strict=True):
                rows[sentence] = self._rows.put((model.reference, sentence), row)
        return np.stack([rows[x] for x in sentences])

    def _opened(self, reference: str) -> "Model":
        if reference not in self._models:
            self._models[reference] = load_image_model(reference)
        return self._models[reference]

    def _prepared(self, task: Task) -> "Inspector":
        profile = task.options.get("profile")
        asked: dict[str, Any] = {
            x: task.options[x] for x in _ASKED if task.options.get(x) is not None
        }
        return inspector(
            model=self.image_model(task.verb, task.model),
            profile=None if profile is None else self.shelf.of_pictures(profile),
            **asked,
        )


def _open_encoders(model: "Model") -> None:
    """An encoder takes its memory when it is first used: that is now."""
    grey = Image(np.full((64, 64), 128, np.uint8))
    encode_images(model, [grey])
    encode_images(model, [grey], want=[IMAGE])
    encode_windows(model, grey)
    model.encode_text(["crack"])
