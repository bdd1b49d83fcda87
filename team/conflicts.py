"""The page for "somebody saved first": per field yours and theirs, nothing typed is lost (409)."""

from typing import Any

from django.db import models
from django.forms import BooleanField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.lib.forms import Checkboxes
from team.models import AuditDetail, AuditEntry

# So many entries of the log are read to find out who changed what.
LOOKED_BACK = 50


def conflict(
    request: HttpRequest,
    form: "ModelForm[Any]",
    current: models.Model,
    *,
    became: str = "",
    action: str = "",
) -> HttpResponse:
    """Both versions side by side; the answer is a post of the same form with the newer version.

    `became` says so where the record is part of `current` by now, whose form stands at `action`: what was not
    changed in the form is the old record's, and nobody's choice for the new one.
    """
    rows = [
        _row(form, current, name) for name in form.fields if name not in ("client_ref", "version")
    ]
    befores = _befores(form, current)
    for row in rows:
        row["mine_is_old"] = (
            row["name"] not in form.changed_data
            if became
            else _is_old(form, current, row["name"], befores)
        )
    context = {
        "record": current,
        "became": became,
        "action": action or request.get_full_path(),
        "last": last_change(current),
        "differing": [row for row in rows if row["yours"] != row["theirs"]],
        "same": [row for row in rows if row["yours"] == row["theirs"]],
        "version": current.version,  # type: ignore[attr-defined]
    }
    return render(request, "ui/conflict.html", context, status=409)


def last_change(record: models.Model) -> AuditEntry | None:
    """Who did what to a record last."""
    kind = record._meta.label_lower.partition(".")[2]
    told = AuditEntry.objects.filter(subject_type=kind, subject_id=record.pk)
    return told.order_by("-id").first()


def _befores(form: "ModelForm[Any]", current: models.Model) -> list[dict[str, Any]]:
    """What was written over in the fields of the form since it was opened, the latest first. One query."""
    saves = current.version - (form.cleaned_data.get("version") or 0)  # type: ignore[attr-defined]
    kind = current._meta.label_lower.partition(".")[2]
    told = AuditDetail.objects.filter(entry__subject_type=kind, entry__subject_id=current.pk)
    latest = told.order_by("-entry_id").values_list("before", flat=True)[:LOOKED_BACK]
    return [before for before in latest if before.keys() & form.fields.keys()][: max(0, saves)]


def _is_old(
    form: "ModelForm[Any]", current: models.Model, name: str, befores: list[dict[str, Any]]
) -> bool:
    """Whether mine is only what stood there when the form was opened: I changed nothing, somebody else did."""
    stored = current._meta.get_field(name)
    if not isinstance(stored, models.Field) or stored.many_to_many:
        return False
    mine = stored.value_from_object(form.instance)
    return any(stored.to_python(before[name]) == mine for before in befores if name in before)


def _row(form: "ModelForm[Any]", current: models.Model, name: str) -> dict[str, Any]:
    field = form.fields[name]
    stored = current._meta.get_field(name)
    theirs: Any = stored.value_from_object(current) if isinstance(stored, models.Field) else None
    yours: Any = form[name].value()
    if isinstance(field, BooleanField):
        yours, theirs = ("on" if yours else ""), ("on" if theirs else "")
    return {
        "name": name,
        "label": form[name].label,
        "yours": _raw(field, yours),
        "theirs": _raw(field, theirs),
        "yours_shown": _shown(field, yours),
        "theirs_shown": _shown(field, theirs),
    }


def _raw(field: Any, value: Any) -> str:
    """As it is posted again; several choices in one text (`crm.lib.forms.Checkboxes`)."""
    prepared = field.prepare_value(value)
    if isinstance(prepared, list):
        return ",".join(sorted(str(one) for one in prepared))
    return "" if prepared is None else str(prepared)


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, BooleanField):
        return _("Yes") if value else _("No")
    choices = {str(key): label for key, label in getattr(field, "choices", ())}
    raw = _raw(field, value)
    parts = raw.split(",") if isinstance(field.widget, Checkboxes) else [raw]
    return ", ".join(str(choices.get(part, part)) for part in parts) or "—"
