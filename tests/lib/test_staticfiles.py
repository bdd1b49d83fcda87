"""Static files as production serves them: hashed names, also inside scripts and styles."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The folder that collectstatic fills, and its map from plain to hashed names."""

    folder = tmp_path_factory.mktemp("static")
    storages = {"staticfiles": {"BACKEND": "crm.lib.staticfiles.HashedFiles"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", verbosity=0, interactive=False)
    return folder, json.loads((folder / "staticfiles.json").read_text())["paths"]


def test_script_modules_import_each_other_by_hashed_names(served):
    folder, names = served
    modules = {path.name for path in (ROOT / "static" / "js").glob("*.js")}
    texts = [(folder / names[f"js/{name}"]).read_text() for name in modules]
    imported = {name for text in texts for name in re.findall(r'import ?[^;"]*"\./([^"]+)"', text)}
    assert imported == {names[f"js/{name}"].partition("/")[2] for name in modules - {"main.js"}}
    assert all(re.fullmatch(r"[a-z_]+\.[0-9a-f]{12}\.js", name) for name in imported)


def test_styles_name_their_fonts_by_hashed_names(served):
    folder, names = served
    fonts = re.findall(r'url\("([^"]+)"\)', (folder / names["css/tokens.css"]).read_text())
    assert len(fonts) == 4
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2$", font) for font in fonts)


def test_every_static_file_a_template_names_exists(served):
    _, names = served
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"{% static '([^']+)'", path.read_text())
    }
    assert used - set(names) == set()
    assert "css/tokens.css" in used


def test_a_first_visit_weighs_less_than_260_kb(served):
    folder, names = served
    skeleton = (ROOT / "templates" / "skeleton.html").read_text()
    first = set(re.findall(r"{% static '([^']+)'", skeleton)) - {"vendor/tom-select.base.min.js"}
    first |= {f"js/{path.name}" for path in (ROOT / "static" / "js").glob("*.js")}
    first |= {"icons.svg", "vendor/inter-cyrillic.woff2", "vendor/inter-hryvnia.woff2"}
    weight = sum(as_served(folder / names[name]) for name in first)
    # the page of a full day itself is about 12 kB (decision 21)
    assert weight + 15_000 < 260_000, weight


def as_served(path):
    """In the way that browsers ask for where the connection is safe."""
    packed = path.with_name(f"{path.name}.br")
    # what is compressed in itself, fonts and pictures, has no second copy
    return (packed if packed.exists() else path).stat().st_size


def test_no_style_or_script_stands_inside_a_template():
    for path in (ROOT / "templates").rglob("*.html"):
        if path.name == "mail.html":
            continue  # a letter: mail programs read no style sheets, and no policy of ours holds there
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
        assert not re.search(r"hx-(on|vals='js|headers='js)", text), path


def test_every_own_class_of_a_template_is_known_to_a_style_sheet():
    styles = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))
    known = set(re.findall(r"\.(m-[a-z0-9-]+)", styles))
    used = {
        (path.name, name)
        for path in (ROOT / "templates").rglob("*.html")
        for attribute in re.findall(r'class="([^"]*)"', path.read_text())
        for name in re.findall(r"(?<![\w-])m-[a-z0-9-]*[a-z0-9](?![\w{-])", attribute)
    }
    assert {(file, name) for file, name in used if name not in known} == set()


@pytest.mark.parametrize(
    "sheet", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda sheet: sheet.name
)
def test_style_sheets_close_what_they_open(sheet):
    plain = re.sub(r'/\*.*?\*/|"[^"]*"', "", sheet.read_text(), flags=re.DOTALL)
    depth = 0
    for sign in re.findall(r"[{}]", plain):
        depth += 1 if sign == "{" else -1
        assert 0 <= depth <= 2
    assert depth == 0
    assert not re.search(r"[.#:][\w-]+ /\*|;\s*;", plain)
