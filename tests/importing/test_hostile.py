"""Files that are damaged, huge or made to hurt: a sentence with the line, in time, and nothing stored."""

import io
import resource
import time
import tracemalloc
import zipfile
from random import Random

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.importing.limits import CELL_LETTERS, COLUMNS
from customers.models import Customer, ImportBatch, ImportRow, SearchTerm
from team.models import AuditEntry
from tests.require import fewer

pytestmark = pytest.mark.django_db
SECONDS, MEGABYTES = 20, 200


@pytest.fixture(autouse=True)
def bounded():
    """Each file is answered within the time and the memory that are promised."""
    tracemalloc.start()
    started = time.process_time()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - started < SECONDS
    assert peak < MEGABYTES * 1024 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000


def nothing_is_stored():
    kept = [Customer.everything, ImportBatch.objects, ImportRow.objects, SearchTerm.objects]
    return not any(rows.exists() for rows in kept) and not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name\nKava\nSi\x00l\n", "Line 3 holds a NUL: this is no text file, or it is damaged."),
        (b'name,note\nKava,"open\nSil,x\n', "Line 2: a quotation mark is opened and not closed"),
        (b'name,note\nKava,"a"b\n', "Line 2: a quotation mark stands inside a cell."),
        (b"name\n" + b"x" * 20_000_000, "Line 2 is longer than 1000000 characters."),
        (b"name,note\nKava," + b"x" * 60_000 + b"\n", "Line 2: a quotation mark is opened"),
        (b'name,note\nKava,"' + b"x\n" * 500_000, "Line 2: a quotation mark is opened"),
        (b"name," + b"c," * 1_000_000 + b"\nKava\n", "Line 1 is longer than 1000000 characters."),
        (b"name," + b"," * 400_000 + b"\nKava\n", "Row 1 has 400002 cells or more"),
        (b"name\nKava\n" + b"x," * 400_000 + b"\n", "Row 3 has 400001 cells or more"),
        ((b"name\n" + b"x" + b"," * 900_000 + b"\n") * 20, "Row 2 has 900001 cells or more"),
        (b"a  b  c\nd  e  " + b"x" * 60_000, "Row 2: a cell has more than 50000 characters."),
        pytest.param(
            b"name\n" + b"Kava\n" * 500_001,
            "The file has more than 500000 rows. Split it.",
            marks=pytest.mark.thorough,
        ),
        (b"\xff\xfe\x00", "Line 1 is not UTF-16."),
        (bytes(range(256)) * 4000, "Line"),
        (b"\x00" * 3_000_000, "Line"),
        (b"PK\x03\x04 no archive at all\n", "This workbook is damaged."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "This is a workbook of an old format."),
    ],
)
def test_a_hostile_text_is_refused_with_its_line(content, sentence, bring):
    said = bring("customers", content)
    assert said.code == 1
    assert said.err.startswith(sentence), said.err
    assert nothing_is_stored()


def archive(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return content.getvalue()


def real_book(change=None):
    """A proper workbook, with one part of it changed."""
    book = openpyxl.Workbook()
    book.active.append(["name"])
    book.active.append(["Kava"])
    content = io.BytesIO()
    book.save(content)
    if change is None:
        return content.getvalue()
    parts = zipfile.ZipFile(content)
    return archive(**{name: change(name, parts.read(name)) for name in parts.namelist()})


def part(wanted, data):
    return lambda name, stands: data if name.endswith(wanted) else stands


SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'
TOO_LARGE = "This workbook unpacks to too much data. Save the sheet as CSV."
DAMAGED = "This workbook is damaged. Open it in a spreadsheet program and save it again."


def one_row():
    return b'<row r="1">' + b"".join(b"<c><v>%d</v></c>" % i for i in range(300_000)) + b"</row>"


def random_letters():
    return Random(1).randbytes(1_500_000).hex().encode()


def long_cell():
    return b'<row r="1"><c t="inlineStr"><is><t>%s</t></is></c></row>' % random_letters()


def long_attribute():
    return b'<row r="1" x="%s"/>' % random_letters()


def many_styles():
    styles = b"".join(b'<xf numFmtId="%d"/>' % i for i in range(500_000))
    return b"<styleSheet><cellXfs>%s</cellXfs></styleSheet>" % styles


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda: archive(a=b"0" * 400_000_000), TOO_LARGE, marks=pytest.mark.thorough),
        (lambda: archive(**{f"part{i}": b"x" for i in range(2500)}), TOO_LARGE),
        (lambda: real_book(part("sheet1.xml", SHEET % (b"<row/>" * 20_000_000))), TOO_LARGE),
        (lambda: real_book(part("sheet1.xml", SHEET % one_row())), TOO_LARGE),
        (lambda: real_book(part("sheet1.xml", SHEET % long_cell())), TOO_LARGE),
        (lambda: real_book(part("sheet1.xml", SHEET % long_attribute())), TOO_LARGE),
        pytest.param(
            lambda: real_book(part("styles.xml", many_styles())),
            TOO_LARGE,
            marks=pytest.mark.thorough,
        ),
        (lambda: archive(a=b"x"), DAMAGED),
        (lambda: real_book()[:-40], DAMAGED),
        (lambda: real_book(part("sheet1.xml", ENTITIES)), DAMAGED),
        (lambda: real_book(part("sheet1.xml", b"<worksheet>")), DAMAGED),
        (lambda: real_book(part("workbook.xml", b"<workbook/>")), DAMAGED),
        (
            lambda: real_book(
                part("sheet1.xml", SHEET % b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>')
            ),
            DAMAGED,
        ),
    ],
)
@pytest.mark.thorough
def test_a_hostile_workbook_is_refused(make, sentence, bring):
    content = make()
    tracemalloc.reset_peak()  # what it takes to make one is nobody's promise
    said = bring("customers", content, name="b.xlsx")
    assert (said.code, said.err) == (1, sentence)
    assert nothing_is_stored()


