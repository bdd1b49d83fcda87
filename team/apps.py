from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TeamConfig(AppConfig):
    name = "team"

    def ready(self) -> None:
        autodiscover_modules("tasks")  # every app's job handlers, for who asks and who runs
