from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # they register: what leads and deals are found by, what waits in the rail, what can be imported
        from sales import search, today  # noqa: F401
        from sales.importing import activities, campaigns, deals, leads  # noqa: F401
