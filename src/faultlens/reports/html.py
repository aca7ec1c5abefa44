"""What all pages share: where templates lie, what is escaped, and pictures inside the file."""

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment() -> "Environment":
    """The environment of the pages' templates.

    Example:
        >>> "report.html.jinja" in page_environment().list_templates()
        True
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # File names, prompts and labels come from outside: everything is escaped.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def embedded(picture: Path) -> str:
    """The address of a picture that lies in the page itself.

    Args:
        picture: PNG file.

    Raises:
        OSError: it cannot be read.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "a.png"
        >>> _ = file.write_bytes(b"png")
        >>> embedded(file)
        'data:image/png;base64,cG5n'
    """
    return f"data:image/png;base64,{b64encode(picture.read_bytes()).decode('ascii')}"
