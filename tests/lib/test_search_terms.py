"""What is typed meets what is stored, whatever the alphabet, and already while it is being typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.lib.search_terms import is_searchable, needles_of, prefix_range, terms_of

WORDS = st.text(
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяAaBdEgGhHiJjKklLoOsSyYzéöłŁ'’", min_size=3, max_size=14
)


def found(typed, names=(), phone="", email=""):
    """Whether a record of these would be found, by the rule the databases follow."""
    terms = terms_of(names, phone=phone, email=email)
    needles = needles_of(typed)
    return bool(needles) and all(
        any(low <= term < high for term in terms for low, high in map(prefix_range, needle))
        for needle in needles
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("карп", "Карпатська Кава"),
        ("karp", "Карпатська Кава"),
        ("карп", "Karpatska Kava LLC"),
        ("кава карп", "Карпатська Кава"),
        ("KHMELNYTSKYI", "Хмельницький млин"),
        ("Гарна", "Harna Oselia"),
        ("galina", "Галина Бойко"),
        ("Yulia", "Юлія"),
        ("julia", "Юлія"),
        ("Andriy", "Андрій"),
        ("Andrii", "Андрій"),
        ("обєднання", "Об’єднання підприємств"),
        ("зернотрейд", "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“"),
        ("південь", "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“"),
        ("lodz", "Łódź Textiles"),
        ("strasse", "Straße 7"),
        ("cafe", "Café du Nord"),
        ("３６５", "365 Logistics"),
        ("华", "深圳市华为技术有限公司"),
        ("华为", "深圳市华为技术有限公司"),
        ("华为技术", "深圳市华为技术有限公司"),
        ("公司", "深圳市华为技术有限公司"),
        ("司", "深圳市华为技术有限公司"),
        ("华为 kava", "华为KAVA"),
    ],
)
def test_a_name_is_found(typed, name):
    assert found(typed, [name])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("патська", "Карпатська Кава"),
        ("карп чай", "Карпатська Кава"),
        ("为华", "深圳市华为技术有限公司"),
        ("2002", "Траса 202"),
        ("妈妈", "妈"),
        ("", "Карпатська Кава"),
        ("«»", "Карпатська Кава"),
        ("ьь", "Карпатська Кава"),
    ],
)
def test_what_is_not_said_is_not_found(typed, name):
    assert not found(typed, [name])


@pytest.mark.parametrize(
    "typed",
    [
        "+380675553318",
        "+38 (067) 555-33-18",
        "067 555 33 18",
        "0675553318",
        "80675553318",
        "00380675553318",
        "00 380 67 555",
        "067.555.33.18",
        "067/555-33-18",
        "０６７５５５３３１８",
        "06755",
        "+38067",
        "555 33 18",
        "55533",
        "3318",
        "553318",
    ],
)
def test_a_phone_number_is_found_in_any_notation(typed):
    assert found(typed, phone="+38 067 555 33 18")
    assert not found(typed, phone="+38 050 123 45 67")


def test_numbers_of_other_countries_and_such_that_are_none():
    assert found("138 1234 5678", phone="+86 138 1234 5678")
    assert found("+49 30 123456", phone="+4930123456")
    assert found("0301234", phone="+4930123456")
    assert found("99-17", phone="вн. 12 99 17")
    assert found("0505553318", phone="067 555 00 00, 050 555 33 18")


def test_a_name_that_holds_digits_is_no_phone_number():
    for name in (
        "Тернопіль 2000",
        "Моб 4 2020 Plus",
        "3318 Agro",
        "Т-1000 Плюс",
        "М 2020",
        "(2020)",
        "т.2020",
    ):
        assert found(name, names=[name])
        assert not found(name, phone="067 555 33 18")


def test_three_digits_are_no_phone_number():
    assert not found("067", phone="0675553318")


@pytest.mark.parametrize(
    "typed", ["o.karp@kava-shop.com.ua", "O.Karp@Kava", "karp", "kava", "shop", "kava-shop"]
)
def test_an_email_is_found_whole_and_by_its_words(typed):
    assert found(typed, email="O.Karp@kava-shop.com.ua")


@pytest.mark.parametrize("typed", ["ua@", "arp@kava", "x.karp@kava"])
def test_an_email_is_not_found_by_its_middle(typed):
    assert not found(typed, email="o.karp@kava-shop.com.ua")


@pytest.mark.parametrize(
    ("typed", "ready"),
    [("к", False), ("ка", False), ("щщ", False), ("кав", True), ("к а в", False), ("а кава", True)]
    + [("华", True), ("06", False), ("365", True), ("@", False), ("!!!", False), ("ььь", False)],
)
def test_it_waits_for_the_third_letter_or_the_first_han_character(typed, ready):
    assert is_searchable(typed) is ready


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_each_beginning_of_each_word_finds_the_name(words, data):
    name = " ".join(words)
    word = data.draw(st.sampled_from(words))
    typed = word[: data.draw(st.integers(1, len(word)))]
    assert found(typed, [name]) or not needles_of(typed)


@given(st.text(max_size=300))
def test_any_text_gives_terms_and_needles_that_fit_the_column(text):
    for term in terms_of([text], phone=text, email=text):
        assert 0 < len(term) <= 60
    for needle in needles_of(text):
        assert all(0 < len(prefix) <= 60 for prefix in needle)


@given(
    st.text("深圳市华为技术有限公司茶业北京", min_size=1, max_size=8),
    st.text("深圳市华为茶", max_size=5),
)
def test_each_part_of_a_han_name_finds_it(part, before):
    assert found(part, [before + part])
