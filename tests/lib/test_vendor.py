"""The checked-in front-end files are those that the manifest names, and nothing else."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MANIFEST = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text())
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_file_has_the_recorded_hash_and_version(entry):
    content = (STATIC / entry["file"]).read_bytes()
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert pinned[entry["package"]] == entry["version"]
    assert b"sourceMappingURL" not in content


def test_nothing_lies_there_without_an_entry():
    found = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir() if path.is_file()}
    listed = {entry["file"] for entry in MANIFEST}
    assert found - listed == {"vendor/MANIFEST.json"}


def test_each_package_brings_its_licence():
    packages = {entry["package"] for entry in MANIFEST}
    licences = {path.stem for path in (STATIC / "vendor" / "licences").iterdir()}
    assert licences == {name.replace("@", "").replace("/", "-") for name in packages}


def test_the_lock_names_no_package_index():
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock


def test_htmx_is_the_pinned_release():
    assert 'version:"2.0.11"' in (STATIC / "vendor" / "htmx.min.js").read_text()


def test_every_icon_named_in_a_template_is_in_the_sprite():
    used = {
        (path.relative_to(ROOT), name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    assert {(path, name) for path, name in used if name not in ICONS} == set()
