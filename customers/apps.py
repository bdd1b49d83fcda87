from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        # they register what can be imported
        from customers.importing import customers, people, revenue  # noqa: F401
