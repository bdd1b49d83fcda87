"""Asking for long work: one row for one request, and no more than a person may have waiting."""

import pytest
from django.db import transaction

from team.jobs import TooManyJobs, ask, retry
from team.jobs.leases import claim, fail, finish
from team.models import AuditEntry, Job, User

pytestmark = pytest.mark.django_db


def test_a_request_is_a_waiting_row_with_its_asker(asker):
    job = ask("test.work", {"name": "a"}, by=asker)

    job.refresh_from_db()
    assert (job.state, job.requested_by, job.args) == ("queued", asker, {"name": "a"})
    assert job.lease is None
    entry = AuditEntry.objects.get(action="ask")
    assert (entry.actor, entry.subject_id) == (asker, job.pk)


def test_the_same_request_again_is_the_row_that_waits_or_runs(asker):
    first = ask("test.work", {"name": "a"}, by=asker)
    assert ask("test.work", {"name": "a"}, by=asker) == first
    claim(first.pk)
    assert ask("test.work", {"name": "a"}, by=asker) == first
    assert Job.everything.count() == 1


def test_a_request_after_the_first_is_done_is_a_new_row(asker):
    first = ask("test.work", {"name": "a"}, by=asker)
    finish(claim(first.pk), {})
    assert ask("test.work", {"name": "a"}, by=asker) != first


def test_one_runs_and_one_waits_and_a_third_is_refused(asker):
    for name in "ab":
        ask("test.work", {"name": name}, by=asker)
    with pytest.raises(TooManyJobs):
        ask("test.work", {"name": "c"}, by=asker)
    assert Job.everything.count() == 2


def test_other_people_and_other_kinds_are_not_held_up(asker):
    other = User.objects.create_user("other@example.com", name="Other")
    for name in "ab":
        ask("test.work", {"name": name}, by=asker)
    ask("test.work", {"name": "a"}, by=other)
    ask("test.poison", {"name": "a"}, by=asker)
    assert Job.everything.count() == 4


def test_a_period_has_one_job_whatever_became_of_it():
    first = ask("test.work", {"name": "a"}, by=None, key="2026-11-22")
    assert ask("test.work", {"name": "a"}, by=None, key="2026-11-22") == first
    finish(claim(first.pk), {})
    assert ask("test.work", {"name": "a"}, by=None, key="2026-11-22") == first
    assert Job.everything.count() == 1


def test_a_request_in_a_transaction_that_fails_was_never_made(asker):
    with pytest.raises(KeyError), transaction.atomic():
        ask("test.work", {"name": "a"}, by=asker)
        raise KeyError
    assert not Job.everything.exists()


def test_an_unknown_kind_is_refused(asker):
    with pytest.raises(KeyError):
        ask("test.nonsense", by=asker)
    assert not Job.everything.exists()


def test_a_failed_job_runs_again_on_request(asker):
    job = ask("test.poison", {"name": "a"}, by=asker)
    fail(claim(job.pk), "no good", final=True)

    assert retry(job, by=asker)

    job.refresh_from_db()
    assert (job.state, job.tries, job.error) == ("queued", 0, "")
    assert AuditEntry.objects.filter(action="retry", actor=asker).exists()


def test_only_failed_jobs_run_again(asker):
    job = ask("test.work", {"name": "a"}, by=asker)
    assert not retry(job, by=asker)
    finish(claim(job.pk), {})
    assert not retry(job, by=asker)
    assert not AuditEntry.objects.filter(action="retry").exists()


def test_a_failed_job_does_not_run_beside_the_same_work(asker):
    failed = ask("test.work", {"name": "a"}, by=asker)
    fail(claim(failed.pk), "no good", final=True)
    ask("test.work", {"name": "a"}, by=asker)

    assert not retry(failed, by=asker)

    failed.refresh_from_db()
    assert failed.state == "failed"
