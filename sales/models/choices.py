"""What the lists of this app hold when they are new."""

from django.utils.translation import gettext_noop

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
# key: what it explains, name
SHIPPED_LEAD_REASONS = {
    "price": ("lost", gettext_noop("Price")),
    "competitor": ("lost", gettext_noop("Competitor")),
    "timing": ("lost", gettext_noop("Bad timing")),
    "no_answer": ("lost", gettext_noop("No answer")),
    "lost_other": ("lost", gettext_noop("Other")),
    "no_budget": ("disqualified", gettext_noop("No budget")),
    "no_such_need": ("disqualified", gettext_noop("Needs something else")),
    "too_small": ("disqualified", gettext_noop("Too small")),
    "out_of_reach": ("disqualified", gettext_noop("Where we do not sell")),
    "disqualified_other": ("disqualified", gettext_noop("Other")),
}
SHIPPED_PIPELINE = gettext_noop("Sales")
# key: name, kind, usual win share
SHIPPED_STAGES = {
    "new": (gettext_noop("New"), "open", "0.10"),
    "qualified": (gettext_noop("Qualified"), "open", "0.25"),
    "offer": (gettext_noop("Offer sent"), "open", "0.40"),
    "negotiation": (gettext_noop("Negotiation"), "open", "0.65"),
    "won": (gettext_noop("Won"), "won", "1"),
    "lost": (gettext_noop("Lost"), "lost", "0"),
}
# key: name, reached, what the next step is called, when it is due, after how many days (try by try), whether it opens
# the contact
SHIPPED_OUTCOMES: dict[str, tuple[str, bool, str, str, list[int], bool]] = {
    "reached": (gettext_noop("Reached"), True, "", "choose", [], False),
    "no_answer": (
        gettext_noop("No answer"),
        False,
        gettext_noop("Call again"),
        "days",
        [1, 2, 7],
        False,
    ),
    "call_back": (
        gettext_noop("Call back"),
        True,
        gettext_noop("Call back as asked"),
        "asked",
        [],
        False,
    ),
    "left_word": (
        gettext_noop("Left word"),
        False,
        gettext_noop("Call again"),
        "working_days",
        [2],
        False,
    ),
    "bad_number": (
        gettext_noop("Bad number"),
        False,
        gettext_noop("Find the right number"),
        "working_days",
        [1],
        True,
    ),
    "refused": (gettext_noop("Refused"), True, "", "choose", [], False),
}
