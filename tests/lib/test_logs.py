"""Log lines: one line each, the request or job in every one, no query and nothing forged."""

import json
import logging
import sys

import pytest

from crm.lib.logs import JsonFormatter, current_request_id

pytestmark = pytest.mark.django_db


def line_of(message, *args, **more):
    record = logging.LogRecord("crm.test", logging.WARNING, "", 0, message, args, None)
    record.__dict__.update(more)
    return JsonFormatter().format(record)


def test_a_line_names_the_request_at_work():
    token = current_request_id.set("abc12345")
    try:
        line = json.loads(line_of("saved %s", "it", job=7))
    finally:
        current_request_id.reset(token)
    assert line["request_id"] == "abc12345"
    assert (line["message"], line["level"], line["job"]) == ("saved it", "WARNING", 7)
    assert line["at"].endswith("+00:00")


def test_text_from_outside_ends_no_line():
    assert "\n" not in line_of("name is %s", 'x"}\n{"level": "forged')


def test_an_error_carries_its_traceback_in_the_same_line():
    try:
        raise ValueError("broken")
    except ValueError:
        line = line_of("no", exc_info=sys.exc_info())
    assert "ValueError: broken" in json.loads(line)["error"]
    assert "\n" not in line


def test_a_request_is_one_line_without_its_query(client, caplog):
    caplog.set_level(logging.INFO, "mainstay.requests")
    answer = client.get("/healthz", {"q": "Oksana"})
    (record,) = (record for record in caplog.records if record.name == "mainstay.requests")
    assert (record.method, record.path, record.status) == ("GET", "/healthz", answer.status_code)
    assert "Oksana" not in record.getMessage()


@pytest.mark.django_db
def test_a_token_in_an_address_is_not_logged(client, caplog):
    caplog.set_level(logging.INFO, "mainstay.requests")
    client.get("/calendar/very-secret.ics")
    (record,) = (record for record in caplog.records if record.name == "mainstay.requests")
    assert (record.path, record.status) == ("/calendar/%E2%80%A6.ics", 410)


def test_probes_are_not_worth_a_line(client, caplog):
    caplog.set_level(logging.INFO, "mainstay.requests")
    client.get("/livez")
    assert not [record for record in caplog.records if record.name == "mainstay.requests"]
