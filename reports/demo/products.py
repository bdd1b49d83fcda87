"""What a packaging wholesaler sells, and what it pays for it."""

# product: share of the price that it costs to buy
COST = {
    "Stretch film 17 µm": 0.79,
    "Corrugated boxes, 3 layers": 0.74,
    "Corrugated boxes, 5 layers": 0.76,
    "Packing tape 48 mm": 0.68,
    "Bubble wrap 1.2 m": 0.72,
    "Corner boards": 0.66,
    "Kraft paper bags": 0.75,
    "Coffee bags with valve, 250 g": 0.64,
    "Coffee bags with valve, 1 kg": 0.65,
    "PET bottles 1 l": 0.83,
    "Shrink film": 0.81,
    "Pallets EUR, used": 0.88,
    "Cardboard sheets": 0.85,
    "Labels on rolls": 0.58,
    "Glass jars 450 ml": 0.82,
    "Big bags 1 t": 0.77,
    "Blister trays": 0.7,
    "Gift boxes": 0.55,
    "Paper cups": 0.73,
    "Strapping band": 0.69,
}
BY_SEGMENT = {
    "Food & drink": [
        "PET bottles 1 l", "Shrink film", "Labels on rolls", "Corrugated boxes, 3 layers", "Glass jars 450 ml",
        "Paper cups",
    ],
    "Farming": ["Big bags 1 t", "Stretch film 17 µm", "Pallets EUR, used", "Kraft paper bags"],
    "Furniture": ["Corrugated boxes, 5 layers", "Bubble wrap 1.2 m", "Corner boards", "Stretch film 17 µm"],
    "Industry": ["Corrugated boxes, 5 layers", "Strapping band", "Pallets EUR, used", "Cardboard sheets"],
    "Cosmetics": ["Gift boxes", "Labels on rolls", "Blister trays", "Corrugated boxes, 3 layers"],
    "Pharmacy": ["Blister trays", "Labels on rolls", "Corrugated boxes, 3 layers"],
    "Retail": ["Kraft paper bags", "Packing tape 48 mm", "Paper cups", "Gift boxes"],
    "Logistics": ["Stretch film 17 µm", "Pallets EUR, used", "Packing tape 48 mm", "Strapping band"],
}  # fmt: skip


def assortment(key: str, segment: str) -> list[str]:
    """What a customer chooses from; the coffee roaster buys coffee bags."""
    if key == "karpatska":
        return [
            "Coffee bags with valve, 250 g",
            "Coffee bags with valve, 1 kg",
            "Corrugated boxes, 3 layers",
        ]
    return BY_SEGMENT[segment]
