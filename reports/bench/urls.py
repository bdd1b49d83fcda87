"""The product's addresses and two to compare with. Only `crm.settings_bench` knows them."""

from django.urls import include, path

from reports.bench import views

urlpatterns = [
    path("bench/ok/", views.ok, name="bench-ok"),
    path("bench/empty/", views.empty, name="bench-empty"),
    path("", include("crm.urls")),
]
handler500 = "crm.lib.errors.server_error"
