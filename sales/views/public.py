"""The pages that strangers see: a form, and the thanks for it.

They know no session and set no cookie, so any site may frame them or post to them. A token against forged
posts would protect nobody: what is sent is done in no one's name, and whoever can forge it can send it.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crm.lib.web import SeeOther
from sales.models import WebForm
from sales.public.form import TRAP, PublicForm, origin_of
from sales.public.spam import FLOOD, MANY, shown_page, stamp, suspicions
from sales.public.web_posts import is_full, take_post
from team.access import ANYONE, access
from team.audit import Actor, acting
from team.middleware import client_address
from team.models import Company
from team.throttle import Limits, Tries

MOST_BYTES = 64 * 1024
# Within a quarter of an hour: at one form from one address, at one form, from one address.
LIMITS = Limits(pair=20, account=600, address=40)
# Where others have used up what the form takes, so many more are kept aside to be looked at, not turned away.
ASIDE = Limits(pair=3, account=400, address=10)
FULL_MINUTES = 15
# More than these from one address are looked at before they become leads.
AT_ONCE = 5


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@access(ANYONE)
def web_form(request: HttpRequest, token: str) -> HttpResponse:
    form = _form(token)
    if form is None:
        return _page("sales/public_closed.html", None, status=410)
    with translation.override(form.language):
        if request.method != "POST":
            return _show(form, _blank(form), origin_of(request.GET))
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return _show(form, _blank(form), {}, status=413, too_long=True)
        return _take(request, form)


@require_safe
@access(ANYONE)
def web_form_thanks(request: HttpRequest, token: str) -> HttpResponse:
    form = _form(token)
    if form is None:
        return _page("sales/public_closed.html", None, status=410)
    with translation.override(form.language):
        return _page("sales/public_thanks.html", form)


def _form(token: str) -> WebForm | None:
    """A form that was closed and one that never was are answered alike."""
    related = WebForm.objects.select_related("source", "campaign")
    return related.filter(token=token, is_active=True).first()


def _blank(form: WebForm) -> PublicForm:
    return PublicForm(form=form, currency=Company.get().base_currency)


def _take(request: HttpRequest, form: WebForm) -> HttpResponse:
    filled = PublicForm(request.POST, form=form, currency=Company.get().base_currency)
    origin = origin_of(request.POST, request.GET)
    shown = request.POST.get("shown", "")
    if not filled.is_valid():
        return _show(form, filled, origin, status=422, shown=shown)
    address = client_address(request)
    verdict = Tries("web form", form.token, address, LIMITS).take()
    flooded = verdict.by_others
    if flooded:
        verdict = Tries("web form aside", form.token, address, ASIDE).take()
    if verdict.minutes or flooded and is_full(form):
        minutes = verdict.minutes or FULL_MINUTES
        return _show(form, filled, origin, status=429, shown=shown, minutes=minutes)
    page = shown_page(form, shown)
    trap = request.POST.get(TRAP, "")
    reasons = suspicions(form, filled.said, trap=trap, stamped=shown, shown=page)
    if flooded:
        reasons.append(FLOOD)
    elif LIMITS.pair - verdict.left > AT_ONCE:
        reasons.append(MANY)
    # nobody's act, even if a colleague is signed in here
    with acting(Actor(name=f"«{form.name}»"[:150], address=address)):
        take_post(form, filled.said, origin, reasons, page.page if page else None)
    return _sent(form)


def _sent(form: WebForm) -> HttpResponse:
    """The same answer whatever we think of what was sent."""
    answer = SeeOther(form.thanks_url or reverse("web-form-thanks", args=[form.token]))
    return _framable(answer, form)


def _show(
    form: WebForm,
    filled: PublicForm,
    origin: dict[str, str],
    *,
    status: int = 200,
    shown: str = "",
    **told: Any,
) -> HttpResponse:
    """The page with the form; put right and sent again it was `shown` when it was first."""
    context = {
        "form": filled,
        "origin": origin,
        "stamp": shown or stamp(form),
        "trap": TRAP,
        **told,
    }
    return _page("sales/public_form.html", form, context, status=status)


def _page(
    template: str, form: WebForm | None, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Rendered without the request: nothing of who may be signed in can get onto the page."""
    html = render_to_string(template, {"web_form": form, **(context or {})})
    return _framable(HttpResponse(html, status=status), form)


def _framable(answer: HttpResponse, form: WebForm | None) -> HttpResponse:
    """The policy of all pages, but any site may frame this one, and it may lead on to the page of thanks."""
    onward = f" {_origin(form.thanks_url)}" if form is not None and form.thanks_url else ""
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"form-action 'self'{onward}; base-uri 'none'; frame-ancestors *"
    )
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _origin(url: str) -> str:
    """Scheme, host and port, without what a policy does not know."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}"
