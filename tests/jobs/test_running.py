"""Carrying out one job in this process: what is published, what is withheld, what is tried again."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from team.jobs import ask, leases, stopping
from team.jobs.leases import claim, give_back
from team.jobs.progress import JobFailed, LeaseLost, Progress
from team.jobs.running import run
from team.models import AuditEntry, Job

pytestmark = pytest.mark.django_db


def test_a_run_publishes_once_and_tells_by_whom(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)

    assert run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result, job.error) == ("done", {"made": "a"}, "")
    assert job.started_at <= job.finished_at
    assert marks("made") == ["made a"]
    assert AuditEntry.objects.get(action="made a").actor == asker


def test_the_same_message_again_does_nothing(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)
    assert [run(job.pk), run(job.pk), run(job.pk)] == [True, False, False]
    assert marks("began") == ["began a"]


def test_a_message_for_a_job_that_is_not_there_does_nothing():
    assert not run(4711)


def test_a_handler_that_publishes_nothing_is_done_all_the_same(asker):
    job = ask("test.no-result", {"name": "a"}, by=asker)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"


def test_a_poison_job_is_tried_three_times_and_says_why(asker, marks):
    job = ask("test.poison", {"name": "p"}, by=asker)
    for _ in range(5):
        run(job.pk)
        Job.everything.filter(pk=job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, job.tries) == ("failed", 3)
    assert job.error == "ValueError: this row cannot be read"
    assert marks("began") == ["began p"] * 3


def test_a_hopeless_job_is_not_tried_again(asker, marks):
    job = ask("test.hopeless", {"name": "h"}, by=asker)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "There is nothing to compute.")
    assert not run(job.pk)


def test_wrong_arguments_are_a_failure_not_a_crash(asker):
    job = ask("test.work", {"nonsense": 1}, by=asker)
    assert run(job.pk)
    job.refresh_from_db()
    assert "TypeError" in job.error


def test_somebody_deactivated_meanwhile_gets_nothing(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)
    asker.is_active = False
    asker.save()

    run(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    assert marks("began") == marks("made") == []


def test_rights_that_change_during_the_work_withhold_the_result(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)
    progress = Progress(claim(job.pk))
    asker.is_rep, asker.is_manager = False, True
    asker.save()

    with pytest.raises(JobFailed), progress.publishing():
        pytest.fail("the result must not be written")

    assert marks("made") == []


def test_who_lost_the_lease_neither_tells_nor_publishes(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)
    stale = claim(job.pk)
    give_back(stale)
    claim(job.pk)

    with pytest.raises(LeaseLost):
        Progress(stale).tell(1, 2)
    with pytest.raises(LeaseLost), Progress(stale).publishing():
        pytest.fail("the result must not be written")


def test_a_result_and_its_job_are_stored_together_or_not_at_all(asker, marks):
    job = ask("test.work", {"name": "a"}, by=asker)
    progress = Progress(claim(job.pk))
    with pytest.raises(KeyError), progress.publishing():
        AuditEntry.objects.create(at=timezone.now(), action="made half")
        raise KeyError
    job.refresh_from_db()
    assert job.state == "running"
    assert marks("made") == []


@pytest.fixture
def sigterm(monkeypatch):
    """SIGTERM for this process, a moment later."""
    monkeypatch.setattr(stopping, "_closing", threading.Event())

    def soon():
        timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGTERM])
        timer.start()

    return soon


def given_back(job):
    job.refresh_from_db()
    return (job.state, job.lease, job.tries, job.losses) == ("queued", None, 0, 0)


def test_sigterm_gives_the_job_back_and_no_other_is_taken(asker, marks, sigterm):
    job = ask("test.silent", {"name": "s", "seconds": 30}, by=asker)
    sigterm()

    assert run(job.pk)

    assert given_back(job)
    assert not run(job.pk)
    assert marks("made") == []


def test_sigterm_breaks_off_a_statement(asker, marks, sigterm):
    job = ask("test.statement", {"name": "s"}, by=asker)
    sigterm()
    started = time.monotonic()

    assert run(job.pk)

    assert time.monotonic() - started < 10
    assert given_back(job)
    assert marks("made") == []


def test_sigterm_while_a_job_is_claimed_gives_it_back(asker, marks, monkeypatch, sigterm):
    job = ask("test.work", {"name": "s"}, by=asker)
    monkeypatch.setattr(leases, "claim", asked_to_stop_in(leases.claim))

    assert run(job.pk)

    assert given_back(job)
    assert marks("began") == []


def test_sigterm_while_a_job_is_settled_leaves_it_done(asker, marks, monkeypatch, sigterm):
    job = ask("test.no-result", {"name": "s"}, by=asker)
    monkeypatch.setattr(leases, "finish", asked_to_stop_in(leases.finish))

    assert run(job.pk)

    job.refresh_from_db()
    assert (job.state, marks("began")) == ("done", ["began s"])


def asked_to_stop_in(step):
    """The step, with a SIGTERM right before it and another right after."""

    def stepping(*args):
        os.kill(os.getpid(), signal.SIGTERM)
        answer = step(*args)
        os.kill(os.getpid(), signal.SIGTERM)
        return answer

    return stepping
