"""Real workers, publishers and beats that are killed, doubled and cut off: nothing lost, nothing twice."""

import os
import signal
import time
import uuid

import pytest
from celery import Celery
from django.db import connection

from reports.asking import NIGHTLY_JOB
from team.jobs import ask
from team.models import Company, Job
from tests.jobs.house import LEASE, children_of, kill_group, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.thorough]
ENDS_WITHIN = 10  # what `start` and containers wait for
# the faults of Redis itself are in test_redis_faults.py
REDIS = (pytest.mark.redis, pytest.mark.thorough)
on_both_queues = pytest.mark.parametrize(
    "house", ["file", pytest.param("redis", marks=REDIS)], indirect=True
)


@pytest.fixture
def worker(house):
    house.run("publisher")
    return house.run("worker")


@pytest.fixture
def order(house):
    """Ask for work as the system: `order(seconds=1)`; its name is in `args`."""

    def asked(kind="test.work", **args):
        return ask(kind, {"name": uuid.uuid4().hex[:8], **args}, by=None)

    return asked


@pytest.fixture
def begun(marks):
    return lambda job: marks("began").count(f"began {job.args['name']}")


@pytest.fixture
def made(marks):
    return lambda job: marks("made").count(f"made {job.args['name']}")


def wait_until_done(*jobs, seconds=30):
    ids = [job.pk for job in jobs]
    done = Job.everything.filter(pk__in=ids, state="done")
    wait_until(lambda: done.count() == len(ids), seconds)
    for job in jobs:
        job.refresh_from_db()


@on_both_queues
def test_a_worker_killed_in_the_middle_loses_nothing(house, worker, order, begun, made):
    job = order(seconds=0.5)
    wait_until(lambda: begun(job))

    os.kill(children_of(worker)[0], signal.SIGKILL)  # the pool's process

    wait_until_done(job)
    assert (begun(job), made(job)) == (2, 1)
    assert (job.losses, job.tries, job.result) == (1, 0, {"made": job.args["name"]})


@pytest.mark.thorough
def test_an_idle_process_that_is_killed_leaves_the_others_at_work(worker, order):
    wait_until_done(order())
    time.sleep(0.3)  # it waits for the next message now, holding the lock of the pipe
    os.kill(children_of(worker)[0], signal.SIGKILL)
    wait_until_done(order())


@pytest.mark.thorough
@on_both_queues
def test_a_worker_killed_with_all_its_processes_loses_nothing(house, worker, order, made):
    jobs = [order(seconds=0.3) for _ in range(3)]
    for _ in range(2):
        wait_until(lambda: Job.everything.filter(state="running").exists())
        house.end("worker")
        house.run("worker")

    wait_until_done(*jobs)
    assert [made(job) for job in jobs] == [1, 1, 1]


@pytest.mark.thorough
@on_both_queues
def test_messages_that_come_again_and_again_do_the_work_once(house, worker, order, begun, made):
    house.run("worker 2")
    job = order(seconds=0.5)
    bell = _bell_of(house)
    for _ in range(10):
        bell.send_task("crm.run_job", [job.pk], ignore_result=True)

    wait_until_done(job)
    wait_until_done(order(), order())  # what came after the repetitions is through
    assert (begun(job), made(job)) == (1, 1)


def _bell_of(house):
    """A way to send messages past the publisher."""
    bell = Celery()
    if house.environ["REDIS_URL"]:
        bell.conf.broker_url = house.environ["REDIS_URL"]
        bell.conf.broker_transport_options = {"global_keyprefix": "mainstay:"}
    else:
        messages, control = (house.folder / "queue" / name for name in ("messages", "control"))
        wait_until(lambda: messages.is_dir() and control.is_dir())
        bell.conf.broker_url = "filesystem://localhost/"
        bell.conf.broker_transport_options = {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
        }
    return bell


@pytest.mark.thorough
def test_a_worker_whose_head_is_killed_leaves_nobody_behind(house, worker, order, begun):
    job = order("test.silent", seconds=30)
    wait_until(lambda: begun(job))
    (child,) = children_of(worker)

    worker.kill()
    worker.wait()

    wait_until(lambda: not _is_alive(child), 5)


