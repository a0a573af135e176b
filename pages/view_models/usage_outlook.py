"""What is to come, in words: the forecast, and what an active user costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coaching_core.usage.forecast import DailyCost, Estimate, Forecast, Smoothed
from pages.view_models.words import DASH, money_total


@dataclass(frozen=True, slots=True)
class Outlook:
    """One line of what is to come; ``value`` is a dash when it is unknown, and ``note`` then says why."""

    label: str
    value: str
    note: str


def outlooks(found: Forecast, smoothed: Sequence[Smoothed], users_known: bool) -> tuple[Outlook, ...]:
    """The next day, the month, and the means of the last three days.

    Args:
        smoothed: By day, the last one today.
        users_known: False while people are not counted yet.
    """
    last = smoothed[-1] if smoothed else None
    per_user = None if last is None else last.cost_per_user
    return (
        _estimate("Next 24 hours", found.next_day, found.reason),
        _estimate("This month in all", found.month, found.reason, f"{money_total(found.month_so_far)} so far; "),
        _mean("A day, mean of three", None if last is None else last.cost, "today counts as far as it went"),
        Outlook(
            "A daily active user, mean of three days",
            "…" if not users_known else DASH if per_user is None else money_total(per_user),
            "nobody called" if users_known and per_user is None else "cost of the days over their users",
        ),
    )


def cost_per_user(days: Sequence[DailyCost], first: date) -> Decimal | None:
    """USD that a user costs on a day they call, over the days from ``first`` on; None when nobody called."""
    shown = [one for one in days if one.day >= first]
    users = sum(one.users for one in shown)
    return sum((one.cost for one in shown), Decimal(0)) / users if users else None


def _estimate(label: str, found: Estimate | None, reason: str, known: str = "") -> Outlook:
    if found is None:
        return Outlook(label, DASH, f"{known}{reason}")
    interval = f"[{money_total(found.low)}, {money_total(found.high)}]"
    return Outlook(label, money_total(found.expected), f"{known}90 % interval {interval}")


def _mean(label: str, value: Decimal | None, note: str) -> Outlook:
    return Outlook(label, money_total(value), note if value is not None else "three days are needed")
