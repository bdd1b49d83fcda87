"""Posts at once upon a database that has them wait for each other, as in life: PostgreSQL, or SQLite in a file."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

AtOnce = Callable[[Client, str, Callable[[], dict[str, Any]], int], list[int]]
THREADS = 8


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The database of tests on SQLite lies in memory, where a second writer is refused and does not wait."""
    if connection.vendor != "sqlite":
        yield
        return
    file, name = str(tmp_path / "once.sqlite3"), connection.settings_dict["NAME"]
    connection.ensure_connection()
    memory = connection.connection
    with closing(sqlite3.connect(file)) as copy:
        memory.backup(copy)
    connection.connection, connection.settings_dict["NAME"] = None, file
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = memory, name


@pytest.fixture
def at_once(shared_database: None) -> AtOnce:
    """Send one body so many times, eight at a time, of one signed-in browser."""

    def send_all(
        browser: Client, path: str, body: Callable[[], dict[str, Any]], copies: int
    ) -> list[int]:
        cookies = {name: one.value for name, one in browser.cookies.items()}

        def send(_turn: int) -> int:
            window = Client(raise_request_exception=False)
            window.cookies.load(cookies)
            try:
                return window.post(path, body()).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(min(THREADS, copies)) as threads:
            return list(threads.map(send, range(copies)))

    return send_all
