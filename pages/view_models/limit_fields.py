"""What a person fills in for a limit, and the draft that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from coaching_core.errors import InvalidInputError
from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Metric, Period

METRICS: Mapping[Metric, str] = {
    Metric.COST: "Money, USD",
    Metric.TOKENS: "Tokens",
    Metric.TURNS: "Turns (calls)",
    Metric.STREAMS: "Streams open at once",
}
PERIODS: Mapping[Metric, tuple[Period, ...]] = {
    Metric.COST: (Period.DAY, Period.MONTH),
    Metric.TOKENS: (Period.MINUTE, Period.DAY, Period.MONTH),
    Metric.TURNS: (Period.MINUTE, Period.DAY, Period.MONTH),
    Metric.STREAMS: (Period.AT_ONCE,),
}
ACTIONS: Mapping[Action, str] = {
    Action.REFUSE: "Refuse at the cap",
    Action.SWITCH: "Switch to the cheaper model, refuse at the cap",
    Action.ALARM: "Only raise an alarm",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand on the screen."""

    name: str
    metric: Metric
    period: Period
    cap: str
    action: Action
    threshold_percent: int
    each: Each | None
    names: Mapping[str, str | None]


def actions_for(metric: Metric) -> tuple[Action, ...]:
    """What a limit of this kind can do."""
    if metric in (Metric.COST, Metric.TOKENS):
        return tuple(Action)
    return (Action.REFUSE, Action.ALARM)


def cap_text(cap: Decimal) -> str:
    """A cap to be edited: ``100``, ``0.5``."""
    return f"{cap.normalize():f}"


def draft_of(typed: Typed) -> LimitDraft:
    """The draft of what was filled in.

    Raises:
        InvalidInputError: The cap is not a number.
    """
    text = typed.cap.replace(",", "").replace("\u202f", "").replace(" ", "").removeprefix("$")
    try:
        cap = Decimal(text)
    except InvalidOperation as error:
        raise InvalidInputError("The cap is a number, such as 100 or 0.50.", "cap") from error
    return LimitDraft(
        metric=typed.metric,
        period=typed.period,
        cap=cap,
        action=typed.action,
        threshold=typed.threshold_percent / 100,
        name=typed.name,
        each=typed.each,
        **typed.names,
    )