def test_a_workbook_as_wide_as_can_be_is_read_as_far_as_needed(bring):
    cells = b"".join(
        b'<c r="XFD%d"><v>1</v></c></row><row r="%d">' % (i, i + 1) for i in range(1, 3000)
    )
    sheet = SHEET % (b'<row r="1">' + cells + b"</row>")
    said = bring("customers", real_book(part("sheet1.xml", sheet)), name="b.xlsx")
    assert said.code == 1 and nothing_is_stored()


def test_too_many_columns_and_rows_too_wide(bring):
    header = ",".join(["name", *(f"c{i}" for i in range(COLUMNS))])
    assert bring("customers", f"{header}\nKava\n").err.startswith(
        f"Row 1 has {COLUMNS + 1} cells or more"
    )
    said = bring("customers", "name,place\nKava,Kyiv\nSil,Lviv,too much\n")
    assert (said.code, said.counts) == (3, (1, 0, 0, 1))
    assert said.err.strip() == "Row 3, It has 3 cells, the header has 2."


def test_a_long_cell_fails_by_the_sentence_of_the_form(bring):
    said = bring("customers", "name\n" + "x" * (CELL_LETTERS - 1) + "\n")
    assert said.counts == (0, 0, 0, 1)
    assert "Name: Ensure this value has at most 250 characters (it has 49999)." in said.err


def test_signs_that_drive_a_terminal_stay_out_of_what_is_said(bring):
    said = bring("revenue", "customer,on,amount\nKava,\x1b[2Jsoon\r\n", "--make", "customer")
    assert "\x1b" not in said.out + said.err


@settings(
    max_examples=fewer(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=st.binary(max_size=600))
def test_any_bytes_are_imported_or_refused_with_a_sentence(content, bring):
    said = bring("customers", b"name;phone;e-mail\n" + content)
    assert said.code in (0, 1, 3)
    assert said.code == 0 or said.err.strip()
    if said.code != 1:
        assert sum(said.counts) == ImportRow.objects.filter(batch=said.batch).count()


@settings(
    max_examples=fewer(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 5000), hole=st.binary(min_size=1, max_size=40))
def test_a_workbook_with_a_hole_is_imported_or_refused(place, hole, bring):
    whole = real_book()
    place %= len(whole)
    said = bring("customers", whole[:place] + hole + whole[place + len(hole) :], name="b.xlsx")
    assert said.code in (0, 1, 3)


def test_a_cell_beyond_what_spreadsheets_keep_is_told_with_its_row(run, tmp_path):
    book = openpyxl.Workbook()
    for name in ("name", "Kava", "x" * 32_767):
        book.active.append([name])
    path = tmp_path / "b.xlsx"
    book.save(path)
    assert run("customers", path).counts == (1, 0, 0, 1)
    long = SHEET % b'<row r="1"><c t="inlineStr"><is><t>%s</t></is></c></row>' % (b"x" * 60_000)
    path.write_bytes(real_book(part("sheet1.xml", long)))
    assert run("customers", path).err == "Row 1: a cell has more than 50000 characters."


def test_empty_rows_are_no_rows(bring, monkeypatch):
    monkeypatch.setattr("customers.importing.table.ROWS", 100)
    sheet = SHEET % (
        b'<row r="1"><c t="inlineStr"><is><t>name</t></is></c></row>'
        b'<row r="600"><c t="inlineStr"><is><t>Kava</t></is></c></row>'
    )
    said = bring("customers", real_book(part("sheet1.xml", sheet)), name="b.xlsx")
    assert said.counts == (1, 0, 0, 0)
