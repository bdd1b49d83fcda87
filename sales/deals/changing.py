"""Adding, editing and moving deals. Every change appends one `DealChange`; nothing else writes them on screen."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.lib.money import MOST, MOST_AMOUNT
from customers.search import index_record
from sales.deals.bookings import book, unbook
from sales.deals.price_lines import has_lines, lines_of, total_of
from sales.models import Deal, DealChange, Stage
from team.audit import changed, record, values_of
from team.models import Company, User
from team.records import VersionConflict, add_record, change_record
from team.refusals import Refusal

DEAL_FIELDS = (
    "title",
    "customer",
    "lead",
    "contact",
    "owner",
    "stage",
    "amount",
    "currency",
    "fx_rate",
    "expected_close_on",
    "competitor",
    "note",
)
# What a deal repeats of its last change.
HISTORY_FIELDS = ("stage", "amount", "cents", "expected_close_on", "reason", "competitor")
# What a closed deal keeps: its money and its owner are what was won or lost.
SETTLED_FIELDS = ("amount", "currency", "fx_rate", "expected_close_on", "competitor", "owner")
MOVED_FIELDS = (
    "stage",
    "stage_since",
    "closed_on",
    "amount",
    "reason",
    "competitor",
    "expected_close_on",
)


IN_THE_BIN = _("This deal is in the bin. Take it out first.")
# What the price lines of a deal say, where it has any.
PRICED_FIELDS = ("amount", "currency")


class CannotMove(Exception):
    """The move lacks something; `field` names the input that would mend it."""

    def __init__(self, field: str, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.field = field
        self.sentence = sentence


class DealIsClosed(Exception):
    """What was won or lost is not edited; move the deal back first."""


class CannotUndo(Exception):
    """The move is not the last one any more, or not of today."""


def add_deal(deal: Deal, *, owner: User | None, by: User | None) -> tuple[Deal, bool]:
    """Store a new deal in its first stage; False: made before by the same post."""
    today = Company.get().today
    deal.owner = owner
    deal.created_by = by
    deal.opened_on = deal.stage_since = today
    with transaction.atomic():
        deal, made = add_record(deal, by=by, fields=DEAL_FIELDS)
        if made:
            _append(deal, today, by)
            index_record(deal)
    return deal, made


def change_deal(deal: Deal, values: dict[str, Any], *, by: User | None, version: int) -> Deal:
    """Store an edit; raises `VersionConflict`, or `DealIsClosed` where it touches what was settled."""
    today = Company.get().today
    with transaction.atomic():
        stored = _locked(deal)
        if stored.closed_on is not None and any(
            getattr(stored, name) != values[name] for name in SETTLED_FIELDS if name in values
        ):
            raise DealIsClosed
        if has_lines(stored):
            # their sum is the amount, in the currency of their prices
            values = {name: values[name] for name in values if name not in PRICED_FIELDS}
        edited = change_record(stored, values, by=by, version=version)
        index_record(edited)
        last = _last_change(edited)
        if last is None or values_of(edited, HISTORY_FIELDS) != values_of(last, HISTORY_FIELDS):
            _append(edited, today, by)
    return edited


def reprice(deal: Deal, *, by: User | None) -> Deal:
    """Make the sum of its price lines the deal's amount, which stays as it is once there are none.

    Who has the deal open for editing is told, also where the sum stays. Raises `DealIsClosed`; and `Refusal`
    for more than can be kept, and for a deal in the bin.
    """
    with transaction.atomic():
        stored = _locked(deal)
        if stored.closed_on is not None:
            raise DealIsClosed
        if stored.binned_on is not None:
            raise Refusal(str(IN_THE_BIN))
        total = total_of(lines_of(stored))
        before = stored.amount
        stored.amount = before if total is None else total
        amount = stored.amount or Decimal(0)
        if amount >= MOST_AMOUNT or amount * stored.fx_rate >= MOST:
            raise Refusal(str(_("This is more than can be kept. Check the zeros.")), "price")
        _store(stored, by, "update")
        if stored.amount != before:
            _append(stored, Company.get().today, by)
    return stored


def move_deal(
    deal: Deal,
    stage: Stage,
    *,
    by: User | None,
    version: int | None = None,
    on: date | None = None,
    amount: Decimal | None = None,
    reason: str = "",
    competitor: str = "",
) -> DealChange | None:
    """Bring a deal into a stage; None: it stands there already.

    Raises `CannotMove`; and `VersionConflict` where it is not as it was when the move was chosen.
    `on` is the day it was won or lost (today without it). Winning books revenue where orders are
    not imported (ruling 14); leaving the won stage takes it back.
    """
    company = Company.get()
    with transaction.atomic():
        stored = _locked(deal)
        if stored.stage_id == stage.pk:
            return None
        if version is not None and stored.version != version:
            raise VersionConflict(stored)
        if amount is not None and not has_lines(stored):
            stored.amount = amount
        _check(stored, stage, reason, on, company.today)
        day = on if on is not None and stage.kind != Stage.Kind.OPEN else company.today
        unbook(stored, by=by)
        reopened = stored.closed_on is not None and stage.is_open
        stored.stage, stored.stage_since = stage, day
        stored.closed_on = None if stage.kind == Stage.Kind.OPEN else day
        stored.reason = reason if stage.kind == Stage.Kind.LOST else ""
        stored.competitor = competitor or stored.competitor
        _store(stored, by, "reopen" if reopened else "change stage")
        change = _append(stored, day, by)
        if stage.kind == Stage.Kind.WON and not company.orders_imported:
            book(stored, change, by=by)
    return change


def _check(deal: Deal, stage: Stage, reason: str, on: date | None, today: date) -> None:
    if deal.binned_on is not None:
        raise CannotMove("stage", IN_THE_BIN)
    if not stage.is_open and stage.pipeline_id != deal.stage.pipeline_id:
        raise CannotMove(
            "stage", _("This is the end of another pipeline. Move the deal there first.")
        )
    if stage.kind == Stage.Kind.WON and not deal.amount:
        raise CannotMove("amount", _("Say for how much it was won."))
    if stage.kind == Stage.Kind.WON and deal.customer_id is None:
        raise CannotMove("stage", _("Choose the customer first: a won deal belongs to one."))
    if stage.kind == Stage.Kind.LOST and not reason:
        raise CannotMove("reason", _("Choose why it was lost."))
    if on is not None and on > today:
        raise CannotMove("on", _("This day has not come yet. Choose today or earlier."))
    last = _last_change(deal)
    if on is not None and on < (last.on if last else deal.opened_on):
        raise CannotMove("on", _("The deal changed after that day. Choose a later one."))


def undo_move(change: DealChange, *, by: User | None) -> Deal:
    """Take the last move back on the day it was made: its row and what it booked are deleted.

    Twice is once. Raises `CannotUndo` when another change came after it, or another day.
    """
    today = Company.get().today
    with transaction.atomic():
        deal = _locked(change.deal)
        stands = DealChange.everything.filter(pk=change.pk, deleted_on__isnull=True)
        if not stands.exists():
            return deal
        history = _history(deal)
        if history[0].pk != change.pk or change.recorded_on != today or len(history) == 1:
            raise CannotUndo
        if history[0].stage_id == history[1].stage_id:
            raise CannotUndo  # no move: what its price lines say stands
        stands.update(deleted_on=today)
        unbook(deal, by=by)
        _stand_at(deal, history[1:])
        _store(deal, by, "undo")
    return deal


def _stand_at(deal: Deal, history: list[DealChange]) -> None:
    """The deal as its newest change says; it came into that stage with the first change of the unbroken run."""
    now = history[0]
    for name in HISTORY_FIELDS:
        setattr(deal, name, getattr(now, name))
    deal.stage_since = now.on
    for earlier in history[1:]:
        if earlier.stage_id != now.stage_id:
            break
        deal.stage_since = earlier.on
    deal.closed_on = None if now.stage.kind == Stage.Kind.OPEN else deal.stage_since


def bin_deal(deal: Deal, *, by: User | None, on: date | None) -> Deal:
    """Hide a deal (`on` a day) or bring it back (None). Its history stays: reports lose nothing."""
    action = "bin" if on is not None else "restore"
    return change_record(deal, {"binned_on": on}, by=by, version=None, action=action)


def _store(deal: Deal, by: User | None, action: str) -> None:
    before = values_of(Deal.everything.get(pk=deal.pk), MOVED_FIELDS)
    deal.version += 1
    deal.save()
    old, new = changed(before, values_of(deal, MOVED_FIELDS))
    if new:
        record(action, deal, by=by, before=old, after=new)


def _append(deal: Deal, on: date, by: User | None) -> DealChange:
    return DealChange.everything.create(
        deal=deal,
        on=on,
        by=by,
        recorded_on=Company.get().today,
        **{name: getattr(deal, name) for name in HISTORY_FIELDS},
    )


def _history(deal: Deal) -> list[DealChange]:
    """The live changes, the newest first."""
    return list(
        DealChange.everything.filter(deal=deal, deleted_on__isnull=True)
        .select_related("stage")
        .order_by("-on", "-reference")
    )


def _last_change(deal: Deal) -> DealChange | None:
    """None: the deal was loaded without its history."""
    return next(iter(_history(deal)), None)


def _locked(deal: Deal) -> Deal:
    """The bare row: PostgreSQL looks at a row anew once it has waited for it, and by a stage that was left
    meanwhile it would find none.
    """
    return Deal.everything.select_for_update(of=("self",)).get(pk=deal.pk)
