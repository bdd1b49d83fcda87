"""Jobs of this app."""

from datetime import time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sales.days.reminding import is_due, remind
from sales.deals.stage_pace import refresh_paces
from sales.handing_over.calling import is_care_due, tell_of_care
from sales.handing_over.calling_again import tell_of_second_calls
from sales.handing_over.due import do_due
from sales.handing_over.due import is_due as is_handover_due
from sales.handing_over.letters import is_letter_waiting, send_waiting
from sales.leads.late_leads import is_anything_late, pass_on_late, tell_of_late
from sales.public.web_posts import clear_discarded
from team.jobs import Progress, handler


@handler("sales.paces", nightly_at=time(0, 40), title=_("How long deals stand in a stage"))
def work_out_paces(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        refresh_paces()


@handler(
    "sales.discarded", nightly_at=time(3, 40), title=_("Deleting discarded letters of web forms")
)
def delete_discarded(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        clear_discarded()


@handler(
    "sales.leads.late_leads", when=is_anything_late, title=_("Leads that nobody answers in time")
)
def watch_clocks(_progress: Progress) -> None:
    now = timezone.now()
    tell_of_late(now)
    pass_on_late(now)


@handler("sales.remind", when=is_due, title=_("Reminders"))
def tell_what_is_due(_progress: Progress) -> None:
    """What is more than one run tells is found due again a minute later."""
    remind(timezone.now())


@handler("sales.handovers", when=is_handover_due, title=_("Scheduled hand-overs"))
def hand_over_what_is_due(_progress: Progress) -> None:
    """Each is done once, whoever runs this: what is done is due no more."""
    do_due(timezone.now())


@handler("sales.after_care", when=is_care_due, title=_("After-care of hand-overs"))
def remind_new_owners(_progress: Progress) -> None:
    tell_of_care(timezone.now())


# before the letters of the day are written (`team.notice_digests`)
@handler(
    "sales.second_calls",
    nightly_at=time(6, 50),
    title=_("Second calls of new owners that are late"),
)
def tell_leaders(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        tell_of_second_calls(timezone.now())


@handler("sales.handover_letters", when=is_letter_waiting, title=_("Letters of hand-overs"))
def send_handover_letters(_progress: Progress) -> None:
    send_waiting()
