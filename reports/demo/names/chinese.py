"""Chinese firms and people; people carry their Latin spelling, as business cards do."""

from random import Random

# written, place in Latin letters
CITIES = [
    ("苏州", "Suzhou"),
    ("宁波", "Ningbo"),
    ("义乌", "Yiwu"),
    ("广州", "Guangzhou"),
    ("深圳", "Shenzhen"),
    ("杭州", "Hangzhou"),
    ("青岛", "Qingdao"),
    ("厦门", "Xiamen"),
    ("东莞", "Dongguan"),
    ("上海", "Shanghai"),
    ("天津", "Tianjin"),
    ("佛山", "Foshan"),
]
BRANDS = [
    "明华",
    "新程",
    "海纳",
    "恒达",
    "金辉",
    "瑞丰",
    "永盛",
    "华兴",
    "东方",
    "宏远",
    "嘉禾",
    "天宇",
    "润泽",
    "博雅",
    "凯利",
]
TRADES = [
    ("电子", "Industry"),
    ("贸易", "Retail"),
    ("包装", "Industry"),
    ("食品", "Food & drink"),
    ("家具", "Furniture"),
    ("化妆品", "Cosmetics"),
    ("物流", "Logistics"),
    ("茶业", "Food & drink"),
    ("机械", "Industry"),
    ("纺织", "Industry"),
    ("医药", "Pharmacy"),
    ("国际贸易", "Retail"),
]
SURNAMES = [
    ("陈", "Chen"),
    ("王", "Wang"),
    ("林", "Lin"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("赵", "Zhao"),
    ("黄", "Huang"),
    ("周", "Zhou"),
    ("吴", "Wu"),
    ("徐", "Xu"),
    ("孙", "Sun"),
]
GIVEN = [
    ("晓丽", "Xiaoli"), ("磊", "Lei"), ("志强", "Zhiqiang"), ("伟", "Wei"), ("静", "Jing"), ("敏", "Min"),
    ("建国", "Jianguo"), ("丽娜", "Lina"), ("浩", "Hao"), ("欣怡", "Xinyi"), ("文杰", "Wenjie"), ("海燕", "Haiyan"),
]  # fmt: skip


def firm(random: Random) -> tuple[str, str, str]:
    """A firm's name, its segment and its place."""
    (city, place), (trade, segment) = random.choice(CITIES), random.choice(TRADES)
    return f"{city}{random.choice(BRANDS)}{trade}有限公司", segment, place


def person(random: Random) -> str:
    (surname, latin), (given, latin_given) = random.choice(SURNAMES), random.choice(GIVEN)
    return f"{surname}{given} {latin} {latin_given}"
