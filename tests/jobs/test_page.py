"""The page of long work: administrators see it and try again; nobody else."""

import pytest

from team.jobs import ask
from team.jobs.leases import claim, fail
from team.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(rep):
    job = ask("test.poison", {"name": "secret words"}, by=rep)
    fail(claim(job.pk), "ValueError: <b>no good</b>", final=True)
    return job


def test_an_administrator_reads_what_failed_and_why(failed, admin, login):
    page = login(admin).get("/jobs/").content.decode()
    assert "test.poison" in page
    assert "Rita Rep" in page
    assert "ValueError: &lt;b&gt;no good&lt;/b&gt;" in page
    assert "secret words" not in page


def test_an_administrator_lets_it_run_again(failed, admin, login):
    answer = login(admin).post(f"/jobs/{failed.pk}/retry/")
    assert (answer.status_code, answer.url) == (303, "/jobs/")
    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.error) == ("queued", 0, "")


@pytest.mark.parametrize("who", ["rep", "manager", "director"])
def test_nobody_else_does(failed, who, login, request):
    client = login(request.getfixturevalue(who))
    assert client.get("/jobs/").status_code == 403
    assert client.post(f"/jobs/{failed.pk}/retry/").status_code == 403
    assert Job.everything.get(pk=failed.pk).state == "failed"


def test_the_list_narrows_by_state(failed, admin, login):
    page = login(admin).get("/jobs/", {"state": "done"}).content.decode()
    assert "test.poison" not in page


def test_the_queries_do_not_grow_with_the_rows(admin, login, django_assert_num_queries, rep):
    client = login(admin)
    client.get("/jobs/")
    counts = []
    for _ in range(2):
        for number in range(5):
            job = ask("test.work", {"name": f"{Job.everything.count()} {number}"}, by=None)
        assert job
        with django_assert_num_queries(8, exact=False) as queries:
            client.get("/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_administrators_read_which_process_is_down(admin, login, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    page = login(admin).get("/jobs/").content.decode()
    assert "stops again and again" not in page
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "down").write_text("worker\nbeat")
    page = login(admin).get("/jobs/").content.decode()
    assert "Down: worker, beat." in page and "It stops again and again." in page
