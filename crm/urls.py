"""The addresses of all apps, by string: the composition root imports none of them."""

from django.urls import URLPattern, URLResolver, include, path

from crm import health, offline

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
    path("service-worker.js", offline.service_worker, name="service-worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("offline/", offline.offline, name="offline"),
    path("", include("team.urls")),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
    path("", include("reports.urls")),
]
handler500 = "crm.lib.errors.server_error"
