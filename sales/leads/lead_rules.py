"""Keeping the rules by which leads are given away."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from sales.models import LeadRule
from team.audit import record
from team.models import User
from team.records import VersionConflict, add_record, change_record

RULE_FIELDS = (
    "name",
    "order",
    "source",
    "campaign",
    "regions",
    "language",
    "way",
    "team",
    "tells_leader",
    "passes_on",
    "passes_on_after",
)


def add_rule(rule: LeadRule, people: Iterable[User], *, by: User) -> tuple[LeadRule, bool]:
    """Store a new rule; False: made before by the same post."""
    with transaction.atomic():
        rule, made = add_record(rule, by=by, fields=RULE_FIELDS)
        if made:
            _name_people(rule, list(people), by)
    return rule, made


def change_rule(
    rule: LeadRule, values: dict[str, Any], people: Iterable[User], *, by: User, version: int
) -> LeadRule:
    """Store an edit; raises `VersionConflict`. A lead is given by the rule as it was, or by all of the new one."""
    with transaction.atomic():
        stored = LeadRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        named = list(people)
        if {one.pk for one in named} == {one.pk for one in stored.people.all()}:
            return change_record(stored, values, by=by, version=version)
        if stored.version != version:
            raise VersionConflict(stored)
        changed = change_record(stored, values, by=by, version=version)
        _name_people(changed, named, by)
        if changed.version == version:
            LeadRule.objects.filter(pk=rule.pk).update(version=version + 1)
    return changed


def _name_people(rule: LeadRule, people: list[User], by: User) -> None:
    before = ", ".join(person.name for person in rule.people.all())
    after = ", ".join(person.name for person in people)
    if before != after:
        rule.people.set(people)
        record("name people", rule, by=by, before={"people": before}, after={"people": after})


def retire_rule(rule: LeadRule, *, by: User) -> None:
    """Give no more leads by it. Without any rule, leads stay with nobody and leaders see them."""
    change_record(rule, {"is_active": False}, by=by, version=None, action="retire")


def restore_rule(rule: LeadRule, *, by: User) -> None:
    change_record(rule, {"is_active": True}, by=by, version=None, action="offer again")
