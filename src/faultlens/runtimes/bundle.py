"""A bundle: the folder that holds a model as the base install runs it, checked file by file."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any

from faultlens.core.errors import BundleError, UsageError
from faultlens.core.files import write_text, written_whole
from faultlens.core.hashes import file_sha256
from faultlens.core.whole_folder import folder_written_whole, recover_folder
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.fields import damaged, refuse_unknown, take, take_sha256

FORMAT = 1
"""Version of the manifest; a reader refuses newer ones by name."""

MANIFEST = "manifest.json"

FIELDS = (
    "format", "name", "kind", "card", "preparation", "classes", "calibration", "text", "files",
)  # fmt: skip
"""Of the manifest."""

KINDS = ("text", "vibration", "image", "scan")
"""What a model takes in."""

PRECISION, HALF = "precision", "fp16"
"""Of the preparation of a bundle in fewer bits, see `runtimes.precisions`; and its half."""

LARGEST_MANIFEST_BYTES = 1_000_000
"""A manifest holds words and numbers, not weights."""

LARGEST_FILE_BYTES = 2_000_000_000
"""Of one file; an ONNX file with its weights within ends here (protobuf)."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""A file name that is the same on every system and leads nowhere else."""


@dataclass(frozen=True)
class TextLink:
    """The text tower that a sensor's encoder was trained into.

    Args:
        name: of the tower's bundle, such as builtin/text.
        sha256: the tower's `Bundle.sha256`; no other will do.
    """

    name: str
    sha256: str


