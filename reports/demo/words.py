"""What reps wrote down."""

NOTES = {
    "call": [
        "Order as usual, deliver before noon.", "Asked for the price from December.", "Stock lasts until the 10th.",
        "Замовлення наступного тижня.", "Wants the old thickness back.", "New warehouse opens in spring.",
        "Порівнює з пропозицією конкурента.", "Complained about two torn pallets.", "Pleased with the last delivery.",
        "Просить рахунок на пошту.", "Buyer on leave, call the deputy.", "Will pay on Friday.",
        "Asked whether we can deliver in 48 hours.", "Line stands still until the part arrives.",
        "Хоче зразки нової плівки.", "Volume down, they lost a customer themselves.",
    ],
    "email": [
        "Sent the price list.", "Offer for the next quarter.", "Certificate of conformity attached.",
        "Надіслано акт звірки.", "Reminder of the open invoice.", "Photos of the damaged pallet.",
    ],
    "message": ["Truck arrives at 14:00.", "Зразки відправлено.", "Order confirmed."],
    "meeting": [
        "Went through last year’s volumes.", "Talked about a yearly contract.", "Показали нові зразки.",
        "Met the new head of supply.",
    ],
    "visit": [
        "Saw the packing line; the film tears at the corner.", "Склад заповнений, замовлять після свят.",
        "Counted their stock together.",
    ],
    "demo": ["Tried the 17 µm film on their machine.", "Two operators trained."],
    "proposal": ["Offer with three price steps.", "Пропозиція на рік."],
    "negotiation": ["Payment in 30 days against 2 % off.", "They ask for a price held until June."],
}  # fmt: skip
