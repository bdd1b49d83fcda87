"""Who may run a job: one at a time, in order, as long as the heart beats."""

from datetime import timedelta

import pytest
from django.utils import timezone

from team.jobs import ask, leases
from team.jobs.leases import Sweep, beat, claim, fail, finish, give_back
from team.models import Job

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def job(asker):
    return ask("test.work", {"name": "a"}, by=asker)


def state_of(job):
    job.refresh_from_db()
    return job.state


def wait_over(job):
    Job.everything.filter(pk=job.pk).update(not_before=timezone.now() - timedelta(seconds=1))


def test_a_job_is_claimed_once(job):
    assert claim(job.pk).state == "running"
    assert claim(job.pk) is None


def test_jobs_of_one_lane_run_singly_in_order(asker):
    first, second = (ask("test.work", {"name": name}, by=asker) for name in "ab")
    assert claim(second.pk) is None
    running = claim(first.pk)
    assert claim(second.pk) is None
    finish(running, {})
    assert claim(second.pk).pk == second.pk


def test_a_failed_day_waits_before_the_next_day_starts():
    first, second = (
        ask("test.work", {"name": day}, by=None, key=day) for day in ("2026-11-21", "2026-11-22")
    )
    fail(claim(first.pk), "no good")
    assert claim(second.pk) is None
    wait_over(first)
    fail(claim(first.pk), "no good", final=True)
    assert claim(second.pk)


def test_finishing_needs_the_lease(job):
    stale = claim(job.pk)
    give_back(stale)
    anew = claim(job.pk)

    assert not finish(stale, {"by": "stale"})
    assert not fail(stale, "stale")
    assert not give_back(stale)
    assert not beat(stale)
    assert state_of(job) == "running"
    assert finish(anew, {"by": "anew"})
    job.refresh_from_db()
    assert job.result == {"by": "anew"}


def test_a_try_that_failed_waits_longer_each_time_and_the_third_is_the_last(job):
    waits = []
    for _ in range(2):
        fail(claim(job.pk), "no good")
        assert state_of(job) == "queued"
        waits.append((job.not_before - timezone.now()).total_seconds())
        assert claim(job.pk) is None
        wait_over(job)
    assert waits == [pytest.approx(10, abs=2), pytest.approx(60, abs=2)]
    fail(claim(job.pk), "no good at all")
    assert state_of(job) == "failed"
    assert (job.tries, job.error) == (3, "no good at all")


def test_a_clock_that_jumped_back_does_not_hold_up_the_next_try(job):
    fail(claim(job.pk), "no good")
    # an hour's jump back: what was to be in 10 seconds now lies an hour ahead
    Job.everything.filter(pk=job.pk).update(not_before=timezone.now() + timedelta(hours=1))
    assert claim(job.pk)


def test_a_silent_runner_loses_its_job_after_the_lease(job, clock):
    sweep = Sweep(clock)
    claim(job.pk)
    sweep()
    clock.now += 59
    assert sweep() == 0
    assert state_of(job) == "running"
    clock.now += 2
    assert sweep() == 1
    assert state_of(job) == "queued"
    assert (job.losses, job.tries) == (1, 0)


def test_a_beating_runner_keeps_its_job(job, clock):
    sweep = Sweep(clock)
    running = claim(job.pk)
    for _ in range(10):
        sweep()
        clock.now += 50
        beat(running)
    assert sweep() == 0
    assert state_of(job) == "running"


def test_a_job_that_was_claimed_anew_is_given_a_whole_lease(job, clock):
    sweep = Sweep(clock)
    give_back(claim(job.pk))
    claim(job.pk)
    sweep()
    clock.now += 50
    give_back(Job.everything.get(pk=job.pk))
    claim(job.pk)
    clock.now += 20
    assert sweep() == 0


def test_a_wall_clock_that_jumps_frees_nothing(job, clock, time_machine):
    sweep = Sweep(clock)
    claim(job.pk)
    sweep()
    for hours in (1, -1, 5):
        time_machine.move_to(timezone.now() + timedelta(hours=hours))
        assert sweep() == 0
    assert state_of(job) == "running"


def test_a_job_that_kills_its_workers_fails_in_the_end(job, clock):
    sweep = Sweep(clock)
    for _ in range(leases.LOSSES):
        assert claim(job.pk)
        sweep()
        clock.now += 61
        sweep()
    assert state_of(job) == "failed"
    assert job.error
