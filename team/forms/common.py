"""Choices and fields that several forms of this app share."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import DAYS
from crm.lib.periods import zone_names
from crm.lib.text import normalise_email
from team.models import User
from team.refusals import Refusal


def zones() -> list[tuple[str, str]]:
    """The time zones that people live in; the odd ones of the database are left out."""
    return [(name, name.replace("_", " ")) for name in sorted(zone_names()) if _is_place(name)]


def _is_place(name: str) -> bool:
    continents = (
        "Africa",
        "America",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return name == "UTC" or name.partition("/")[0] in continents


def languages() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class DayField(forms.DateField):
    """A day, chosen by the browser's own calendar."""

    default_validators = DAYS

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault(
            "error_messages", {"invalid": _("This is no date. Write it like 2026-11-23.")}
        )
        super().__init__(**kwargs)


class EmailField(forms.EmailField):
    """An e-mail as it is stored: trimmed, in small letters."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = _("This is no e-mail address. It looks like name@company.com.")
        kwargs.setdefault("error_messages", {"invalid": wrong})
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> str:
        return normalise_email(super().clean(value))


def check_email_is_free(email: str, owner: User | None) -> None:
    """Raise if another person signs in with it."""
    other = User.objects.filter(email=email).first() if email else None
    if other is not None and other != owner:
        raise forms.ValidationError(
            _("%(name)s already signs in with this e-mail."), params={"name": other.name}
        )


def refuse(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show the sentence of an operation that must not be done at its field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
