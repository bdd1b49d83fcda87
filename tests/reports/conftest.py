"""Small companies in words, loaded from exchange tables, and their reports as the command prints them."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

HEADS = {
    "customers": "customer_id,name,segment,region,is_test,merged_into,merged_on,recorded_on",
    "revenue": "entry_id,order_id,customer_id,date,product,rep_id,amount,currency,fx_rate,cost,"
    "recorded_on,deleted_on",
    "ownership": "ownership_id,customer_id,rep_id,from_on,to_on,recorded_on",
    "contracts": "contract_id,customer_id,start_on,end_on,cancelled_on,recorded_on,deleted_on",
    "reps": "rep_id,name,team,hire_on,leave_on,monthly_wage,monthly_expenses",
    "rep_costs": "rep_id,from_on,monthly_wage,monthly_expenses",
    "absences": "rep_id,date",
    "leads": "lead_id,created_at,source,campaign_id,rep_id,converted_on,customer_id,closed_on,"
    "closed_reason,deleted_on",
    "lead_ownership": "ownership_id,lead_id,rep_id,from_on,to_on",
    "activities": "activity_id,rep_id,kind,direction,status,start_at,minutes,customer_id,lead_id,"
    "outcome,recorded_on,deleted_on",
    "campaigns": "campaign_id,name,channel,started_on,ended_on",
    "campaign_costs": "cost_id,campaign_id,date,amount,currency,fx_rate,recorded_on,deleted_on",
    "surveys": "survey_id,customer_id,kind,score,sent_on,answered_on,deleted_on",
    "opportunities": "opportunity_id,customer_id,rep_id,created_on,lead_id",
    "opp_history": "history_id,opportunity_id,changed_on,stage,amount,expected_close_on,reason,"
    "competitor",
}


class World:
    """Rows of exchange tables; `load` stores them in an empty database, `again` in place of the old ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in HEADS}

    def add(self, table: str, **values: Any) -> None:
        self.rows[table].append(values)

    def customer(self, name: str, **values: Any) -> None:
        self.add("customers", customer_id=name, name=name, **values)

    def order(self, customer: str, date: str, amount: Any, **values: Any) -> None:
        """A revenue row; the customer is made if there is none yet."""
        if not any(row["customer_id"] == customer for row in self.rows["customers"]):
            self.customer(customer)
        number = len(self.rows["revenue"])
        self.add(
            "revenue", **{"entry_id": f"E{number:05}", "customer_id": customer} | values,
            date=date, amount=amount,
        )  # fmt: skip

    def owned(self, customer: str, rep: str, from_on: str, to_on: str = "", **values: Any) -> None:
        number = len(self.rows["ownership"])
        self.add(
            "ownership", ownership_id=f"O{number:05}", customer_id=customer, rep_id=rep,
            from_on=from_on, to_on=to_on, **values,
        )  # fmt: skip

    def contract(self, customer: str, start: str, end: str = "", **values: Any) -> None:
        number = len(self.rows["contracts"])
        self.add(
            "contracts", contract_id=f"K{number:05}", customer_id=customer, start_on=start,
            end_on=end, **values,
        )  # fmt: skip

    def rep(
        self, name: str, team: str = "", hire: str = "2020-01-01", leave: str = "", wage: Any = ""
    ) -> None:
        self.add(
            "reps", rep_id=name, name=name, team=team, hire_on=hire, leave_on=leave,
            monthly_wage=wage,
        )  # fmt: skip

    def numbered(self, table: str, letter: str, key: str, **values: Any) -> str:
        """A row of any other table with the next reference, which is answered."""
        reference = f"{letter}{len(self.rows[table]):05}"
        self.add(table, **{key: reference}, **values)
        return reference

    def lead(self, created_at: str, rep: str = "", **values: Any) -> str:
        """A lead of an instant (UTC), as `2025-03-01T09:00:00Z`."""
        return self.numbered("leads", "L", "lead_id", created_at=created_at, rep_id=rep, **values)

    def touch(self, rep: str, start_at: str, kind: str = "call", **values: Any) -> str:
        """A done outgoing activity; `lead_id`, `customer_id` and `minutes` as given."""
        told = {"direction": "out", "status": "done", **values}
        return self.numbered(
            "activities", "A", "activity_id", rep_id=rep, start_at=start_at, kind=kind, **told
        )

    def cost(self, campaign: str, date: str, amount: Any, **values: Any) -> None:
        """Money spent on a campaign, which is made if there is none yet."""
        if not any(row["campaign_id"] == campaign for row in self.rows["campaigns"]):
            self.add("campaigns", campaign_id=campaign, name=campaign)
        self.numbered(
            "campaign_costs", "X", "cost_id", campaign_id=campaign, date=date, amount=amount,
            **values,
        )  # fmt: skip

    def survey(
        self, customer: str, answered_on: str, score: Any, kind: str = "nps", **values: Any
    ) -> None:
        self.numbered(
            "surveys", "S", "survey_id", customer_id=customer, kind=kind, score=score,
            answered_on=answered_on, **{"sent_on": answered_on} | values,
        )  # fmt: skip

    def deal(
        self,
        rep: str,
        created_on: str,
        *changes: tuple[str, str, Any],
        closes: str = "",
        why: str = "",
        **values: Any,
    ) -> str:
        """A deal with its changes (day, stage, amount), when it should close and why it was lost."""
        deal = self.numbered(
            "opportunities", "D", "opportunity_id", rep_id=rep, created_on=created_on, **values
        )
        for day, stage, amount in changes:
            self.numbered(
                "opp_history", "H", "history_id", opportunity_id=deal, changed_on=day, stage=stage,
                amount=amount, expected_close_on=closes, reason=why if stage == "lost" else "",
            )  # fmt: skip
        return deal

    def load(self, *, replace: bool = False) -> None:
        for table, head in HEADS.items():
            if not self.rows[table] and table != "customers":
                (self.folder / f"{table}.csv").unlink(missing_ok=True)
                continue
            columns = head.split(",")
            lines = [
                ",".join(str(row.get(column, "")) for column in columns) for row in self.rows[table]
            ]
            (self.folder / f"{table}.csv").write_text(
                "\n".join([head, *lines]) + "\n", encoding="utf-8"
            )
        words = ["--replace", "--yes"] if replace else []
        call_command("load_tables", str(self.folder), *words, stdout=StringIO())


Report = Callable[..., Any]


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    return World(tmp_path)


def printed(slug: str, *words: str, **parameters: Any) -> Any:
    """What `manage.py report` prints, read back; money as the text that was printed."""
    settings = [word for k, v in parameters.items() for word in ("--set", f"{k}={v}")]
    out = StringIO()
    call_command("report", slug, *words, *settings, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue(), parse_float=str)


def churn(start: str, end: str, as_of: str = "", **parameters: Any) -> Any:
    """The churn report of a period."""
    words = ["--from", start, "--to", end, *(["--as-of", as_of] if as_of else [])]
    return printed("churn", *words, **parameters)


def lost(report: Any) -> dict[str, str]:
    """Customers lost, and when."""
    return {line["customer_id"]: line["lost_on"] for line in report["lines"]}
