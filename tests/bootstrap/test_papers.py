"""The papers for operators say what the code does."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}


def names_read():
    """Every environment variable that the product reads."""
    for source in (ROOT / "crm").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(r"(CRM|TEST)_[A-Z_]+|[A-Z]+_URL", value):
                yield value


def test_the_readme_names_every_setting_of_the_environment():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Environment")[2]
    documented = set(re.findall(r"`([A-Z_]+)`", table))
    assert set(names_read()) - NOT_OURS - documented == set()


def test_the_readme_names_no_setting_that_nothing_reads():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Environment")[2]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    documented = {name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)}
    read = set(names_read()) | {"CRM_REQUIRE", "CRM_CHROMIUM"}
    assert documented - read == set()
    assert len(documented) > 20


def test_compose_runs_what_start_runs():
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for service in ("postgres", "redis", "web", "worker", "beat", "publisher"):
        assert re.search(rf"^  {service}:$", compose, re.MULTILINE)
    assert "noeviction" in compose
    assert "--appendonly yes" in compose
