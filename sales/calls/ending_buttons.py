"""What the buttons of a call's ending say: outcomes with what they propose, quick dates, how satisfied they were."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.lib import formatting
from sales.calls.consequences import Follow
from sales.models import Outcome, Stage


class NextStepChoice:
    """The quick dates of the form, by key; "date" takes the date typed, "none" a reason, "give-up" ends it."""

    TOMORROW, TWO_DAYS, WEEK, DATE, NONE, GIVE_UP = (
        "tomorrow", "two-days", "week", "date", "none", "give-up",
    )  # fmt: skip
    LABELS = (
        (TOMORROW, _("Tomorrow")),
        (TWO_DAYS, _("In 2 working days")),
        (WEEK, _("In a week")),
        (DATE, _("Date…")),
        (NONE, _("No next step")),
        (GIVE_UP, _("Give up")),
    )


SCORES = (
    (1, _("angry")),
    (2, _("unhappy")),
    (3, _("neutral")),
    (4, _("happy")),
    (5, _("delighted")),
)


@dataclass(frozen=True)
class OutcomeButton:
    """An outcome with what it proposes, as the page shows it: a quick date, or a day written out."""

    outcome: Outcome
    follow: Follow
    is_chosen: bool
    step: str
    stage: Stage | None
    moves: bool

    @property
    def day(self) -> str:
        return self.follow.day.isoformat() if self.follow.day and self.step == "date" else ""

    @property
    def told(self) -> str:
        """What is planned by itself, in words: "2nd try without an answer: again on Mon 30 Nov, 16:00"."""
        found = self.follow
        if not found.attempt or found.day is None or found.at is None:
            return ""
        when = f"{formatting.weekday(found.day)}, {found.at:%H:%M}"
        text = ngettext(
            "%(n)s try without an answer. Again on %(when)s.",
            "%(n)s tries in a row without an answer. Again on %(when)s.",
            found.attempt,
        )
        return text % {"n": found.attempt, "when": when}
