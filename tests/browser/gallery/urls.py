"""A page that shows every shared part, and small addresses that answer well and badly."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from crm.lib import formatting, svg
from crm.lib.frame import Frame, RailGroup, RailItem
from crm.lib.heat import Share, heat_rows
from crm.lib.notices import say
from team.access import ANYONE

FOLDER = Path(__file__).parent
LONG_NAME = "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“"
posts: list[str] = []


class Sample(forms.Form):
    name = forms.CharField(help_text="As it stands on invoices.")
    amount = forms.DecimalField(widget=forms.TextInput)
    segment = forms.ChoiceField(choices=[("", "—"), ("food", "Food")], required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    direction = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("in", "Incoming"), ("out", "Outgoing")]
    )
    test = forms.BooleanField(required=False, label="Test customer")


def frame_of(request):
    choose = request.GET.get
    sell = (
        RailItem("Today", "/?today", "sun", 17, key="t", current=True),
        RailItem("Customers", "/?customers", "building-store", key="c"),
        RailItem("Leads", "/?leads", "user-question", 3, key="l"),
    )
    losses = RailItem(
        "Losses",
        "/?losses",
        "droplet-half-2",
        key="r",
        children=(RailItem("Customers leaving", "/?churn"),),
    )
    return Frame(
        user="Оксана Мельник",
        company="Дніпро Пакування",
        currency="UAH",
        rail=(RailGroup("", (losses,)), RailGroup("Sell", sell)),
        bar=sell,
        new=(RailItem("Customer", "/?new-customer", "building-store", key="u"),),
        log_call_url="/drawer/",
        search_url="/search/",
        profile_url="/?profile",
        preferences_url="/preferences/",
        sign_out_url="/sign-out/",
        notices_url="/?notices",
        notices=2,
        theme=choose("theme", "system"),
        density=choose("density", "comfortable"),
        shortcuts=choose("shortcuts", "on") == "on",
    )


def show(request, file, **context):
    template = engines["django"].from_string((FOLDER / file).read_text())
    status = context.pop("status", 200)
    return HttpResponse(
        template.render({"frame": frame_of(request), **context}, request), status=status
    )


def months():
    names = ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    cents = [61, 55, 48, 66, 92, 58, 44, 87, 55, 52, 41, 35]
    return [
        svg.Mark(name, one * 10**6, f"₴{one}0,000", f"/?month={name}", running=name == "Nov")
        for name, one in zip(names, cents, strict=True)
    ]


def gallery(request):
    if request.GET.get("say"):
        say(request, "Call saved.", undo="/undo/")
    marks = months()
    axis = formatting.money_axis(92 * 10**6, "UAH")
    rows = [
        ("2024", "77", [Share(0.86, "86", "/?a"), Share(0.74, "74", "/?b")]),
        ("2025", "59", [Share(0.65, "65", "/?c")]),
    ]
    form = Sample(request.POST or None)
    context = {
        "logging_here": True,
        "today": date(2026, 11, 23),
        "late": date(2026, 11, 20),
        "chart": svg.columns("lost", marks, axis.write, value_name="Lost"),
        "heat": heat_rows(rows, 1, 0.65),
        "heads": ["1 year", "2"],
        "why": [svg.Mark("Silent 41 days", -18, "−18"), svg.Mark("Deal moved", 7, "+7")],
        "spark": [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 3, 2],
        "names": [LONG_NAME, "Northgate Dairy Co.", "宁波海纳包装有限公司"],
        "chips": [SimpleNamespace(label="At risk", remove_url="/?all")],
        "crumbs": [("Losses", "/?losses")],
        "form": form,
    }
    invalid = request.method == "POST" and not form.is_valid()
    return show(request, "gallery.html", **context, status=422 if invalid else 200)


def drawer(request):
    """Has a fragment too, as pages with a form have."""
    if request.htmx and not request.htmx.boosted:
        return HttpResponse("<p>the fragment</p>")
    return show(request, "drawer.html")


def door(request):
    return show(request, "door.html", frame=None)


def search(request):
    return HttpResponse(
        '<h3>Customers</h3><a class="m-hit" href="/?found"><span>Карпатська Кава</span></a>'
        if request.GET.get("q")
        else ""
    )


def found(request):
    text = request.GET.get("q", "")
    items = [
        {"value": "7", "text": "ТОВ «Карпатська Кава»", "note": "Оксана <Мельник>"},
        {"value": "8", "text": "Northgate Dairy Co.", "note": ""},
    ]
    return JsonResponse({"items": [item for item in items if text.lower() in item["text"].lower()]})


def noted(request):
    posts.append(request.path)
    return HttpResponse("noted")


def missing(request):
    raise Http404


def broken(request):
    raise ValueError("broken")


VIEWS = {
    "": gallery,
    "drawer/": drawer,
    "door/": door,
    "search/": search,
    "found/": found,
    "undo/": noted,
    "once/": noted,
    "missing/": missing,
    "broken/": broken,
}
for view in VIEWS.values():
    view.access = (ANYONE,)
urlpatterns = [path(address, view) for address, view in VIEWS.items()]
handler500 = "crm.lib.errors.server_error"
