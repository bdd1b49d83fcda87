"""Ukrainian is whole: every sentence of the catalogue is translated, compiled, and keeps its places."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "uk" / "LC_MESSAGES" / "django.po"
PLACES = re.compile(r"%\(\w+\)[sd]")
LITERAL = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$|^"(.*)"$')


def entries(catalogue: Path = CATALOGUE) -> list[dict[str, str]]:
    """The entries of a catalogue, its header left out; texts as written, escapes and all."""
    found: list[dict[str, str]] = []
    for block in catalogue.read_text(encoding="utf-8").split("\n\n"):
        entry: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            match = LITERAL.match(line)
            if match is None:
                continue
            name = match[1] or name
            entry[name] = entry.get(name, "") + (match[2] if match[1] else match[3])
        if entry.get("msgid"):
            found.append(entry)
    return found


def test_nothing_is_left_in_english() -> None:
    empty = [
        entry["msgid"]
        for entry in entries()
        if any(name.startswith("msgstr") and not text for name, text in entry.items())
    ]
    assert len(entries()) > 1000
    assert empty == []


def test_no_translation_loses_or_invents_a_place() -> None:
    wrong = [
        entry["msgid"]
        for entry in entries()
        if "msgid_plural" not in entry
        and sorted(PLACES.findall(entry["msgid"])) != sorted(PLACES.findall(entry["msgstr"]))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_of_this_text() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    plain = [entry for entry in entries() if len(entry) == 2 and "\\" not in entry["msgid"]]
    wrong = [
        one["msgid"]
        for one in plain
        if compiled.gettext(one["msgid"]) != one["msgstr"].replace('\\"', '"')
    ]
    assert wrong == []


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext's xgettext")
def test_no_sentence_of_the_product_is_missing(tmp_path: Path) -> None:
    """Collect the sentences anew in a copy and compare; the catalogue itself is not touched."""
    copy = tmp_path / "product"
    ignored = shutil.ignore_patterns(".venv", ".git", "var", "node_modules", "tests", "static")
    shutil.copytree(ROOT, copy, ignore=ignored)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            "uk",
            "--no-location",
            "--no-obsolete",
        ],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    known = {_named(entry) for entry in entries()}
    now = {_named(entry) for entry in entries(copy / CATALOGUE.relative_to(ROOT))}
    assert sorted(now - known) == []


def _named(entry: dict[str, str]) -> tuple[str, str]:
    return entry["msgid"], entry.get("msgctxt", "")
