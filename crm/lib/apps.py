from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "crm.lib"
    label = "crm_lib"
