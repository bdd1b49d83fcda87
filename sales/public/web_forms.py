"""Keeping the public forms."""

from typing import Any

from sales.models import WebForm
from team.models import User
from team.records import add_record, change_record

FORM_FIELDS = (
    "name",
    "title",
    "asks",
    "source",
    "campaign",
    "language",
    "theme",
    "thanks",
    "thanks_url",
    "takes_plain_posts",
)


def add_form(form: WebForm, *, by: User) -> tuple[WebForm, bool]:
    """Store a new form; it is open at once. False: made before by the same post."""
    return add_record(form, by=by, fields=FORM_FIELDS)


def change_form(form: WebForm, values: dict[str, Any], *, by: User, version: int) -> WebForm:
    """Store an edit; raises `VersionConflict`. The address stays."""
    return change_record(form, values, by=by, version=version)


def close_form(form: WebForm, *, by: User) -> None:
    """Its address answers from now on that it is closed."""
    change_record(form, {"is_active": False}, by=by, version=None, action="close")


def open_form(form: WebForm, *, by: User) -> None:
    change_record(form, {"is_active": True}, by=by, version=None, action="reopen")
