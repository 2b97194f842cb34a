"""The house rules that no linter knows: one meaning a name, few rooms, each with a sign at the door."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator

import modules
import pytest
from modules import PACKAGES, ROOT

MODULES = [path.relative_to(ROOT) for path in modules.MODULES]
ROOMS = [path for path in MODULES if path.name != "__init__.py"]


def list_names(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements at the top of a module define; imported ones are another's."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name
            case ast.Assign(targets=targets):
                yield from (name.id for target in targets for name in ast.walk(target)
                            if isinstance(name, ast.Name))  # fmt: skip
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.If(body=inside, orelse=otherwise):
                yield from list_names([*inside, *otherwise])
            case ast.Try(body=inside, handlers=handlers, orelse=otherwise):
                yield from list_names([*inside, *otherwise])
                yield from list_names([line for handler in handlers for line in handler.body])


def test_no_public_name_is_defined_twice():
    places = defaultdict(set)
    for path in MODULES:
        for name in list_names(modules.parse(ROOT / path).body):
            if not name.startswith("_"):
                places[name].add(str(path))
    twice = {name: sorted(found) for name, found in places.items() if len(found) > 1}
    assert twice == {}


def test_there_are_at_most_285_modules_and_20_in_a_folder():
    assert len(ROOMS) <= 285
    folders = Counter(str(path.parent) for path in ROOMS)
    # A module a format: their number is the formats'.
    del folders["index/formats"]
    assert {folder: n for folder, n in folders.items() if n > 20} == {}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_the_first_line_of_a_module_says_in_a_sentence_what_it_is(path):
    said = (ast.get_docstring(modules.parse(ROOT / path)) or "").partition("\n")[0]
    assert said.endswith((".", "?")), said


def find_bare_imports(tree: ast.Module) -> list[str]:
    """What is imported from a package of ours by the name that it has in the checkout alone."""
    named = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named.append(node.module)
    return [name for name in named if name.partition(".")[0] in PACKAGES]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_is_imported_by_the_name_it_is_installed_under(path):
    assert find_bare_imports(modules.parse(ROOT / path)) == []


def test_a_bare_import_would_be_found():
    tree = ast.parse("import rag.chat\nfrom index import archive\nfrom wortlaut.rag import chat")
    assert find_bare_imports(tree) == ["rag.chat", "index"]
