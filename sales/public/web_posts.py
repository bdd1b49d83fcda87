"""What strangers send by public forms becomes a lead, once, or is kept aside until somebody looks at it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.lib.text import normalise
from customers.duplicates import customers_reached_by, reached_by
from customers.models import Customer
from sales.leads.assigning import ABSENT, Choice, give_by_rules, hand_out, why_not
from sales.leads.changing import add_lead
from sales.models import Campaign, Lead, LeadAssignment, LeadSource, WebForm, WebPost
from sales.public.spam import FLOOD, MANY, MOST_USES, USED
from team.audit import record
from team.models import Company, User

ORIGIN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
KEEP_DISCARDED = timedelta(days=30)
# Posts of one form that wait for somebody to look at them, beyond which a flood is answered that it has to wait.
MOST_ASIDE = 2000
State = WebPost.State


def take_post(
    form: WebForm,
    said: Mapping[str, str],
    origin: Mapping[str, str],
    reasons: Sequence[str],
    page: uuid.UUID | None = None,
) -> WebPost:
    """Store what was sent and make a lead of it, or keep it aside for `reasons`. Sent twice is stored once.

    `page` is the shown page that it came from: other words from the same one more than `MOST_USES` times are kept
    aside as well. Posts of one page wait for each other, so that many at once are counted one by one.
    """
    now = timezone.now()
    fingerprint = _fingerprint(form, said)
    known = WebPost.everything.filter(fingerprint=fingerprint).first()
    if known is not None:
        return _heard_again(known, reasons)
    post = WebPost(
        form=form,
        fingerprint=fingerprint,
        at=now,
        page=page,
        said=dict(said),
        origin=dict(origin),
        reasons=list(reasons),
        state=State.SUSPECTED,
    )
    try:
        with transaction.atomic():
            if page is not None and _uses_of(form, page) >= MOST_USES:
                post.reasons.append(USED)
            post.save(force_insert=True)
            if not post.reasons:
                _become_lead(post, by=None)
    except IntegrityError:
        meanwhile = WebPost.everything.filter(fingerprint=fingerprint).first()
        if meanwhile is None:
            raise
        return _heard_again(meanwhile, reasons)
    return post


def _heard_again(post: WebPost, reasons: Sequence[str]) -> WebPost:
    """Of equal posts at once the one that was stored may have been counted late, and so kept aside as one of many,
    where this one is within what anybody may send.
    """
    if reasons or not set(post.reasons) <= {MANY, FLOOD}:
        return post
    with transaction.atomic():
        stored = WebPost.everything.select_for_update(of=("self",)).get(pk=post.pk)
        if stored.state == State.SUSPECTED:
            stored.reasons = []
            stored.save(update_fields=["reasons"])
            _become_lead(stored, by=None)
    return stored


def _uses_of(form: WebForm, page: uuid.UUID) -> int:
    """How often the page was sent with other words, under a lock of the form."""
    WebForm.objects.select_for_update(no_key=True).get(pk=form.pk)
    return WebPost.everything.filter(form=form, page=page).count()


def is_full(form: WebForm) -> bool:
    """So much is kept aside that nobody can look at it: no more is taken in that may wait."""
    aside = WebPost.everything.filter(form=form, state=State.SUSPECTED)
    return aside[:MOST_ASIDE].count() >= MOST_ASIDE


def _fingerprint(form: WebForm, said: Mapping[str, str]) -> uuid.UUID:
    words = {name: normalise(text) for name, text in said.items()}
    day = Company.get().today.isoformat()
    return uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([form.token, day, words], sort_keys=True))


def release_post(post: WebPost, *, by: User) -> Lead:
    """It was no spam: a lead whose clock starts now, for nobody was told before. `post.at` is when it was sent.

    Twice is once.
    """
    with transaction.atomic():
        stored = WebPost.everything.select_for_update(of=("self",)).get(pk=post.pk)
        if stored.lead is None:
            stored.settled_by = by
            _become_lead(stored, by=by)
            record("release", stored, by=by)
    lead: Lead = stored.lead
    return lead


def discard_post(post: WebPost, *, by: User) -> None:
    """It was spam: out of the way, and gone after `KEEP_DISCARDED`. What is a lead stays one."""
    _settle(post, State.SUSPECTED, State.DISCARDED, "discard", by)


def suspect_post(post: WebPost, *, by: User) -> None:
    """Take a discarding back."""
    _settle(post, State.DISCARDED, State.SUSPECTED, "take back", by)


def _settle(post: WebPost, was: str, state: str, action: str, by: User) -> None:
    with transaction.atomic():
        rows = WebPost.everything.filter(pk=post.pk, state=was)
        if rows.update(state=state, settled_by=by):
            record(action, post, by=by)


def clear_discarded() -> int:
    """Delete what was found to be spam long ago: strangers' data is not kept for nothing."""
    old = WebPost.everything.filter(state=State.DISCARDED, at__lt=timezone.now() - KEEP_DISCARDED)
    return int(old.delete()[0])


