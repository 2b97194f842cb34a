"""The project's own modules and their syntax trees, each text parsed once a session."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "rag", "eval", "ui")
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def parse(path: Path) -> ast.Module:
    return _parse_text(path.read_text(encoding="utf-8"))


def list_nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the module's tree, as `ast.walk` has them."""
    return _walk(parse(path))


# By the text: a test may plant another one under the same path.
@cache
def _parse_text(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _walk(tree: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))
