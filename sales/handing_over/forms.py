"""What the steps of a hand-over ask."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lib.typed_fields import DayField
from customers.models import Customer
from sales.handing_over.drafting import MOST_HEIRS
from sales.models import Handover
from team.models import Company, User

NOW, THEN, ON = "now", "then", "on"
Kind = Handover.Kind


class WhoForm(forms.Form):
    """The first step: of a departure and cover whom and when, of a part whom, of a territory which."""

    leaver = forms.ModelChoiceField(
        User.objects.none(),
        error_messages={"required": _("Choose whose records they are.")},
        label=_("Person"),
    )
    last_day = DayField(label=_("Last working day"), today=lambda: Company.get().today)
    reason = forms.ChoiceField(label=_("Reason"), choices=Handover.Reason)
    until = DayField(label=_("Away until"), today=lambda: Company.get().today)
    sign_in = forms.ChoiceField(
        label=_("Sign-in"),
        choices=[(NOW, _("ends now")), (THEN, _("ends after the last working day"))],
        initial=THEN,
        widget=forms.RadioSelect,
    )
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)

    ASKED = {
        Kind.DEPARTURE: ("leaver", "last_day", "reason", "sign_in"),
        Kind.PARTIAL: ("leaver",),
        Kind.COVER: ("leaver", "last_day", "until"),
        Kind.TERRITORY: ("region", "segment"),
        Kind.SELECTION: (),
    }

    def __init__(self, *args: Any, kind: str, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in set(self.fields) - set(self.ASKED[Kind(kind)]):
            del self.fields[name]
        if "leaver" in self.fields:
            people: Any = self.fields["leaver"]
            people.queryset = User.visible_to(viewer)
        for name in ("region", "segment"):
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices = [("", _("Any")), *_found(viewer, name)]
        # who only leads people does not end their sign-in
        if "sign_in" in self.fields and not viewer.is_admin:
            del self.fields["sign_in"]
        elif "sign_in" in self.fields:
            self.fields["sign_in"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.kind == Kind.TERRITORY and not any(
            typed.get(name) for name in ("region", "segment")
        ):
            raise forms.ValidationError(_("Choose a region or a segment."))
        first, last = typed.get("last_day"), typed.get("until")
        if first and last and last <= first:
            self.add_error("until", _("The absence ends before it begins."))
        elif last and last < Company.get().today:
            self.add_error("until", _("This day has passed. Choose today or later."))
        return typed

    @property
    def values(self) -> dict[str, Any]:
        """What of it the hand-over stores, besides whose it is."""
        typed = self.cleaned_data
        names = ("last_day", "reason", "until")
        stored: dict[str, Any] = {name: typed[name] for name in names if name in typed}
        if "sign_in" in typed:
            stored["sign_in_ends_now"] = typed["sign_in"] == NOW
        return stored

    @property
    def narrow(self) -> dict[str, str]:
        typed = self.cleaned_data
        return {name: typed[name] for name in ("region", "segment") if typed.get(name)}


def _found(viewer: User, name: str) -> list[tuple[str, str]]:
    rows: QuerySet[Customer] = Customer.visible_to(viewer).listed().exclude(**{name: ""})
    found = rows.order_by(name).values_list(name, flat=True).distinct()[:500]
    return [(value, value) for value in found]


class RuleForm(forms.ModelForm):
    """The third step: by which rule, to whom, and what follows."""

    heirs = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Heirs"),
        error_messages={"required": _("Choose at least one heir.")},
    )
    ceiling = forms.TypedChoiceField(
        label=_("No one above this share of the usual calls"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("none")), (110, "110%"), (120, "120%"), (150, "150%")],
    )

    class Meta:
        model = Handover
        fields = ("rule", "balance", "knows_first", "deals_follow", "tasks_follow", "ceiling")

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.receivers(viewer)
        if self.instance.leaver_id:
            people = people.exclude(pk=self.instance.leaver_id)
        heirs: Any = self.fields["heirs"]
        heirs.queryset = people.order_by("sort_name", "pk")
        for name in ("knows_first", "deals_follow", "tasks_follow"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    def clean_heirs(self) -> list[User]:
        """In the order in which they were chosen before; who is new comes after them."""
        chosen = {user.pk: user for user in self.cleaned_data["heirs"]}
        if len(chosen) > MOST_HEIRS:
            raise forms.ValidationError(
                _("At most %(n)s heirs in one hand-over.") % {"n": MOST_HEIRS}
            )
        known = self.instance.heirs.through.objects.filter(handover=self.instance)
        places = dict(known.values_list("user", "place"))
        return sorted(
            chosen.values(), key=lambda user: (places.get(user.pk, 99), user.sort_name, user.pk)
        )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ConfirmForm(forms.Form):
    """The fourth step: when, and the password of who does it."""

    effect = forms.ChoiceField(choices=[(one, one) for one in (NOW, THEN, ON)], initial=NOW)
    day = DayField(label=_("Day"), required=False, today=lambda: Company.get().today)
    seen = forms.CharField(required=False, max_length=40)
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password: this moves many records.")},
    )

    def clean(self) -> dict[str, Any]:
        """Today is now: there is nothing to wait for. A day beside another choice is asked about, not passed over."""
        typed = super().clean() or self.cleaned_data
        effect, day, today = typed.get("effect"), typed.get("day"), Company.get().today
        if "day" in self.errors:
            return typed
        if effect == ON and day is None:
            self.add_error("day", _("Choose the day."))
        elif effect == ON and day == today:
            typed["effect"] = NOW
        elif effect != ON and day not in (None, today):
            self.add_error("day", _("You wrote a day: choose it, or empty the field."))
        return typed