@dataclass(frozen=True)
class Bundle:
    """A model's folder, read and checked.

    Args:
        folder: where it lies.
        name: how results call it, such as builtin/bearing.
        kind: what it takes in: text, vibration, image or scan.
        card: what a user must know of it.
        preparation: how a payload becomes the model's array, as training saved it.
        classes: what its calibration was made for, in its order.
        calibration: numbers that turn similarities into probabilities.
        text: the text tower that it was trained into; None for a tower, and where it brings one.
        files: file name -> SHA-256.
    """

    folder: Path
    name: str
    kind: str
    card: ModelCard
    preparation: Mapping[str, Any]
    classes: tuple[str, ...]
    calibration: Mapping[str, Any]
    text: TextLink | None
    files: Mapping[str, str]

    @cached_property
    def sha256(self) -> str:
        """Hash of all that decides a result; the card and the name are not in it."""
        table = _manifest(self)
        parts = ("files", "preparation", "classes", "calibration", "text")
        canonical = _json({key: table[key] for key in parts}, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def reference(self) -> str:
        """Name and hash of this model, as results and profiles state it."""
        return f"{self.name}@{self.sha256[:12]}"

    def path(self, name: str) -> Path:
        """Where one of its files lies.

        Raises:
            BundleError: the bundle holds no such file; the message lists those it holds.
        """
        if name not in self.files:
            raise damaged(str(self.folder), f"it holds no '{name}', only {_listed(self.files)}")
        return self.folder / name


def read_bundle(folder: str | Path) -> Bundle:
    """Read the manifest of a bundle and check every file against its hash.

    Hidden files (a leading dot) are passed over: desktops leave some, and so does a write.

    Raises:
        BundleError: no bundle, of a newer format, damaged, too large, with a file missing, changed
            or foreign, or with a file name that leads out of the folder.

    Example:
        >>> read_bundle("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no bundle: it has no manifest.json. ...
    """
    recover_folder(folder)
    return _read(Path(folder), str(folder))


def write_bundle(
    folder: str | Path,
    *,
    name: str,
    kind: str,
    card: ModelCard,
    preparation: Mapping[str, Any],
    classes: Iterable[str],
    calibration: Mapping[str, Any],
    text: TextLink | None,
    files: Mapping[str, Path | bytes],
) -> Bundle:
    """Write a bundle whole or not at all, in the place of the one that stands there, if any.

    Args:
        folder: bundle to make; a folder that holds anything but a bundle is left alone.
        name: how results call it.
        kind: text, vibration, image or scan.
        card: what a user must know of it.
        preparation: plain words, numbers, lists and tables.
        classes: what the calibration was made for, in its order.
        calibration: plain words, numbers, lists and tables.
        text: the text tower that it was trained into; None for a tower, and where it brings one.
        files: file name in the bundle -> a file to copy, or its bytes.

    Raises:
        UsageError: the folder holds something else, or JSON cannot hold what was given.
        BundleError: what was given makes no bundle that can be read.
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> made = write_bundle(
        ...     Path(tempfile.mkdtemp()) / "tower", name="mine/tower", kind="text",
        ...     card=ModelCard("A tower.", "MIT", "none", (), "An example."), preparation={},
        ...     classes=[], calibration={}, text=None, files={"text.onnx": b"weights"},
        ... )
        >>> made.reference
        'mine/tower@0526dc1bd466'
        >>> read_bundle(made.folder) == made
        True
    """
    target, where = Path(folder), str(folder)
    refuse_other_folder(target)
    hashes = dict.fromkeys(files, "")
    _check_names(hashes, where)
    with folder_written_whole(target) as temporary:
        for file, content in files.items():
            with written_whole(temporary / file) as whole:
                if isinstance(content, bytes):
                    whole.write_bytes(content)
                else:
                    shutil.copyfile(content, whole)
            hashes[file] = file_sha256(temporary / file)
        made = Bundle(
            temporary, name, kind, card, preparation, tuple(classes), calibration, text, hashes
        )
        write_text(temporary / MANIFEST, _json(_manifest(made), indent=1) + "\n")
        # What this version cannot read back never takes the place of what stood there.
        read = _read(temporary, where)
    return replace(read, folder=target)


def write_card(folder: str | Path, card: ModelCard) -> Bundle:
    """Give a bundle another card; the model and its hash stay what they are.

    Raises:
        BundleError: the folder holds no bundle, or a damaged one.
        OSError: the manifest cannot be written.

    Example:
        >>> write_card("/nowhere", ModelCard("A tower.", "MIT", "none", (), "An example."))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no bundle: ...
    """
    bundle = replace(read_bundle(folder), card=card)
    write_text(bundle.folder / MANIFEST, _json(_manifest(bundle), indent=1) + "\n")
    return bundle


def _read(folder: Path, where: str) -> Bundle:
    """Read `folder`; messages call it `where`."""
    try:
        table = _read_manifest(folder / MANIFEST, where)
        bundle = _bundle(folder, table, where)
        _check_files(bundle, where)
    except OSError as error:
        raise damaged(where, f"{error.filename}: {error.strerror}") from error
    return bundle


def _read_manifest(file: Path, where: str) -> dict[str, object]:
    """The manifest's table, if it is one of this format."""
    if not file.is_file():
        raise BundleError(
            f"{where} is no bundle: it has no {MANIFEST}. Give the folder that holds it."
        )
    with file.open("rb") as stream:
        content = stream.read(LARGEST_MANIFEST_BYTES + 1)
    if len(content) > LARGEST_MANIFEST_BYTES:
        raise damaged(where, f"its {MANIFEST} is larger than 1 MB")
    try:
        table = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise damaged(where, f"its {MANIFEST} is not JSON ({error})") from error
    table = take({MANIFEST: table}, MANIFEST, dict, where)
    version = take(table, "format", int, where)
    if version > FORMAT:
        raise BundleError(
            f"{where} is a bundle of format {version}; this faultlens reads format {FORMAT}. "
            "Update it: pip install --upgrade faultlens"
        )
    if version != FORMAT:
        raise damaged(where, f"its field 'format' is {version}; {FORMAT} is needed")
    return table


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"it holds the number {number}")
    return value


