"""How much of everything the large company has."""

from dataclasses import dataclass, replace

# Every so-manyth customer is the rep's who signs in: 500 of 100,000.
OF_REP = 200


@dataclass(frozen=True)
class LargeSize:
    customers: int = 100_000
    contacts: int = 200_000
    leads: int = 50_000
    deals: int = 100_000
    activities: int = 1_000_000
    revenue_lines: int = 600_000
    tasks: int = 60_000
    surveys: int = 30_000
    contracts: int = 5_000
    people: int = 200
    teams: int = 20
    months: int = 36

    def divided(self, by: int) -> "LargeSize":
        """The same company on a smaller scale, with the same teams; for tests."""
        return replace(
            self,
            customers=self.customers // by,
            contacts=self.contacts // by,
            leads=self.leads // by,
            deals=self.deals // by,
            activities=self.activities // by,
            revenue_lines=self.revenue_lines // by,
            tasks=self.tasks // by,
            surveys=self.surveys // by,
            contracts=self.contracts // by,
        )
