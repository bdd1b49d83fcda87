"""`everything` is a confession: it may not be made where people's requests are answered."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from team.models import Owned

ROOT = Path(__file__).resolve().parents[2]
APPS = ("team", "customers", "sales", "reports")
OWNED = [model for model in apps.get_models() if issubclass(model, Owned)]
# an empty choice for a form to fill is none
CONFESSION = re.compile(r"\.everything\b(?!\.none\(\))")
FRONT = sorted(
    path
    for app in APPS
    for pattern in ("views/**/*.py", "views.py", "forms/**/*.py", "forms.py", "filters.py")
    for path in (ROOT / app).glob(pattern)
)


@pytest.mark.parametrize("path", FRONT, ids=lambda path: str(path.relative_to(ROOT)))
def test_views_and_forms_ask_for_what_is_visible(path: Path):
    source = path.read_text()
    assert not CONFESSION.findall(source)
    for model in OWNED:
        assert not re.search(
            rf"\b{model.__name__}\.(objects|_default_manager|_base_manager)\b", source
        )


def test_templates_ask_for_nothing():
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\.(everything|objects|visible_to)\b", path.read_text()), path


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_owned_models_have_no_objects(model: type[Owned]):
    assert not hasattr(model, "objects")
    assert model.owner_paths, "says how it is owned"


def test_request_data_never_becomes_a_lookup():
    """`filter(**request.GET)` and its kin let an address ask for any column."""
    for path in FRONT:
        assert not re.search(r"\*\*\s*(dict\()?request\.", path.read_text()), path


def test_rows_are_locked_without_what_they_point_to():
    """A row that moved on while PostgreSQL waited for its lock is gone from the join by which it was asked for."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = _chain(node)
                assert not {"select_for_update", "select_related"} <= names, (path, names)


def _chain(node: ast.AST) -> set[str]:
    """The names of a chain of calls: rows.filter(...).get(...)"""
    names = set()
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return names
