"""Behind what is counted twice: which rows of which losses hold the same money, and how much of it they share."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.money import half_up
from crm.lib.periods import day_number
from reports.models import Evidence
from reports.report import Run
from reports.rows.ledger_wages import PaidDays, UnsoldMonth
from reports.rows.margin_rate import rate_in
from reports.screens.parts import Explanation, Kind, Table
from team.models import Company

Facts = list[tuple[Any, Any]]
ONE = Fraction(1)


def explain(evidence: Evidence, run: Run) -> Explanation:
    """The arithmetic of one row of the ledger, and the rows of the losses that it is made of."""
    if evidence.measure == "stoppable_4":
        return _of_slow_seller(evidence)
    losses, arithmetic = MADE_OF[evidence.measure]
    rows = _rows(evidence, losses)
    facts, cents = arithmetic(evidence, rows, run)
    return Explanation(facts, [], cents, [row.pk for row in rows])


def _rows(evidence: Evidence, losses: tuple[int, ...]) -> list[Evidence]:
    """The rows of the six snapshots of the same run about the same customer, lead or rep."""
    named = evidence.snapshot.whole["snapshots"]
    about = {"subject_type": evidence.subject_type, "subject_id": evidence.subject_id}
    measure = "to_hand_over" if evidence.measure == "stoppable_6" else "loss"
    found = Evidence.objects.filter(
        snapshot__in=[named[str(number)] for number in losses], measure=measure, **about
    )
    rows = found.select_related("snapshot").order_by("snapshot__slug", "pk")
    return [row for row in rows if _is_of(row, evidence)]


def _is_of(row: Evidence, evidence: Evidence) -> bool:
    """Whether a row of wages is of the newcomer's month; a customer and a lead have one row in a loss."""
    names = {"time": ("month",), "new_reps": ("hire_on", "evaluated_on")}
    same = names.get(row.snapshot.slug, ())
    return all(row.facets.get(name) == evidence.facets.get(name) for name in same)


def _rate(evidence: Evidence) -> Fraction:
    """What a line of sales is multiplied by on the basis of the row."""
    of_margin = evidence.measure.startswith("margin_")
    return (rate_in(evidence.snapshot.whole) if of_margin else None) or ONE


def _of(slug: str, rows: list[Evidence]) -> list[Evidence]:
    return [row for row in rows if row.snapshot.slug == slug]


def _exact(cents: int | Fraction) -> str:
    return formatting.money(half_up(Fraction(cents)), Company.get().base_currency, minor=True)


def _of_sales(evidence: Evidence, rows: list[Evidence], run: Run) -> tuple[Facts, int | None]:
    """The line of a loss as it is, or times the margin rate; of an overlap all of it."""
    whole, rate = rows[-1].cents, _rate(evidence)
    cents = half_up(whole * rate)
    label = _("Counted twice: all of it") if len(rows) > 1 else _("The line")
    if rate == ONE:
        return [(label, _exact(cents))], cents
    told = _("%(whole)s × %(rate)s margin = %(cents)s") % {
        "whole": _exact(whole),
        "rate": formatting.percent(rate),
        "cents": _exact(cents),
    }
    return [(label, told)], cents


def _of_leads(evidence: Evidence, rows: list[Evidence], run: Run) -> tuple[Facts, int | None]:
    """The smaller of the missed sale and the money spent: the lead's equal share of each line."""
    sale, spent = (_line(_of(slug, rows)[0]) for slug in ("leakage", "marketing"))
    missed = half_up(sale["loss_cents"] * _rate(evidence))
    shares = (Fraction(missed, sale["leaked"]), Fraction(spent["cost_cents"], spent["leads"]))
    cents = half_up(min(shares))
    facts = [
        (_("As a sale not won"), _shared(missed, sale["leaked"])),
        (_("As money spent"), _shared(spent["cost_cents"], spent["leads"])),
        (_("Counted twice: the smaller"), _exact(cents)),
    ]
    return facts, cents


def _line(row: Evidence) -> Mapping[str, Any]:
    line: Mapping[str, Any] = row.snapshot.whole["lines"][row.line_key]
    return line


