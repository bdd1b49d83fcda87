"""Settings for `manage.py bench`: the same stack with two addresses more, on this machine alone."""

from crm.settings import *  # noqa: F403
from crm.settings import MIDDLEWARE, STORAGES

ROOT_URLCONF = "reports.bench.urls"
MIDDLEWARE = ["reports.bench.counting.count_queries", *MIDDLEWARE]
ALLOWED_HOSTS = ["127.0.0.1"]
# files need not be collected to measure pages
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
