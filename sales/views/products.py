"""The price list, which administrators keep."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Column
from crm.lib.listing import Listing, Tabs
from crm.lib.notices import say
from crm.lib.text import sort_key
from crm.lib.web import SeeOther, invalid, respond
from sales.deals.pricing import add_product, change_product, restore_product, retire_product
from sales.deals.pricing_forms import ProductForm
from sales.models import Product
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.records import VersionConflict

FORM = "sales/choice_form.html"
COLUMNS = [
    Column("name", gettext_lazy("Product"), ("sort_name", "id")),
    Column("price", gettext_lazy("Price of one"), numeric=True),
    Column("cost", gettext_lazy("Cost of one"), numeric=True),
]
TABS = Tabs(
    {"offered": gettext_lazy("Offered"), "retired": gettext_lazy("Retired")},
    lambda rows, tab: rows.filter(is_active=tab == "offered"),
)


@require_safe
@access(ADMIN)
def product_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        Product.objects.all(),
        columns=COLUMNS,
        default_sort="name",
        tabs=TABS,
        search=lambda rows, text: rows.filter(sort_name__contains=sort_key(text)),
    )
    context = {"listing": listing}
    return respond(request, "sales/product_list.html", context, fragment="sales/_products.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def product_new(request: SignedInRequest) -> HttpResponse:
    form = ProductForm(request.POST or None, viewer=request.user)
    context = _form_page(form, _("Add a product"))
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        if form.made_before():
            return SeeOther(reverse("product-list"))
        return invalid(request, FORM, context)
    new = Product(client_ref=form.cleaned_data["client_ref"], **form.typed)
    product, made = add_product(new, by=request.user)
    if made:
        say(request, _("«%(name)s» is on the list.") % {"name": product})
    return SeeOther(reverse("product-list"))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def product_edit(request: SignedInRequest, product_id: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=product_id)
    form = ProductForm(request.POST or None, instance=product, viewer=request.user)
    context = _form_page(form, str(product))
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        return invalid(request, FORM, context)
    try:
        change_product(product, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("«%(name)s» is saved.") % {"name": product})
    return SeeOther(reverse("product-list"))


@require_POST
@access(ADMIN)
def product_retire(request: SignedInRequest, product_id: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=product_id)
    retire_product(product, by=request.user)
    undo = reverse("product-restore", args=[product.pk])
    say(request, _("«%(name)s» is offered no more.") % {"name": product}, undo=undo)
    return SeeOther(reverse("product-list"))


@require_POST
@access(ADMIN)
def product_restore(request: SignedInRequest, product_id: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=product_id)
    restore_product(product, by=request.user)
    say(request, _("«%(name)s» is offered again.") % {"name": product})
    return SeeOther(reverse("product-list"))


def _form_page(form: ProductForm, title: str) -> dict[str, Any]:
    back = {"url": reverse("product-list"), "title": _("Products")}
    return {"form": form, "title": title, "back": back}
