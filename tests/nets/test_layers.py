"""The order of the house (docs/architecture.md): who may import whom, read from the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["crm.lib", "team", "customers", "sales", "reports"]
# Within an app, from the ground up; operations are all that is named by a verb.
WITHIN = ["access", "querysets", "models", "operations", "forms", "views", "urls"]
# by app: a test to each file would cost more than what it looks at
SOURCES = {
    part: sorted(
        path
        for path in (ROOT / part.replace(".", "/")).rglob("*.py")
        if "migrations" not in path.parts
    )
    for part in ORDER
}


class _WithoutTypes(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Each module that a file imports when it runs, with the place of the import."""
    for node in ast.walk(_WithoutTypes().visit(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", node


def layer(module: str) -> int | None:
    """Where a module stands in the order of apps; None: not ours."""
    return next(
        (n for n, part in enumerate(ORDER) if module == part or module.startswith(f"{part}.")), None
    )


def floor(module: str) -> int:
    words = module.split(".")[1:2] or ["operations"]
    return WITHIN.index(words[0]) if words[0] in WITHIN else WITHIN.index("operations")


@pytest.mark.parametrize("part", ORDER)
def test_nothing_is_imported_from_above(part: str):
    for path in SOURCES[part]:
        _imports_nothing_from_above(path)


def _imports_nothing_from_above(path: Path) -> None:
    me = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for module, node in imports(path):
        where = f"{me} line {node.lineno} imports {module}"
        ours = layer(module)
        assert ours is not None or not module.startswith(("crm", "tests", "conftest")), where
        assert ours is None or ours <= (layer(me) or 0), where
        if me.startswith("crm.lib"):
            continue
        if module.split(".")[0] == me.split(".")[0]:
            # an import checks its rows by the forms of the screens, so it stands above them
            exempt = {"apps", "tasks", "management", "checks", "middleware", "context", "importing"}
            assert floor(module) <= floor(me) or me.split(".")[1] in exempt, where
        if floor(me) <= WITHIN.index("operations") and not me.endswith(".tasks"):
            assert not module.startswith("celery"), where


@pytest.mark.parametrize("part", ORDER)
def test_no_import_hides_inside_a_function(part: str):
    for path in SOURCES[part]:
        _hides_no_import(path)


def _hides_no_import(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        is_start = path.name == "apps.py"  # only when all apps are there may it reach for them
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_start:
            hidden = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{path.relative_to(ROOT)}: {node.name}"


def test_the_lowest_layer_has_no_models():
    assert not [path for path in SOURCES["crm.lib"] if "models.Model)" in path.read_text()]
