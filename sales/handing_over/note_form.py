"""The page that somebody writes about a customer before handing them over."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.models import HandoverNote
from team.forms.records import RecordForm


class HandoverNoteForm(RecordForm):
    class Meta:
        model = HandoverNote
        fields = list(HandoverNote.PARTS)
        widgets: ClassVar[dict[str, Any]] = {
            name: forms.Textarea(attrs={"rows": 5}) for name in HandoverNote.PARTS
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "state": _("Where you are with them, what they buy, what they are waiting for."),
            "promises": _("What you promised, and by when. Nothing is an answer too."),
            "people": _("Who decides, who helps, who has to be handled with care."),
            "dangers": _("A competitor, a late delivery, a price: what could make them leave."),
        }
