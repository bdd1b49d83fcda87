"""The letter with the losses: the figures as the reader's own page shows them, their picture, and links."""

from dataclasses import dataclass
from email.mime.image import MIMEImage
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.png import columns
from reports.definitions.ledger import LEDGER
from reports.overview.overview import Overview, overview_of
from reports.overview.overview_rows import adds_up, do_first, rows_of
from reports.reading.freshness import freshness_of
from reports.reading.shelf import Shelf
from team.models import Company, User

PICTURE = "months"
SHOWN_MONTHS = 13


@dataclass(frozen=True)
class LossLetter:
    subject: str
    text: str
    html: str
    picture: MIMEImage


def letter_for(user: User, period: str) -> LossLetter | None:
    """The letter for a period (2026-W47, 2026-10) in the language in force; None if there are no figures.

    A month's letter tells of the month as frozen, a week's of the last twelve months. Figures that are late
    are told as they are, with their day, their age and why there are none newer.
    """
    choice = "12-months" if "W" in period else period
    shelf = Shelf(user, [LEDGER], None)
    snapshot = shelf.newest(LEDGER, choice)
    if snapshot is None:
        return None
    overview = overview_of(shelf, snapshot, "revenue")
    context = _context(shelf, overview, choice)
    return LossLetter(
        subject=_("Losses of %(company)s: %(money)s")
        % {"company": context["company"], "money": context["money"]},
        text=render_to_string("reports/mail.txt", context).strip() + "\n",
        html=render_to_string("reports/mail.html", context),
        picture=_picture(overview),
    )


def _context(shelf: Shelf, overview: Overview, choice: str) -> dict[str, Any]:
    company, snapshot = Company.get(), overview.snapshot
    fresh = freshness_of(snapshot, company, is_superseded=shelf.is_superseded(snapshot))
    rows = rows_of(overview, {"period": choice})
    return {
        "person": shelf.viewer,
        "company": company.name or "Mainstay",
        "currency": company.base_currency,
        "site": settings.SITE_URL.rstrip("/"),
        "choice": choice,
        "snapshot": snapshot,
        "overview": overview,
        "rows": rows,
        "late": fresh.told,
        "twice_cents": -sum(overview.basis.overlaps.values()),
        "rounded": "" if adds_up(overview, rows, short=False) else formatting.rounded_note(),
        "doing": do_first(rows),
        "picture": PICTURE,
        "money": formatting.money_short(overview.basis.total.cents, company.base_currency),
    }


def _picture(overview: Overview) -> MIMEImage:
    """All losses by month; pale are the last ones, of which more is to come."""
    months = [month for month in overview.months if month.total is not None][-SHOWN_MONTHS:]
    pale = sum(month.is_open for month in months)
    image = MIMEImage(columns([month.total or 0 for month in months], pale=pale), "png")
    image.add_header("Content-ID", f"<{PICTURE}>")
    image.add_header("Content-Disposition", "inline", filename=f"{PICTURE}.png")
    return image
