"""The form of the words of letters to customers."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sales.handing_over.letter_words import problems_of, shipped
from sales.models import LetterTemplate
from team.forms import RecordForm


class LetterForm(RecordForm):
    """Of a language that has no words of its own yet it starts with those that ship."""

    class Meta:
        model = LetterTemplate
        fields = ("subject", "text")
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 14})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            words = shipped(self.instance.language)
            self.initial.update(subject=words.subject, text=words.text)
        self.fields["text"].widget.attrs["lang"] = self.instance.language
        self.fields["subject"].widget.attrs["lang"] = self.instance.language

    def clean_subject(self) -> str:
        return _checked(" ".join(self.cleaned_data["subject"].split()))

    def clean_text(self) -> str:
        """A letter that does not say who looks after them now is none of these."""
        text = _checked(self.cleaned_data["text"].replace("\r\n", "\n").strip())
        if "{heir}" not in text:
            raise ValidationError(_("Say who looks after them now: {heir}."))
        return text


def _checked(text: str) -> str:
    problems = problems_of(text)
    if problems:
        raise ValidationError(problems)
    return text
