"""The environment: made once, noticed when half-made, never somebody else's, one maker at a time."""

import ast
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crm.bootstrap import environment, installing
from crm.bootstrap.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]


class Installer:
    """Makes environments without a package index, and counts."""

    def __init__(self):
        self.made = 0
        self.filled = 0
        self.fails = None

    def make(self, folder):
        self.made += 1
        (folder / "bin").mkdir()
        (folder / "bin" / "python").touch()
        (folder / "pyvenv.cfg").touch()

    def fill(self, folder, lock):
        if self.fails:
            raise self.fails
        time.sleep(0.1)
        self.filled += 1


@pytest.fixture
def installer(tmp_path, monkeypatch):
    home = tmp_path / "a home with spaces"
    home.mkdir()
    (home / "requirements.txt").write_text("django==5.2.19 \\\n    --hash=sha256:0\n")
    places = {
        "LOCK": home / "requirements.txt",
        "ENVIRONMENT": home / ".venv",
        "STAMP": home / ".venv" / "mainstay.json",
        "PYTHON": home / ".venv" / "bin" / "python",
    }
    for name, place in places.items():
        monkeypatch.setattr(environment, name, place)
    fake = Installer()
    monkeypatch.setattr(installing, "make", fake.make)
    monkeypatch.setattr(installing, "fill", fake.fill)
    return fake


def test_it_is_made_once(installer):
    assert environment.ensure()
    assert not environment.ensure()
    assert (installer.made, installer.filled) == (1, 1)


def test_one_whose_making_was_cut_off_is_made_again(installer):
    installer.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        environment.ensure()
    (environment.ENVIRONMENT / "half").mkdir()
    installer.fails = None

    assert environment.ensure()
    assert not (environment.ENVIRONMENT / "half").exists()
    assert environment.is_complete()


def test_one_whose_interpreter_is_gone_is_made_again(installer):
    environment.ensure()
    environment.PYTHON.unlink()
    assert environment.ensure()
    assert environment.PYTHON.exists()


def test_a_new_lock_makes_it_again(installer):
    environment.ensure()
    environment.LOCK.write_text("django==5.2.20 \\\n    --hash=sha256:0\n")
    assert environment.ensure()
    assert installer.made == 2


def test_one_that_somebody_made_by_hand_is_filled_and_not_emptied(installer):
    environment.ENVIRONMENT.mkdir()
    installer.make(environment.ENVIRONMENT)
    (environment.ENVIRONMENT / "theirs").touch()

    assert environment.ensure()
    assert (environment.ENVIRONMENT / "theirs").exists()
    assert (installer.made, installer.filled) == (1, 1)
    assert not environment.ensure()


def test_a_folder_that_is_no_environment_is_left_alone(installer):
    environment.ENVIRONMENT.mkdir()
    (environment.ENVIRONMENT / "letters.txt").touch()
    with pytest.raises(Trouble, match="move it away"):
        environment.ensure()
    assert (environment.ENVIRONMENT / "letters.txt").exists()


def test_two_starts_at_once_make_it_once(installer):
    starts = [threading.Thread(target=environment.ensure) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert (installer.made, installer.filled) == (1, 1)


def test_the_lock_names_the_packages_of_every_platform():
    packages = environment.locked_packages()
    assert packages["django"].startswith("5.2.")
    assert {"celery", "redis", "gunicorn", "pytest", "psycopg2-binary"} <= packages.keys()
    assert "colorama" not in packages


def test_an_old_python_is_told_so_in_one_sentence():
    source = (ROOT / "manage.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    pretend = "import sys; sys.version_info = (3, 8, 1); exec(open('manage.py').read())"
    told = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.startswith("Mainstay needs Python 3.11 or newer, and this is Python 3.8")
    assert "Traceback" not in told.stderr


def test_what_runs_before_the_environment_needs_the_standard_library_alone():
    for source in (ROOT / "crm" / "bootstrap").glob("*.py"):
        for name in _imported(ast.parse(source.read_text())):
            package = name.partition(".")[0]
            allowed = package in sys.stdlib_module_names or name.startswith("crm.bootstrap")
            # words.py enters the environment first, and only then asks for Django
            assert allowed or (source.name, package) == ("words.py", "django"), (source, name)


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.processes
def test_an_index_out_of_reach_is_one_sentence(tmp_path):
    home = tmp_path / "a copy"
    (home / "crm").mkdir(parents=True)
    for name in ("manage.py", "requirements.txt", "crm/__init__.py"):
        (home / name).write_bytes((ROOT / name).read_bytes())
    bootstrap = home / "crm" / "bootstrap"
    bootstrap.mkdir()
    for source in (ROOT / "crm" / "bootstrap").glob("*.py"):
        (bootstrap / source.name).write_bytes(source.read_bytes())

    told = subprocess.run(
        [installing.base_python(), "manage.py", "report", "churn", "--json"],
        cwd=home,
        env={"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"},
        capture_output=True,
        text=True,
    )

    assert told.returncode == 1
    assert told.stdout == ""
    assert "no package index could be reached" in told.stderr
    assert "Traceback" not in told.stderr
    assert not environment_is_complete(home)


def environment_is_complete(home):
    stamp = home / ".venv" / "mainstay.json"
    return "lock" in stamp.read_text()
