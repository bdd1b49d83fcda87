"""`manage.py verify`: the whole suite, with a word about every test that could not run."""

import contextlib
import os
import subprocess
import sys

from crm.bootstrap.children import die_with_parent
from crm.bootstrap.environment import ROOT
from crm.bootstrap.servers import postgres_for_tests

MOST_PROCESSES = 8


def verify(argv: list[str]) -> int:
    """Run the tests (further words go to pytest); the answer is the exit code.

    With `postgres` in CRM_REQUIRE they run on PostgreSQL, whichever can be found. Without words and without
    CRM_REQUIRE what takes long is left out (tests/require.py), so that anybody can run it at any time.
    """
    surroundings = dict(os.environ)
    # every test process and every process that a test starts reads what the first one compiled
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    if not argv and not surroundings.get("CRM_REQUIRE"):
        surroundings["CRM_BRIEF"] = "1"
    with contextlib.ExitStack() as stack:
        if "postgres" in surroundings.get("CRM_REQUIRE", ""):
            surroundings["DATABASE_URL"] = stack.enter_context(postgres_for_tests())
        return _run(argv, surroundings)


def _run(argv: list[str], surroundings: dict[str, str]) -> int:
    # the tests with real processes, most of which a brief run leaves out, wait rather than work
    waiting = 0 if surroundings.get("CRM_BRIEF") else 1
    processes = min(MOST_PROCESSES, waiting + (os.cpu_count() or 1))
    spread = [] if argv else ["-n", str(processes), "--dist", "worksteal"]
    return subprocess.run(  # noqa: S603 - our own test runner, no shell
        [sys.executable, "-m", "pytest", *spread, *argv],
        cwd=ROOT,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
        check=False,
    ).returncode
