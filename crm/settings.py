"""One settings file for every place Mainstay runs; the environment decides (table in the README).

Secure by default: only CRM_ENV=development (the default of `manage.py start`) may run with the
development key, and then only on this machine's own addresses.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crm.lib.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEVELOPMENT_KEY = "development-key-only-for-this-machine"
PLACE = env("CRM_ENV", default="development")
if PLACE not in ("development", "production"):
    raise ImproperlyConfigured(f"CRM_ENV is development or production, not {PLACE!r}.")
PRODUCTION = PLACE == "production"
DEBUG = False
SECRET_KEY = env("CRM_SECRET_KEY", default=DEVELOPMENT_KEY)
if PRODUCTION and (SECRET_KEY == DEVELOPMENT_KEY or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured(
        "CRM_SECRET_KEY is missing, too short or the development key. "
        "Set it to at least 32 random characters before starting in production."
    )
ALLOWED_HOSTS = env.list(
    "CRM_ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("CRM_ALLOWED_HOSTS must list the exact host names in production.")

DATA_DIR = Path(env("CRM_DATA_DIR", default="") or BASE_DIR / "var")
HTTPS = env.bool("CRM_HTTPS", default=PRODUCTION)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "crm",
    "crm.lib",
    "team",
    "customers",
    "sales",
    "reports",
]
MIDDLEWARE = [
    "crm.lib.middleware.request_id",
    "crm.lib.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # pages; files that never change lie compressed beside themselves (decision 21)
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "team.middleware.signed_in_by_default",
    "team.middleware.acting_user",
    "team.middleware.slow_down",
]
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "team.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# empty is as if it were not set: compose files hand on what nobody set like that
_database_url = env("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'mainstay.sqlite3'}"
if _database_url.partition("://")[0] not in ("sqlite", "postgres", "postgresql"):
    raise ImproperlyConfigured(
        "DATABASE_URL is postgres://user:password@host:5432/name or sqlite:////path/to/file."
    )
DATABASES = {"default": environ.Env.db_url_config(_database_url)}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN: measured 0 "database is locked" against 1,906 without
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = env.int("CRM_DB_CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {})["connect_timeout"] = 5
    # pages give up early (crm.wsgi says when); jobs and commands have the time they need
    _patience_ms = env.int("CRM_STATEMENT_TIMEOUT_MS", default=0)
    # compiling costs the statements of reports more than it saves (1.6 s with it, 0.4 s without)
    _database["OPTIONS"]["options"] = (
        f"-c jit=off -c statement_timeout={_patience_ms} "
        f"-c idle_in_transaction_session_timeout={2 * _patience_ms}"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("uk", _("Ukrainian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = ["crm.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# own files alone: nothing that a package brings along is served
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm.lib.staticfiles.HashedFiles"},
}
# served by a view that asks for rights, never by path
MEDIA_ROOT = DATA_DIR / "files"
FILES_QUOTA = env.int("CRM_FILES_QUOTA_MB", default=5120) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "crm.lib.uploads.Measured",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("CRM_TRUSTED_ORIGINS", default=[])
# X-Frame-Options comes with the policy (crm.lib.middleware); the proxy redirects to https, since a
# second redirect here would loop; a browser's preload list is the operator's own decision
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W008", "security.W021"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("CRM_BEHIND_PROXY", default=False) else None
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("CRM_MAIL_FROM", default="mainstay@localhost")
EMAIL_TIMEOUT = 10
SITE_URL = env("CRM_SITE_URL", default="http://localhost:8000")

LOGGING = logging_config(env("CRM_LOG_LEVEL", default="INFO"), as_json=PRODUCTION)

REDIS_URL = env("REDIS_URL", default="")
QUEUE_PREFIX = env("CRM_QUEUE_PREFIX", default="mainstay:")
# a runner silent for this long has lost its job; it beats six times in that span
JOB_LEASE_SECONDS = env.float("CRM_JOB_LEASE_SECONDS", default=60.0)
JOB_RETRY_SECONDS = env.float("CRM_JOB_RETRY_SECONDS", default=10.0)
BEAT_SECONDS = env.float("CRM_BEAT_SECONDS", default=60.0)
JOB_TIME_LIMIT_SECONDS = env.int("CRM_JOB_TIME_LIMIT_SECONDS", default=1800)
# with the four seconds in which a worker insists: less than the ten that containers and `start` wait
WORKER_STOP_SECONDS = env.float("CRM_WORKER_STOP_SECONDS", default=5.0)
WORKER_PROCESSES = env.int("CRM_WORKER_PROCESSES", default=2)
# how long refusals and opened customers wait to be written together
BUFFER_SECONDS = 1.0
