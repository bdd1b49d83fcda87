"""British and German firms and people."""

from random import Random

PAIRED = [
    "Harbour",
    "Orchard",
    "Finch",
    "Marlow",
    "Ashdown",
    "Kettle",
    "Bright",
    "Calder",
    "Thorne",
    "Whitby",
]
PLACED = [
    "Northgate",
    "Green Valley",
    "Riverside",
    "Old Mill",
    "Castle Hill",
    "Westbrook",
    "Millstone",
    "Seaview",
]
# what follows the name, segment
TRADES = [
    ("Dairy Co.", "Food & drink"),
    ("Foods Ltd", "Food & drink"),
    ("Coffee Roasters", "Food & drink"),
    ("Interiors Ltd", "Furniture"),
    ("Logistics Ltd", "Logistics"),
    ("Pharma Ltd", "Pharmacy"),
    ("Organics", "Cosmetics"),
    ("Stores plc", "Retail"),
    ("Tools Ltd", "Industry"),
]
GERMAN = [
    ("Bäckerei", "Food & drink"),
    ("Kellerei", "Food & drink"),
    ("Möbelhaus", "Furniture"),
    ("Gärtnerei", "Farming"),
    ("Spedition", "Logistics"),
    ("Druckerei", "Industry"),
    ("Werkzeugbau", "Industry"),
]
GERMAN_SURNAMES = [
    "Lindner",
    "Hoffmann",
    "Krüger",
    "Bauer",
    "Schäfer",
    "Vogel",
    "Brandt",
    "Jäger",
    "Weiß",
    "Köhler",
]
ENGLISH_PLACES = ["London", "Leeds", "Bristol", "Manchester", "Cardiff"]
GERMAN_PLACES = ["Berlin", "Leipzig", "Hamburg", "Nürnberg", "Wien"]
FIRST = [
    "Emily",
    "Tom",
    "James",
    "Priya",
    "Sarah",
    "Mark",
    "Helen",
    "Oliver",
    "Amara",
    "George",
    "Nina",
    "Daniel",
]
LAST = [
    "Carter",
    "Whitaker",
    "Orchard",
    "Nair",
    "Jensen",
    "Hughes",
    "Bennett",
    "Okafor",
    "Reid",
    "Walsh",
    "Palmer",
]
GERMAN_FIRST = ["Klaus", "Sabine", "Jürgen", "Anke", "Matthias", "Ute", "Stefan", "Franziska"]  # fmt: skip


def english_firm(random: Random) -> tuple[str, str, str]:
    """A firm's name, its segment and its place."""
    place = random.choice(ENGLISH_PLACES)
    if random.random() < 0.35:
        one, other = random.sample(PAIRED, 2)
        return f"{one} & {other} Ltd", "Retail", place
    trade, segment = random.choice(TRADES)
    return f"{random.choice(PLACED + PAIRED)} {trade}", segment, place


def german_firm(random: Random) -> tuple[str, str, str]:
    trade, segment = random.choice(GERMAN)
    ending = random.choice(["GmbH", "GmbH", "KG", "GmbH & Co. KG"])
    return (
        f"{trade} {random.choice(GERMAN_SURNAMES)} {ending}",
        segment,
        random.choice(GERMAN_PLACES),
    )


def english_person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def german_person(random: Random) -> str:
    return f"{random.choice(GERMAN_FIRST)} {random.choice(GERMAN_SURNAMES)}"
