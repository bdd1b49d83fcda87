"""Ukrainian firms and people, put together so that adjectives agree with their nouns."""

from random import Random

# masculine, feminine, neuter
ADJECTIVES = [
    ("Подільський", "Подільська", "Подільське"),
    ("Волинський", "Волинська", "Волинське"),
    ("Київський", "Київська", "Київське"),
    ("Галицький", "Галицька", "Галицьке"),
    ("Дніпровський", "Дніпровська", "Дніпровське"),
    ("Степовий", "Степова", "Степове"),
    ("Лісовий", "Лісова", "Лісове"),
    ("Чумацький", "Чумацька", "Чумацьке"),
    ("Полтавський", "Полтавська", "Полтавське"),
    ("Поліський", "Поліська", "Поліське"),
    ("Черкаський", "Черкаська", "Черкаське"),
    ("Одеський", "Одеська", "Одеське"),
    ("Золотий", "Золота", "Золоте"),
    ("Сонячний", "Сонячна", "Сонячне"),
    ("Буковинський", "Буковинська", "Буковинське"),
    ("Вінницький", "Вінницька", "Вінницьке"),
    ("Домашній", "Домашня", "Домашнє"),
    ("Козацький", "Козацька", "Козацьке"),
    ("Сумський", "Сумська", "Сумське"),
    ("Зелений", "Зелена", "Зелене"),
]
# noun, gender (index into an adjective), segment
NOUNS = [
    ("Хліб", 0, "Food & drink"),
    ("Пекарня", 1, "Food & drink"),
    ("Молоко", 2, "Food & drink"),
    ("Олія", 1, "Food & drink"),
    ("Мед", 0, "Food & drink"),
    ("Броварня", 1, "Food & drink"),
    ("Сир", 0, "Food & drink"),
    ("Чай", 0, "Food & drink"),
    ("Сад", 0, "Farming"),
    ("Нива", 1, "Farming"),
    ("Зерно", 2, "Farming"),
    ("Ферма", 1, "Farming"),
    ("Меблі", 3, "Furniture"),
    ("Дім", 0, "Furniture"),
    ("Кераміка", 1, "Industry"),
    ("Скло", 2, "Industry"),
    ("Завод", 0, "Industry"),
    ("Косметика", 1, "Cosmetics"),
    ("Мило", 2, "Cosmetics"),
    ("Аптека", 1, "Pharmacy"),
    ("Крамниця", 1, "Retail"),
    ("Маркет", 0, "Retail"),
    ("Текстиль", 0, "Industry"),
    ("Книга", 1, "Retail"),
]
PLURALS = {adjective[0]: adjective[0][:-2] + "і" for adjective in ADJECTIVES}
HEADS = ["Агро", "Буд", "Еко", "Пром", "Укр", "Тех", "Мега", "Фарм", "Авто", "Смак"]
TAILS = [
    ("Сервіс", "Industry"),
    ("Поділля", "Farming"),
    ("Трейд", "Retail"),
    ("Комплект", "Industry"),
    ("Ресурс", "Industry"),
    ("Продукт", "Food & drink"),
    ("Світ", "Retail"),
    ("Логістик", "Logistics"),
    ("Експорт", "Logistics"),
    ("Гарант", "Retail"),
]
FORMS = ["ТОВ", "ТОВ", "ТОВ", "ТОВ", "ПП", "ПП", "ПрАТ", "ФГ"]
LONG = [
    ("ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“", "Farming"),
    (
        "Товариство з обмеженою відповідальністю «Науково-виробниче підприємство „Хімреактив-Дніпро“»",
        "Industry",
    ),
    ("Сільськогосподарський виробничий кооператив «Перемога Нової Слобідки»", "Farming"),
    ("ПрАТ «Кременчуцький комбінат хлібопродуктів імені Героїв Дніпра»", "Food & drink"),
    ("ТОВ «Торговий дім „Смаколики Прикарпаття та Закарпаття“»", "Retail"),
    ("Приватне підприємство «Мебельна фабрика „Затишна оселя Волині“»", "Furniture"),
]
# region: places of it
PLACES = {
    "Kyiv": ["Kyiv", "Brovary", "Boryspil", "Bila Tserkva"],
    "Centre": ["Dnipro", "Vinnytsia", "Cherkasy", "Poltava", "Kremenchuk", "Kropyvnytskyi"],
    "North": ["Chernihiv", "Zhytomyr", "Sumy", "Nizhyn"],
    "West": ["Lviv", "Ivano-Frankivsk", "Ternopil", "Lutsk", "Rivne", "Chernivtsi", "Uzhhorod"],
    "South": ["Odesa", "Mykolaiv", "Izmail"],
    "East": ["Kharkiv", "Zaporizhzhia", "Kryvyi Rih", "Pavlohrad"],
}
WOMEN = [
    "Олена",
    "Наталія",
    "Ірина",
    "Оксана",
    "Тетяна",
    "Марія",
    "Юлія",
    "Лідія",
    "Світлана",
    "Катерина",
    "Ганна",
    "Вікторія",
    "Людмила",
    "Соломія",
    "Дарина",
    "Єва",
    "Ярослава",
    "Зоряна",
]
MEN = [
    "Роман",
    "Василь",
    "Андрій",
    "Олександр",
    "Сергій",
    "Микола",
    "Іван",
    "Петро",
    "Тарас",
    "Юрій",
    "Богдан",
    "Дмитро",
    "Олег",
    "Ігор",
    "Максим",
    "Геннадій",
    "Євген",
    "Ярослав",
    "Степан",
    "Володимир",
]
SURNAMES = [
    "Гнатюк", "Савчук", "Мороз", "Бондар", "Ткачук", "Коваль", "Шевчук", "Кравчук", "Олійник", "Поліщук",
    "Лисенко", "Гаврилюк", "Петренко", "Марченко", "Рудь", "Кузьменко", "Литвин", "Гончаренко", "Яценко",
    "Пилипенко", "Романенко", "Зайченко", "Дорошенко", "Стельмах", "Мельничук", "Іщенко", "Панасюк",
    "Швець", "Чорновол", "Білик", "Вовк", "Сидоренко", "Тимошенко", "Федорук", "Ґудзь", "Їжакевич",
]  # fmt: skip
PATRONYMICS = ["Петрівна", "Іванівна", "Василівна", "Олегівна", "Андріївна"]


def firm(random: Random) -> tuple[str, str]:
    """A firm's name and its segment."""
    kind = random.random()
    if kind < 0.58:
        adjective, (noun, gender, segment) = random.choice(ADJECTIVES), random.choice(NOUNS)
        word = PLURALS[adjective[0]] if gender == 3 else adjective[gender]
        return f"{random.choice(FORMS)} «{word} {noun}»", segment
    if kind < 0.90:
        (tail, segment), head = random.choice(TAILS), random.choice(HEADS)
        joint = random.choice(["", "-"])
        return f"{random.choice(FORMS)} «{head}{joint}{tail if joint else tail.lower()}»", segment
    return (
        f"ФОП {random.choice(SURNAMES)} {random.choice(WOMEN)} {random.choice(PATRONYMICS)}",
        "Retail",
    )


def place(random: Random, region: str) -> str:
    return random.choice(PLACES[region])


def person(random: Random) -> str:
    return f"{random.choice(WOMEN if random.random() < 0.55 else MEN)} {random.choice(SURNAMES)}"
