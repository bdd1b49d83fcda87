"""Every row that cannot be stored is named by file, line and reason, and then nothing is stored."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer, Revenue
from reports.exchange.cells import (
    DAY,
    FLAG,
    INSTANT,
    NUMBER,
    RATE,
    WHOLE,
    Unreadable,
    text,
    write_number,
)
from team.models import AuditEntry, Company, User

CUSTOMERS = "customer_id,merged_into,merged_on,is_test\nA,,,\nB,,,\nC,,,\n"
REPS = "rep_id\nR\n"
ENTRY = "entry_id,customer_id,date,amount"
OWNED = "ownership_id,customer_id,rep_id,from_on,to_on"
SURVEY = "survey_id,customer_id,kind,score"

BAD = {
    "columns without end": (
        {"customers": "customer_id," + "c," * 300_000 + "\nA\n"},
        "customers.csv:1: names 300,002 columns",
    ),
    "a line without end": (
        {"revenue": f"{ENTRY}\nE,A,2024-01-01,{'5' * 1_000_000}\n"},
        "revenue.csv:2: is longer than 1,000,000 characters",
    ),
    "lists within lists": (
        {"settings": "[" * 100_000},
        "settings.json:1: is no JSON that can be read",
    ),
    "a number without end": (
        {"settings": f'{{"workdays": [{"1" * 5000}]}}'},
        "settings.json:1: is no JSON that can be read",
    ),
    "a date that is none": (
        {"revenue": f"{ENTRY}\nE,A,2024-02-30,1\n"},
        'revenue.csv:2: date is not a date (YYYY-MM-DD): "2024-02-30"',
    ),
    "a year that slipped": (
        {"revenue": f"{ENTRY}\nE,A,0202-02-01,1\n"},
        'revenue.csv:2: date is before 1900: "0202-02-01"',
    ),
    "a date written otherwise": (
        {"revenue": f"{ENTRY}\nE,A,20240229,1\n"},
        'revenue.csv:2: date is not a date (YYYY-MM-DD): "20240229"',
    ),
    "a number with a comma": (
        {"revenue": f'{ENTRY}\nE,A,2024-01-01,"1,5"\n'},
        'revenue.csv:2: amount is not a number with a decimal point: "1,5"',
    ),
    "no number at all": (
        {"revenue": f"{ENTRY}\nE,A,2024-01-01,NaN\n"},
        'revenue.csv:2: amount is not a number with a decimal point: "NaN"',
    ),
    "an empty amount": (
        {"revenue": f"{ENTRY}\nE,A,2024-01-01,\n"},
        "revenue.csv:2: amount is empty",
    ),
    "an empty cost amount": (
        {"campaign_costs": "cost_id,date,amount\nX,2024-01-01,\n"},
        "campaign_costs.csv:2: amount is empty",
    ),
    "nine places": (
        {"revenue": f"{ENTRY},fx_rate\nE,A,2024-01-01,1,1.123456789\n"},
        "revenue.csv:2: fx_rate has more digits than fit (12 before the point, 8 after it): "
        '"1.123456789"',
    ),
    "more money than fits": (
        {"revenue": f"{ENTRY},fx_rate\nE,A,2024-01-01,100000000000,101\n"},
        "revenue.csv:2: amount times fx_rate is more than fits",
    ),
    "a rate of nothing": (
        {"revenue": f"{ENTRY},fx_rate\nE,A,2024-01-01,1,0\n"},
        'revenue.csv:2: fx_rate must be above 0: "0"',
    ),
    "a negative rate": (
        {"campaign_costs": "cost_id,date,amount,fx_rate\nX,2024-01-01,1,-2\n"},
        'campaign_costs.csv:2: fx_rate must be above 0: "-2"',
    ),
    "an unknown customer": (
        {"revenue": f"{ENTRY}\nE,a,2024-01-01,1\n"},
        'revenue.csv:2: customer_id "a" is not in customers.csv',
    ),
    "an unknown rep": (
        {"ownership": f"{OWNED}\nW,A,nobody,2024-01-01,\n"},
        'ownership.csv:2: rep_id "nobody" is not in reps.csv',
    ),
    "an unknown survivor": (
        {"customers": "customer_id,merged_into,merged_on\nA,Z,2024-01-01\n"},
        'customers.csv:2: merged_into "Z" is not in customers.csv',
    ),
    "a reference twice": (
        {"customers": "customer_id\nA\nB\nA\n"},
        'customers.csv:4: customer_id "A" is on line 2 already',
    ),
    "no reference": (
        {"customers": "customer_id,name\n,Nobody\n"},
        "customers.csv:2: customer_id is empty",
    ),
    "a score above the scale": (
        {"surveys": f"{SURVEY}\nS,A,nps,11\n"},
        "surveys.csv:2: score 11 is outside the scale of nps (0 to 10)",
    ),
    "a score below the scale": (
        {"surveys": f"{SURVEY}\nS,A,csat,0\n"},
        "surveys.csv:2: score 0 is outside the scale of csat (1 to 5)",
    ),
    "merged into itself": (
        {"customers": "customer_id,merged_into,merged_on\nA,A,2024-01-01\n"},
        "customers.csv:2: is merged into itself",
    ),
    "an end before the start": (
        {"ownership": f"{OWNED}\nW,A,R,2024-02-01,2024-01-31\n"},
        "ownership.csv:2: to_on 2024-01-31 is before from_on 2024-02-01",
    ),
    "overlapping ownership": (
        {"ownership": f"{OWNED}\nW1,A,R,2024-02-01,\nW2,A,R,2024-01-01,2024-02-02\n"},
        'ownership.csv:3: overlaps ownership_id "W1" on line 2',
    ),
    "overlapping ownership of a lead": (
        {
            "leads": "lead_id,created_at\nL,2024-01-01T00:00:00Z\n",
            "lead_ownership": "ownership_id,lead_id,rep_id,from_on\nW1,L,R,2024-01-01\nW2,L,R,2024-02-01\n",
        },
        'lead_ownership.csv:3: overlaps ownership_id "W1" on line 2',
    ),
    "an instant without its Z": (
        {"activities": "activity_id,start_at\nA,2024-01-01T00:00:00\n"},
        "activities.csv:2: start_at is not an instant (YYYY-MM-DDTHH:MM:SSZ): "
        '"2024-01-01T00:00:00"',
    ),
    "half a minute": (
        {"activities": "activity_id,start_at,minutes\nA,2024-01-01T00:00:00Z,1.5\n"},
        'activities.csv:2: minutes is not a whole number: "1.5"',
    ),
    "an unknown direction": (
        {"activities": "activity_id,start_at,direction\nA,2024-01-01T00:00:00Z,up\n"},
        'activities.csv:2: direction is none of in, out: "up"',
    ),
    "neither test nor not": (
        {"customers": "customer_id,is_test\nA,yes\n"},
        'customers.csv:2: is_test is neither 1 nor 0: "yes"',
    ),
    "a name too long": (
        {"customers": f"customer_id,name\nA,{'x' * 251}\n"},
        f'customers.csv:2: name is longer than 250 characters: "{"x" * 57}..."',
    ),
    "too few cells": (
        {"revenue": f"{ENTRY}\nE,A\n"},
        "revenue.csv:2: has 2 cells where the first line names 4 columns",
    ),
    "bytes that are no UTF-8": (
        {"customers": b"customer_id,name\nA,\xff\xfe\n"},
        "customers.csv:2: name is not UTF-8",
    ),
    "a quote that never ends": (
        {"customers": 'customer_id,name\nA,ok\nB,"never\nC,ok\n'},
        "customers.csv:3: cannot be read as CSV from here on: unexpected end of data",
    ),
    "an unknown column": (
        {"customers": "customer_id,nmae\nA,x\n"},
        'customers.csv:1: there is no column "nmae"',
    ),
    "a missing column": (
        {"revenue": "entry_id,customer_id,date\nE,A,2024-01-01\n"},
        "revenue.csv:1: the column amount is missing",
    ),
    "a column twice": (
        {"customers": "customer_id,name,name\nA,x,y\n"},
        "customers.csv:1: the column name is there twice",
    ),
    "no first line": (
        {"customers": ""},
        "customers.csv:1: the first line with the column names is missing",
    ),
    "an unknown setting": (
        {"settings": '{"zone": "Europe/Kyiv"}'},
        'settings.json:1: there is no setting "zone"',
    ),
    "a zone that is none": (
        {"settings": '{"tz": "Kyiv"}'},
        "settings.json:1: tz is no time zone: 'Kyiv'",
    ),
    "settings that are no JSON": (
        {"settings": '{"tz":\n Kyiv}'},
        "settings.json:2: is not JSON: Expecting value",
    ),
    "a day that ends before it starts": (
        {"settings": '{"work_start": "18:00", "work_end": "09:00"}'},
        "settings.json:1: work_end is not after work_start",
    ),
}


@pytest.mark.parametrize(("tables", "sentence"), BAD.values(), ids=BAD)
def test_bad_row(tables, sentence, write, refused):
    listed, closing = refused(write(**{"customers": CUSTOMERS, "reps": REPS, **tables}))
    assert listed == [sentence]
    assert closing == "1 row cannot be stored. Nothing was stored."
    assert not Customer.everything.exists()
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_circle_names_everyone_in_it(write, refused):
    tables = "customer_id,merged_into,merged_on\nA,B,2024-01-01\nB,C,\nC,A,\nD,A,\n"
    listed, _closing = refused(write(customers=tables))
    assert listed == [
        f'customers.csv:{line}: is merged in a circle: "A" -> "B" -> "C" -> "A"'
        for line in (2, 3, 4)
    ]


def test_every_bad_row_of_every_table_is_listed_in_order(write, refused):
    listed, closing = refused(
        write(
            customers="customer_id,is_test\nA,2\nB,\nB,\n",
            revenue=f"{ENTRY},fx_rate\nE1,A,x,y,z\nE2,Q,2024-01-01,1,\nE3,B,2024-01-01,1,1\n",
            settings='{"workdays": [7], "holidays": ["tomorrow"]}',
        )
    )
    assert [line.partition(": ")[0] for line in listed] == [
        "settings.json:1",
        "settings.json:1",
        "customers.csv:2",
        "customers.csv:4",
        "revenue.csv:2",
        "revenue.csv:3",
    ]
    assert listed[4].count("; ") == 2  # three cells of one row
    assert closing == "6 rows cannot be stored. Nothing was stored."
    assert Company.get().workdays == [0, 1, 2, 3, 4]


def test_lines_are_counted_in_the_file_not_in_rows(write, refused):
    listed, _closing = refused(
        write(customers='customer_id,name\n\nA,"two\nlines"\nB,x\nB,"again\nand again"\n')
    )
    assert listed == ['customers.csv:6: customer_id "B" is on line 5 already']


def test_what_looks_odd_is_stored(write, load):
    load(
        write(
            customers="﻿customer_id\r\n A\r\na\r\n00\r\n0\r\n",
            reps="rep_id,hire_on,leave_on\nR,2024-02-01,2024-01-01\n",
            ownership=f"{OWNED}\nW1, A,,2024-01-01,2024-01-01\nW2, A,,2023-01-01,\n",
            contracts="contract_id,customer_id,start_on,end_on\nK,a,2024-02-01,2024-01-01\n",
            leads="lead_id,created_at,converted_on,closed_reason\nL,2024-02-01T00:00:00Z,2024-01-01,junk\n",
            revenue=f"{ENTRY},fx_rate,cost\nE,00,2024-01-01,-.5,100.,+0\nE2,0,9999-12-31,0,,\n",
            surveys="survey_id,customer_id,kind,score\nS,0,,\n",
            opportunities="opportunity_id,created_on\nD,2024-01-01\n",
            activities="activity_id,start_at,kind\nZ,2024-01-01T00:00:00Z,\n",
        )
    )
    assert set(Customer.everything.values_list("reference", "name")) == {
        (" A", " A"),
        ("a", "a"),
        ("00", "00"),
        ("0", "0"),
    }
    assert Revenue.everything.get(reference="E").cents == -5000


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**11), max_value=10**11, places=8
    )
)
def test_any_number_that_fits_comes_back(number):
    again = NUMBER.read(write_number(number))
    assert again == number
    assert write_number(again) == write_number(number)


@given(st.text())
def test_no_text_breaks_a_cell(cell):
    for kind in (DAY, INSTANT, NUMBER, RATE, WHOLE, FLAG, text(100)):
        try:
            value = kind.read(cell)
        except Unreadable:
            continue
        written = kind.write(value)
        assert kind.read(written) == value


@given(st.dates(min_value=date(1900, 1, 1)))
def test_any_day_comes_back(day):
    assert DAY.read(DAY.write(day)) == day


@given(st.datetimes(timezones=st.timezones()))
def test_any_instant_comes_back_to_the_second(instant):
    from datetime import UTC, timedelta

    try:
        whole = instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return
    if whole.year < 1900:
        return
    assert INSTANT.read(INSTANT.write(instant)) - whole == timedelta(0)
