"""The page for "somebody saved first": per field yours and theirs, nothing typed is lost (409)."""

from typing import Any

from django.db import models
from django.forms import BooleanField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from team.models import AuditEntry


def conflict(request: HttpRequest, form: "ModelForm[Any]", current: models.Model) -> HttpResponse:
    """Both versions side by side; the answer is a post of the same form with the newer version."""
    rows = [
        _row(form, current, name) for name in form.fields if name not in ("client_ref", "version")
    ]
    last = (
        AuditEntry.objects.filter(
            subject_type=current._meta.label_lower.partition(".")[2], subject_id=current.pk
        )
        .order_by("-id")
        .first()
    )
    context = {
        "record": current,
        "last": last,
        "differing": [row for row in rows if row["yours"] != row["theirs"]],
        "same": [row for row in rows if row["yours"] == row["theirs"]],
        "version": current.version,  # type: ignore[attr-defined]
    }
    return render(request, "ui/conflict.html", context, status=409)


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
    prepared = field.prepare_value(value)
    return "" if prepared is None else str(prepared)


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, BooleanField):
        return _("Yes") if value else _("No")
    choices = {str(key): label for key, label in getattr(field, "choices", ())}
    raw = _raw(field, value)
    return str(choices.get(raw, raw)) or "—"