def _become_lead(post: WebPost, by: User | None) -> None:
    said, form = post.said, post.form
    budget = said.get("budget", "")
    lead = Lead(
        client_ref=post.fingerprint,
        name=said.get("company") or said["name"],
        person=said["name"] if said.get("company") else "",
        phone=said.get("phone", ""),
        email=said.get("email", ""),
        region=said.get("region", ""),
        note=said.get("message", ""),
        language=form.language,
        expected_amount=Decimal(budget) if budget else None,
        source=_named(LeadSource.objects.all(), post.origin.get("utm_source")) or form.source,
        campaign=_named(Campaign.objects.all(), post.origin.get("utm_campaign")) or form.campaign,
        arrived_at=post.at if by is None else timezone.now(),
        known_customer=known_customer(said.get("phone", ""), said.get("email", "")),
    )
    lead, _made = add_lead(lead, owner=None, by=by)
    _give(lead, by)
    post.lead, post.state = lead, State.LEAD
    post.save(update_fields=["lead", "state", "settled_by"])


def _give(lead: Lead, by: User | None) -> None:
    """To who looks after the customer, or has what they asked before, while these may get it; else by the rules."""
    form = LeadAssignment.Occasion.FORM
    customer, before = lead.known_customer, _open_before(lead)
    chosen = [(LeadAssignment.How.CUSTOMER, customer.owner)] if customer is not None else []
    chosen += [(LeadAssignment.How.BEFORE, before.owner)] if before is not None else []
    for how, owner in chosen:
        if owner is not None and why_not([owner], Company.get().today)[owner.pk] in ("", ABSENT):
            hand_out([(lead, Choice(how, to=owner))], occasion=form, by=by)
            return
    give_by_rules([lead], occasion=form, by=by)


def _open_before(lead: Lead) -> Lead | None:
    """The latest open lead of the same number or e-mail: two people would call one."""
    rows = reached_by(["lead"], lead.phone, lead.email).get("lead", [])
    same = [row for row in rows if row.is_open and row.pk != lead.pk]
    return max(same, key=lambda row: (row.arrived_at, row.pk), default=None)


def _named(rows: Any, word: str | None) -> Any:
    """The campaign or source that an address names by its key or reference, or by its name in any spelling."""
    wanted = normalise(word or "")
    if not wanted:
        return None
    key = "key" if rows.model is LeadSource else "reference"
    exact = rows.filter(**{f"{key}__iexact": wanted}).first()
    if exact is not None:
        return exact
    # SQLite folds ASCII alone; a company has few campaigns
    return next((row for row in rows.order_by("-pk") if _same_words(str(row), wanted)), None)


def _same_words(name: str, wanted: str) -> bool:
    """Addresses have no blanks: "spring_fair", "spring-fair" and "Spring fair" are one name."""
    plain = str.maketrans("_-+", "   ")
    return normalise(name).translate(plain) == wanted.translate(plain)


def known_customer(phone: str, email: str) -> Customer | None:
    """The customer who asks here; of several one that somebody looks after."""
    found = customers_reached_by(phone, email)
    return min(found, key=lambda one: (one.owner is None, one.pk), default=None)
