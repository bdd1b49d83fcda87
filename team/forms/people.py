"""Forms about people and teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from team.forms.common import DayField, EmailField, check_email_is_free, languages
from team.forms.records import RecordForm
from team.models import Team, User
from team.models.people import user_reference
from team.rights import may_name_directors


def open_teams() -> Any:
    return Team.objects.filter(is_active=True)


class TeamChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Team"))
        kwargs.setdefault("empty_label", _("No team"))
        super().__init__(queryset=open_teams(), required=False, **kwargs)


class PersonForm(RecordForm):
    """What administrators keep about a person. The right to see wages only directors pass on."""

    email = EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For signing in. Leave it empty for somebody who does not."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=languages)

    class Meta:
        model = User
        fields = ["name", "email", "language", "is_rep", "is_manager", "is_admin", "is_director"]
        help_texts = {
            "is_rep": _("Sells: customers, leads, deals and calls of their own."),
            "is_manager": _("Sees what the teams they run sell and lose."),
            "is_admin": _("Keeps people, teams and settings; sees all records."),
            "is_director": _("Sees all records, and wages."),
        }

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if not may_name_directors(viewer):
            del self.fields["is_director"]
        if self.instance.pk == viewer.pk:
            for name in ("is_rep", "is_manager", "is_admin", "is_director"):
                self.fields.pop(name, None)

    def clean_email(self) -> str | None:
        email: str = self.cleaned_data["email"]
        check_email_is_free(email, self.instance)
        return email or None


class PersonNewForm(PersonForm):
    """Also where and since when somebody works, which later changes by acts of their own."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("The number your other systems know them by. Empty: one is made."),
    )
    hired_on = DayField(label=_("First day"))
    team = TeamChoice()
    invite = forms.BooleanField(
        label=_("Send an invitation now"),
        required=False,
        initial=True,
        help_text=_("A mail with a link, good for three days, to choose a password."),
    )

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "reference"]

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"].strip()
        if reference and User.objects.filter(reference=reference).exists():
            raise forms.ValidationError(_("This reference is taken."))
        return reference

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("invite") and "email" in cleaned and not cleaned["email"]:
            self.add_error("email", _("An invitation needs an e-mail."))
        return cleaned

    @property
    def typed(self) -> dict[str, Any]:
        apart = ("hired_on", "team", "invite")
        values = {name: value for name, value in super().typed.items() if name not in apart}
        return values if values["reference"] else {**values, "reference": user_reference()}


class MoveForm(forms.Form):
    team = TeamChoice()
    on = DayField(label=_("From"))


class LeaveForm(forms.Form):
    last_day = DayField(label=_("Last working day"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    now = forms.BooleanField(
        label=_("End sign-in now"),
        required=False,
        help_text=_("Otherwise it ends in the night after the last working day."),
    )
    exports_stay = forms.BooleanField(
        label=_("They may still export and print lists"),
        required=False,
        help_text=_(
            "Otherwise that ends now. Pages get shorter and nobody gives them customers or leads either way."
        ),
    )


class RehireForm(forms.Form):
    on = DayField(label=_("First day"))
    team = TeamChoice()


class AbsenceForm(forms.Form):
    from_on = DayField(label=_("First day"))
    to_on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=100, required=False)


class AbsenceRunForm(forms.Form):
    """Names the days of an absence that is taken back."""

    from_on = forms.DateField()
    to_on = forms.DateField()


class WageForm(forms.Form):
    from_on = DayField(label=_("In force from"))
    monthly_wage = forms.DecimalField(
        label=_("Wage a month"), min_value=0, max_digits=14, decimal_places=2, localize=True
    )
    monthly_expenses = forms.DecimalField(
        label=_("Expenses a month"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        localize=True,
    )

    def clean_monthly_expenses(self) -> Any:
        return self.cleaned_data["monthly_expenses"] or 0


class TeamForm(RecordForm):
    class Meta:
        model = Team
        fields = ["name", "parent", "manager"]
        labels = {"parent": _("Inside"), "manager": _("Manager")}
        help_texts = {"parent": _("Its manager also sees this team.")}

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        managers: Any = self.fields["manager"]
        managers.queryset = managers.queryset.filter(is_manager=True)
        parents: Any = self.fields["parent"]
        parents.queryset = open_teams()
        if self.instance.pk is not None:
            inside = Team.objects.filter(path__startswith=self.instance.path)
            parents.queryset = open_teams().exclude(pk__in=inside.values("pk"))

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Team.objects.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is a team of this name."))
        return name
