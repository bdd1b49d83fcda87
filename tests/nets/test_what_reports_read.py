"""Ruling 12 as a census: of each record that reports read, what can be changed later, and that it is kept then.

A form or a file that begins to change another column of these records fails here, and says with that where the
new column belongs: among the kept ones, or among those that no figure reads (docs/decisions/0010).
"""

from collections.abc import Iterator

import pytest
from django import forms
from django.apps import apps
from django.db.models import Model

import crm.urls  # noqa: F401 - so that every form there is has been defined
from customers.importing.importer import IMPORTERS
from customers.models import Customer
from reports.snapshots.sources import EVENTS
from sales.models import (
    Campaign,
    Deal,
    Lead,
    LeadReason,
    LeadSource,
    LossReason,
    Outcome,
    Pipeline,
    Stage,
)
from team.models import Company, Fact, Past, Team, User
from team.past import past_of

# Changed by acts of their own that write rows of a history, never by an edit: `DealChange`.
BY_ACTS = {Deal: {"stage", "amount", "currency", "fx_rate", "expected_close_on", "competitor"}}
# Names, ways to reach somebody, rights: shown beside figures or not read at all. Of customers, segment and
# region are told as of today (loss-reports R2).
UNREAD = {
    Customer: {
        "name", "segment", "region", "place", "phone", "email", "website", "language", "currency", "note",
    },
    Lead: {"name", "person", "phone", "email", "language", "expected_amount", "note"},
    Deal: {"title", "contact", "note"},
    Campaign: {"name", "started_on", "ended_on", "owner", "note"},
    Company: {"name", "base_currency", "orders_imported", "response_hours", "response_clock"},
    User: {
        "name", "email", "language", "is_rep", "is_manager", "is_admin", "is_director", "time_zone", "theme",
        "density", "shortcuts",
    },
    Team: {"name", "parent", "manager"},
    Stage: {"name", "order"},
}  # fmt: skip
# Given when the record is made, and at no other time.
AT_FIRST = {User: {"reference"}}
LISTS = (LeadReason, LeadSource, LossReason, Outcome, Pipeline)


def _forms(kind: type[forms.ModelForm] = forms.ModelForm) -> Iterator[type[forms.ModelForm]]:
    for form in kind.__subclasses__():
        yield form
        yield from _forms(form)


def _changed_by(model: type[Model]) -> set[str]:
    """The columns that a form or a file may change of a record that is there."""
    found = {
        name for form in _forms() if form._meta.model is model for name in form._meta.fields or ()
    }
    for importer in IMPORTERS.values():
        if importer.model is model:
            found |= set(importer.fills)
    return found - AT_FIRST.get(model, set())


@pytest.mark.parametrize("model", list(UNREAD), ids=lambda model: model.__name__)
def test_what_can_be_changed_is_kept_or_read_by_no_figure(model: type[Model]) -> None:
    past = past_of(model)
    kept = set(past.kept) if past else set()
    assert _changed_by(model) == kept | UNREAD[model] | BY_ACTS.get(model, set())


# What people see of an entry. Whether an outcome reached somebody stays once a call says so (`sales.lists`).
SHOWN: dict[type[Model], set[str]] = {
    LeadSource: {"name", "order"},
    LossReason: {"name", "order"},
    LeadReason: {"name", "order", "kind"},
    Pipeline: {"name", "order"},
    Outcome: {
        "name",
        "order",
        "next_step_title",
        "next_step_rule",
        "next_step_after",
        "needs_note",
        "reached",
        "opens_contact",
        "stage",
    },
}


def test_each_past_keeps_columns_that_the_record_has() -> None:
    pasts = [model for model in apps.get_models() if issubclass(model, Past)]
    assert {past_of(past._meta.get_field(past.of).related_model) for past in pasts} == set(pasts)
    for past in pasts:
        record = past._meta.get_field(past.of).related_model
        for name in past.kept:
            assert type(past._meta.get_field(name)) is type(record._meta.get_field(name))


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_no_form_and_no_file_changes_what_is_read_of_a_list(model: type[Model]) -> None:
    """The key of a source, the kind of a stage: read as they are, so they stay."""
    assert _changed_by(model) == SHOWN.get(model, set())


@pytest.mark.parametrize("model", list(EVENTS), ids=lambda model: model.__name__)
def test_what_is_counted_has_both_days(model: type[Model]) -> None:
    assert issubclass(model, Fact) or model is Lead
    assert {"recorded_on", "deleted_on"} <= {field.name for field in model._meta.fields}
