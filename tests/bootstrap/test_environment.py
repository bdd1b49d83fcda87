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


@pytest.mark.thorough
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

    # one without pip is made in no time; the interpreter's own pip then fills it
    made = [installing.base_python(), "-m", "venv", "--without-pip", ".venv"]
    subprocess.run(made, cwd=home, check=True)

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
    assert not (home / ".venv" / "mainstay.json").exists()


@pytest.fixture
def runs(monkeypatch):
    """What the installer would run, answered without running it."""
    answers = []
    commands = []

    def run(command):
        commands.append(command)
        code, said = answers.pop(0) if answers else (0, "")
        return subprocess.CompletedProcess(command, code, said)

    monkeypatch.setattr(installing, "_run", run)
    run.answers, run.commands = answers, commands
    return run


def test_a_python_without_ensurepip_makes_one_without_pip(runs, tmp_path):
    runs.answers += [(1, "ensurepip is not available"), (0, "")]
    installing.make(tmp_path)
    assert runs.commands[1][1:] == ["-m", "venv", "--without-pip", str(tmp_path)]


def test_a_python_without_venv_is_told_what_to_install(runs, tmp_path):
    runs.answers += [(1, "No module named venv"), (1, "No module named venv")]
    with pytest.raises(Trouble, match="apt install python3-venv"):
        installing.make(tmp_path)


def test_pip_takes_over_where_uv_fails(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(installing.shutil, "which", lambda name: f"/bin/{name}")
    runs.answers += [(0, "pip 26"), (2, "error: no route"), (0, "")]
    installing.fill(tmp_path, tmp_path / "lock")
    assert runs.commands[1][:3] == ["/bin/uv", "pip", "install"]
    assert runs.commands[2][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in runs.commands[1]
    assert "--require-hashes" in runs.commands[2]


def test_nothing_to_install_with_is_one_sentence(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(installing.shutil, "which", lambda name: None)
    runs.answers += [(1, "No module named pip"), (1, "No module named pip")]
    with pytest.raises(Trouble, match="neither pip nor uv"):
        installing.fill(tmp_path, tmp_path / "lock")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: no amqp==5.4.2 (from versions: none)", "no package index"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
    ],
)
def test_what_the_installer_says_becomes_one_sentence(runs, tmp_path, monkeypatch, said, told):
    monkeypatch.setattr(installing.shutil, "which", lambda name: None)
    runs.answers += [(0, "pip 26"), (1, f"Collecting\n{said}\n")]
    with pytest.raises(Trouble, match=told):
        installing.fill(tmp_path, tmp_path / "lock")
    assert said in (tmp_path / "install.log").read_text()
