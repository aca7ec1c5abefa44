"""Models that a request may name: built-in ones, and folders of one folder; never a path."""

from pathlib import Path

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import DIAGNOSE, MEASURE
from faultlens.models import shipped
from faultlens.runtimes.bundle import MANIFEST
from faultlens.runtimes.hugging_face import exported_folder, is_hugging_face
from faultlens.runtimes.loaded import BUILTIN
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.runtimes.scan_model import SCAN_MODEL


def served_names(plan: HostPlan, verb: str | None = None) -> tuple[str, ...]:
    """Names that a request may give as its model.

    Args:
        plan: of the host.
        verb: whose built-in models are named; None for those of all verbs.

    Example:
        >>> served_names(HostPlan(), "diagnose")
        ('builtin/bearing', 'builtin/physics')
    """
    return (*_built_in(verb), *_folders(plan.models_dir))


def checked_name(plan: HostPlan, verb: str, name: str) -> str:
    """A name that a request gave, if it is one.

    Args:
        plan: of the host.
        verb: of the request.
        name: as given.

    Raises:
        UnknownNameError: none of the served names; the message lists them.

    Example:
        >>> checked_name(HostPlan(), "inspect", "/etc")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown model '/etc'. Known: builtin/surface. ...
    """
    # Of the folders this one alone is looked at: it is asked for every request that names one.
    if name not in _built_in(verb) and _folder(plan.models_dir, name) is None:
        raise UnknownNameError(
            "model",
            name,
            served_names(plan, verb),
            advice="GET /v1/models lists the models of this service.",
        )
    return name


def reference_of(plan: HostPlan, verb: str, name: str | None) -> str:
    """What `load_model` is to open.

    Args:
        plan: of the host.
        verb: of the task.
        name: that a request gave, checked; None for the verb's own model.

    Example:
        >>> reference_of(HostPlan(), "diagnose", None)
        'builtin/bearing'
    """
    wanted = plan.models[verb] if name is None else name
    folder = _folder(plan.models_dir, wanted)
    return wanted if folder is None else str(folder)


def refuse_unexported(reference: str) -> None:
    """Refuse a model of Hugging Face that would be exported in the middle of a request.

    Args:
        reference: of `reference_of`.

    Raises:
        UsageError: it was not exported yet.

    Example:
        >>> refuse_unexported("builtin/surface")
    """
    if is_hugging_face(reference) and not (exported_folder(reference) / MANIFEST).is_file():
        raise UsageError(
            f"The model '{Path(reference).name}' was not made ready yet. The operator does that "
            "once, with PUT /v1/models/{verb} or by 'faultlens export'."
        )


def is_quick_to_load(plan: HostPlan) -> bool:
    """Whether all workers may load the models at once, since nothing is exported or looked up.

    Args:
        plan: of the host.

    Example:
        >>> is_quick_to_load(HostPlan())
        True
    """
    return all(x.startswith(BUILTIN) for x in plan.models.values())


def _built_in(verb: str | None) -> tuple[str, ...]:
    recordings, pictures, scans = (shipped.DEFAULT, shipped.NAME), (SURFACE_MODEL,), (SCAN_MODEL,)
    if verb is None:
        return (*recordings, *pictures, *scans)
    return {DIAGNOSE: recordings, MEASURE: scans}.get(verb, pictures)


def _folders(models_dir: str) -> tuple[str, ...]:
    if not models_dir:
        return ()
    try:
        inside = sorted(Path(models_dir).iterdir())
    except OSError:
        return ()
    return tuple(x.name for x in inside if _is_served(x))


def _folder(models_dir: str, name: str) -> Path | None:
    """The folder of a model of this name; None for what is none, or lies elsewhere."""
    if not models_dir or Path(name).name != name:
        return None
    folder = Path(models_dir) / name
    return folder if _is_served(folder) else None


def _is_served(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    return not hidden and ((folder / MANIFEST).is_file() or is_hugging_face(folder))
