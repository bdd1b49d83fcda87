"""`manage.py start` as people use it: an address, everything running, nothing left behind."""

import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def installed(tmp_path_factory, migrated_file):
    """A database that is migrated and not empty, so that nothing needs to be seeded."""
    folder = tmp_path_factory.mktemp("installed")
    database = Path(shutil.copy(migrated_file, folder / "mainstay.sqlite3"))
    made = "from team.models import User; User.objects.create(name='Somebody')"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", made],
        cwd=ROOT,
        env=surroundings(database.parent, f"sqlite:///{database}"),
        check=True,
    )
    return database


@pytest.fixture
def home(tmp_path, installed):
    shutil.copy(installed, tmp_path / "mainstay.sqlite3")
    yield tmp_path
    for pid in processes_of(tmp_path):
        os.kill(pid, signal.SIGKILL)


def surroundings(folder, database_url=""):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    kept.pop("REDIS_URL", None)
    url = database_url or f"sqlite:///{folder}/mainstay.sqlite3"
    return kept | {"CRM_DATA_DIR": str(folder), "DATABASE_URL": url, "CRM_WORKER_PROCESSES": "1"}


def start(folder, port, host="127.0.0.1", **more):
    return subprocess.Popen(
        [sys.executable, "manage.py", "start", "--port", str(port), "--host", host],
        cwd=ROOT,
        env=surroundings(folder) | more,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(folder, port, **more):
    """The one sentence with which it refuses."""
    process = start(folder, port, **more)
    said, sentence = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == ""
    assert len(sentence.splitlines()) == 1, sentence
    return sentence


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(folder):
    """Ids of all processes that work on this data directory."""
    mark = f"CRM_DATA_DIR={folder}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def wait_until_nobody_is_left(folder, seconds):
    deadline = time.monotonic() + seconds
    while processes_of(folder):
        assert time.monotonic() < deadline, [
            Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_of(folder)
        ]
        time.sleep(0.1)


def read_until(process, pattern):
    said = ""
    while not re.search(pattern, said):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        said += line
    return said


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    return connection.getresponse()


def commands_of(folder):
    return " ".join(
        Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        for pid in processes_of(folder)
    )


def test_everything_runs_and_is_kept_running_until_ctrl_c(home):
    port = free_port()
    process = start(home, port)
    said = read_until(process, "Ctrl-C")
    assert f"http://127.0.0.1:{port}" in said
    assert get(port, "/livez").status == 200
    assert get(port, "/readyz").status == 200
    running = commands_of(home)
    for part in ("gunicorn", "celery --app crm worker", "celery --app crm beat", "publisher"):
        assert part in running

    (publisher,) = (pid for pid in processes_of(home) if _is(pid, "publisher"))
    os.kill(publisher, signal.SIGKILL)
    assert "The publisher stopped" in process.stderr.readline()

    process.send_signal(signal.SIGINT)
    _said, sentence = process.communicate(timeout=30)
    assert (process.returncode, sentence) == (0, "Stopped.\n")
    wait_until_nobody_is_left(home, 3)


@pytest.mark.thorough
def test_who_cannot_stay_alive_takes_no_page_along(home):
    """Killed five times within a minute the publisher rests; everything else runs on, and says who is down."""
    port = free_port()
    process = start(home, port)
    read_until(process, "Ctrl-C")
    for _ in range(4):
        _kill_publisher(home)
        assert "The publisher stopped (-9); starting it again." in process.stderr.readline()
    _kill_publisher(home)
    sentence = process.stderr.readline()
    assert sentence.startswith("The publisher stops again and again; see ")
    assert "The pages go on without it; it is tried in a minute." in sentence
    assert get(port, "/livez").status == get(port, "/readyz").status == 200
    answer = get(port, "/healthz")
    assert (answer.status, json.loads(answer.read())["processes"]) == (503, "down: publisher")
    assert process.poll() is None and "celery --app crm worker" in commands_of(home)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0 and not (home / "log" / "down").exists()


def _kill_publisher(home):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [pid for pid in processes_of(home) if _is(pid, "publisher")]
        if found:
            os.kill(found[0], signal.SIGKILL)
            return
        time.sleep(0.05)
    raise AssertionError("no publisher")


RESTS = """
import sys, time
from pathlib import Path
from crm.bootstrap import family
family._REST = 0.5
logs, mark = Path(sys.argv[1]), Path(sys.argv[1]) / "mended"
dies = f"import pathlib, sys, time; pathlib.Path({str(mark)!r}).exists() or sys.exit(1); time.sleep(60)"
with family.Family(logs) as all_of_them:
    all_of_them.add("worker", sys.executable, "-c", dies)
    deadline = time.monotonic() + 40
    while not (logs / "down").exists() and time.monotonic() < deadline:
        all_of_them.look_after()
    print((logs / "down").read_text())
    mark.touch()
    while (logs / "down").exists() and time.monotonic() < deadline:
        all_of_them.look_after()
    time.sleep(0.5)
    all_of_them.look_after()
    print(all_of_them.members[0].process.poll(), (logs / "down").exists())
    all_of_them.add("web server", sys.executable, "-c", "raise SystemExit(3)", needed=True)
    try:
        while time.monotonic() < deadline:
            all_of_them.look_after()
    except family.Trouble as trouble:
        print(trouble)
"""


@pytest.mark.thorough
def test_who_rests_is_tried_again_and_without_pages_all_ends(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", RESTS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
    )
    down, mended, trouble = told.stdout.splitlines()
    assert (down, mended) == ("worker", "None False")
    assert trouble.startswith("the web server stops again and again; see ")


@pytest.mark.thorough
def test_a_killed_start_leaves_no_orphans(home):
    """It also waited for another one that was preparing the same database."""
    (home / "log").mkdir()
    with (home / "log" / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start(home, free_port())
        assert "waiting" in process.stderr.readline()
    read_until(process, "Ctrl-C")
    assert len(processes_of(home)) > 5

    process.kill()

    wait_until_nobody_is_left(home, 20)


def _is(pid, word):
    return word in Path(f"/proc/{pid}/cmdline").read_text()


def test_a_port_that_is_taken(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refused(home, port)
    assert f"port {port} is taken" in sentence
    assert f"--port {port + 1}" in sentence


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none(home, port):
    assert refused(home, port) == f"Mainstay: {port} is no port; choose one from 1 to 65535.\n"


def test_an_address_that_the_pages_would_refuse(home):
    sentence = refused(home, free_port(), host="192.0.2.1")
    assert "to serve 192.0.2.1, name it in CRM_ALLOWED_HOSTS" in sentence
    sentence = refused(home, free_port(), host="192.0.2.1", CRM_ALLOWED_HOSTS="192.0.2.1")
    assert "cannot listen on 192.0.2.1" in sentence


def test_a_data_directory_that_cannot_be_written(home):
    sentence = refused(home, free_port(), CRM_DATA_DIR="/proc/nowhere")
    assert "/proc/nowhere" in sentence
    assert "CRM_DATA_DIR" in sentence


def test_a_database_that_cannot_be_written(home):
    sentence = refused(home, free_port(), DATABASE_URL="sqlite:////proc/mainstay.sqlite3")
    assert "the database /proc/mainstay.sqlite3 cannot be written" in sentence


@pytest.mark.thorough
def test_a_database_server_that_does_not_answer(home):
    sentence = refused(home, free_port(), DATABASE_URL="postgres://nobody@127.0.0.1:9/nothing")
    assert "DATABASE_URL" in sentence
    assert "Connection refused" in sentence


@pytest.mark.parametrize("url", ["mysql://me:secret@there/crm", "postgres//there/crm"])
def test_a_database_of_another_kind(home, url):
    """The sentence repeats no password."""
    sentence = refused(home, free_port(), DATABASE_URL=url)
    assert sentence.startswith("Mainstay: DATABASE_URL is postgres://user:password@host")
    assert "secret" not in sentence and "Traceback" not in sentence


@pytest.mark.thorough
def test_an_empty_address_of_the_database_is_none(home):
    """Compose files hand on what nobody set as empty text."""
    (home / "mainstay.sqlite3").rename(home / "elsewhere.sqlite3")
    told = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=ROOT,
        env=surroundings(home) | {"DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert (home / "mainstay.sqlite3").exists()


def test_the_development_key_in_production(home):
    sentence = refused(home, free_port(), CRM_ENV="production", CRM_ALLOWED_HOSTS="crm.example.com")
    assert sentence.startswith("Mainstay: CRM_SECRET_KEY")


def test_a_place_that_is_neither_development_nor_production(home):
    """Taken for development, it would run with the key that everybody knows."""
    sentence = refused(home, free_port(), CRM_ENV="Production")
    assert sentence == "Mainstay: CRM_ENV is development or production, not 'Production'.\n"
