"""Public names say in one sentence what they do, what they raise, and show it in an example."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "faultlens"
Function = ast.FunctionDef | ast.AsyncFunctionDef
# "(time,)", "(window, time)": what an array's axes are called.
SHAPE = re.compile(r"\([a-z_]+,( ?[a-z0-9_]+,?)*\)")


def complaints(code: str, *, is_verb: bool = False) -> list[str]:
    """What the docstrings of one module lack; a verb's are help texts and stay one paragraph."""
    module = ast.parse(code)
    found = [f"module: {x}" for x in lacks_a_sentence(module)]
    for node in public(module.body):
        if isinstance(node, ast.ClassDef):
            found += [f"{node.name}: {x}" for x in class_lacks(node)]
            for method in public(node.body):
                if isinstance(method, Function):
                    rows = [*lacks_a_sentence(method), *lacks_raises(method, words(method))]
                    rows += [] if is_property(method) else lacks_shapes(method)
                    found += [f"{node.name}.{method.name}: {x}" for x in rows]
        elif is_verb:
            found += [f"{node.name}: {x}" for x in lacks_a_sentence(node)]
        else:
            rows = [*lacks_a_sentence(node), *lacks_raises(node, words(node)), *lacks_shapes(node)]
            rows += [] if ">>>" in words(node) else ["no example with >>>"]
            found += [f"{node.name}: {x}" for x in rows]
    if "+SKIP" in code:
        found.append("module: an example is skipped")
    return found


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    for node in body:
        # An overload is a signature; the function itself tells of all of them.
        if (
            isinstance(node, ast.ClassDef | Function)
            and not node.name.startswith("_")
            and not any("overload" in ast.unparse(x) for x in node.decorator_list)
        ):
            yield node


def words(node: ast.Module | ast.ClassDef | Function) -> str:
    return ast.get_docstring(node) or ""


def lacks_a_sentence(node: ast.Module | ast.ClassDef | Function) -> Iterator[str]:
    first = words(node).partition("\n")[0]
    if not first.endswith("."):
        yield f"its docstring's first line is no sentence: '{first}'"


def class_lacks(node: ast.ClassDef) -> Iterator[str]:
    yield from lacks_a_sentence(node)
    for method in node.body:
        if isinstance(method, Function) and method.name in ("__init__", "__post_init__"):
            yield from lacks_raises(method, words(node))
    if not any("dataclass" in ast.unparse(x) for x in node.decorator_list):
        return
    for field in node.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        name = field.target.id
        told = re.search(rf"^ +{name}: (.+)", words(node), flags=re.MULTILINE)
        if name.startswith("_") or "ClassVar" in ast.unparse(field.annotation):
            continue
        if told is None:
            yield f"field {name} is not told under Args"
        elif "NDArray" in ast.unparse(field.annotation) and not SHAPE.search(told[1]):
            yield f"field {name} is an array and its axes are not named, as in (time,)"


def lacks_raises(node: Function, told: str) -> Iterator[str]:
    if raises_of_its_own(node) and "Raises:" not in told:
        yield "it raises and has no 'Raises:'"


def raises_of_its_own(node: ast.AST) -> bool:
    """Whether the body raises an error by name; one passed on as it came is the caller's matter."""
    for child in ast.iter_child_nodes(node):
        # What stands within has raises of its own, and no expression holds a statement.
        if isinstance(child, Function | ast.ClassDef | ast.expr):
            continue
        named = isinstance(child, ast.Raise) and child.exc is not None
        if named and "NotImplementedError" not in ast.unparse(child):
            return True
        if raises_of_its_own(child):
            return True
    return False


def lacks_shapes(node: Function) -> Iterator[str]:
    hints = [x.annotation for x in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    arrays = [x for x in (*hints, node.returns) if x is not None and "NDArray" in ast.unparse(x)]
    if arrays and not SHAPE.search(words(node)):
        yield "it takes or gives an array and names no axes, as in (time,)"


def is_property(node: Function) -> bool:
    return any("property" in ast.unparse(x) for x in node.decorator_list)


ROOT = PACKAGE.parents[1]
FILES = sorted(x for top in (PACKAGE, ROOT / "benches", ROOT / "making") for x in top.rglob("*.py"))


def test_a_module_documents_what_it_makes_public() -> None:
    assert len(FILES) > 500
    found = {
        x.relative_to(ROOT).as_posix(): complaints(
            x.read_text(encoding="utf-8"), is_verb=x.is_relative_to(PACKAGE / "cli")
        )
        for x in FILES
    }
    assert {file: lacks for file, lacks in found.items() if lacks} == {}


GOOD = '''"""A module."""
import numpy as np

@dataclass(frozen=True)
class Record:
    """One record.

    Args:
        samples: (time,) m/s2.

    Raises:
        InputError: empty.
    """

    samples: NDArray[np.float64]

    def __post_init__(self):
        raise InputError("empty")

    @property
    def size(self):
        """How many."""

def double(samples: NDArray[np.float64]) -> float:
    """Twice the samples.

    Args:
        samples: (time,) any unit.

    Raises:
        InputError: empty.

    Example:
        >>> double(np.ones(1))
        2.0
    """
    if not samples.size:
        raise InputError("empty")
    return _helper(samples)

def _helper(samples):
    raise ValueError
'''


def test_a_well_documented_module_passes() -> None:
    assert complaints(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ('"""A module."""', "", "module: its docstring"),
        ("One record.", "One record", "Record: its docstring's first line"),
        ("How many.", "", "Record.size: its docstring's first line"),
        ("Twice the samples.", "Twice the", "double: its docstring's first line"),
        ("samples: (time,) m/s2.", "rest", "Record: field samples is not told"),
        ("samples: (time,) m/s2.", "samples: m/s2.", "Record: field samples is an array"),
        ("samples: (time,) any unit.", "samples: all.", "double: it takes or gives an array"),
        (">>> double", "double", "double: no example"),
        ('Raises:\n        InputError: empty.\n    """', '"""', "Record: it raises"),
        ("Raises:\n        InputError: empty.\n\n    Example", "Example", "double: it raises"),
        ("2.0", "2.0  # doctest: +SKIP", "module: an example is skipped"),
    ],
)
def test_the_check_finds_what_is_missing(good: str, bad: str, complaint: str) -> None:
    assert good in GOOD
    found = complaints(GOOD.replace(good, bad))
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_a_verb_is_asked_for_its_sentence_only() -> None:
    verb = '"""A verb."""\ndef demo():\n    """Show it."""\n    raise typer.Exit(3)\n'
    assert complaints(verb, is_verb=True) == []
    assert len(complaints(verb)) == 2
