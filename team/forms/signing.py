"""Forms of signing in, of passwords and of one's own profile."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.utils.translation import gettext_lazy as _

from team.forms.common import EmailField, check_email_is_free, languages, zones
from team.forms.records import RecordForm
from team.models import User
from team.passwords import check_present
from team.refusals import Refusal


class PasswordField(forms.CharField):
    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        autocomplete = "new-password" if new else "current-password"
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=256, widget=widget, **kwargs)


class SignInForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = PasswordField(label=_("Password"))
    remember = forms.BooleanField(
        label=_("Stay signed in on this device for 14 days"), required=False
    )


class ForgottenForm(forms.Form):
    email = EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """One field that can be shown: typing it twice blind helps nobody."""

    password = PasswordField(label=_("New password"), new=True)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class PresentPassword(forms.Form):
    """Asks for the present password before what could take an account over."""

    present = PasswordField(label=_("Your present password"))
    person: User

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        try:
            check_present(self.person, present)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        return present


class PasswordChangeForm(PresentPassword, NewPasswordForm):
    field_order = ["present", "password"]


class EmailChangeForm(PresentPassword):
    email = EmailField(
        label=_("New e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ["email", "present"]

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        check_email_is_free(email, self.person)
        return email


class ProfileForm(RecordForm):
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("As the company")), *zones()],
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "density", "shortcuts"]


class PreferencesForm(forms.Form):
    """The quick switches of the menu: each button sends one of these."""

    language = forms.ChoiceField(choices=languages, required=False)
    theme = forms.ChoiceField(choices=User.Theme.choices, required=False)
    density = forms.ChoiceField(choices=User.Density.choices, required=False)
    shortcuts = forms.ChoiceField(choices=[("on", ""), ("off", "")], required=False)

    @property
    def chosen(self) -> dict[str, Any]:
        """What was sent and is a choice."""
        values = {name: value for name, value in self.cleaned_data.items() if value}
        if "shortcuts" in values:
            values["shortcuts"] = values["shortcuts"] == "on"
        return values
