import pytest

from team.models import AuditEntry, User
from tests.jobs.work import tasks  # noqa: F401 - registers the jobs that these tests order


@pytest.fixture
def asker(db):
    return User.objects.create_user("asker@example.com", name="Ada Asker", is_rep=True)


@pytest.fixture
def marks():
    """The actions recorded under a prefix: `marks("made")`."""

    def actions(prefix):
        found = AuditEntry.objects.filter(action__startswith=f"{prefix} ").order_by("id")
        return list(found.values_list("action", flat=True))

    return actions
