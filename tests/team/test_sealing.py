import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from team.audit import Change, record, record_many
from team.emptying import audit_guards_lifted
from team.jobs.asking import ask
from team.jobs.running import run
from team.models import AuditDetail, AuditEntry, Job
from team.sealing import Head, check_log, last_head, seal_log


@pytest.fixture
def log(admin):
    """Seven sealed entries."""
    changes = [Change(admin, {"name": f"a{n}"}, {"name": f"Я{n}"}) for n in range(6)]
    record_many("update", changes, by=admin)
    record("sign-out", admin, by=admin)
    assert seal_log() == 7
    return list(AuditEntry.objects.order_by("id"))


def tamper(change):
    """What somebody with the keys of the database could do."""
    with audit_guards_lifted():
        change()


def test_an_untouched_log_holds(log, admin):
    record("update", admin, by=admin, after={"name": "later"})
    check = check_log()
    assert (check.sealed, check.unsealed, check.blanked, check.broken) == (7, 1, 0, [])
    assert check.head == Head(log[-1].pk, log[-1].sealed) == last_head()
    assert seal_log() == 1
    assert seal_log() == 0
    assert check_log(check.head).broken == []


def test_a_rewritten_entry_is_named(log):
    tamper(lambda: AuditEntry.objects.filter(pk=log[2].pk).update(actor_name="Somebody Else"))
    assert check_log().broken == [f"Entry {log[2].pk} does not follow from the one before it."]


def test_a_removed_entry_is_noticed_at_the_next(log):
    def remove():
        AuditDetail.objects.filter(pk=log[2].pk).delete()
        AuditEntry.objects.filter(pk=log[2].pk).delete()

    tamper(remove)
    assert check_log().broken == [f"Entry {log[3].pk} does not follow from the one before it."]


def test_changed_and_missing_values_are_named(log):
    tamper(lambda: AuditDetail.objects.filter(pk=log[1].pk).update(after={"name": "Eve"}))
    tamper(lambda: AuditDetail.objects.filter(pk=log[4].pk).delete())
    tamper(lambda: AuditDetail.objects.create(entry=log[6], after={"a": 1}))
    assert check_log().broken == [
        f"The values of entry {log[1].pk} were changed.",
        f"The values of entry {log[4].pk} are missing or were added.",
        f"The values of entry {log[6].pk} are missing or were added.",
    ]


def test_an_erasure_blanks_values_and_the_chain_holds(log):
    AuditDetail.objects.filter(pk=log[1].pk).update(before={}, after={})
    check = check_log()
    assert (check.blanked, check.broken) == (1, [])


def test_a_log_cut_at_its_end_is_noticed_by_a_head_kept_elsewhere(log):
    kept = last_head()

    def cut():
        AuditDetail.objects.filter(pk__gte=log[4].pk).delete()
        AuditEntry.objects.filter(pk__gte=log[4].pk).delete()

    tamper(cut)
    assert check_log().broken == []
    assert check_log(kept).broken == [f"The log no longer holds the head {kept}."]


def test_a_log_sealed_anew_after_a_change_is_noticed_by_the_head(log):
    kept = last_head()

    def forge():
        AuditEntry.objects.filter(pk=log[0].pk).update(actor_name="Somebody Else")
        AuditEntry.objects.update(sealed="")

    tamper(forge)
    seal_log()
    assert check_log().broken == []
    assert check_log(kept).broken != []


def test_the_command_says_whether_the_chain_holds(log, capsys):
    call_command("check_audit")
    assert f"Head: {last_head()}" in capsys.readouterr().out
    call_command("check_audit", f"--head={last_head()}")
    tamper(lambda: AuditEntry.objects.filter(pk=log[2].pk).update(action="view"))
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("check_audit")
    assert f"Entry {log[2].pk}" in capsys.readouterr().err


def test_the_nightly_job_seals_and_writes_the_head_down(admin, caplog):
    record("update", admin, by=admin, after={"name": "x"})
    caplog.set_level("INFO", logger="mainstay.audit")
    job = ask("team.seal", {"day": "2026-11-22"}, by=None, key="2026-11-22")
    run(job.pk)
    job = Job.everything.get(pk=job.pk)
    assert job.state == Job.State.DONE
    assert job.result["head"] == str(last_head())
    assert str(last_head()) in caplog.text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_entries_of_a_transaction_that_is_open_are_waited_for(admin):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO team_auditentry (at, actor_name, action, subject_type, subject_name,"
                " batch, request_id, address, detail_hash, sealed) VALUES (now(), 'slow', 'update',"
                " '', '', gen_random_uuid(), '', '', '', '')"
            )
            record("update", admin, by=admin, after={"name": "quick"})
            assert seal_log(patience=0.5) == 0, "an earlier id may still appear"
            cursor.execute("COMMIT")
        assert seal_log(patience=0.5) == 2
    finally:
        other.close()
    assert check_log().broken == []
    assert list(AuditEntry.objects.order_by("id").values_list("actor_name", flat=True)) == [
        "slow",
        "Ada Admin",
    ]
