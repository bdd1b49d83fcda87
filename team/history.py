"""What happened to a record, in words: who, when, and each field before and after."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.lib import formatting
from team.audit import NOBODY
from team.jobs.registry import is_kind
from team.models import AuditEntry, Choice, Owned, User
from team.wording import ACTIONS, FIRST_GIVEN, LABELS, LEFT_ALONE, SUBJECTS, WAGES

LATEST = 20
PRODUCT = "Mainstay"
DATED = re.compile(r"\d{4}-\d\d-\d\d")
# How exact amounts are stored: as texts, so that no digit is lost.
NUMBER = re.compile(r"-?\d+(\.\d+)?")
Model = type[models.Model]
Names = dict[tuple[Model, int | str], str]
# Fields that hold the key of an entry of a list: `declare_keyed("deal", "reason", LossReason)`.
_keyed_fields: dict[tuple[str, str], type[Choice]] = {}


@dataclass(frozen=True)
class Line:
    """A field before and after; a field that was set first has no `before`."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """An entry of the audit log as one person may read it. `url` leads to its record, if it has a page."""

    entry: AuditEntry
    action: str
    subject: str
    url: str
    lines: list[Line] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Who did it; what was done by a schedule, by itself, was done by the product."""
        name, is_person = self.entry.actor_name, self.entry.actor_id is not None
        return name if is_person or not (name == NOBODY or is_kind(name)) else PRODUCT


def history_of(
    subject: models.Model, viewer: User, limit: int = LATEST, *, before: datetime | None = None
) -> list[Event]:
    """The latest events of a record (before an instant), newest first. Two queries."""
    entries = AuditEntry.objects.filter(
        subject_type=subject._meta.model_name, subject_id=subject.pk
    )
    if before is not None:
        entries = entries.filter(at__lt=before)
    return in_words(entries.select_related("detail").order_by("-id")[:limit], viewer)


def in_words(entries: Iterable[AuditEntry], viewer: User) -> list[Event]:
    """Entries (with their `detail`) as this person may read them. One query for all names."""
    known = list(entries)
    names = _names(known, viewer)
    return [_event(entry, names, viewer) for entry in known]


def _event(entry: AuditEntry, names: Names, viewer: User) -> Event:
    before, after = _values(entry)
    lines = [
        Line(
            _label(entry, name),
            _text(entry, name, before.get(name), names, viewer) if name in before else "",
            _text(entry, name, after.get(name), names, viewer) if name in after else "",
        )
        for name in {**before, **after}
    ]
    return Event(
        entry,
        _action(entry, before, after),
        str(SUBJECTS.get(entry.subject_type, entry.subject_type)),
        _address(entry),
        lines,
    )


def declare_keyed(subject: str, name: str, choices: type[Choice]) -> None:
    """This field holds the key of one of `choices`; it is read by its name."""
    _keyed_fields[(subject, name)] = choices


def _keyed(entry: AuditEntry, name: str) -> type[Choice] | None:
    return _keyed_fields.get((entry.subject_type, name))


