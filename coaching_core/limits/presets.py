"""Limits that most installations want, to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Metric, Period


@dataclass(frozen=True, slots=True)
class Preset:
    """A limit to begin with. ``why`` says what it is good for."""

    title: str
    why: str
    draft: LimitDraft


PRESETS = (
    Preset(
        "Tenant: $ per month",
        "A tenant can never spend more than this in a month.",
        LimitDraft(Metric.COST, Period.MONTH, Decimal(100), each=Each.TENANT),
    ),
    Preset(
        "Each user: turns a minute",
        "One person, or one script, cannot crowd out the others.",
        LimitDraft(Metric.TURNS, Period.MINUTE, Decimal(20), each=Each.USER),
    ),
    Preset(
        "Each user: streams at once",
        "One person has so many answers open at the same time.",
        LimitDraft(Metric.STREAMS, Period.AT_ONCE, Decimal(4), each=Each.USER),
    ),
    Preset(
        "Provider: $ per day, alarm at 80 %",
        "Nothing is refused; Health raises an alarm when a provider's day becomes dear.",
        LimitDraft(Metric.COST, Period.DAY, Decimal(25), Action.ALARM, 0.8, each=Each.PROVIDER),
    ),
    Preset(
        "Model: $ per month, then the cheaper model",
        "From 80 % on, calls that may fall back go to the next model of their task.",
        LimitDraft(Metric.COST, Period.MONTH, Decimal(50), Action.SWITCH, 0.8, each=Each.MODEL),
    ),
)
