"""How leads come in and who gets them: a form on the company's site, and rules that give its leads away."""

from reports.demo.world import World
from sales.models import LeadRule, LeadSource, WebForm


def make_lead_ways(world: World) -> None:
    LeadRule.objects.create(
        name="Англійською: відділ експорту",
        order=10,
        language="en",
        team=world.teams["export"],
        passes_on=True,
        passes_on_after=4,
    )
    rest = LeadRule.objects.create(
        name="Решта: хто має найменше лідів", order=90, way=LeadRule.Way.LOAD
    )
    here = [rep.user for rep in world.reps.values() if rep.left_on is None]
    rest.people.set(user for user in here if user.is_rep and user.team != world.teams["export"])
    WebForm.objects.create(
        token="demo-offer",  # noqa: S106 - an address, no secret
        name="Сайт: запит пропозиції",
        title="Запитайте ціну на пакування",
        asks=[WebForm.Ask.COMPANY, WebForm.Ask.REGION, WebForm.Ask.MESSAGE],
        source=LeadSource.objects.get(key="web"),
    )
