from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from customers.rhythm_rule import follow
        from reports.rules.parameters import rhythm_rule

        autodiscover_modules("definitions")  # each report registers itself
        follow(rhythm_rule)
