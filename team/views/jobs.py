"""Long work for administrators: what waits, runs, is done or failed, and trying again."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.lib.columns import Column
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.processes import down_now
from crm.lib.web import SeeOther, respond
from team.access import ADMIN, SignedInRequest, access, visible_or_404
from team.filters import JobFilters
from team.jobs import retry
from team.jobs.registry import title_of
from team.models import Job

COLUMNS = [
    Column("what", gettext_lazy("What")),
    Column("state", gettext_lazy("State")),
    Column("asked", gettext_lazy("Asked"), ("-id",)),
    Column("ended", gettext_lazy("Ended")),
    Column("act", ""),
]


@require_safe
@access(ADMIN)
def job_list(request: SignedInRequest) -> HttpResponse:
    jobs = Job.visible_to(request.user).select_related("requested_by")
    listing = Listing(
        request, jobs, columns=COLUMNS, default_sort="asked", filters=JobFilters, page_size=25
    )
    rows = [(title_of(job.kind), job) for job in listing.page.rows]
    context = {"listing": listing, "rows": rows, "down": down_now()}
    return respond(request, "team/job_list.html", context, fragment="team/_jobs.html")


@require_POST
@access(ADMIN)
def job_retry(request: SignedInRequest, job_id: int) -> HttpResponse:
    job = visible_or_404(Job, request.user, pk=job_id)
    if retry(job, by=request.user):
        say(request, _("It waits for its turn again."))
    return SeeOther(reverse("job-list"))
