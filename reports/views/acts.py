"""What people do about the rows of a report: look what it comes to, do it, take it back."""

import uuid
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet, Sum
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from reports.acts.choosing import WHOLE, AllOver, Changed, NotAllowed, NotThere, Ticked, TooMany
from reports.acts.deeds import INTRODUCE, Deed, deeds_for, in_words
from reports.acts.handing_on import hand_on
from reports.acts.introducing import second_person
from reports.acts.planned import by_whom
from reports.acts.planning import AllPlanned, Preview, plan_tasks, planned_before, preview
from reports.acts.receiving import NoneFits
from reports.acts.stopping import running, stop
from reports.acts.taking_back import TooLate, undo_act
from reports.models import Act
from reports.screens.lists import list_of, rows_of, tells_money
from reports.screens.screen import Opened
from reports.screens.splits import acts_on_split, rows_to_act_on, split_name
from reports.views.layers import over_page
from reports.views.pages import open_report, wanted
from sales.days.due_days import why_not_due
from team.access import SignedInRequest, leads_others, visible_or_404
from team.models import Company, User

Refusal = NotThere | TooMany | AllOver | AllPlanned | NoneFits | Changed
# What an address says of chosen rows; the rest of it is the list's own.
CHOSEN = {"do", "row", "all", "due_on"}


def preview_act(request: SignedInRequest, slug: str) -> HttpResponse:
    """What a deed would come to for the chosen rows, and the form that does it. Nothing is done here."""
    back = _page_behind(request, slug)
    opened = open_report(request, slug)
    deed = None if opened is None else _deed(request, opened, request.GET)
    if opened is None or deed is None:
        say(request, _("This cannot be planned here."))
        return SeeOther(back)
    ticked = _ticked(request.GET, opened)
    if ticked.ids == ():
        say(request, _("Tick the rows first."))
        return SeeOther(back)
    try:
        told = preview(ticked, deed, by=request.user)
    except (NotThere, TooMany, AllOver, AllPlanned, NoneFits) as error:
        say(request, _why(error, ticked, request.user, deed))
        return SeeOther(back)
    context = {
        "deed": deed,
        "told": told,
        "what": _what(deed, told),
        "planned": _planned(told.planners, request.user),
        "unfit": _unfit(deed, told.unfit),
        "ticked": ticked,
        "plan_url": opened.plan_url,
        "back": back,
        "client_ref": uuid.uuid4(),
        "money": _money_of(opened, ticked),
        "colleagues": _colleagues(request.user),
        "proposed": second_person(ticked, request.user) if deed.key == INTRODUCE else None,
        "campaigns": running(ticked, by=request.user) if deed.is_stop else [],
        "today": Company.get().today,
        "due_on": _chosen_day(request),
        "close_url": back,
    }
    return over_page(request, slug, context, _what(deed, told), "reports/_act.html")


def _chosen_day(request: SignedInRequest) -> date:
    """The day that the address keeps of a form that was refused; today else."""
    today = Company.get().today
    return max(today, _day(request.GET.get("due_on", "")) or today)


def _page_behind(request: SignedInRequest, slug: str) -> str:
    """The list that the rows were chosen on."""
    kept = [(word, str(text)) for word, text in request.GET.items() if word not in CHOSEN]
    return f"{wanted(slug).address}?{urlencode(kept)}"


def _what(deed: Deed, told: Preview) -> str:
    """Plan 1,204 calls for 7 people."""
    if deed.is_stop:
        return in_words(deed, told.n)
    people = len(told.people)
    whom = ngettext("%(n)s person", "%(n)s people", people) % {"n": formatting.number(people)}
    words = {"what": in_words(deed, told.n), "people": whom}
    if deed.is_plan:
        return _("%(what)s for %(people)s") % words
    return _("%(what)s of %(people)s") % words


def _money_of(opened: Opened, ticked: Ticked) -> str:
    """What hangs on the rows, where it is this reader's to know."""
    view, listed_as = list_of(opened)
    if not tells_money(opened, listed_as.measures):
        return ""
    if ticked.of is not None:
        of_records = ticked.of(ticked.rows)
        chosen = of_records.keys() if ticked.ids is None else ticked.ids
        cents = sum(of_records.get(pk, 0) for pk in chosen)
        return f"{formatting.money(cents, opened.currency)} {_('lost on them')}"
    rows = ticked.rows if ticked.ids is None else ticked.rows.filter(subject_id__in=ticked.ids)
    cents = rows.order_by().aggregate(whole=Sum("cents"))["whole"] or 0
    return f"{formatting.money(cents, opened.currency)} {view.of or view.base_of}".strip()


