"""What a template must never hold: the policy would block it, or it would trust what people typed."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style\b",
    "inline script": r"<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|\shx-on|javascript:",
    "script expression": r"\shx-(vals|headers)\s*=\s*[\"']js:|\shx-trigger\s*=\s*[\"'][^\"']*\[",
    "unescaped text": r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b",
    "an address elsewhere": r"(?:src|href|action)\s*=\s*[\"']\s*(?:https?:)?//",
    "a link that changes something": r"<a\b[^>]*\bdata-method",
}
# What strangers send is done in nobody's name (sales.views.public).
WITHOUT_TOKEN = {"public_form.html"}
SECRET = re.compile(r"\{%\s*csrf_token\s*%\}")


def test_nothing_inline_nothing_unescaped_nothing_foreign():
    assert {str(path): found for path in TEMPLATES if (found := _forbidden_in(path))} == {}


def _forbidden_in(path: Path) -> dict[str, list[str]]:
    text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.S)
    # mail programs read no style sheets: a letter carries its looks on its elements
    rules = {k: v for k, v in FORBIDDEN.items() if k != "inline style" or path.name != "mail.html"}
    found = {name: re.findall(rule, text, flags=re.I) for name, rule in rules.items()}
    return {name: hits for name, hits in found.items() if hits}


def test_every_form_that_posts_carries_its_token():
    assert TEMPLATES
    for path in TEMPLATES:
        if path.name in WITHOUT_TOKEN:
            continue
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), flags=re.S | re.I):
            if re.search(r"method\s*=\s*[\"']post", form, flags=re.I):
                assert SECRET.search(form), f"{path}: {form[:200]}"


def test_python_marks_nothing_as_safe():
    """`format_html` escapes what it is given. Only the icons, whose names are ours, are trusted."""
    for app in ("crm", "team", "customers", "sales", "reports"):
        for path in (ROOT / app).rglob("*.py"):
            if path != ROOT / "crm/lib/templatetags/ui.py":
                assert not re.search(r"\b(mark_safe|SafeString)\(", path.read_text()), path
