"""Lists that people edit: a stable key, a name, an order, an active flag."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from team.models import Record


class Choice(Record):
    """`name` is in English for what ships with the product and translated on show; own entries as typed.

    Records keep the entry they were given: one that is retired is offered no more and stands where it stood.
    """

    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        # an empty string would be translated to the catalogue's header
        return str(_(self.name)) if self.name else self.key


SHIPPED_SOURCES = {
    "web": gettext_noop("Web form"),
    "phone": gettext_noop("Phone call"),
    "fair": gettext_noop("Trade fair"),
    "referral": gettext_noop("Referral"),
    "ads": gettext_noop("Advertising"),
    "cold": gettext_noop("Cold call"),
    "other": gettext_noop("Other"),
}
SHIPPED_LOSS_REASONS = {
    "price": gettext_noop("Price"),
    "competitor": gettext_noop("Competitor"),
    "timing": gettext_noop("Bad timing"),
    "no_need": gettext_noop("No need any more"),
    "no_answer": gettext_noop("No answer"),
    "terms": gettext_noop("Delivery or terms"),
    "other": gettext_noop("Other"),
}
# key: name, kind, usual win share
SHIPPED_STAGES = {
    "new": (gettext_noop("New"), "open", "0.10"),
    "qualified": (gettext_noop("Qualified"), "open", "0.25"),
    "offer": (gettext_noop("Offer sent"), "open", "0.40"),
    "negotiation": (gettext_noop("Negotiation"), "open", "0.65"),
    "won": (gettext_noop("Won"), "won", "1"),
    "lost": (gettext_noop("Lost"), "lost", "0"),
}
# key: name, reached, days to the next step by default (None: choose), what the next step is called
SHIPPED_OUTCOMES = {
    "reached": (gettext_noop("Reached"), True, None, ""),
    "no_answer": (gettext_noop("No answer"), False, 1, gettext_noop("Call again")),
    "call_back": (gettext_noop("Call back"), True, None, gettext_noop("Call back as asked")),
    "left_word": (gettext_noop("Left word"), False, 2, gettext_noop("Call again")),
    "bad_number": (gettext_noop("Bad number"), False, 1, gettext_noop("Find the right number")),
    "refused": (gettext_noop("Refused"), True, None, ""),
}