def _colleagues(viewer: User) -> "QuerySet[User]":
    """To whom this person may give work: nobody, unless they lead others."""
    if not leads_others(viewer):
        return User.objects.none()
    return User.receivers(viewer).order_by("name")


def plan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    """Do the deed (`do`) for the chosen rows of the list that the address has open."""
    back = safe_next(request, wanted(slug).address)
    opened = open_report(request, slug)
    deed = None if opened is None else _deed(request, opened, request.POST)
    if opened is None or deed is None:
        say(request, _("This cannot be planned here."))
        return SeeOther(back)
    ticked = _as_seen(request.POST, _ticked(request.POST, opened))
    if ticked.ids == ():
        say(request, _("Tick the rows first."))
    else:
        try:
            _act(request, opened, deed, ticked)
        except NotAllowed:
            say(request, _not_given())
            return SeeOther(_look_again(request, opened, deed))
    return SeeOther(back)


def _not_given() -> str:
    return _("You may hand rows to people you lead, and to yourself. Nothing was done.")


def _look_again(request: SignedInRequest, opened: Opened, deed: Deed) -> str:
    """The form once more, with the rows and the day that were chosen."""
    kept = {word: request.POST.getlist(word) for word in ("row", "all", "due_on")}
    asked = [*opened.carried, ("do", deed.key)]
    asked += [(word, value) for word, values in kept.items() for value in values if value]
    return f"{opened.act_url}?{urlencode(asked)}"


def _deed(request: SignedInRequest, opened: Opened, words: QueryDict) -> Deed | None:
    """The one that is asked for, if the list has it and this person may do it."""
    acts = acts_on_split(opened)
    offered = deeds_for(acts.deeds if acts else list_of(opened)[0].deeds, request.user)
    return next((deed for deed in offered if deed.key == words.get("do")), None)


def _act(request: SignedInRequest, opened: Opened, deed: Deed, ticked: Ticked) -> None:
    try:
        act = DO[deed.kind](request, deed, ticked)
    except (NotThere, TooMany, AllOver, AllPlanned, NoneFits, Changed) as error:
        say(request, _why(error, ticked, request.user, deed))
        return
    if act is not None and act.undone_at is not None:
        say(request, _("This was done and taken back. Load the page again to do it once more."))
    elif act is not None:
        undo = f"{reverse(f'{opened.screen.slug}-unplan')}?{urlencode({'act': act.pk})}"
        before = _planned(planned_before(ticked, act), request.user)
        say(request, f"{_done(act)} {before}".strip(), undo=undo)


def _planned(planners: list[int], viewer: User) -> str:
    """2 were planned already: Olena (1), you (1). Nothing where none was."""
    n = len(planners)
    told = ngettext(
        "%(n)s is planned already: %(whom)s.", "%(n)s are planned already: %(whom)s.", n
    )
    return told % {"n": formatting.number(n), "whom": by_whom(planners, viewer)} if n else ""


def _unfit(deed: Deed, n: int) -> str:
    """Why a deed is not for some of the customers to be handed over. Nothing where it is for all."""
    if not n:
        return ""
    if deed.is_plan:
        told = ngettext(
            "%(n)s customer has no new owner yet: hand it over first.",
            "%(n)s customers have no new owner yet: hand them over first.",
            n,
        )
    else:
        told = ngettext(
            "%(n)s customer has a new owner already: it stays there.",
            "%(n)s customers have new owners already: they stay there.",
            n,
        )
    return told % {"n": formatting.number(n)}


def _why(error: Refusal, ticked: Ticked, viewer: User, deed: Deed) -> str:
    """Why nothing was done, and what to do."""
    number = formatting.number
    if isinstance(error, NoneFits):
        return f"{_unfit(deed, error.n)} {_('Nothing was done.')}"
    if isinstance(error, AllPlanned):
        return f"{_planned(error.planners, viewer)} {_('Nothing was done.')}"
    if isinstance(error, NotThere):
        told = {"missing": number(error.missing), "all": number(len(set(ticked.ids or ())))}
        return _("%(missing)s of %(all)s not found. Nothing was done.") % told
    if isinstance(error, TooMany):
        told = {"n": number(WHOLE)}
        return _("More than %(n)s at once. Narrow the list first. Nothing was done.") % told
    if isinstance(error, AllOver):
        return _("None of these rows can be acted on any more. Nothing was done.")
    if isinstance(error, Changed) and ticked.expected in (None, error.now):
        return _(
            "These are not the rows that you looked at any more. Look again. Nothing was done."
        )
    told = {"n": number(error.now), "was": number(ticked.expected)}
    return _("There are %(n)s now, not %(was)s. Look again. Nothing was done.") % told


