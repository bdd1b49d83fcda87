"""The people of the demonstration company."""

from dataclasses import dataclass

PASSWORD = "mainstay-demo"  # noqa: S105 - printed on the sign-in page of the demonstration

# key: name, inside which team, who runs it
TEAMS = {
    "centre": ("Центр і Захід", None, "manager"),
    "west": ("Захід", "centre", "bohdan"),
    "south": ("Південь і Схід", None, "serhii"),
    "export": ("Експорт", None, "emma"),
}


@dataclass(frozen=True)
class Staff:
    """`hired` and `left` are days before today (left below 0: still ahead). Only those hired sell.

    `logs` is the share of days with a record, `talk` the share of such a day spent selling.
    """

    key: str
    name: str
    email: str
    team: str | None
    roles: str
    hired: int | None = None
    left: int | None = None
    wage: int = 0
    expenses: int = 0
    logs: float = 0.9
    talk: float = 0.5
    room: int = 30
    leave_reason: str = ""
    beginner: str = ""  # idle, learning: how the first three months went


def _mail(name: str) -> str:
    return f"{name}@dnipro-pakuvannia.example"


OFFICE = [
    # the owner: sees all, administers, and alone names directors and reads wages
    Staff("director", "Віктор Бойко", "director@example.com", None, "director admin"),
    Staff("admin", "Лариса Гнатенко", "admin@example.com", None, "admin"),
    Staff("manager", "Ірина Савченко", "manager@example.com", "centre", "manager"),
    Staff("serhii", "Сергій Ткаченко", _mail("s.tkachenko"), "south", "manager"),
    Staff("emma", "Emma Clarke", _mail("e.clarke"), "export", "manager"),
]
SELLERS = [
    Staff("oksana", "Оксана Мельник", "rep@example.com", "west", "rep", 2100, None, 38000, 6500, 0.97, 0.62, 26),
    Staff(
        "bohdan", "Богдан Кравець", _mail("b.kravets"), "west", "rep manager", 2600, None, 46000, 7000, 0.88, 0.45, 16,
    ),
    Staff("andrii", "Андрій Шевчук", _mail("a.shevchuk"), "west", "rep", 1900, None, 34000, 6000, 0.93, 0.58, 34),
    Staff(
        "sofiia", "Софія Романюк", _mail("s.romaniuk"), "west", "rep", 205, None, 26000, 5000, 0.9, 0.5, 18,
        beginner="idle",
    ),
    Staff(
        "olena", "Олена Коваленко", _mail("o.kovalenko"), "centre", "rep", 2500, -7, 39000, 6500, 0.82, 0.4, 47,
        leave_reason="Moves abroad",
    ),
    Staff("maksym", "Максим Гончар", _mail("m.honchar"), "centre", "rep", 1450, None, 33000, 6000, 0.95, 0.6, 36),
    Staff(
        "nataliia", "Наталія Дяченко", _mail("n.diachenko"), "centre", "rep", 2300, None, 36000, 6000, 0.94, 0.55, 36,
    ),
    Staff("dmytro", "Дмитро Поліщук", _mail("d.polishchuk"), "centre", "rep", 980, None, 31000, 6000, 0.55, 0.35, 32),
    Staff("yuliia", "Юлія Бондаренко", _mail("y.bondarenko"), "south", "rep", 2450, None, 37000, 6000, 0.95, 0.6, 38),
    Staff("vitalii", "Віталій Кучер", _mail("v.kucher"), "south", "rep", 1250, None, 32000, 6000, 0.62, 0.38, 32),
    Staff("maryna", "Марина Лисенко", _mail("m.lysenko"), "south", "rep", 640, None, 30000, 5500, 0.92, 0.57, 28),
    Staff(
        "taras", "Тарас Олійник", _mail("t.oliinyk"), "south", "rep", 320, None, 27000, 5000, 0.97, 0.5, 18,
        beginner="learning",
    ),
    Staff(
        "lin", "林志强", _mail("lin.zhiqiang"), "export", "rep", 2200, None, 45000, 9000, 0.93, 0.55, 52,
    ),
    Staff(
        "anna", "Anna Weber", _mail("a.weber"), "export", "rep", 1700, None, 44000, 9000, 0.9, 0.52, 52,
    ),
    Staff(
        "artem", "Артем Білоус", _mail("a.bilous"), "export", "rep", 38, None, 28000, 6000, 0.0, 0.0, 0,
        beginner="idle",
    ),
    Staff(
        "yurii", "Юрій Лисенко", _mail("y.lysenko"), "west", "rep", 2700, 1255, 30000, 6000,
        leave_reason="Own business",
    ),
    Staff(
        "pavlo", "Павло Зінченко", _mail("p.zinchenko"), "south", "rep", 2400, 505, 32000, 6000, 0.8, 0.45, 34,
        leave_reason="Went to a competitor",
    ),
    Staff(
        "roman", "Роман Ткач", _mail("r.tkach"), "centre", "rep", 2250, 292, 33000, 6000, 0.78, 0.42, 34,
        leave_reason="Went to a competitor",
    ),
    Staff(
        "inna", "Інна Федорчук", _mail("i.fedorchuk"), "west", "rep", 2000, 158, 32000, 6000, 0.85, 0.45, 32,
        leave_reason="Better offer",
    ),
    Staff(
        "svitlana", "Світлана Гриценко", _mail("s.hrytsenko"), "south", "rep", 1500, 24, 31000, 6000, 0.84, 0.48, 22,
        leave_reason="Family reasons",
    ),
    Staff(
        "ihor", "Ігор Панченко", _mail("i.panchenko"), "centre", "rep", 275, 150, 26000, 5000, 0.9, 0.4, 0,
        leave_reason="Did not pass the trial period", beginner="idle",
    ),
    Staff(
        "denys", "Денис Марчук", _mail("d.marchuk"), "south", "rep", 560, 430, 24000, 5000, 0.9, 0.4, 0,
        leave_reason="Did not pass the trial period", beginner="idle",
    ),
]  # fmt: skip
EVERYBODY = OFFICE + SELLERS
