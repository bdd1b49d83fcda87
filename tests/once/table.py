"""What is posted to each address that writes, and what may come of it however often it is posted.

A new address needs a line here, or the net fails. `{...}` names a record of the world (tests/nets/worlds.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.once import readying

Counts = Mapping[str, int]
ALL_AT_ONCE, SOME = 50, 10
DONE, SHOWN, SILENT = frozenset({303}), frozenset({200}), frozenset({204})
# of what is gone altogether a post that comes late finds nothing
DONE_OR_GONE = frozenset({303, 404})
# of more posts at once than a password may be tried some are told to wait
DONE_OR_WAIT = frozenset({303, 422})
# the form on the page at the address itself; else the address of the page that holds it; else a bare button
HERE = "here"


@dataclass(frozen=True)
class Sent:
    who: str
    # rows that are there afterwards and were not before, by model; of all others there are as many as before
    made: Counts = field(default_factory=dict)
    # what the audit log tells of them
    told: Counts = field(default_factory=dict)
    page: str = ""
    query: str = ""
    # goes over what the form on the page holds; boxes in `ticks` are ticked
    typed: Mapping[str, Any] = field(default_factory=dict)
    ticks: str = ""
    # what else has to be there, addresses of this table that were posted to before, what is to be found out then
    ready: Callable[[Any], Any] | None = None
    first: tuple[str, ...] = ()
    then: Callable[[Any], Any] | None = None
    copies: int = SOME
    answers: frozenset[int] = DONE


def one(*names: str, **more: int) -> Counts:
    return dict.fromkeys(names, 1) | more


def makes(who: str, row: str, told: str = "create", **more: Any) -> Sent:
    """A form at its own address that makes one record, with one entry in the log."""
    return Sent(who, one(row), {told: 1}, HERE, **more)


def edits(who: str, told: str = "update", **more: Any) -> Sent:
    return Sent(who, {}, {told: 1}, HERE, **more)


def presses(who: str, told: str = "", **more: Any) -> Sent:
    """A button that carries nothing: it changes what is there, once."""
    return Sent(who, told={told: 1} if told else {}, **more)


CUSTOMER_PAGE = "/customers/{customer_id}/"
NAMED = {"name": "Twice"}
TABLE: dict[str, Sent] = {
    # one's own affairs
    "profile": edits("rep", typed={"name": "Rita R"}),
    "preferences": presses("rep", "update", typed={"theme": "dark"}),
    "sign-out": presses("rep", "sign-out", answers=frozenset({302, 303}), copies=1),
    "view-new": makes(
        "rep",
        "SavedView",
        query="?listed=customer-list&state=lost",
        typed=NAMED,
        copies=ALL_AT_ONCE,
    ),
    "view-edit": edits("rep", typed=NAMED),
    "view-replace": presses("rep", "update", typed={"query": "state=lost"}),
    "view-delete": presses("rep", "delete"),
    "view-restore": presses("rep", "restore", first=("view-delete",)),
    "view-start": Sent("rep", one("Arrangement"), {"update": 1}),
    "view-take-over": presses("manager", "take over", ready=readying.a_view_left_behind),
    "list-columns": Sent("rep", one("Arrangement"), {"update": 1}, HERE),
    "notices-read": presses("rep"),
    "notice-open": presses("rep"),
    "notice-later": presses("rep", typed={"until": "hour"}),
    "notice-wishes": Sent(
        "rep", one("NoticeWish"), one("wish notices"), HERE, typed={"habit": "never"}
    ),
    "calendar-feed": makes(
        "rep", "Feed", "make calendar address", answers=SHOWN, copies=ALL_AT_ONCE
    ),
    "calendar-feed-end": Sent(
        "rep", {"Feed": -1}, {"end calendar address": 1}, first=("calendar-feed",)
    ),
    "loss-mail": Sent("rep", one("Subscription"), one("subscribe"), HERE, typed={"every": "week"}),
    # people and the house
    "person-new": Sent(
        "admin",
        one("User", "Employment", "Job"),
        one("create", "hire", "invite"),
        HERE,
        typed={"name": "Twice", "email": "twice@example.com", "invite": "on"},
        copies=ALL_AT_ONCE,
    ),
    "person-edit": edits("admin", typed=NAMED),
    "person-move": Sent(
        "admin", one("Membership"), one("move"), HERE, typed={"team": "{south_id}"}
    ),
    "person-leave": Sent(
        "admin",
        one("Handover", "HandoverHeir", HandoverLine=5),
        {"end employment": 1, "create": 1},
        HERE,
        copies=ALL_AT_ONCE,
    ),
    # the draft of the hand-over, made at notice, stays one and says why
    "person-stay": Sent(
        "admin", told={"stay": 1, "update": 1}, first=("person-leave",), copies=ALL_AT_ONCE
    ),
    "person-rehire": Sent(
        "admin",
        one("Employment", "Membership"),
        one("hire", "move", "reactivate"),
        HERE,
        ready=readying.somebody_gone,
        copies=ALL_AT_ONCE,
    ),
    "person-invite": Sent("admin", one("Job"), one("invite"), copies=ALL_AT_ONCE),
    # each press counts and is told: what it ends may have begun after the one before
    "person-sign-out": Sent("admin", told={"end sessions": SOME}),
    "person-deactivate": presses("admin", "deactivate"),
    "person-reactivate": presses("admin", "reactivate", first=("person-deactivate",)),
    "person-alert-settle": presses("manager", "settle alert", ready=readying.an_alert),
    # each is a file that somebody took along
    "person-evidence": Sent("admin", told={"export": 3}, answers=SHOWN, copies=3),
    "person-absence": Sent(
        "admin",
        one("Absence"),
        one("note absence"),
        HERE,
        typed={"from_on": "{monday}", "to_on": "{monday}"},
        copies=ALL_AT_ONCE,
    ),
    "person-absence-remove": presses(
        "admin",
        "remove absence",
        typed={"from_on": "{monday}", "to_on": "{monday}"},
        first=("person-absence",),
    ),
    "person-wage": Sent(
        "director", one("Wage"), one("set wage"), HERE, typed={"monthly_wage": "31000"}
    ),
    "person-wage-remove": presses("director", "remove wage"),
    "team-new": makes("admin", "Team", typed=NAMED, copies=ALL_AT_ONCE),
    "team-edit": edits("admin", typed=NAMED, copies=ALL_AT_ONCE),
    "team-close": presses("admin", "close", ready=readying.an_empty_team),
    "team-reopen": presses("admin", "reopen", ready=readying.an_empty_team, first=("team-close",)),
    "job-retry": presses("admin", "retry"),
    "company-settings": edits("admin", typed=NAMED),
    "company-holiday-new": Sent(
        "admin",
        one("Holiday"),
        one("create"),
        typed={"on": "24.08.2027", "name": "Twice"},
        copies=ALL_AT_ONCE,
    ),
    "company-holiday-remove": Sent(
        "admin",
        {"Holiday": -1},
        one("delete"),
        ready=readying.a_holiday_of_today,
        answers=DONE_OR_GONE,
    ),
    # customers and contacts
    "customer-new": Sent(
        "rep",
        one("Customer", "Ownership"),
        one("create", "assign"),
        HERE,
        typed={"name": "Twice", "phone": "067 555 01 42"},
        copies=ALL_AT_ONCE,
    ),
    "customer-edit": edits("rep", typed=NAMED),
    "customer-bin": presses("rep", "bin"),
    "customer-restore": presses("rep", "restore", first=("customer-bin",)),
    "contact-new": makes(
        "rep", "Contact", typed={"name": "Twice", "customer": "{customer_id}"}, copies=ALL_AT_ONCE
    ),
    "contact-edit": edits("rep", typed=NAMED),
    "contact-main": presses("rep", "update"),
    "contact-bin": presses("rep", "bin"),
    "contact-restore": presses("rep", "restore", first=("contact-bin",)),
    "contract-new": makes("rep", "Contract", typed={"start_on": "01.01.2026"}, copies=ALL_AT_ONCE),
    "contract-end": edits("rep", "end contract", copies=ALL_AT_ONCE),
    "contract-reopen": presses("rep", "reopen", first=("contract-end",)),
    "contract-delete": presses("manager", "delete"),
    "contract-restore": presses("manager", "restore", first=("contract-delete",)),
    "answer-new": makes("rep", "Survey", typed={"score": "4"}, copies=ALL_AT_ONCE),
    "answer-delete": presses("rep", "delete"),
    "answer-restore": presses("rep", "restore", first=("answer-delete",)),
    "complaint-new": makes("rep", "Complaint", typed={"about": "Late"}, copies=ALL_AT_ONCE),
    "complaint-settle": edits("rep", "settle complaint", typed={"answer": "Sent again"}),
    "complaint-reopen": presses("rep", "reopen", first=("complaint-settle",)),
    "complaint-delete": presses("rep", "delete"),
    "complaint-restore": presses("rep", "restore", first=("complaint-delete",)),
    "twin-dismiss": presses("manager", "settle twins"),
    "twin-restore": presses("manager", "settle twins", first=("twin-dismiss",)),
    "note-new": Sent(
        "rep",
        one("Activity"),
        one("log"),
        CUSTOMER_PAGE,
        typed={"note": "Twice"},
        copies=ALL_AT_ONCE,
    ),
    "file-new": Sent(
        "rep", one("CustomerFile"), one("create"), CUSTOMER_PAGE, typed={"file": "FILE"}
    ),
    "file-bin": presses("rep", "bin"),
    "file-restore": presses("rep", "restore", first=("file-bin",)),
    "customer-merge": Sent(
        "rep",
        one("Merge"),
        one("merge", "update"),
        HERE,
        query="?other={twin_id}",
        copies=ALL_AT_ONCE,
    ),
    "customer-unmerge": Sent(
        "rep",
        {"Merge": -1},
        one("unmerge", "update"),
        first=("customer-merge",),
        then=readying.the_merged_one,
    ),
    # calls and the day
    "call-new": Sent(
        "rep",
        one("Activity", "Task"),
        {"log": 2},
        HERE,
        query="?customer={customer_id}",
        typed={"outcome": "no_answer"},
        copies=ALL_AT_ONCE,
    ),
    "call-unknown": Sent(
        "rep",
        one("Lead", "LeadOwnership", "Activity", "Task"),
        {"create": 1, "assign": 1, "log": 2},
        HERE,
        typed={
            "becomes": "lead",
            "who": "Twice",
            "phone": "067 555 01 42",
            "outcome": "no_answer",
            "direction": "out",
        },
        copies=ALL_AT_ONCE,
    ),
    "call-draft": Sent(
        "rep",
        one("CallDraft"),
        typed={"customer": "{customer_id}", "note": "Half a", "client_ref": "{ref}"},
        answers=SILENT,
    ),
    "call-draft-discard": Sent(
        "rep", {"CallDraft": -1}, typed={"customer": "{customer_id}"}, first=("call-draft",)
    ),
    "call-edit": edits("rep", "correct", typed={"note": "Better"}),
    "call-undo": presses("rep", "undo"),
    "sweep": Sent(
        "rep",
        one("Activity", "Task"),
        {"log": 2, "finish": 1},
        HERE,
        typed={"task-{task_id}-outcome": "left_word"},
        copies=ALL_AT_ONCE,
    ),
    "sweep-undo": Sent("rep", told={"undo": 3}, first=("sweep",), then=readying.the_last_batch),
    "week": edits("rep", "correct", typed={"entry-{activity_id}-minutes": "7"}),
    "week-away": Sent(
        "rep",
        one("Absence"),
        one("note absence"),
        typed={"from_on": "{monday}", "to_on": "{monday}"},
    ),
    # leads
    "lead-new": Sent(
        "rep",
        one("Lead", "LeadOwnership"),
        one("create", "assign"),
        HERE,
        typed=NAMED,
        copies=ALL_AT_ONCE,
    ),
    "lead-edit": edits("rep", typed=NAMED),
    "lead-close": Sent(
        "rep", one("LeadEnding"), one("close"), "/leads/{lead_id}/", typed={"reason": "{reason}"}
    ),
    "lead-reopen": Sent(
        "rep",
        {},
        one("reopen"),
        "/leads/{lead_id}/",
        typed={"because": "Back"},
        first=("lead-close",),
    ),
    "lead-convert": Sent(
        "rep",
        one("Conversion", "Customer", "Contact", "Deal", "DealChange", "Ownership", "LeadEnding"),
        {"convert": 1, "create": 3, "assign": 1},
        HERE,
        typed={"with_deal": "on", "title": "Twice", "person": "Olha"},
        copies=ALL_AT_ONCE,
    ),
    "lead-convert-undo": Sent("rep", told={"unconvert": 1, "bin": 3}, first=("lead-convert",)),
    "lead-assign": Sent(
        "manager",
        one("LeadOwnership", "Notice", "Job"),
        one("assign"),
        typed={"owner": "{peer_id}"},
    ),
    "lead-late-noted": presses("manager", "settle alert", ready=readying.a_late_lead),
    # deals and steps
    "deal-new": Sent(
        "rep",
        one("Deal", "DealChange"),
        one("create"),
        HERE,
        typed={"title": "Twice", "customer": "{customer_id}"},
        copies=ALL_AT_ONCE,
    ),
    "deal-edit": Sent(
        "rep", one("DealChange"), one("update"), HERE, typed={"expected_close_on": "{today}"}
    ),
    "deal-move": Sent(
        "rep",
        one("DealChange"),
        one("change stage"),
        "/deals/{deal_id}/close/?stage=won",
        copies=ALL_AT_ONCE,
    ),
    "deal-undo": Sent("rep", {}, one("undo"), first=("deal-move",), then=readying.the_last_change),
    "deal-line-new": Sent(
        "rep",
        one("DealLine", "DealChange"),
        one("create", "update"),
        HERE,
        typed={"name": "Film", "quantity": "1", "price": "7"},
        copies=ALL_AT_ONCE,
    ),
    "deal-line-edit": Sent("rep", one("DealChange"), {"update": 2}, HERE, typed={"price": "8"}),
    "deal-line-remove": presses("rep", "delete"),
    "deal-line-restore": Sent(
        "rep", one("DealChange"), one("restore", "update"), first=("deal-line-remove",)
    ),
    "deal-bin": presses("rep", "bin"),
    "deal-restore": presses("rep", "restore", first=("deal-bin",)),
    "task-new": makes(
        "rep",
        "Task",
        typed={"title": "Twice", "customer": "{customer_id}", "due_on": "{today}"},
        copies=ALL_AT_ONCE,
    ),
    "task-edit": edits("rep", typed={"title": "Twice"}),
    "task-done": presses("rep", "finish"),
    "task-drop": presses("rep", "drop"),
    "task-reopen": presses("rep", "reopen", first=("task-drop",)),
    "task-reschedule": presses("rep", "reschedule", typed={"days": "3"}),
    "bulk": Sent(
        "rep",
        one("BulkAct", "BulkItem", "Task"),
        one("do to many", "create"),
        HERE,
        query="?do=plan&row={customer_id}",
        copies=ALL_AT_ONCE,
    ),
    "bulk-undo": presses("rep", "undo"),
    # what administrators keep
    "web-form": Sent(
        "nobody",
        one("WebPost"),
        page=HERE,
        typed={"name": "Twice", "phone": "067 555 01 42"},
        # more of one address within a quarter of an hour are turned away
        copies=15,
    ),
    "webform-new": makes("admin", "WebForm", typed={"name": "Twice", "title": "Ask"}),
    "webform-edit": edits("admin", typed={"title": "Twice"}),
    "webform-close": presses("admin", "close"),
    "webform-open": presses("admin", "reopen", first=("webform-close",)),
    "webpost-release": Sent(
        "admin",
        one("Lead", "LeadAssignment"),
        one("release", "create", "leave without owner"),
        copies=ALL_AT_ONCE,
    ),
    "webpost-discard": presses("admin", "discard"),
    "webpost-keep": presses("admin", "take back", first=("webpost-discard",)),
    "assignment-new": Sent(
        "admin",
        one("LeadRule"),
        one("create", "name people"),
        HERE,
        typed=NAMED | {"passes_on_after": "0", "people": "{user_id}"},
    ),
    "assignment-edit": Sent(
        "admin",
        told=one("update", "name people"),
        page=HERE,
        typed=NAMED | {"people": "{user_id}"},
    ),
    "assignment-retire": presses("admin", "retire"),
    "assignment-restore": presses("admin", "offer again", first=("assignment-retire",)),
    "letter-words": makes("admin", "LetterTemplate", copies=ALL_AT_ONCE),
    "letter-restore": Sent(
        "admin", {"LetterTemplate": -1}, {"restore words": 1}, first=("letter-words",)
    ),
    "choice-new": makes("admin", "Outcome", typed=NAMED),
    "choice-edit": edits("admin", typed=NAMED),
    "choice-retire": presses("admin", "retire"),
    "choice-restore": presses("admin", "offer again", first=("choice-retire",)),
    "product-new": makes("admin", "Product", typed=NAMED),
    "product-edit": edits("admin", typed=NAMED),
    "product-retire": presses("admin", "retire"),
    "product-restore": presses("admin", "offer again", first=("product-retire",)),
    "pipeline-new": Sent("admin", one("Pipeline", Stage=3), {"create": 4}, HERE, typed=NAMED),
    "pipeline-edit": edits("admin", typed=NAMED),
    "pipeline-retire": presses("admin", "retire", ready=readying.a_second_pipeline),
    "pipeline-restore": presses(
        "admin", "offer again", ready=readying.a_second_pipeline, first=("pipeline-retire",)
    ),
    "pipeline-stage-new": makes("admin", "Stage", typed=NAMED),
    "pipeline-stage-edit": edits("admin", typed=NAMED),
    "pipeline-stage-retire": presses("admin", "retire"),
    "pipeline-stage-restore": presses("admin", "offer again", first=("pipeline-stage-retire",)),
    "campaign-new": makes("manager", "Campaign", typed=NAMED, copies=ALL_AT_ONCE),
    "campaign-edit": edits("manager", typed=NAMED),
    "cost-new": Sent(
        "manager",
        one("CampaignCost"),
        one("create"),
        "/campaigns/{campaign_id}/",
        typed={"amount": "100"},
        copies=ALL_AT_ONCE,
    ),
    "cost-delete": presses("manager", "delete"),
    "cost-restore": presses("manager", "restore", first=("cost-delete",)),
    # losses
    "losses-compute": Sent("manager", {"Job": 2}, {"ask": 2}, typed={"period": ""}),
    "losses-period": Sent(
        "manager", {"Job": 2}, {"ask": 2}, typed={"from": "01.03.2026", "to": "15.05.2026"}
    ),
    "rules": Sent(
        "admin",
        one("Parameters", "Job"),
        {"set-parameters": 1},
        HERE,
        typed={"k": "4", "reason": "Twice"},
        copies=ALL_AT_ONCE,
    ),
    "targets": Sent("admin", one("Target"), one("set-targets"), HERE, typed={"churn-01": "100"}),
    "dispute-new": makes(
        "rep",
        "Dispute",
        "dispute",
        query="?report=churn&list=loss",
        ready=readying.a_silent_customer,
        typed={"comment": "Twice"},
    ),
    "dispute-answer": presses("admin", "answer", typed={"answer": "Twice"}),
    "churn-plan": Sent(
        "rep",
        one("Act", "ActItem", "Task"),
        one("create"),
        "/losses/customers-leaving/act/?do=call&row={silent_id}",
        typed={"do": "call"},
        ready=readying.a_silent_customer,
        copies=ALL_AT_ONCE,
    ),
    "churn-unplan": Sent(
        "rep",
        told=one("undo", "drop"),
        query="?act={act_of_report_id}",
        first=("churn-plan",),
        ready=readying.a_silent_customer,
        then=readying.the_act,
    ),
    # hand-overs
    "handover-new": Sent(
        "manager",
        one("Handover", "HandoverHeir", HandoverLine=5),
        one("create"),
        HERE,
        typed={
            "leaver": "{user_id}",
            "last_day": "{today}",
            "reason": "resigned",
            "sign_in": "then",
        },
        copies=ALL_AT_ONCE,
    ),
    "handover-of-chosen": Sent(
        "manager",
        one("Handover", HandoverLine=3),
        one("create"),
        typed={"row": "{customer_id}", "client_ref": "{ref}"},
        copies=ALL_AT_ONCE,
    ),
    "handover-note": makes(
        "rep", "HandoverNote", query="?customer={customer_id}", copies=ALL_AT_ONCE
    ),
    "handover-who": Sent("manager", page=HERE),
    "handover-holds": Sent(
        "manager", typed={"every": "all", "kind": "customer"}, ready=readying.a_plan
    ),
    "handover-heirs": Sent("manager", page=HERE, ready=readying.a_plan),
    "handover-give": Sent(
        "manager",
        told=one("choose heir"),
        typed={"to-{line_of_plan}": "pool"},
        ready=readying.a_plan,
    ),
    "handover-again": Sent("manager", typed={"do": "look"}, ready=readying.a_plan),
    "handover-check": Sent(
        "manager",
        one("LeadOwnership", "Notice", "Job", "DealPast"),
        one("hand over", "update", assign=4),
        HERE,
        typed={"effect": "now", "password": "{password}"},
        ready=readying.a_plan,
        answers=DONE_OR_WAIT,
        copies=ALL_AT_ONCE,
    ),
    "handover-check, later": Sent(
        "manager",
        {},
        one("schedule"),
        HERE,
        typed={"effect": "then", "password": "{password}"},
        ready=readying.a_departure,
        answers=DONE_OR_WAIT,
        copies=ALL_AT_ONCE,
    ),
    "handover-check, on a day": Sent(
        "manager",
        {},
        one("schedule"),
        HERE,
        typed={"effect": "on", "day": "tomorrow", "password": "{password}"},
        ready=readying.a_departure,
        answers=DONE_OR_WAIT,
        copies=ALL_AT_ONCE,
    ),
    "handover-unschedule": presses("manager", "update", ready=readying.a_scheduled_one),
    "handover-discard": Sent(
        "manager",
        {"Handover": -1},
        one("delete"),
        answers=DONE_OR_GONE,
    ),
    "handover-undo": Sent(
        "manager",
        one("Notice", DealPast=-1),
        one("take hand-over back", "update", assign=4),
        HERE,
        ready=readying.handed_over,
        copies=ALL_AT_ONCE,
    ),
    "handover-remind": Sent(
        "manager",
        one("Notice"),
        one("remind"),
        ready=readying.departed,
    ),
    "handover-letters": Sent(
        "manager",
        one("HandoverLetter"),
        one("approve letter"),
        HERE,
        ticks="on",
        ready=readying.handed_over,
        copies=ALL_AT_ONCE,
    ),
}
# Tried elsewhere: what they change is a session, a password or an address, which has a limit of tries of its own.
ELSEWHERE = {
    "sign-in": "tests/team/test_signing_in.py",
    "language": "tests/team/test_signing_in.py",
    "password-reset": "tests/team/test_passwords.py",
    "password-new": "tests/team/test_passwords.py",
    "password-change": "tests/team/test_passwords.py",
    "email-change": "tests/team/test_passwords.py",
    "sessions-end": "tests/team/test_passwords.py",
}
