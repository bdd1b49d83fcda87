"""Parameters: versions with author and reason, audited; snapshots keep the version they used."""

from datetime import date
from decimal import Decimal

import pytest

from crm.lib.periods import Period
from reports.definitions.churn import CHURN
from reports.models import Parameters
from reports.rules.catalogue import BadParameter
from reports.rules.parameters import VersionTaken, in_force, set_parameters, values_for, values_of
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import AuditEntry, Job, User

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


def test_until_somebody_sets_them_the_defaults_hold(db: None) -> None:
    assert in_force() is None
    values = values_for(CHURN.parameter_names)
    assert (values["k"], values["floor_days"], values["churn_method"]) == (Decimal(3), 30, "rule")
    assert "sla_hours" not in values


def test_a_new_version_says_who_and_why_and_is_audited(admin: User) -> None:
    first = set_parameters({"k": "2.5"}, by=admin, reason="Fewer late calls", expected=0)
    second = set_parameters({"floor_days": 14}, by=admin, reason="Bakeries buy weekly", expected=1)
    assert (first.version, second.version) == (1, 2)
    assert (values_of(second)["k"], values_of(second)["floor_days"]) == (Decimal("2.5"), 14)
    assert (values_of(first)["k"], values_of(first)["floor_days"]) == (Decimal("2.5"), 30)
    entries = AuditEntry.objects.filter(action="set-parameters").order_by("id")
    assert [entry.detail.after for entry in entries] == [
        {"version": 1, "reason": "Fewer late calls", "k": "2.5"},
        {"version": 2, "reason": "Bakeries buy weekly", "floor_days": 14},
    ]
    assert entries[1].detail.before == {"version": 1, "floor_days": 30}
    assert entries[0].actor == admin
    causes = Job.everything.filter(kind="reports.refresh").values_list("args__cause", flat=True)
    assert sorted(causes) == ["parameters 1", "parameters 2"]


def test_the_same_values_again_change_nothing(admin: User) -> None:
    set_parameters({"k": "2.5"}, by=admin, reason="Fewer late calls")
    set_parameters({"k": "2.50"}, by=admin, reason="Again")
    assert Parameters.objects.count() == 1
    assert AuditEntry.objects.filter(action="set-parameters").count() == 1


def test_somebody_elses_version_is_not_overwritten(admin: User) -> None:
    set_parameters({"k": 4}, by=admin, reason="Quieter", expected=0)
    with pytest.raises(VersionTaken):
        set_parameters({"k": 2}, by=admin, reason="Louder", expected=0)
    assert values_of(in_force())["k"] == 4


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"k": "-1"}, "Why not"),
        ({"k": "2"}, " "),
        ({"nothing": 1}, "New"),
        ({"churn_method": "magic"}, "Try"),
    ],
)
def test_what_cannot_stand_is_refused(admin: User, values: dict[str, str], reason: str) -> None:
    with pytest.raises(BadParameter):
        set_parameters(values, by=admin, reason=reason)
    assert in_force() is None
    assert not AuditEntry.objects.filter(action="set-parameters").exists()
    assert not Job.everything.exists()


def test_a_stored_report_keeps_the_version_it_used(admin: User) -> None:
    old = take_snapshot(CHURN, run_for(CHURN, YEAR, YEAR.end), parameters=in_force())
    version = set_parameters({"k": 2}, by=admin, reason="Sooner")
    new = take_snapshot(CHURN, run_for(CHURN, YEAR, YEAR.end), parameters=in_force())
    old.refresh_from_db()
    assert (old.values["k"], old.parameters) == ("3", None)
    assert (new.values["k"], new.parameters) == ("2", version)
    assert old != new
