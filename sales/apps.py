from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"

    def ready(self) -> None:
        # they register: what begins when somebody leaves, what leads and deals are found by, what is left behind at
        # signing out, what waits in the rail, what people are told, jobs, why deals were lost, and what can be imported
        import sales.calls.drafts  # noqa: F401
        import sales.days.reminding  # noqa: F401
        import sales.days.today  # noqa: F401
        import sales.leads.late_leads  # noqa: F401
        import sales.mentions  # noqa: F401
        import sales.search  # noqa: F401
        import sales.tasks  # noqa: F401
        from sales.deals import reasons_told  # noqa: F401
        from sales.handing_over import at_notice  # noqa: F401
        from sales.importing import activities, campaigns, deals, leads  # noqa: F401
