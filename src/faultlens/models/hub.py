"""A Hugging Face model by name or folder: found on this machine, or fetched where a hub answers.

Nothing is asked of any network for a model whose files are here.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faultlens.core.errors import InputError, MissingPackageError, UnreadableFileError, UsageError
from faultlens.core.optional import optional_import
from faultlens.models.hub_folder import (
    INDEX,
    README,
    SMALL_FILES,
    WHOLE,
    checked_folder,
    is_weights,
    no_safetensors,
)

HUB, MIRROR = "https://huggingface.co", "https://hf-mirror.com"
"""Where models are fetched from, in this order, unless the environment says otherwise."""

MIRRORS = "FAULTLENS_HF_MIRRORS"
"""Environment variable: addresses, separated by commas, that take the place of these two."""

OTHER_NAMES = {
    "all-MiniLM-L6-v2": "sentence-transformers/all-MiniLM-L6-v2",
    "bert-base-uncased": "google-bert/bert-base-uncased",
    "bert-base-chinese": "google-bert/bert-base-chinese",
    "distilbert-base-uncased": "distilbert/distilbert-base-uncased",
    "gpt2": "openai-community/gpt2",
    "roberta-base": "FacebookAI/roberta-base",
}
"""Names from before the hub had owners; a cache may hold a model under either."""

WORDS_SUCH_AS = "distilbert-base-uncased or Qwen/Qwen2-1.5B"
PICTURES_SUCH_AS = "openai/clip-vit-base-patch32 or google/siglip2-base-patch16-224"

CONVERTER, CONVERTED = "SFconvertbot", "Adding `safetensors` variant of this model"
"""Author and title of the hub's own offers of safetensors, beside a model that has a pickle only;
the library transformers takes these too."""

ANSWER_S = 10.0
"""How long a hub may take to answer."""

_LARGEST_WEIGHTS_BYTES = 64e9
_LARGEST_OTHER_BYTES = 100e6  # the largest tokenizers have some 35 MB
_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
_log = logging.getLogger(__name__)


def find_model(name: str, *, pictures: bool = False) -> Path:
    """The folder of a model: as given, in the cache, or fetched into the cache.

    Args:
        name: as the hub has it ("distilbert-base-uncased", "Qwen/Qwen2-1.5B"), or a folder.
        pictures: whether it is to take pictures too; its README, which states the licence, is then
            fetched as well.

    Raises:
        UsageError: it can be neither a name nor a folder.
        UnreadableFileError: the folder or the hub has no safetensors of it, or files are missing.
        InputError: it is not here, and no hub gave it; the message says the three ways to get it.
        MissingPackageError: it must be fetched, and huggingface_hub is not installed.

    Example:
        >>> find_model("./my model")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: './my model' is no folder here, and no name ...
    """
    if (folder := Path(name).expanduser()).is_dir():
        return checked_folder(folder)
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise UsageError(
            f"'{name}' is no folder here, and no name of a Hugging Face model; give one of them, "
            f"such as {PICTURES_SUCH_AS if pictures else WORDS_SUCH_AS}."
        )
    return cached_model(name) or _fetched(OTHER_NAMES.get(name, name), pictures)


def cached_model(name: str) -> Path | None:
    """The folder of a model in the Hugging Face cache of this machine, if it is there and whole.

    Args:
        name: as the hub has it.

    Example:
        >>> cached_model("nobody/nothing") is None
        True
    """
    also = {name, OTHER_NAMES.get(name, name), *(k for k, x in OTHER_NAMES.items() if x == name)}
    for each in sorted(also):
        top = cache_folder() / f"models--{each.replace('/', '--')}"
        for folder in _snapshots(top):
            try:
                return checked_folder(folder)
            except UnreadableFileError:
                continue
    return None


def cache_folder() -> Path:
    """Where Hugging Face keeps what was fetched, by the environment variables it knows.

    Example:
        >>> cache_folder().is_absolute()
        True
    """
    get = os.environ.get
    general = get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    home = get("HF_HOME") or os.path.join(general, "huggingface")
    given = get("HF_HUB_CACHE") or get("HUGGINGFACE_HUB_CACHE") or os.path.join(home, "hub")
    return Path(os.path.expandvars(given)).expanduser().absolute()


def endpoints() -> tuple[str, ...]:
    """The hubs that are asked, in order: HF_ENDPOINT, then the mirrors of the environment.

    Where HF_ENDPOINT alone is given, it alone is asked: whoever gives it may have reasons.

    Example:
        >>> all(x.startswith("http") for x in endpoints())
        True
    """
    first = os.environ.get("HF_ENDPOINT", "")
    given = f"{first},{os.environ.get(MIRRORS, '')}".split(",")
    found = [x.strip().rstrip("/") for x in given if x.strip()]
    return tuple(dict.fromkeys(found)) or (HUB, MIRROR)


def _snapshots(top: Path) -> list[Path]:
    """Versions of a model in the cache, the current one first."""
    try:
        current = (top / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        current = ""
    found = [x for x in (top / "snapshots").glob("*") if x.is_dir()]
    return sorted(found, key=lambda x: (x.name != current, x.name))


def _fetched(name: str, pictures: bool) -> Path:
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if os.environ.get(variable, "").upper() in ("1", "ON", "YES", "TRUE"):
            raise InputError(
                _three_ways(name, [f"{variable} is set, so no hub was asked"], pictures)
            )
    said = []
    for endpoint in endpoints():
        try:
            return _fetch(name, endpoint, pictures)
        except (UnreadableFileError, MissingPackageError):
            raise
        # Clients of several generations raise errors of several libraries.
        except Exception as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
            said.append(f"{endpoint}: {type(error).__name__}: {reason}")
            _log.warning("faultlens: %s was not fetched from %s", name, said[-1])
    raise InputError(_three_ways(name, said, pictures))


def _fetch(name: str, endpoint: str, pictures: bool) -> Path:
    hub = optional_import("huggingface_hub", extra="train")
    constants: Any = optional_import("huggingface_hub.constants", extra="train")
    # It would ask the hub, whichever mirror is meant, to learn who runs this.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    # The other protocol leads past a mirror.
    constants.HF_HUB_DISABLE_XET = endpoint != HUB
    trusted = endpoint in (HUB, os.environ.get("HF_ENDPOINT", "").rstrip("/"))
    # A token is for whom its owner chose; a mirror of our list learns none.
    token = None if trusted else False
    _log.info("faultlens: asking %s for %s", endpoint, name)
    api = hub.HfApi(endpoint=endpoint, token=token)
    sizes, revision = _sizes(api, name, None), None
    if not any(is_weights(x) for x in sizes) and (revision := _converted(api, name)):
        sizes = _sizes(api, name, revision)
    wanted = _wanted(f"{endpoint}/{name}", sizes, pictures)
    _log.warning("faultlens: fetching %s from %s", name, endpoint)
    if not sys.stderr.isatty():
        optional_import("huggingface_hub.utils", extra="train").disable_progress_bars()
    for file in wanted:
        path = hub.hf_hub_download(
            name,
            file,
            revision=revision,
            endpoint=endpoint,
            token=token,
            etag_timeout=ANSWER_S,
            cache_dir=cache_folder(),
        )
    return checked_folder(Path(path).parent)


def _sizes(api: Any, name: str, revision: str | None) -> dict[str, int]:
    """Bytes of each file of a version of a model."""
    told = api.model_info(name, revision=revision, files_metadata=True, timeout=ANSWER_S)
    return {x.rfilename: x.size or 0 for x in told.siblings}


def _converted(api: Any, name: str) -> str | None:
    """The version of a model in which the hub itself offers its weights as safetensors."""
    try:
        for offer in api.get_repo_discussions(
            name, author=CONVERTER, discussion_type="pull_request"
        ):
            # By its name too: a hub that does not know the question answers with all of them.
            if (offer.author, offer.title, offer.status) == (CONVERTER, CONVERTED, "open"):
                return f"refs/pr/{offer.num}"
    # Mirrors have no such thing, each in its own way.
    except Exception as error:
        _log.info("faultlens: %s offers no safetensors of %s: %s", api.endpoint, name, error)
    return None


def _wanted(where: str, sizes: Mapping[str, int], pictures: bool) -> list[str]:
    """Which files of a model are fetched: weights last, so that they stand for a whole model."""
    weights = [WHOLE] if WHOLE in sizes else sorted(x for x in sizes if is_weights(x))
    if not weights:
        raise UnreadableFileError(no_safetensors(where, sizes))
    small = sorted(x for x in sizes if x.endswith(SMALL_FILES) and "/" not in x)
    if WHOLE in sizes:
        small = [x for x in small if x != INDEX]
    if pictures and README in sizes:
        small.append(README)
    if sum(sizes[x] for x in weights) > _LARGEST_WEIGHTS_BYTES or any(
        sizes[x] > _LARGEST_OTHER_BYTES for x in small
    ):
        raise UnreadableFileError(
            f"{where} has larger files than a model needs (weights up to "
            f"{_LARGEST_WEIGHTS_BYTES / 1e9:.0f} GB, others up to "
            f"{_LARGEST_OTHER_BYTES / 1e6:.0f} MB each). Choose a smaller one."
        )
    return [*small, *weights]


def _three_ways(name: str, said: list[str], pictures: bool) -> str:
    folder = name.rpartition("/")[2]
    lines = "\n".join(f"  - {x}" for x in said)
    given = f"hf:./{folder}" if pictures else f"--text-model ./{folder}"
    other = "--model builtin/surface" if pictures else "--text-model static, or lstm"
    return (
        f"The {'' if pictures else 'text '}model '{name}' is not on this machine, and could not be "
        f"fetched:\n{lines}\n"
        "Three ways to get it:\n"
        f"  1. from a mirror: set HF_ENDPOINT={MIRROR} (or {MIRRORS} to several addresses, "
        "separated by commas) and run this again;\n"
        f"  2. by hand, where there is a network: git lfs install && git clone {HUB}/{name} "
        f"(or hf download {name} --local-dir {folder}), and give the folder: {given};\n"
        "  3. from a cache filled elsewhere: copy the folder "
        f"models--{name.replace('/', '--')} into {cache_folder()}.\n"
        f"Or take what needs no download: {other}."
    )
