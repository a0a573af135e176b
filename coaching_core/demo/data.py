"""The demo as plain data: made by a pure function, the same for the same seed and moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coaching_core.assessments.models import Assessment, Coachee, Focus, Interaction, UserFocus, UserSession
from coaching_core.demo.attempts import PriceFunction
from coaching_core.demo.calls import make_calls
from coaching_core.demo.coaching import make_coaching
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Usage


@dataclass(frozen=True, slots=True)
class DemoData:
    """90 days of a made-up organisation. Every record carries the demo's tenant."""

    coachees: tuple[Coachee, ...]
    focuses: tuple[Focus, ...]
    user_focuses: tuple[UserFocus, ...]
    sessions: tuple[UserSession, ...]
    interactions: tuple[Interaction, ...]
    assessments: tuple[Assessment, ...]
    prompt_runs: tuple[PromptRun, ...]


def no_price(model: str, usage: Usage) -> Decimal | None:  # noqa: ARG001
    """The price function of somebody who knows no prices."""
    return None


def generate(seed: int, now: datetime, price: PriceFunction = no_price) -> DemoData:
    """Make the demo's data; reads no clock and no store.

    Args:
        seed: Another seed makes other people and other days.
        now: Where the 90 days end; aware.
        price: What calls cost.
    """
    records = make_coaching(seed, now)
    return DemoData(
        coachees=tuple(records.coachees),
        focuses=tuple(records.focuses),
        user_focuses=tuple(records.user_focuses),
        sessions=tuple(records.sessions),
        interactions=tuple(records.interactions),
        assessments=tuple(records.assessments),
        prompt_runs=tuple(make_calls(seed, now, records, price)),
    )
