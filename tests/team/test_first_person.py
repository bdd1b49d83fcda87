"""A new company: the words that `start` prints lead to somebody who can sign in."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from crm.bootstrap.starting import _introduce
from team.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough sentence"
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.fixture
def typed(monkeypatch):
    """What is typed where a password is asked for."""
    lines: list[str] = []
    monkeypatch.setattr("team.management.commands.add_admin.getpass", lambda _prompt: lines.pop(0))
    return lines


def words_in(text):
    return re.findall(r"manage\.py (\w+) .*\n", text.partition("docker compose up")[2] or text)


def test_the_words_of_start_and_of_the_papers_make_the_first_person(capsys, typed):
    _introduce({"people": [], "users": 0, "password": ""}, "http://127.0.0.1:8000", Path("logs"))
    [word] = words_in(capsys.readouterr().out)
    assert words_in(OPERATIONS.read_text(encoding="utf-8"))[0] == word
    typed += [PASSWORD, PASSWORD]
    call_command(word, "Anna@Example.com", "Anna Weber")
    browser = Client()
    answer = browser.post("/sign-in/", {"email": "anna@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    assert browser.get("/people/new/").status_code == 200
    assert AuditEntry.objects.filter(action="create", subject_type="user").count() == 1


@pytest.mark.parametrize(
    ("email", "lines", "sentence"),
    [
        ("anna@example.com", [PASSWORD, "another long sentence"], "two passwords differ"),
        ("anna@example.com", ["12345", "12345"], "too short"),
        ("anna", [PASSWORD, PASSWORD], "valid email"),
    ],
)
def test_what_does_not_do_is_told_and_nobody_is_added(typed, email, lines, sentence):
    typed += lines
    with pytest.raises(CommandError, match=sentence):
        call_command("add_admin", email, "Anna Weber")
    assert not User.objects.exists()


def test_an_address_that_is_known_keeps_its_person(typed, admin):
    typed += [PASSWORD, PASSWORD]
    with pytest.raises(CommandError, match="has an account already"):
        call_command("add_admin", admin.email, "Somebody Else")
    assert not User.objects.filter(name="Somebody Else").exists()
