"""What pages are compared with: the least the stack can answer, and the frame around nothing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from team.access import SIGNED_IN, SignedInRequest, access


@require_safe
@access(SIGNED_IN)
def ok(request: SignedInRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@access(SIGNED_IN)
def empty(request: SignedInRequest) -> HttpResponse:
    return render(request, "page.html")
