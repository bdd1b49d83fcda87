"""How a file is written is found out; what it leaves open is asked with a real value."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from customers.models import Customer, ImportBatch, Revenue

pytestmark = pytest.mark.django_db
UKRAINIAN = (
    "Назва;Місто;Телефон\nКарпатська кава;Ужгород;067 555 33 18\nЇжакова крамниця;Київ;0501112233\n"
)
CHINESE = "name,place\n深圳市华为技术有限公司,深圳\n北京茶业贸易公司,北京\n"
FRENCH = "name,place\nCafé de la Forêt,Besançon\nBoulangerie Frère Noël,Orléans\n"
POLISH = "name,place\nPiekarnia Żółw,Łódź\nKawiarnia Gęś,Kraków\n"


@pytest.mark.parametrize(
    ("encoding", "shown", "text"),
    [
        ("utf-8", "UTF-8", UKRAINIAN),
        ("utf-8-sig", "UTF-8", UKRAINIAN),
        ("utf-16", "UTF-16", UKRAINIAN),
        ("utf-16-le", "UTF-16", UKRAINIAN),
        ("utf-16-be", "UTF-16", UKRAINIAN),
        ("utf-32", "UTF-32", UKRAINIAN),
        ("cp1251", "Windows-1251", UKRAINIAN),
        ("koi8-u", "KOI8-U", UKRAINIAN),
        ("cp866", "DOS 866", UKRAINIAN.replace("ї", "и").replace("Ї", "И").replace("і", "и")),
        ("gb18030", "GB 18030", CHINESE),
        ("utf-8", "UTF-8", CHINESE),
        ("cp1252", "Windows-1252", FRENCH),
        ("cp1250", "Windows-1250", POLISH),
    ],
)
def test_the_encoding_is_found_out(encoding, shown, text, bring):
    said = bring("customers", text.encode(encoding))
    assert said.counts == (2, 0, 0, 0), said.err
    assert f": {shown}, " in said.out
    names = [line.replace(";", ",").split(",")[0] for line in text.splitlines()[1:]]
    assert sorted(Customer.everything.values_list("name", flat=True)) == sorted(names)


def test_an_encoding_that_is_said_and_wrong_is_told_with_the_line(bring):
    said = bring("customers", UKRAINIAN.encode("cp1251"), "--encoding", "utf-8")
    assert (said.code, said.err) == (1, "Line 1 is not UTF-8. Say which encoding the file has.")
    assert not Customer.everything.exists()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out_and_quoted_ones_are_text(separator, bring):
    rows = [
        ["name", "note"],
        [f'"Kava{separator} Karpaty"', '"said ""yes"""'],
        ["Sil", "two\tthree"[:3]],
    ]
    said = bring("customers", "\r\n".join(separator.join(row) for row in rows))
    assert said.counts == (2, 0, 0, 0)
    kava = Customer.everything.get(note='said "yes"')
    assert kava.name == f"Kava{separator} Karpaty".replace("\t", " ") or separator == "\t"


def test_a_declared_separator_and_titles_above_the_header_are_passed_over(bring):
    said = bring("customers", "sep=;\nCustomers as of 23 Nov\n\nName;Phone\nKava;0675553318\n")
    assert said.counts == (1, 0, 0, 0)
    assert Customer.everything.get().phone_e164 == "+380675553318"


def test_columns_in_runs_of_blanks_without_header(bring):
    text = " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n 00021 0002 19970101  3   63.34\r\n"
    said = bring("revenue", text, "--columns", ",customer,on,,amount", "--make", "customer")
    assert said.counts == (3, 0, 0, 0)
    assert sorted(Revenue.everything.values_list("on", "cents", "customer__reference")) == [
        (date(1997, 1, 1), 2933, "0001"),
        (date(1997, 1, 1), 6334, "0002"),
        (date(1997, 1, 18), 2973, "0001"),
    ]


def orders(*pairs):
    return "customer;on;amount\n" + "".join(f"Kava;{on};{amount}\n" for on, amount in pairs)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("03/04/2021", "5"), ("25/04/2021", "6")], (date(2021, 4, 3), 500)),
        ([("03/04/2021", "5"), ("04/25/2021", "6")], (date(2021, 3, 4), 500)),
        ([("03.04.2021", "5")], (date(2021, 4, 3), 500)),
        ([("2021-04-03", "12,500"), ("2021-04-04", "1,25")], (date(2021, 4, 3), 1250)),
        ([("2021-04-03", "12,500"), ("2021-04-04", "1.25")], (date(2021, 4, 3), 1250000)),
        ([("2021-04-03", "1 204 500,00 ₴")], (date(2021, 4, 3), 120450000)),
    ],
)
def test_the_rows_decide_how_dates_and_amounts_are_read(pairs, expected, bring):
    said = bring("revenue", orders(*pairs), "--make", "customer")
    assert said.code == 0, said.err
    first = Revenue.everything.order_by("pk").first()
    assert (first.on, first.cents) == expected


def test_a_date_in_the_other_order_than_the_file_is_an_error(bring):
    said = bring("revenue", orders(("25/04/2021", "5"), ("04/25/2021", "6")), "--make", "customer")
    assert (said.code, said.counts) == (3, (1, 0, 0, 1))
    assert "Row 3, Date: “04/25/2021” is not a date." in said.err


