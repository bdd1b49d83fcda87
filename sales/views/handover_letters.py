"""Letters to the customers of a hand-over: looked at, approved, and what became of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.lib import formatting
from crm.lib.notices import say
from crm.lib.web import SeeOther
from sales.handing_over.care import has_care
from sales.handing_over.letters import approve, drafts_of, lines_of, may_write
from sales.handing_over.reading import page_of
from sales.models import HandoverLine
from sales.views.wizard import LEADERS, handover_or_404
from team.access import SignedInRequest, access
from team.offering import reaches

# of one page
MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_letters(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """A page of them with the words of each; a post approves the ticked ones (`on`), which then go by themselves."""
    handover = handover_or_404(request, handover_id)
    if not has_care(handover):
        return SeeOther(handover.get_absolute_url())
    if request.method == "POST":
        n = approve(handover, _marks(request.POST.getlist("on")), by=request.user)
        # none: they were on their way, or say something else by now
        told = ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", n)
        say(request, told % {"n": formatting.number(n)})
        return SeeOther(request.get_full_path())
    names = ("after", "before", "last")
    asked = {name: request.GET[name] for name in names if request.GET.get(name)}
    page = page_of(lines_of(handover), HandoverLine.Kind.CUSTOMER, asked)
    drafts = drafts_of(handover, [row.line for row in page.rows], request.user)
    context = {
        "handover": handover,
        "page": page,
        "drafts": drafts,
        "open": may_write(handover, request.user) and any(draft.may_go for draft in drafts),
        "keeps_words": request.user.is_admin,
        "reaches": reaches(request.user),
    }
    return render(request, "sales/handover_letters.html", context)


def _marks(ticked: list[str]) -> dict[int, str]:
    """`line:mark` of each ticked letter; what is none is left out."""
    pairs = (one.partition(":") for one in ticked[:MOST])
    return {
        int(line): mark
        for line, _colon, mark in pairs
        if line.isascii() and line.isdecimal() and len(line) < 19
    }
