"""Customers that the demonstration is told with: those of its rep, and a few whose story is known."""

from dataclasses import dataclass

from reports.demo.clock import Clock
from reports.demo.world import Life


@dataclass(frozen=True)
class Chosen:
    """`since`, `silent`: days before today (first order; last order, None: as it comes). `yearly` in `currency`."""

    key: str
    name: str
    country: str
    segment: str
    region: str
    place: str
    currency: str
    yearly: int
    gap: int
    since: int
    rep: str
    silent: int | None = None
    fading: bool = False
    growth: float = 0.05
    contract: str = ""
    people: tuple[tuple[str, str], ...] = ()


CHOSEN = [
    Chosen(
        "karpatska", "ТОВ «Карпатська Кава»", "uk", "Food & drink", "West", "Ivano-Frankivsk", "UAH", 1320000, 21, 2000,
        "oksana", silent=46, fading=True,
        people=(("Роман Гнатюк", "Buyer, decides"), ("Лідія Савчук", "Accounts"), ("Mark Jensen", "Roastery")),
    ),
    Chosen(
        "lindner", "Bäckerei Lindner GmbH", "de", "Food & drink", "Europe", "Leipzig", "EUR", 32700, 30, 1450,
        "oksana", silent=67, people=(("Klaus Lindner", "Owner"), ("Ute Brandt", "Accounts")),
    ),
    Chosen(
        "greenvalley", "Green Valley Foods Ltd", "en", "Food & drink", "Europe", "Bristol", "EUR", 21900, 28, 1100,
        "oksana", people=(("Priya Nair", "Buyer"), ("Tom Reid", "Warehouse")),
    ),
    Chosen(
        "podillia", "ПП «Агро-Поділля»", "uk", "Farming", "West", "Ternopil", "UAH", 640000, 24, 1600, "oksana",
        people=(("Василь Мороз", "Director"), ("Ганна Рудь", "Accounts")),
    ),
    Chosen(
        "northgate", "Northgate Dairy Co.", "en", "Food & drink", "Europe", "Leeds", "EUR", 44100, 21, 1300, "oksana",
        contract="open", people=(("Tom Whitaker", "Purchasing manager"), ("Helen Bennett", "Quality")),
    ),
    Chosen(
        "oliia", "ТОВ «Степова Олія»", "uk", "Food & drink", "South", "Mykolaiv", "UAH", 2310000, 14, 1750, "oksana",
        growth=0.12, people=(("Наталія Бондар", "Head of supply"), ("Степан Вовк", "Warehouse")),
    ),
    Chosen(
        "yiwu", "义乌新程贸易有限公司", "cn", "Retail", "Asia", "Yiwu", "CNY", 198000, 30, 900, "oksana",
        people=(("王磊 Wang Lei", "Owner"),),
    ),
    Chosen(
        "orchard", "Orchard & Sons Ltd", "en", "Food & drink", "Europe", "Cardiff", "EUR", 27300, 30, 1000, "oksana",
        people=(("James Orchard", "Director"),),
    ),
    Chosen(
        "dolyna", "ТОВ «Сонячна Долина»", "uk", "Farming", "West", "Uzhhorod", "UAH", 412000, 21, 22, "oksana",
        people=(("Оксана Гаврилюк", "Buyer"),),
    ),
    Chosen(
        "zerno", "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“", "uk", "Farming", "South", "Odesa", "UAH",
        1180000, 30, 1500, "oksana", contract="open",
        people=(("Володимир Сидоренко", "Commercial director"), ("Тетяна Їжакевич", "Buyer")),
    ),
    Chosen(
        "smereka", "ТОВ «Смерека Меблі»", "uk", "Furniture", "West", "Ivano-Frankivsk", "UAH", 385000, 45, 1380,
        "oksana", silent=101, people=(("Ярослава Панасюк", "Production manager"),),
    ),
    Chosen(
        "bdzhilka", "ФГ «Карпатська Бджілка»", "uk", "Food & drink", "West", "Chernivtsi", "UAH", 96000, 60, 800,
        "oksana", people=(("Степан Швець", "Owner"),),
    ),
    Chosen(
        "chocolate", "ПрАТ «Львівська Шоколадна Мануфактура»", "uk", "Food & drink", "West", "Lviv", "UAH", 1720000, 14,
        1700, "oksana", growth=0.1,
        people=(("Соломія Кравчук", "Head of purchasing"), ("Ігор Стельмах", "Packing line")),
    ),
    Chosen(
        "apteka", "ТОВ «Аптека Здоров’я Плюс»", "uk", "Pharmacy", "West", "Lutsk", "UAH", 268000, 30, 760, "oksana",
        people=(("Людмила Литвин", "Pharmacist in charge"),),
    ),
    Chosen(
        "suzhou-tea", "苏州嘉禾茶业有限公司", "cn", "Food & drink", "Asia", "Suzhou", "CNY", 142000, 45, 640, "oksana",
        people=(("陈静 Chen Jing", "Import manager"), ("李敏 Li Min", "Documents")),
    ),
    Chosen(
        "polonyna", "ФГ «Полонина»", "uk", "Farming", "West", "Uzhhorod", "UAH", 154000, 35, 1220, "oksana", silent=80,
        people=(("Іван Білик", "Owner"),),
    ),
    Chosen(
        "kruger", "Möbelhaus Krüger KG", "de", "Furniture", "Europe", "Nürnberg", "EUR", 18600, 60, 990, "oksana",
        people=(("Sabine Krüger", "Managing director"),),
    ),
    Chosen(
        "ivchenko", "ФОП Ївченко Марія Степанівна", "uk", "Retail", "West", "Rivne", "UAH", 58000, 30, 560, "oksana",
        people=(("Марія Ївченко", "Owner"),),
    ),
    Chosen(
        "browar", "ТОВ «Броварня „Три Леви“»", "uk", "Food & drink", "West", "Lviv", "UAH", 530000, 18, 1500, "oksana",
        people=(("Юрій Коваль", "Brewer"), ("Єва Дорошенко", "Accounts")),
    ),
    Chosen(
        "thorne", "Thorne & Calder Ltd", "en", "Retail", "Europe", "Manchester", "EUR", 12400, 45, 420, "oksana",
        people=(("Amara Okafor", "Buyer"),),
    ),
    Chosen(
        "steklo", "ТОВ «Бережанське Скло»", "uk", "Industry", "West", "Ternopil", "UAH", 745000, 28, 1650, "oksana",
        growth=-0.08, people=(("Микола Чорновол", "Supply"),),
    ),
    Chosen(
        "ningbo", "宁波海纳包装有限公司", "cn", "Industry", "Asia", "Ningbo", "CNY", 186000, 30, 1100, "lin", silent=72,
        fading=True, people=(("林海燕 Lin Haiyan", "Purchasing"),),
    ),
    Chosen(
        "budsvit", "ТОВ «Будсвіт»", "uk", "Industry", "West", "Lviv", "UAH", 812000, 18, 1500, "andrii", silent=42,
        people=(("Богдан Пилипенко", "Supply"), ("Марія Рудь", "Accounts")),
    ),
    Chosen(
        "tsukor", "ТОВ «Цукровий Союз „Придніпров’я“»", "uk", "Food & drink", "Centre", "Dnipro", "UAH", 3240000, 14,
        1850, "olena", growth=0.08, people=(("Олег Марченко", "Commercial director"), ("Катерина Іщенко", "Logistics")),
    ),
    Chosen(
        "tara", "ТОВ «Кременчук-Тара»", "uk", "Industry", "Centre", "Kremenchuk", "UAH", 690000, 30, 1400, "nataliia",
        silent=69, people=(("Дмитро Зайченко", "Supply"),),
    ),
    Chosen(
        "moriak", "ПП «Одеський Моряк»", "uk", "Logistics", "South", "Odesa", "UAH", 318000, 21, 900, "yuliia",
        silent=49, people=(("Євген Романенко", "Owner"),),
    ),
    Chosen(
        "hamburg", "Spedition Hoffmann GmbH & Co. KG", "de", "Logistics", "Europe", "Hamburg", "EUR", 9600, 30, 1300,
        "anna", silent=75, people=(("Matthias Hoffmann", "Operations"),),
    ),
    Chosen(
        "perlyna", "ТОВ «Перлина Степу»", "uk", "Retail", "East", "Kryvyi Rih", "UAH", 427000, 25, 1000, "vitalii",
        silent=58, people=(("Вікторія Тимошенко", "Buyer"),),
    ),
]  # fmt: skip


def chosen_lives(clock: Clock) -> list[Life]:
    return [_life(chosen, clock) for chosen in CHOSEN]


def _life(chosen: Chosen, clock: Clock) -> Life:
    return Life(
        key=chosen.key,
        name=chosen.name,
        country=chosen.country,
        segment=chosen.segment,
        region=chosen.region,
        place=chosen.place,
        currency=chosen.currency,
        since=clock.workday_from(clock.ago(chosen.since)),
        gap=chosen.gap,
        yearly=chosen.yearly,
        growth=chosen.growth,
        noise=0.12,
        last_on=None if chosen.silent is None else clock.workday_by(clock.ago(chosen.silent)),
        exact=chosen.silent is not None,
        fading=chosen.fading,
        rep=chosen.rep,
        people=list(chosen.people),
        contract=chosen.contract,
    )
