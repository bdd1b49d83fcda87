import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from team.audit import record
from team.emptying import audit_guards_lifted
from team.models import AuditDetail, AuditEntry


@pytest.fixture
def entry(admin):
    record("update", admin, by=admin, before={"name": "Ada"}, after={"name": "Ada Admin"})
    return AuditEntry.objects.latest("id")


def refused(change):
    with pytest.raises(DatabaseError, match="audit log only grows"), transaction.atomic():
        change()


def test_an_entry_cannot_be_rewritten_or_removed(entry):
    entries = AuditEntry.objects.filter(pk=entry.pk)
    refused(lambda: entries.update(actor_name="Somebody Else"))
    refused(lambda: entries.update(action="view", sealed="x"))
    refused(lambda: AuditDetail.objects.filter(pk=entry.pk).delete())
    refused(lambda: AuditDetail.objects.update(after={"name": "Eve"}))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("DELETE FROM team_auditentry"))
    entry.refresh_from_db()
    assert (entry.actor_name, entry.action, entry.sealed) == ("Ada Admin", "update", "")
    assert entry.detail.after == {"name": "Ada Admin"}


def test_an_entry_is_sealed_once(entry):
    entries = AuditEntry.objects.filter(pk=entry.pk)
    entries.update(sealed="first")
    refused(lambda: entries.update(sealed="second"))
    refused(lambda: entries.update(sealed=""))
    entry.refresh_from_db()
    assert entry.sealed == "first"


def test_an_erasure_may_blank_the_values(entry):
    AuditDetail.objects.filter(pk=entry.pk).update(before={}, after={})
    assert AuditDetail.objects.get().after == {}


def test_emptying_the_database_lifts_the_guards_and_puts_them_back(entry):
    with audit_guards_lifted():
        AuditDetail.objects.all().delete()
        AuditEntry.objects.all().delete()
    assert not AuditEntry.objects.exists()
    record("update", None, by=None, after={"a": 1})
    refused(AuditDetail.objects.all().delete)


def test_guards_come_back_when_emptying_fails(entry):
    with pytest.raises(ZeroDivisionError), audit_guards_lifted():
        AuditDetail.objects.all().delete()
        raise ZeroDivisionError
    assert AuditDetail.objects.count() == 1
    refused(AuditDetail.objects.all().delete)


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_log_too(admin):
    record("update", admin, by=admin, after={"name": "Ada"})
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