def _is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("house", "kind"),
    [
        ("file", "test.statement"),
        pytest.param("redis", "test.silent", marks=REDIS),
    ],
    indirect=["house"],
)
def test_a_worker_stopped_with_its_group_gives_a_long_job_back(house, worker, order, begun, kind):
    job = order(kind, seconds=60)
    wait_until(lambda: begun(job))

    kill_group(worker, signal.SIGTERM)

    worker.wait(timeout=ENDS_WITHIN)
    job.refresh_from_db()
    assert (job.state, job.losses, job.tries) == ("queued", 0, 0)
    assert begun(job) == 1


@pytest.mark.thorough
def test_a_stopped_worker_has_time_for_a_short_job_and_gives_a_long_one_back(
    house, worker, order, begun
):
    house.run("worker 2")
    short, long = order(seconds=0.5), order("test.silent", seconds=60)
    wait_until(lambda: begun(short) and begun(long))
    for name in ("worker", "worker 2"):
        house.processes[name].terminate()
    for name in ("worker", "worker 2"):
        house.processes[name].wait(timeout=ENDS_WITHIN)
    short.refresh_from_db()
    long.refresh_from_db()
    assert (short.state, begun(short)) == ("done", 1)
    assert (long.state, long.losses, long.tries) == ("queued", 0, 0)


@pytest.mark.thorough
@on_both_queues
def test_a_worker_stopped_among_many_jobs_loses_none(house, worker, order, begun, made):
    jobs = [order(seconds=0.01) for _ in range(6)]
    wait_until(lambda: begun(jobs[1]))

    kill_group(worker, signal.SIGTERM)

    worker.wait(timeout=ENDS_WITHIN)
    states = Job.everything.filter(pk__in=[job.pk for job in jobs]).values_list("state", flat=True)
    assert set(states) <= {"queued", "done"}
    house.run("worker")
    wait_until_done(*jobs)
    assert [(made(job), job.losses, job.tries) for job in jobs] == [(1, 0, 0)] * len(jobs)


@pytest.mark.thorough
def test_a_long_silent_job_keeps_its_lease_and_lets_others_write(house, worker, order, begun):
    job = order("test.silent", seconds=LEASE * 2)
    wait_until(lambda: begun(job))
    for number in range(10):
        started = time.monotonic()
        Company.objects.update_or_create(id=1, defaults={"name": f"{number}"})
        assert time.monotonic() - started < LEASE  # half of what the job takes

    wait_until_done(job)
    assert (begun(job), job.losses) == (1, 0)


def test_a_poison_job_fails_for_good_and_blocks_nobody(house, worker, order, begun):
    poison = order("test.poison")
    wait_until_done(order(), order())

    wait_until(lambda: Job.everything.get(pk=poison.pk).state == "failed")
    poison.refresh_from_db()
    assert (poison.tries, begun(poison)) == (3, 3)
    assert poison.error == "ValueError: this row cannot be read"


@pytest.mark.thorough
def test_two_beats_and_two_publishers_make_one_job_a_night(house, worker):
    Company.get()
    # with the short lease of these tests two publishers ring faster than one process can listen
    house.environ["CRM_JOB_LEASE_SECONDS"] = "9"
    house.end("publisher")
    for name in ("publisher", "publisher 2"):
        house.run(name)
    for number in (1, 2):
        house.run(f"beat {number}")

    nightly = Job.everything.exclude(key="")
    figures = nightly.filter(kind=NIGHTLY_JOB)  # which take a while, on a busy machine minutes
    wait_until(lambda: figures.exists() and nightly.exclude(started_at=None).exists(), 60)
    time.sleep(2.5)  # more ticks of both
    keys = list(nightly.values_list("kind", "key"))
    assert len(keys) == len(set(keys)) > 3
    assert not nightly.filter(tries__gt=1).exists()


@pytest.mark.postgres
def test_a_database_that_cuts_everybody_off_loses_nothing(house, worker, order, begun, made):
    wait_until_done(order())
    job = order(seconds=1.0)
    wait_until(lambda: begun(job))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    wait_until_done(job)
    assert made(job) == 1
    wait_until_done(order())
