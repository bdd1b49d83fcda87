"""What has to be there before an address of the table can be posted to. Each takes the `Cast` and adds to its `ids`."""

from datetime import timedelta
from typing import TYPE_CHECKING

from customers.models import Contact, Contract, Customer
from reports.models import Act
from sales.deals.pipelines import add_pipeline, add_stage
from sales.handing_over.applying import apply
from sales.handing_over.drafting import set_rule, start
from sales.handing_over.due import schedule
from sales.models import DealChange, Handover, Lead, LeadEscalation, Pipeline, Stage
from team.models import (
    AuditEntry,
    Company,
    Employment,
    HabitAlert,
    Holiday,
    Membership,
    SavedView,
    Team,
    User,
)
from tests.reports.pages import buys, night

if TYPE_CHECKING:
    from tests.once.test_once import Cast


def a_view_left_behind(cast: "Cast") -> None:
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    SavedView.objects.filter(pk=cast.ids["view_id"]).update(team=cast.rep.team)


def somebody_gone(cast: "Cast") -> None:
    yesterday = Company.get().today - timedelta(days=1)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False, leaves_on=yesterday)
    Employment.objects.filter(user=cast.rep).update(left_on=yesterday)
    Membership.objects.filter(user=cast.rep).update(to_on=Company.get().today)


def an_alert(cast: "Cast") -> None:
    HabitAlert.objects.create(user=cast.rep, on=Company.get().today, n=90)


def an_empty_team(cast: "Cast") -> None:
    team = Team.objects.create(name="Empty")
    team.path = f"/{team.pk}/"
    team.save()
    cast.ids["team_id"] = team.pk


def a_holiday_of_today(cast: "Cast") -> None:
    Holiday.objects.update(recorded_on=Company.get().today)


def the_last_batch(cast: "Cast") -> None:
    cast.ids["batch"] = AuditEntry.objects.latest("pk").batch


def the_last_change(cast: "Cast") -> None:
    cast.ids["change_id"] = DealChange.everything.latest("pk").pk


def a_late_lead(cast: "Cast") -> None:
    lead = Lead.everything.get(pk=cast.ids["lead_id"])
    LeadEscalation.everything.create(lead=lead, level=1, is_open=True)


def a_second_pipeline(cast: "Cast") -> None:
    made, _new = add_pipeline(Pipeline(name="Renewals"), like=None, by=None)
    add_stage(Stage(pipeline=made, name="Talks"), by=None)
    cast.ids["pipeline_id"] = made.pk


def a_silent_customer(cast: "Cast") -> None:
    cast.ids["silent_id"] = buys("silent", "Silent", cast.rep, 5_00).pk
    night()


def a_plan(cast: "Cast") -> Handover:
    """The rep's customers, deal, lead and step are to go to a colleague."""
    handover, _made = start("partial", cast.rep, by=cast.manager)
    handover.lines.update(chosen=True)
    set_rule(handover, {"rule": "one"}, [cast.peer], by=cast.manager)
    cast.ids["handover_id"] = handover.pk
    cast.ids["line_of_plan"] = handover.lines.filter(kind="customer").earliest("pk").pk
    return handover


def a_departure(cast: "Cast") -> Handover:
    """All of it goes to a colleague at the end of tomorrow."""
    tomorrow = Company.get().today + timedelta(days=1)
    handover, _made = start(
        "departure", cast.rep, by=cast.manager, last_day=tomorrow, reason="resigned"
    )
    set_rule(handover, {"rule": "one"}, [cast.peer], by=cast.manager)
    cast.ids["handover_id"] = handover.pk
    return handover


def a_scheduled_one(cast: "Cast") -> None:
    schedule(a_departure(cast), by=cast.manager)


def the_merged_one(cast: "Cast") -> None:
    cast.ids["customer_id"] = cast.ids["twin_id"]


def the_act(cast: "Cast") -> None:
    cast.ids["act_of_report_id"] = Act.everything.latest("pk").pk


def handed_over(cast: "Cast") -> None:
    customer = Customer.everything.get(pk=cast.ids["customer_id"])
    Contact.everything.filter(customer=customer).update(email="a@shop.example", is_main=True)
    apply(a_plan(cast), by=cast.manager, at_any_rate=True)


def departed(cast: "Cast") -> None:
    # who signs a contract after the hand-over waits for no call
    Contract.everything.filter(customer=cast.ids["customer_id"]).delete()
    apply(a_departure(cast), by=cast.manager, at_any_rate=True)
