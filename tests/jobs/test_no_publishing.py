"""Nobody but the publisher speaks to the broker: a request can then never wait for it."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENDS = {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "send_task"}
PACKAGES = ("celery", "kombu", "billiard")
PUBLISHER = ROOT / "crm" / "publisher.py"


def nodes_of(source, words):
    """The parts of a program; none of one in which the words do not stand at all."""
    text = source.read_text(encoding="utf-8")
    return ast.walk(ast.parse(text)) if any(word in text for word in words) else ()


def sends_in(source):
    for node in nodes_of(source, SENDS):
        if isinstance(node, ast.Attribute) and node.attr in SENDS:
            yield f"{source.relative_to(ROOT)}:{node.lineno} .{node.attr}"


def product():
    for package in ("crm", "team", "customers", "sales", "reports"):
        yield from (ROOT / package).rglob("*.py")


def test_only_the_publisher_sends():
    found = [line for source in product() if source != PUBLISHER for line in sends_in(source)]
    assert found == []
    assert list(sends_in(PUBLISHER))


def test_only_the_composition_root_knows_celery():
    knows = [
        str(source.relative_to(ROOT))
        for source in product()
        for node in nodes_of(source, PACKAGES)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name]
        if (name or "").partition(".")[0] in PACKAGES and source.relative_to(ROOT).parts[0] != "crm"
    ]
    assert knows == []
