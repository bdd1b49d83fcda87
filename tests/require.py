"""Tests that need a real part are skipped where it is not to be had, and say why.

`CRM_REQUIRE=postgres,redis,browser` turns such skips into failures.

What is marked `thorough` crawls all pages in all ways, repeats for everybody and every report what another test
shows of one, or starts real processes to wait for them, of which the most telling are tried in any run; it takes
minutes, as the browser does. `verify` without further words leaves both to its run
with CRM_REQUIRE, which CI makes, and tries fewer random examples (`fewer`); pytest by itself runs everything.
"""

import os
import shutil
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

import pytest
from django.conf import settings
from hypothesis import settings as settings_of_examples

TOO_LONG = "it takes long: set CRM_REQUIRE, or name it after `verify`"
BRIEF = bool(os.environ.get("CRM_BRIEF"))
# of random examples a brief run tries a quarter
BRIEF_SHARE = 4
CHROMIUM = os.environ.get("CRM_CHROMIUM") or shutil.which("chromium") or ""


def no_postgres() -> str:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return ""
    return "this run is on SQLite; set DATABASE_URL, or CRM_REQUIRE=postgres with `verify`"


def no_redis() -> str:
    return "" if shutil.which("redis-server") else "the program redis-server is not installed"


def no_browser() -> str:
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            return f"{package} is not installed (requirements-dev.txt)"
    return "" if CHROMIUM else "chromium is not installed; CRM_CHROMIUM may name another"


NEEDS: dict[str, Callable[[], str]] = {
    "postgres": cache(no_postgres),
    "redis": cache(no_redis),
    "browser": cache(no_browser),
}


def fewer(usual: int) -> int:
    """How many random examples a test tries: as many as usual, a quarter of them in a brief run."""
    return -(-usual // BRIEF_SHARE) if BRIEF else usual


def required() -> set[str]:
    return {word.strip() for word in os.environ.get("CRM_REQUIRE", "").split(",")} - {""}


def pytest_configure() -> None:
    usual = settings_of_examples().max_examples
    settings_of_examples.register_profile("usual", max_examples=fewer(usual))
    settings_of_examples.load_profile("usual")


def pytest_sessionstart() -> None:
    unknown = required() - NEEDS.keys()
    if unknown:
        raise pytest.UsageError(f"CRM_REQUIRE knows {', '.join(NEEDS)}; not {', '.join(unknown)}.")
    missing = [f"{need}: {NEEDS[need]()}" for need in sorted(required()) if NEEDS[need]()]
    if missing:
        raise pytest.UsageError("CRM_REQUIRE asks for what is not here. " + "; ".join(missing))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if BRIEF and any(map(item.get_closest_marker, ("thorough", "browser"))):
        pytest.skip(TOO_LONG)
    for need, why_not in NEEDS.items():
        if item.get_closest_marker(need) and why_not():
            pytest.skip(why_not())
