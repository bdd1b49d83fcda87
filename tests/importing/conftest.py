"""Files brought in through the command, as people do."""

from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from customers.models import ImportBatch

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Kyiv"))


@dataclass
class Said:
    """What the command said and its exit code."""

    out: str
    err: str
    code: int

    @property
    def counts(self):
        """(new, filled, same, error)"""
        line = next(line for line in self.out.splitlines() if line.startswith("New "))
        return tuple(
            int("".join(c for c in part if c.isdigit())) for part in line.split(";")[0].split(",")
        )

    @property
    def batch(self):
        return ImportBatch.objects.get(pk=self.out.rstrip().rpartition(" ")[2])


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def run():
    """`run("customers", path, "--strict")`."""

    def command(*args):
        out, err = StringIO(), StringIO()
        try:
            call_command("import_file", *map(str, args), stdout=out, stderr=err)
            code = 0
        except CommandError as error:
            err.write(str(error))
            code = 1
        except SystemExit as end:
            code = end.code
        return Said(out.getvalue(), err.getvalue(), code)

    return command


@pytest.fixture
def file(tmp_path):
    """`file("name;phone\\n...")` or bytes: a path."""

    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def bring(run, file):
    """`bring("customers", "name\\nKava", "--strict")`."""

    def command(target, content, *options, name="file.csv"):
        return run(target, file(content, name), *options)

    return command