def _ticked(words: QueryDict, opened: Opened) -> Ticked:
    """The ticked rows, or all of the list as it is narrowed (`all`), whatever stands in the form."""
    ticked_ids = tuple(_whole_numbers(words.getlist("row")))
    acts = acts_on_split(opened)
    if acts is not None:
        rows, name = rows_to_act_on(opened), split_name(opened)
        return Ticked(opened.snapshot, name, rows, acts.subject_type, ticked_ids, of=acts.of)
    rows = rows_of(opened)
    kinds = rows.order_by().values_list("subject_type", flat=True).distinct()
    ids = None if words.get("all") else ticked_ids
    key = list_of(opened)[0].key
    return Ticked(opened.snapshot, key, rows, next(iter(kinds), ""), ids)


def _as_seen(words: QueryDict, ticked: Ticked) -> Ticked:
    """With what the form says of the rows that its person looked at."""
    numbers = _whole_numbers([words.get("expected", "")]) if ticked.ids is None else []
    return replace(ticked, expected=next(iter(numbers), None), seen=words.get("seen", ""))


def _plan(request: SignedInRequest, deed: Deed, ticked: Ticked) -> Act | None:
    on = _day(request.POST.get("due_on", ""))
    if on is None:
        say(request, _("Choose the day of the steps. Nothing was planned."))
        return None
    if why_not := why_not_due(on, Company.get().today):
        say(request, why_not)
        return None
    ref, to = _ref(request), _colleague(request)
    return plan_tasks(ticked, on, by=request.user, client_ref=ref, to=to, deed=deed)


def _hand(request: SignedInRequest, deed: Deed, ticked: Ticked) -> Act | None:
    to = _colleague(request)
    if to is None:
        say(request, _("Choose who gets them first."))
        return None
    return hand_on(ticked, to, by=request.user, client_ref=_ref(request), deed=deed)


def _stop(request: SignedInRequest, deed: Deed, ticked: Ticked) -> Act | None:
    on = _day(request.POST.get("due_on", ""))
    if on is None:
        say(request, _("Choose the last day. Nothing was done."))
        return None
    if why_not := why_not_due(on, Company.get().today):
        say(request, why_not)
        return None
    return stop(ticked, on, by=request.user, client_ref=_ref(request), deed=deed)


DO = {Act.Kind.PLAN: _plan, Act.Kind.ASSIGN: _hand, Act.Kind.STOP: _stop}


def _colleague(request: SignedInRequest) -> User | None:
    """Who was chosen; None where nobody was. Raises `NotAllowed` for who is not (any more) this person's to choose."""
    chosen = request.POST.get("to", "")
    if not chosen:
        return None
    found = User.visible_to(request.user).filter(pk__in=_whole_numbers([chosen])).first()
    if found is None:
        raise NotAllowed
    return found


def _done(act: Act) -> str:
    count = act.items.filter(treated=True).count()
    told = {"n": formatting.number(count), "name": act.to}
    if act.kind == Act.Kind.STOP:
        told = {"n": formatting.number(count), "day": formatting.day(act.due_on)}
        return (
            ngettext(
                "%(n)s campaign stopped; its last day is %(day)s.",
                "%(n)s campaigns stopped; their last day is %(day)s.",
                count,
            )
            % told
        )
    if act.kind == Act.Kind.ASSIGN:
        return ngettext("%(n)s handed to %(name)s.", "%(n)s handed to %(name)s.", count) % told
    return ngettext("%(n)s step planned.", "%(n)s steps planned.", count) % told


def unplan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take one's own act back; an address that names none leads back to the page."""
    number = next(iter(_whole_numbers([request.GET.get("act", "")])), 0)
    if not number:
        return SeeOther(safe_next(request, wanted(slug).address))
    act = visible_or_404(Act, request.user, pk=number, by=request.user)
    try:
        back = undo_act(act, by=request.user)
        say(request, _taken_back() if back else _("Nothing of it was left to take back."))
    except TooLate:
        say(request, _("This can be taken back for 24 hours only."))
    return SeeOther(safe_next(request, wanted(slug).address))


def _taken_back() -> str:
    return _("It was taken back; what somebody has done since stays.")


def _whole_numbers(values: list[str]) -> list[int]:
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ref(request: SignedInRequest) -> uuid.UUID:
    """The form's own reference; without one every post is a new request."""
    try:
        return uuid.UUID(request.POST.get("client_ref", ""))
    except ValueError:
        return uuid.uuid4()
