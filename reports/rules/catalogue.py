"""Every parameter of the reports: its kind, default, bounds, and the sentence that says what it does."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Values = Mapping[str, Any]
Kind = Literal["whole", "decimal", "share", "choice", "switch", "words"]

# Reports compute a decimal as a whole number of its parts: with more decimals the products no longer fit the 64 bits
# of a database.
DECIMALS = 4
FINEST = Decimal(1).scaleb(-DECIMALS)


class BadParameter(ValueError):
    """A value that cannot stand; the sentence is shown to who typed it."""


@dataclass(frozen=True)
class Parameter:
    """`low` and `high` are inclusive. A cleaned value is an int, a Decimal, a str or a bool.

    Of `words` it is a text with a comma between them, each once and in order of their letters.
    """

    name: str
    kind: Kind
    default: Any
    label: Any
    sentence: Any = ""
    low: Any = 0
    high: Any = None
    choices: tuple[str, ...] = ()

    def clean(self, raw: Any, called: str = "") -> Any:
        """What was typed or loaded, as a value; raises `BadParameter` with the sentence to show.

        `called` is what the sentence calls it: its label on screens, else the name it has in files.
        """
        name = called or self.name
        if self.kind == "choice":
            return self._choice(str(raw).strip(), name)
        if self.kind == "switch":
            return self._switch(str(raw).strip().lower(), name)
        if self.kind == "words":
            return ", ".join(sorted(set(words_of(str(raw)))))
        return self._number(str(raw).strip(), name)

    def _choice(self, text: str, name: str) -> str:
        if text not in self.choices:
            raise BadParameter(
                gettext("%(name)s is one of: %(choices)s.")
                % {"name": name, "choices": ", ".join(self.choices)}
            )
        return text

    def _switch(self, text: str, name: str) -> bool:
        """`on` and `off` are the words that the definitions and the page of loss 5 use."""
        if text not in ("true", "false", "1", "0", "on", "off"):
            raise BadParameter(gettext("%(name)s is true or false.") % {"name": name})
        return text in ("true", "1", "on")

    def _number(self, text: str, name: str) -> int | Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise BadParameter(
                gettext("%(name)s: “%(text)s” is not a number.") % {"name": name, "text": text}
            )
        if self.kind == "whole" and number != number.to_integral_value():
            raise BadParameter(gettext("%(name)s is a whole number.") % {"name": name})
        self._check_bounds(number, name)
        self._check_decimals(number, name)
        return int(number) if self.kind == "whole" else number.normalize()

    def _check_bounds(self, number: Decimal, name: str) -> None:
        if number < self.low:
            raise BadParameter(
                gettext("%(name)s is %(low)s or more.") % {"name": name, "low": self.low}
            )
        if self.high is not None and number > self.high:
            raise BadParameter(
                gettext("%(name)s is %(high)s or less.") % {"name": name, "high": self.high}
            )

    def _check_decimals(self, number: Decimal, name: str) -> None:
        """Zeros at the end do not count, and 1e-5 has five; within its bounds a number can be rounded."""
        if number != number.quantize(FINEST):
            raise BadParameter(
                gettext("%(name)s has at most %(n)s decimals.") % {"name": name, "n": DECIMALS}
            )

    def stored(self, raw: Any) -> Any:
        """The value of what is stored: one of before there was a limit to its decimals is rounded to it."""
        is_decimal = self.kind in ("decimal", "share")
        return self.clean(Decimal(str(raw)).quantize(FINEST) if is_decimal else raw)


def words_of(text: str) -> list[str]:
    """The words of a value of that kind."""
    return [word for each in text.split(",") if (word := each.strip())]


def _days(name: str, default: int, label: Any, sentence: Any = "", low: int = 0) -> Parameter:
    return Parameter(name, "whole", default, label, sentence, low, 36_500)


def _count(name: str, default: int, label: Any, sentence: Any = "", low: int = 0) -> Parameter:
    return Parameter(name, "whole", default, label, sentence, low, 1_000_000)


def _share(name: str, default: str, label: Any, sentence: Any = "") -> Parameter:
    return Parameter(name, "share", Decimal(default), label, sentence, 0, 1)


CHURN = (
    Parameter(
        "churn_method",
        "choice",
        "rule",
        _("How a lost customer is told"),
        _(
            "By the rule: silent for longer than its own rhythm allows. By the model: not likely still there."
        ),
        choices=("rule", "bgnbd"),
    ),
    Parameter(
        "k",
        "decimal",
        Decimal(3),
        _("Silent for how many of its own intervals"),
        _("A customer counts as lost after this many of its typical intervals without a purchase."),
        Decimal("0.01"),
        Decimal(1000),
    ),
    _days(
        "floor_days", 30, _("Never lost before"), _("No customer is lost after fewer silent days.")
    ),
    _days(
        "cap_days", 365, _("Always lost after"), _("Every customer is lost after more silent days.")
    ),
    _days(
        "default_interval_days",
        120,
        _("Interval of customers without a rhythm"),
        _("Stands for the typical interval of a customer with too few purchases."),
    ),
    _count(
        "gap_memory",
        12,
        _("Intervals looked back on"),
        _("The typical interval is the median of the last ones."),
        1,
    ),
    _count(
        "min_gaps",
        2,
        _("Intervals that make a rhythm"),
        _("With fewer, the default interval stands in."),
        1,
    ),
    _days(
        "value_days",
        365,
        _("Days of a customer’s value"),
        _(
            "A lost customer is worth its net revenue of this many days up to its last purchase, less later credits."
        ),
        1,
    ),
    _days(
        "contract_grace_days",
        30,
        _("Days of grace after a contract"),
        _(
            "A customer whose contract ran out is lost after so many days without renewing or buying."
        ),
    ),
    Parameter(
        "warn_ratio",
        "decimal",
        Decimal("0.67"),
        _("At risk from which part of the silence"),
        _("A customer is at risk once this part of its threshold has passed."),
        Decimal(0),
        Decimal(1000),
    ),
)
DEPARTURES = (
    _days(
        "departure_grace_days",
        90,
        _("Last purchase after a departure"),
        _(
            "A loss goes with a departed rep if the last purchase came at most so many days after the departure."
        ),
    ),
    _days(
        "handover_days",
        60,
        _("Customers handed over before leaving"),
        _("A rep’s customers include those handed over within so many days before the departure."),
    ),
)
EFFECT = (
    _days(
        "did_window_days",
        180,
        _("Days before and after a departure"),
        _("The effect of a departure compares what was bought in so many days before and after."),
        1,
    ),
    _count(
        "did_min_treated",
        2,
        _("Customers of the leaver a comparison needs"),
        _("With fewer customers of the departed rep there is not enough data for an effect."),
        1,
    ),
    _count(
        "did_min_controls",
        5,
        _("Other customers a comparison needs"),
        _("With fewer customers whose owner stayed there is not enough data for an effect."),
        1,
    ),
)
CLASSES = (
    _days(
        "rfm_days",
        365,
        _("Days of revenue behind a class"),
        _("Classes and scores look at what was bought in so many days up to the day."),
        1,
    ),
    _share(
        "abc_a",
        "0.80",
        _("Share of revenue of class A"),
        _("A customer is in A while the larger ones bring less than this part of all revenue."),
    ),
    _share(
        "abc_b",
        "0.95",
        _("Share of revenue of classes A and B"),
        _("Else it is in B while they bring less than this part, and in C after that."),
    ),
)
DEALS = (
    _count(
        "stage_min_n",
        20,
        _("Closed deals a stage needs"),
        _("With fewer closed deals the chance of a stage is the one that is set for it."),
    ),
    _days(
        "stage_window_days",
        365,
        _("Days of closed deals behind a stage"),
        _("The chance of a stage is told from the deals that closed in so many days."),
        1,
    ),
)
LEAKAGE = (
    Parameter(
        "sla_hours",
        "decimal",
        Decimal(24),
        _("Hours to answer a lead"),
        _("A lead that is answered after more hours, or not at all, leaks."),
        0,
        Decimal(8760),
    ),
    Parameter(
        "sla_clock",
        "choice",
        "elapsed",
        _("Hours run"),
        _("All hours (elapsed), or those in which the company works (working)."),
        choices=("elapsed", "working"),
    ),
    _days(
        "convert_days",
        90,
        _("Days in which a lead converts"),
        _("A lead counts as converted if it became a customer within so many days of its arrival."),
    ),
    _days(
        "rate_window_days",
        365,
        _("Days of leads behind the normal rate"),
        _(
            "The share that converts and what a customer brings are those of the leads of so many days."
        ),
        1,
    ),
    _count(
        "min_rate_n",
        30,
        _("Leads a rate needs"),
        _("A source with fewer leads answered in time has the rate of all sources."),
        1,
    ),
    _count(
        "min_value_n",
        5,
        _("Customers a value needs"),
        _("A source with fewer converted customers has the value of all sources."),
        1,
    ),
    _share(
        "norm_share",
        "0.25",
        _("Share of revenue that new customers should bring"),
        _("The check from the top: what new customers bought falls short of this share."),
    ),
    _days(
        "new_days",
        365,
        _("Days in which a customer is new"),
        _("What a customer buys within so many days of its first purchase are new sales."),
    ),
    Parameter(
        "qualified_stages",
        "words",
        "qualified",
        _("Stages in which a lead is qualified"),
        _(
            "A lead is qualified once a deal that came from it was in one of these stages of deals, or in one of an"
            " offer. Their keys, with a comma between."
        ),
    ),
    Parameter(
        "offer_stages",
        "words",
        "negotiation, offer",
        _("Stages in which a lead has an offer"),
        _(
            "A lead has an offer once a deal that came from it was in one of these stages of deals, or was won."
            " Their keys, with a comma between."
        ),
    ),
)
MARKETING = (
    _count(
        "min_touches",
        3,
        _("Touches that make a lead worked"),
        _("A lead with fewer calls, messages or meetings was not worked, unless it ended."),
    ),
    _days(
        "touch_days",
        30,
        _("Days in which a lead is worked"),
        _("Only touches within so many days of the lead’s arrival count."),
    ),
)
SELLING_TIME = (
    Parameter(
        "hours_per_day",
        "decimal",
        Decimal(8),
        _("Paid hours a day"),
        _("The time of a working day that selling is measured against."),
        Decimal("0.01"),
        Decimal(24),
    ),
    _share(
        "allowance_share",
        "0",
        _("Share of the day that is not for selling"),
        _("This part of the paid time is accepted as training and planning and is no loss."),
    ),
    _count(
        "max_activity_minutes",
        480,
        _("Longest activity in minutes"),
        _("An activity that is noted as longer counts as so many minutes."),
    ),
)
NEW_REPS = (
    Parameter(
        "ramp_months",
        "whole",
        3,
        _("Months until a newcomer is judged"),
        _(
            "A new rep is judged at the end of these months, or on the last day employed if that is earlier."
        ),
        1,
        600,
    ),
    Parameter(
        "min_result",
        "decimal",
        Decimal(0),
        _("Revenue that counts as a result"),
        _("A newcomer whose credited net revenue is no more than this has no result."),
        0,
        Decimal(10**12),
    ),
    Parameter(
        "min_activities_per_day",
        "decimal",
        Decimal(1),
        _("Activities a day that count as a record"),
        _("With fewer done activities for each working day a newcomer has no record of work."),
        0,
        Decimal(1000),
    ),
    Parameter(
        "require_no_record",
        "switch",
        True,
        _("A newcomer with a record of work is no loss"),
        _("Switched off, every newcomer without a result is a loss, whatever the record."),
    ),
)
MODEL = (
    _share(
        "p_lost",
        "0.5",
        _("Lost when the chance of being alive falls to"),
        _("By the model a customer is lost once the chance that it is one still falls below this."),
    ),
    _count(
        "bgnbd_min_customers",
        100,
        _("Customers the model needs"),
        _("With fewer customers the rule tells who is lost."),
    ),
    _count(
        "bgnbd_min_repeaters",
        50,
        _("Repeat customers the model needs"),
        _("With fewer customers who bought again the rule tells who is lost."),
    ),
)
GROUPS = (
    CHURN,
    MODEL,
    DEPARTURES,
    EFFECT,
    CLASSES,
    DEALS,
    LEAKAGE,
    MARKETING,
    SELLING_TIME,
    NEW_REPS,
)
PARAMETERS = {parameter.name: parameter for group in GROUPS for parameter in group}


# The first of each is no more than the second. Of the classes the definitions say nothing else can be meant; of the
# silence they do (the cap wins), so what is computed from outside may have it, and no rule that is set here.
CLASS_SHARES = ("abc_a", "abc_b")
SILENCE = ("floor_days", "cap_days")


def parameters_named(names: Iterable[str]) -> tuple[Parameter, ...]:
    return tuple(PARAMETERS[name] for name in names)


def clean_values(raw: Values) -> dict[str, Any]:
    """Cleaned values by name; raises `BadParameter` for an unknown name or a bad value."""
    unknown = sorted(set(raw) - set(PARAMETERS))
    if unknown:
        raise BadParameter(
            gettext("There is no parameter %(name)s. There are: %(names)s.")
            % {"name": unknown[0], "names": ", ".join(PARAMETERS)}
        )
    return {name: PARAMETERS[name].clean(value) for name, value in raw.items()}


def stored_values(stored: Values) -> dict[str, Any]:
    """The values of a version or a snapshot by name; a parameter that is no more is left out."""
    return {
        name: PARAMETERS[name].stored(value) for name, value in stored.items() if name in PARAMETERS
    }


def check_pair(
    pair: tuple[str, str],
    values: Values,
    *,
    called: tuple[str, ...] = (),
    written: Callable[[Any], str] = str,
) -> None:
    """Raises `BadParameter` with a sentence that names both if the first is more than the second.

    `called` is what it calls them, else their names in files; `written` how it writes their values.
    """
    lower, upper = pair
    if lower not in values or upper not in values or values[lower] <= values[upper]:
        return
    names = called or pair
    low, high = as_json({name: values[name] for name in pair}).values()
    told = {"lower": names[0], "low": written(low), "upper": names[1], "high": written(high)}
    raise BadParameter(
        gettext("%(lower)s (%(low)s) must not be more than %(upper)s (%(high)s).") % told
    )


def defaults() -> dict[str, Any]:
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


def as_json(values: Values) -> dict[str, Any]:
    """Values as they are stored: a decimal as text, so that it comes back exact; 0.80 is 0.8."""
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
