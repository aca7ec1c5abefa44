"""Write the pages of `docs/` that repeat the program; a test holds them to it. Run: make docs."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.rows import ROWS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "faultlens"


def architecture_page() -> str:
    """The rooms that exist, from the ground up, in the words of their own docstrings."""
    table = ["| row | room | what belongs there |", "|---|---|---|"]
    rooms = []
    for folder, row in ROWS.items():
        room = PACKAGE / folder
        if not (room / "__init__.py").is_file():
            continue
        sentence, _, rest = docstring(room / "__init__.py").partition("\n")
        table.append(f"| {row} | [`{folder}/`](#{folder}) | {sentence} |")
        files = [
            f"- `{file.relative_to(room).as_posix()}`: {docstring(file).splitlines()[0]}"
            for file in sorted(room.rglob("*.py"))
            if file.name != "__init__.py"
        ]
        rooms += [f"## {folder}", "\n".join([sentence, rest]).strip(), "\n".join(files)]
    return page(
        "Architecture",
        "A room imports only from rows above its own in this table, never sideways and never back "
        "up, also inside functions; `tests/house/test_imports_point_down.py` holds it. "
        "`faultlens/__init__.py` and `__main__.py` see every room.",
        "\n".join(table),
        *rooms,
    )


def cli_page() -> str:
    """Every verb of the command line with its arguments, options and defaults."""
    from typer.main import get_command

    from faultlens.cli.main import app

    command: Any = get_command(app)
    return page("Command line", *verb_sections("faultlens", command))


def verb_sections(name: str, command: Any) -> list[str]:
    """The section of one verb, then those of the verbs under it."""
    sections = [f"## {name}", (command.help or "").split("\f")[0].strip()]
    rows = [parameter_row(p) for p in command.params if not getattr(p, "hidden", False)]
    if rows:
        head = ["| argument or option | meaning | default |", "|---|---|---|"]
        sections.append("\n".join([*head, *rows]))
    for verb in command.list_commands(None) if hasattr(command, "list_commands") else ():
        child = command.get_command(None, verb)
        if not child.hidden:
            sections += verb_sections(f"{name} {verb}", child)
    return sections


def parameter_row(parameter: Any) -> str:
    """One row of a verb's table."""
    if parameter.param_type_name == "argument":
        names = f"`{parameter.name.upper()}`"
    else:
        names = ", ".join(f"`{x}`" for x in (*parameter.opts, *parameter.secondary_opts))
    unset = parameter.default is None or parameter.default in (False, (), [])
    default = "required" if parameter.required else "" if unset else f"`{parameter.default}`"
    meaning = " ".join((parameter.help or "").split()).replace("|", "\\|")
    return f"| {names} | {meaning} | {default} |"


def knowledge_page() -> str:
    """The fault knowledge base, in English and Chinese."""
    from faultlens.text.knowledge_page import knowledge_page as body

    return body()


def catalogue_page() -> str:
    """The bearing catalogue with the source of every row."""
    from faultlens.signals.catalogue_page import catalogue_page as body

    return body()


def settings_page() -> str:
    """Every setting of a training, and the encoders that can be trained."""
    from faultlens.training.settings_page import settings_page as body

    return body()


def service_settings_page() -> str:
    """Every setting of the service, as an environment variable."""
    from faultlens.service.settings_page import settings_page as body

    return body()


def line_page() -> str:
    """Every key of line.toml, and the kinds of sources and sinks."""
    from tools.line_settings import line_settings_page

    return page("Settings of a line", *line_settings_page())


def page(title: str, *paragraphs: str) -> str:
    """A Markdown page under the line that says where it comes from."""
    note = "<!-- Written by `make docs` from the program; edit that, not this. -->"
    return "\n\n".join([f"# {title}", note, *(x for x in paragraphs if x)]) + "\n"


def docstring(file: Path) -> str:
    """The docstring of a module, without importing it."""
    text = file.read_text(encoding="utf-8")
    if text.startswith('"""'):
        # Alone: to parse every file to its end takes seconds in all.
        text = '"""{}"""'.format(text.split('"""', 2)[1])
    return ast.get_docstring(ast.parse(text)) or "(no docstring)"


PAGES: dict[str, Callable[[], str]] = {
    "docs/architecture.md": architecture_page,
    "docs/bearings.md": catalogue_page,
    "docs/cli.md": cli_page,
    "docs/knowledge.md": knowledge_page,
    "docs/line-settings.md": line_page,
    "docs/service-settings.md": service_settings_page,
    "docs/settings.md": settings_page,
}
"""Page -> what writes it."""


if __name__ == "__main__":
    for path, make in PAGES.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(make(), encoding="utf-8")
        print(path)
