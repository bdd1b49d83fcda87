from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # they register: what leads and deals are found by, what waits in the rail
        from sales import search, today  # noqa: F401