def test_doubtful_dates_and_amounts_are_asked_and_an_answer_is_taken(bring):
    said = bring("revenue", orders(("03/04/2021", "5")), "--make", "customer")
    assert said.code == 1
    assert said.err.replace("\xa0", " ") == (
        "“03/04/2021”: 3 Apr 2021 or 4 Mar 2021? Say in which order the file writes dates."
    )
    said = bring("revenue", orders(("2021-04-03", "12,500")), "--make", "customer")
    assert said.err == "“12,500”: 12.500 or 12,500? Say which is the decimal sign of the file."
    assert not Revenue.everything.exists()
    options = ("--make", "customer", "--dates", "mdy", "--decimal", ",")
    assert bring("revenue", orders(("03/04/2021", "12,500")), *options).code == 0
    entry = Revenue.everything.get()
    assert (entry.on, entry.amount) == (date(2021, 3, 4), Decimal("12.5"))


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_typed_cells_of_a_workbook_keep_their_values(run, tmp_path):
    rows = [
        ["Report of 2026", None, None],
        ["Customer", "Date", "Amount", "Product"],
        ["Kava", datetime.fromisoformat("2021-04-03"), 12.125, "=SUM(1)"],
        ["Kava", date(2021, 3, 4), 1000, 42],
        [None, None, None, None],
        ["Kava", "05.03.2021", "1 204,50", True],
    ]
    said = run("revenue", workbook(tmp_path / "b.xlsx", rows), "--make", "customer")
    assert said.counts == (3, 0, 0, 0), said.err
    assert list(Revenue.everything.order_by("pk").values_list("on", "amount", "product")) == [
        (date(2021, 4, 3), Decimal("12.125"), ""),
        (date(2021, 3, 4), Decimal(1000), "42"),
        (date(2021, 3, 5), Decimal("1204.5"), "1"),
    ]


def test_a_sheet_by_name(run, tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("Клієнти").append(["Назва"])
    book["Клієнти"].append(["Кава"])
    book.save(tmp_path / "b.xlsx")
    assert run("customers", tmp_path / "b.xlsx", "--sheet", "Клієнти").counts == (1, 0, 0, 0)
    said = run("customers", tmp_path / "b.xlsx", "--sheet", "Нема")
    assert said.err == "There is no sheet “Нема”. The file has: Sheet, Клієнти."


def test_the_guard_of_an_export_against_formulas_is_taken_off_again(bring):
    bring("customers", "name,note\n'=Kava,'+380\n'quoted,x\n")
    assert sorted(Customer.everything.values_list("name", "note")) == [
        ("'quoted", "x"),
        ("=Kava", "+380"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("\n\n \n", "The file holds no rows."),
        (
            "phone\n067\n",
            "No column of the file goes to name (Name). Say which does. It has: phone.",
        ),
    ],
)
def test_what_cannot_be_imported_at_all_is_told(content, sentence, bring):
    said = bring("customers", content)
    assert (said.code, said.err) == (1, sentence)


def test_a_mapping_that_is_said_wins_and_its_mistakes_are_told(bring, file):
    text = "Назва,Фірма\nКава,ТОВ Кава\n"
    assert bring("customers", text, "--map", "Фірма=name").code == 0
    assert Customer.everything.get().name == "ТОВ Кава"
    said = bring("customers", text, "--map", "Немає=name")
    assert said.err == "The file has no column “Немає”. It has: Назва, Фірма."
    said = bring("customers", text, "--map", "Фірма=nam")
    assert said.err.startswith("Nothing is called “nam” here. Columns can go to: reference, name,")
    assert bring("customers", "1,2\nx,y\n", "--map", "2=name", "--map", "1=").counts == (1, 0, 0, 0)


def test_of_two_columns_of_one_name_a_number_means_its_own(bring):
    text = "name,city,city\nKava,Kyiv,Lviv\n"
    assert bring("customers", text, "--map", "3=region").code == 0
    kava = Customer.everything.get()
    assert (kava.place, kava.region) == ("Kyiv", "Lviv")
    said = bring("customers", text, "--map", "2=name", "--map", "name=name")
    assert (said.code, said.err) == (1, "Two columns are to go to name. Say one.")


def test_a_text_that_is_mostly_utf_8_is_refused_with_its_damaged_line(bring):
    whole = "name,place\n" + "Карпатська кава,Ужгород\n" * 3000
    said = bring("customers", whole.encode() + "Сіль,Київ\n".encode().replace(b"\xb8", b"\xff"))
    assert (said.code, said.err) == (1, "Line 3002 is not UTF-8. Say which encoding the file has.")
    said = bring("customers", whole.encode()[:-2])
    assert (said.code, said.err) == (1, "Line 3001 is not UTF-8. Say which encoding the file has.")
    assert not Customer.everything.exists()


def test_a_header_without_rows_is_told(bring):
    said = bring("customers", "name,place\n")
    assert (said.code, said.err) == (1, "The file holds a header and no rows.")
    assert not ImportBatch.objects.exists()
