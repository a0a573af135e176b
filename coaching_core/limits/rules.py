"""Which limits make sense, and what a person is told about one that does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from coaching_core.errors import InvalidInputError
from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Metric, Period
from coaching_core.llm.types import Purpose

LONGEST_NAME = 80
_HIGHEST_CAP = Decimal(10) ** 11
_SMALLEST_MONEY = Decimal("0.000001")
_UNITS = {Metric.COST: "$", Metric.TOKENS: "tokens", Metric.TURNS: "turns", Metric.STREAMS: "streams"}
_SPANS = {
    Period.MINUTE: "a minute",
    Period.DAY: "a day",
    Period.MONTH: "a month",
    Period.AT_ONCE: "at once",
}


def checked(draft: LimitDraft) -> LimitDraft:
    """The draft with spaces trimmed, empty fields None and a name.

    Raises:
        InvalidInputError: It cannot be a limit; names the field and what to do.
    """
    texts = ("tenant_id", "user_id", "provider", "model", "purpose")
    trimmed: dict[str, Any] = {name: (getattr(draft, name) or "").strip() or None for name in texts}
    tidy = replace(draft, **trimmed)
    for check in (_check_cap, _check_threshold, _check_period, _check_action, _check_each, _check_names):
        check(tidy)
    name = " ".join(tidy.name.split()) or described(tidy)[:LONGEST_NAME]
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInputError(f"A name has at most {LONGEST_NAME} printable characters.", "name")
    return replace(tidy, name=name)


def described(draft: LimitDraft) -> str:
    """What a limit is, in a few words: ``acme, each user: 10 turns a minute``."""
    whose = [value for value in (draft.tenant_id, draft.user_id, draft.model or draft.provider, draft.purpose) if value]
    if draft.each is not None:
        whose.append(f"each {draft.each}")
    subject = ", ".join(whose) if whose else "Everything"
    if subject.startswith("each "):
        subject = f"Each {subject.removeprefix('each ')}"
    return f"{subject}: {amount(draft)} {_SPANS[draft.period]}"


def amount(draft: LimitDraft) -> str:
    """The cap with its unit: ``$100``, ``1,000 tokens``."""
    number = f"{draft.cap.normalize():,f}"
    return f"${number}" if draft.metric is Metric.COST else f"{number} {_UNITS[draft.metric]}"


def doubts(draft: LimitDraft, providers: Collection[str], models: Collection[str]) -> tuple[str, ...]:
    """What is strange about a limit that can be set all the same: names that nothing here goes by."""
    found = []
    for kind, name, known in (("provider", draft.provider, providers), ("model", draft.model, models)):
        if name is not None and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            found.append(f"No {kind} here is called “{name}”, so this limit counts nothing yet.{hint}")
    return tuple(found)


def _check_cap(draft: LimitDraft) -> None:
    cap = draft.cap
    if not cap.is_finite() or cap <= 0:
        raise InvalidInputError("The cap has to be above 0. To allow nothing, switch the model off.", "cap")
    if cap > _HIGHEST_CAP:
        raise InvalidInputError("The cap is too high to be a limit: at most 100,000,000,000.", "cap")
    if draft.metric is not Metric.COST and cap != cap.to_integral_value():
        raise InvalidInputError(f"A cap in {draft.metric} is a whole number.", "cap")
    if draft.metric is Metric.COST and cap % _SMALLEST_MONEY:
        raise InvalidInputError("A cap in dollars has at most 6 decimals.", "cap")


def _check_threshold(draft: LimitDraft) -> None:
    if not 0 < draft.threshold <= 1:
        raise InvalidInputError("The threshold is a share of the cap: above 0 %, at most 100 %.", "threshold")


def _check_period(draft: LimitDraft) -> None:
    if (draft.metric is Metric.STREAMS) != (draft.period is Period.AT_ONCE):
        raise InvalidInputError("Streams are counted at once, everything else by the minute, day or month.", "period")
    if draft.period is Period.MINUTE and draft.metric is Metric.COST:
        raise InvalidInputError("Money is limited by the day or month. By the minute, limit turns or tokens.", "period")


def _check_action(draft: LimitDraft) -> None:
    if draft.action is Action.SWITCH and draft.metric not in (Metric.COST, Metric.TOKENS):
        raise InvalidInputError("Only budgets of money or tokens switch to a cheaper model.", "action")


def _check_each(draft: LimitDraft) -> None:
    named = {
        Each.TENANT: draft.tenant_id or draft.user_id,
        Each.USER: draft.user_id,
        Each.PROVIDER: draft.provider or draft.model,
        Each.MODEL: draft.model,
    }
    if draft.each is not None and named[draft.each] is not None:
        raise InvalidInputError(
            f"A limit for each {draft.each} names none. Clear “{named[draft.each]}”, or count all calls together.",
            "each",
        )


def _check_names(draft: LimitDraft) -> None:
    for name in ("tenant_id", "user_id", "provider", "model"):
        value = getattr(draft, name)
        if value is not None and (len(value) > 200 or not value.isprintable()):
            raise InvalidInputError("A name has at most 200 printable characters.", name)
    if draft.model is not None and "/" not in draft.model:
        raise InvalidInputError(f"A model is named provider/model, such as openai/{draft.model}.", "model")
    if draft.model and draft.provider and draft.model.partition("/")[0] != draft.provider:
        raise InvalidInputError(f"{draft.model} is not a model of {draft.provider}.", "model")
    if draft.purpose is not None and draft.purpose not in set(Purpose):
        raise InvalidInputError(f"The purpose is one of {', '.join(Purpose)}.", "purpose")
