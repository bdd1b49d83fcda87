from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import autodiscover_modules

from team.checks import every_view_declares_access


class TeamConfig(AppConfig):
    name = "team"

    def ready(self) -> None:
        register(every_view_declares_access, Tags.urls)
        autodiscover_modules("tasks")  # every app's job handlers, for who asks and who runs
