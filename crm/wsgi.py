import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("CRM_STATEMENT_TIMEOUT_MS", "15000")
application = get_wsgi_application()
