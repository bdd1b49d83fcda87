"""Settings for tests: cheap passwords, plain static files, mail in memory, a database in memory."""

from crm.settings import *  # noqa: F403
from crm.settings import DATABASES, env

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["TEST"] = {"NAME": env("CRM_TEST_DATABASE", default=None)}
BUFFER_SECONDS = 0.0
