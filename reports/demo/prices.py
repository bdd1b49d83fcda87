"""The price list of the demonstration, and the price lines of its best-known deal."""

from decimal import Decimal

from reports.demo.products import COST
from reports.demo.world import World
from sales.models import Deal, DealLine, Product

# In hryvnias; a margin as in the orders.
PRICES = {
    "Stretch film 17 µm": "198.50",
    "Bubble wrap 1.2 m": "412",
    "Kraft paper bags": "4.20",
    "Coffee bags with valve, 250 g": "12.50",
    "Coffee bags with valve, 1 kg": "18.80",
    "PET bottles 1 l": "3.95",
    "Shrink film": "224",
    "Labels on rolls": "0.185",
    "Big bags 1 t": "236",
    "Gift boxes": "27.40",
    "Paper cups": "1.15",
}
# Together 310,000, which the deal is worth.
LINES = {
    "Coffee bags with valve, 250 g": (16_000, "0.05"),
    "Coffee bags with valve, 1 kg": (6_000, "0"),
}
DELIVERY = Decimal("7200")


def make_prices(world: World) -> None:
    products = {
        name: Product(name=name, price=Decimal(price), cost=_cost(name, price), currency="UAH")
        for name, price in PRICES.items()
    }
    for product in products.values():
        product.save()
    deal = Deal.everything.get(title="Coffee bags 2027")
    for name, (quantity, discount) in LINES.items():
        product = products[name]
        _line(
            deal,
            name=name,
            product=product,
            quantity=Decimal(quantity),
            price=product.price,
            cost=product.cost,
            discount=Decimal(discount),
        )
    _line(deal, name="Delivery to Lviv", price=DELIVERY)


def _line(deal: Deal, **values: object) -> None:
    DealLine(deal=deal, created_by=deal.owner, **values).save()


def _cost(name: str, price: str) -> Decimal:
    return (Decimal(price) * Decimal(str(COST[name]))).quantize(Decimal("0.001"))