def _action(entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Who had nobody gets its first owner, not another one; and nobody is no owner."""
    if entry.action == "assign" and "owner" in after:
        if after["owner"] is None:
            return str(LEFT_ALONE)
        if before.get("owner") is None:
            return str(FIRST_GIVEN)
    return str(ACTIONS.get(entry.action, entry.action))


def _values(entry: AuditEntry) -> tuple[dict[str, Any], dict[str, Any]]:
    detail: Any = getattr(entry, "detail", None)
    return (detail.before, detail.after) if detail else ({}, {})


def _address(entry: AuditEntry) -> str:
    section = {"user": "person"}.get(entry.subject_type, entry.subject_type)
    try:
        return reverse(f"{section}-detail", args=[entry.subject_id]) if entry.subject_id else ""
    except NoReverseMatch:
        return ""


def _text(entry: AuditEntry, name: str, value: Any, names: Names, viewer: User) -> str:
    if name in WAGES and not viewer.is_director:
        return _("for directors only")
    if value in (None, "", [], {}):
        return formatting.UNKNOWN
    column = _field(entry, name)
    if (keyed := _keyed(entry, name)) and (called := names.get((keyed, value))):
        return called
    if isinstance(column, models.ForeignKey) and isinstance(value, int):
        return names.get((column.related_model, value), f"#{value}")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if column is not None and column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, models.DecimalField) and NUMBER.fullmatch(str(value)):
        return formatting.number(Decimal(f"{Decimal(str(value)).normalize():f}"))
    if isinstance(value, str):
        return _day_or_text(value)
    if isinstance(value, int):
        return formatting.number(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _day_or_text(value: str) -> str:
    """Days and instants are stored as texts of fixed form; digits alone are a phone number."""
    parsed: date | datetime | None = None
    if not DATED.match(value):
        return value
    try:
        parsed = parse_date(value) or parse_datetime(value)
    except ValueError:
        return value
    if isinstance(parsed, datetime) and timezone.is_aware(parsed):
        local = timezone.localtime(parsed)
        return f"{formatting.day(local.date())}, {local:%H:%M}"
    return formatting.day(parsed) if type(parsed) is date else value


def _label(entry: AuditEntry, name: str) -> str:
    column = _field(entry, name)
    if column is not None and name not in LABELS:
        return str(column.verbose_name)
    return str(LABELS.get(name, name.replace("_", " ")))


def _field(entry: AuditEntry, name: str) -> Any:
    model = _models().get(entry.subject_type)
    if model is None:
        return None
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def _models() -> dict[str, Model]:
    ours = ("team", "customers", "sales", "reports")
    found = [model for model in apps.get_models() if model._meta.app_label in ours]
    return {str(model._meta.model_name): model for model in found}


def _names(entries: list[AuditEntry], viewer: User) -> Names:
    """What the ids in these entries are called; what the viewer may not see stays a number."""
    wanted: dict[Model, set[int]] = defaultdict(set)
    for entry in entries:
        for values in _values(entry):
            for name, value in values.items():
                column = _field(entry, name)
                if isinstance(column, models.ForeignKey) and isinstance(value, int):
                    wanted[column.related_model].add(value)
    kinds = sorted(wanted, key=lambda model: model.__name__)
    parts = [_named(model, wanted[model], viewer, kind) for kind, model in enumerate(kinds)]
    found: Names = _names_of_keys(entries)
    if parts:
        rows = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
        found |= {(kinds[kind], pk): _as_read(kinds[kind], text) for kind, pk, text in rows}
    return found


def _names_of_keys(entries: list[AuditEntry]) -> Names:
    """Of entries of lists that are held by their keys: a query for each list that occurs."""
    wanted: dict[type[Choice], set[str]] = defaultdict(set)
    for entry in entries:
        for values in _values(entry):
            for name, value in values.items():
                if (choices := _keyed(entry, name)) and value:
                    wanted[choices].add(value)
    return {
        (choices, key): _as_read(choices, called)
        for choices, keys in wanted.items()
        for key, called in choices._default_manager.filter(key__in=keys).values_list("key", "name")
    }


def _as_read(model: Model, called: Any) -> Any:
    """What ships with the product is stored in English and read in one's own language."""
    return _(called) if called and issubclass(model, Choice) else called


def _named(model: Model, ids: set[int], viewer: User, kind: int) -> Any:
    rows: Any = model._default_manager.all()
    if issubclass(model, Owned):
        rows = model.visible_to(viewer)
    title = next(
        name for name in ("name", "title", "label", "reference", "id") if _has(model, name)
    )
    numbered = rows.filter(pk__in=ids).order_by().annotate(numbered_as=Value(kind), called=F(title))
    return numbered.values_list("numbered_as", "pk", "called")


def _has(model: Model, name: str) -> bool:
    return any(column.name == name for column in model._meta.get_fields())