def _bundle(folder: Path, table: Mapping[str, object], where: str) -> Bundle:
    """The record that a manifest tells, its files not yet looked at."""
    refuse_unknown(table, FIELDS, where)
    hashes = take(table, "files", dict, where)
    _check_names(hashes, where)
    kind = take(table, "kind", str, where)
    if kind not in KINDS:
        raise BundleError(
            f"{where} is a model of the kind '{kind}'; this faultlens runs {_listed(KINDS)}. "
            "Update it: pip install --upgrade faultlens"
        )
    classes = take(table, "classes", list, where)
    return Bundle(
        folder=folder,
        name=take(table, "name", str, where),
        kind=kind,
        card=ModelCard.from_dict(take(table, "card", dict, where), where),
        preparation=take(table, "preparation", dict, where),
        classes=tuple(take({"classes": x}, "classes", str, where) for x in classes),
        calibration=take(table, "calibration", dict, where),
        text=_text_link(table, where),
        files={name: take_sha256(hashes, name, where) for name in hashes},
    )


def _text_link(table: Mapping[str, object], where: str) -> TextLink | None:
    if "text" in table and table["text"] is None:
        return None
    link = take(table, "text", dict, where)
    refuse_unknown(link, ["name", "sha256"], where)
    return TextLink(take(link, "name", str, where), take_sha256(link, "sha256", where))


def _check_names(files: Iterable[str], where: str) -> None:
    for name in files:
        if not PLAIN_NAME.fullmatch(name) or name == MANIFEST:
            raise BundleError(
                f"{where} names the file {name!a}, which cannot lie in a bundle: letters, "
                "digits, '_', '-' and '.' make a name, and no folder. Do not use this bundle."
            )


def _check_files(bundle: Bundle, where: str) -> None:
    """Every file is there, lies in the folder, and is the one that was written; no other is."""
    for name, expected in bundle.files.items():
        file = bundle.folder / name
        if not file.is_file():
            raise damaged(where, f"the file '{name}' is missing")
        if file.resolve().parent != bundle.folder.resolve():
            raise damaged(where, f"the file '{name}' is a link that leads out of the folder")
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise damaged(where, f"the file '{name}' is larger than 2 GB")
        if file_sha256(file) != expected:
            raise damaged(where, f"the file '{name}' is not the one that was written (SHA-256)")
    foreign = sorted(_visible(bundle.folder) - {MANIFEST, *bundle.files})
    if foreign:
        raise BundleError(
            f"{where} holds {foreign[0]!a}, which its {MANIFEST} does not name. "
            "Move it out of the folder, or fetch the bundle again."
        )


def refuse_other_folder(folder: Path) -> None:
    """Refuse a folder in whose place no bundle may be written; said before an hour of learning.

    A folder is replaced only if all in it belongs to the bundle that it holds.

    Args:
        folder: where a bundle is to be written.

    Raises:
        UsageError: it holds something else.

    Example:
        >>> refuse_other_folder(Path("/etc"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: '/etc' holds more than a bundle, and writing one there ...
    """
    if not folder.exists() or (folder.is_dir() and not _visible(folder)):
        return
    try:
        known = _read_manifest(folder / MANIFEST, str(folder)).get("files")
    except (BundleError, OSError):
        known = None
    if not isinstance(known, dict) or _visible(folder) - {MANIFEST, *known}:
        raise UsageError(
            f"'{folder}' holds more than a bundle, and writing one there would remove it. "
            "Name another folder, or empty this one."
        )


def _visible(folder: Path) -> set[str]:
    return {x.name for x in folder.iterdir() if not x.name.startswith(".")}


def _manifest(bundle: Bundle) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": bundle.name,
        "kind": bundle.kind,
        "card": bundle.card.to_dict(),
        "preparation": bundle.preparation,
        "classes": bundle.classes,
        "calibration": bundle.calibration,
        "text": bundle.text and asdict(bundle.text),
        "files": bundle.files,
    }


def _json(table: Mapping[str, Any], **how: Any) -> str:
    try:
        return json.dumps(table, allow_nan=False, **how)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"A manifest cannot hold this: {error}. Give words, finite numbers, lists and tables."
        ) from error


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
