"""The form of a public form."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import Checkboxes, PairedLayout
from sales.models import LeadSource, WebForm
from sales.public.web_forms import FORM_FIELDS
from team.forms import RecordForm


class WebFormForm(PairedLayout, RecordForm):
    pairs = (("name", "title"), ("source", "campaign"), ("language", "theme"))
    asks = forms.MultipleChoiceField(
        label=_("Asks for, beside name, phone and e-mail"),
        choices=WebForm.Ask.choices,
        required=False,
        widget=Checkboxes,
    )
    thanks_url = forms.URLField(
        label=_("Page to go to afterwards"),
        required=False,
        assume_scheme="https",
        help_text=_("Instead of the thanks, a page of your own site."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = WebForm
        fields = FORM_FIELDS
        help_texts = {
            "name": _("For you."),
            "title": _("For visitors."),
            "source": _("Unless the address names one: ?utm_source=…"),
            "campaign": _("Unless the address names one: ?utm_campaign=…"),
            "thanks": _("Empty: we say thanks and that somebody will answer."),
            "takes_plain_posts": _(
                "Else what does not come from our page is kept aside until you look at it."
            ),
        }
        widgets = {"thanks": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = LeadSource.objects.filter(
            Q(is_active=True) | Q(pk=self.instance.source_id)
        )
        if self.instance.pk is None:
            self.initial["source"] = LeadSource.objects.filter(key="web", is_active=True).first()