def _shared(cents: int, leads: int) -> str:
    return _("%(cents)s ÷ %(leads)s leads = %(share)s") % {
        "cents": _exact(cents),
        "leads": formatting.number(leads),
        "share": _exact(Fraction(cents, leads)),
    }


def _of_missed_sale(evidence: Evidence, rows: list[Evidence], run: Run) -> tuple[Facts, int | None]:
    """Loss 2 on the margin basis: the source's line times the rate, in equal parts."""
    line = _line(rows[0])
    missed = half_up(line["loss_cents"] * _rate(evidence))
    return [(_("As a sale not won"), _shared(missed, line["leaked"]))], evidence.cents


def _of_wages(evidence: Evidence, rows: list[Evidence], run: Run) -> tuple[Facts, int | None]:
    """The part of the month's line of loss 4 whose days are lost whole with the newcomer; money where it is read."""
    unsold = _of("time", rows)
    first, last = (
        date.fromisoformat(evidence.facets[name]) for name in ("hire_on", "evaluated_on")
    )
    month = date.fromisoformat(f"{evidence.facets['month']}-01")
    line = UnsoldMonth(evidence.subject_id, month, month)
    paid = PaidDays(run, {evidence.subject_id})
    days = list(paid.days_of(line))
    inside = sum(day_number(first) <= day <= day_number(last) for day in days)
    told = _("%(inside)s of %(days)s paid days of the month") % {
        "inside": formatting.number(inside),
        "days": formatting.number(len(days)),
    }
    facts: Facts = [(_("From hire to evaluation"), told)]
    if evidence.cents is None:
        return facts, None
    whole, share = sum(row.cents for row in unsold), paid.share_of(line, first, last)
    cents = half_up(whole * share)
    counted = _("%(whole)s × %(share)s of the wages = %(cents)s") % {
        "whole": _exact(whole),
        "share": formatting.percent(share),
        "cents": _exact(cents),
    }
    return [*facts, (_("Counted twice"), counted)], cents


def _of_customer(evidence: Evidence, rows: list[Evidence], run: Run) -> tuple[Facts, int | None]:
    """A customer to be handed over: the row of loss 6 as it is."""
    return [], rows[0].cents


def _of_slow_seller(evidence: Evidence) -> Explanation:
    """A rep below half of their team's median share, and the months of paid time that make the share: no money."""
    share, middle = evidence.facets["share"], evidence.facets["median"]
    facts: Facts = [
        (_("Selling, of the paid time"), formatting.percent(share)),
        (_("Median of the team"), formatting.percent(middle)),
        (_("Half of it"), formatting.percent(middle / 2)),
    ]
    months = Evidence.objects.filter(
        snapshot=evidence.snapshot.whole["snapshots"]["4"],
        measure="loss",
        owner=evidence.owner_id,
        team=evidence.team_id,
    )
    heads: list[tuple[Any, Kind]] = [
        (_("Month"), "text"),
        (_("Paid days"), "number"),
        (_("Selling"), "minutes"),
        (_("Of the paid time"), "percent"),
    ]
    return Explanation(
        facts,
        [Table(_("Months"), heads, [_worked(row) for row in months.order_by("facets__month")])],
        0,
    )


def _worked(row: Evidence) -> tuple[Any, ...]:
    facets = row.facets
    days, minutes = sum(facets["days_by_weekday"]), sum(facets["selling_by_weekday"])
    month = formatting.month(date.fromisoformat(f"{facets['month']}-01"))
    return month, days, minutes, facets["share"]


Arithmetic = Callable[[Evidence, list[Evidence], Run], tuple[Facts, int | None]]
# Of each measure the losses that count its money, and how much of it. The row of 6 follows that of 1.
MADE_OF: Mapping[str, tuple[tuple[int, ...], Arithmetic]] = {
    "overlap_1_6": ((1, 6), _of_sales),
    "margin_6": ((1, 6), _of_sales),
    "margin_1": ((1,), _of_sales),
    "overlap_2_3": ((2, 3), _of_leads),
    "margin_overlap_2_3": ((2, 3), _of_leads),
    "margin_2": ((2,), _of_missed_sale),
    "overlap_4_5": ((4, 5), _of_wages),
    "stoppable_6": ((6,), _of_customer),
}
