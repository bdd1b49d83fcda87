"""Folders of exchange tables in words, and the commands as an operator types them."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

WORLD = {
    "reps": """rep_id,name,team,hire_on,leave_on,monthly_wage,monthly_expenses
R1,Оксана Шевчук,Північ,2022-01-10,,30000,1500.5
r1,,North,2023-03-01,2025-02-28,25000,
007,李伟,Північ,,2024-06-30,,
нова,Нова,,2025-01-01,,,
""",
    "rep_costs": """rep_id,from_on,monthly_wage,monthly_expenses
R1,2024-01-01,36000,
R1,2025-01-01,40000,2000
""",
    "absences": """rep_id,date
R1,2025-02-03
R1,2025-02-04
""",
    "customers": """customer_id,name,segment,region,is_test,merged_into,merged_on,recorded_on
C1,Ліхтар і чай,retail,Київ,0,,,2023-01-05
c1,,,,,C1,2025-02-01,
 001 x,"Big, ""quoted""
two lines",опт,上海,1,,,
客户1,北京 茶,,,, 001 x,,
1e5,'=cmd(),,,0,c1,2025-03-01,2023-01-06
""",
    "ownership": """ownership_id,customer_id,rep_id,from_on,to_on,recorded_on
W1,C1,R1,2023-01-05,2024-07-01,
W2,C1,007,2024-07-01,,2024-07-03
W3,c1,r1,2023-01-05,2023-01-05,
W4,1e5,,2023-01-06,,
""",
    "revenue": """entry_id,order_id,customer_id,date,product,rep_id,amount,currency,fx_rate,cost,recorded_on,deleted_on
E1,O 1,C1,2024-01-15,чай,R1,100.00,USD,41.2345,60,2024-01-16,
E2,O 1,C1,2024-01-20,чай,R1,-10.005,,,-5,,
E3,,c1,2024-02-15,,,10.00000001,UAH,1,,,2024-03-01
E4,,客户1,2024-02-15,茶,,0,,,,,
""",
    "contracts": """contract_id,customer_id,start_on,end_on,cancelled_on,recorded_on,deleted_on
K1,C1,2024-01-01,2024-12-31,2024-11-30,,
K2,1e5,2024-01-01,,,2024-02-01,2024-03-01
""",
    "surveys": """survey_id,customer_id,kind,score,sent_on,answered_on,deleted_on
S1,C1,nps,9,2024-05-01,2024-05-03,
S2,C1,csat,,2024-05-01,,2024-06-01
S3,c1,,,,,
""",
    "campaigns": """campaign_id,name,channel,started_on,ended_on
Г1,Ярмарок,fair,2024-03-01,2024-03-03
G2,,,,
""",
    "campaign_costs": """cost_id,campaign_id,date,amount,currency,fx_rate,recorded_on,deleted_on
X1,Г1,2024-03-01,60000,EUR,45.1,,
X2,,2024-03-02,-5,,,,2024-04-01
""",
    "leads": """lead_id,created_at,source,campaign_id,rep_id,converted_on,customer_id,closed_on,closed_reason,deleted_on
L1,2024-03-01T21:59:59Z,web,Г1,R1,2024-04-01,C1,,,
L2,2024-03-01T22:30:00Z,Власне джерело,,r1,,,2024-05-01,junk,
L3,2024-03-02T10:00:00Z,,,,2024-04-01,,,,2024-05-01
""",
    "lead_ownership": """ownership_id,lead_id,rep_id,from_on,to_on
LW1,L1,007,2024-03-01,2024-03-10
LW2,L1,R1,2024-03-10,
""",
    "activities": """activity_id,rep_id,kind,direction,status,start_at,minutes,customer_id,lead_id,outcome,\
recorded_on,deleted_on
A1,R1,call,out,done,2024-03-01T22:30:15Z,12,,L1,reached,,
A2,,дзвінок,,,2024-03-31T00:30:00Z,-5,C1,,своє,2024-04-02,
A3,r1,training,in,planned,2024-03-05T10:00:00Z,,,,,,2024-03-06
""",
    "opportunities": """opportunity_id,customer_id,rep_id,created_on,lead_id
D1,C1,R1,2024-01-01,L1
d1,,,2024-01-02,
""",
    "opp_history": """history_id,opportunity_id,changed_on,stage,amount,expected_close_on,reason,competitor
H1,D1,2024-01-01,Перша зустріч,1000.5,2024-06-30,,
H2,D1,2024-02-01,lost,900,,price,Чайна Ко
H10,D1,2024-02-01,,,,,
H3,D1,2024-03-01,won,900,,,
H4,D1,2024-03-05,lost,900,,,
""",
    "settings": """{"tz": "Europe/Kyiv", "base_currency": "UAH", "workdays": [0, 1, 2, 3, 4],
"holidays": ["2025-01-01", "2024-08-24"], "work_start": "09:30", "work_end": "18:00",
"params": {"k": 2.5, "gap_memory": 10}, "stage_probability": {"Перша зустріч": 0.125, "won": 1, "lost": 0}}
""",
}


@pytest.fixture
def write(tmp_path):
    """Write tables as text to a folder: `write(revenue="...")`; the answer is the folder."""

    def write_tables(**tables):
        folder = tmp_path / f"tables{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, text in tables.items():
            suffix = "json" if name == "settings" else "csv"
            content = text if isinstance(text, bytes) else text.encode()
            (folder / f"{name}.{suffix}").write_bytes(content)
        return folder

    return write_tables


@pytest.fixture
def world(write):
    return write(**WORLD)


@pytest.fixture
def load(db):
    """Run load_tables: what it printed."""

    def run(folder, *words):
        out, errors = StringIO(), StringIO()
        try:
            call_command("load_tables", str(folder), *words, stdout=out, stderr=errors)
        except CommandError as refusal:
            raise AssertionError(errors.getvalue()) from refusal
        return out.getvalue()

    return run


@pytest.fixture
def refused(db):
    """Run load_tables, which must refuse: (listed lines, closing sentence)."""

    def run(folder, *words):
        errors = StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command("load_tables", str(folder), *words, stdout=StringIO(), stderr=errors)
        return errors.getvalue().splitlines(), str(refusal.value)

    return run


@pytest.fixture
def dump(db, tmp_path):
    """Run dump_tables into a new folder: {file name: bytes}, and the folder."""

    def run():
        folder = tmp_path / f"dump{len(list(tmp_path.iterdir()))}"
        call_command("dump_tables", str(folder), stdout=StringIO())
        return {path.name: path.read_bytes() for path in folder.iterdir()}, folder

    return run


@pytest.fixture
def rows():
    """The rows of a dumped table as dicts."""

    def parse(content):
        return list(csv.DictReader(StringIO(content.decode(), newline="")))

    return parse
