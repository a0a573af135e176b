"""Limits as a person reads them: rows, states in words and sign, and what happens at the cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from coaching_core.limits.models import Headroom, HeadroomState, StoredLimit
from coaching_core.llm.limits import Action, Each, Limit, Metric, Period
from pages.view_models.words import DASH, THIN, moment, plural

SPANS: Mapping[Period, str] = {
    Period.MINUTE: "a minute",
    Period.DAY: "a day",
    Period.MONTH: "a month",
    Period.AT_ONCE: "at once",
}
EACH: Mapping[Each, str] = {
    Each.TENANT: "Each tenant",
    Each.USER: "Each user",
    Each.PROVIDER: "Each provider",
    Each.MODEL: "Each model",
}
_MILLION = Decimal(1_000_000)
_CENT = Decimal("0.01")
_NEAR: Mapping[Action, str] = {
    Action.REFUSE: "! Near its cap",
    Action.SWITCH: "! Switching",
    Action.ALARM: "! Alarm",
}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit in the list. ``percent`` is of the subject that used it most, 0 to 100; None while it is paused."""

    id: str
    name: str
    state: str
    percent: int | None
    used: str
    counts: str
    at_the_cap: str
    resets: str
    changed: str


@dataclass(frozen=True, slots=True)
class UsageBar:
    """How far one subject used a limit; widths are shares of the cap, 0 to 1, together at most 1."""

    subject: str
    used_width: float
    held_width: float
    words: str
    kind: str


def limit_rows(stored: Sequence[StoredLimit], headroom: Iterable[Headroom], zone: tzinfo | None) -> list[LimitRow]:
    """The list: those that are nearest their cap first, paused ones last."""
    fullest = _fullest(headroom)
    ordered = sorted(stored, key=lambda one: (-_share(fullest.get(one.limit.id)), one.limit.name))
    return [_row(one, fullest.get(one.limit.id), zone) for one in ordered]


def facts_of(stored: Sequence[StoredLimit], headroom: Iterable[Headroom]) -> list[str]:
    """The line below the title."""
    states = [room.state for room in _fullest(headroom).values()]
    paused = sum(not one.enabled for one in stored)
    reached, near = states.count(HeadroomState.REACHED), states.count(HeadroomState.NEAR)
    facts = [f"{plural(len(states), 'limit')} in force"]
    facts += [f"{reached} at the cap"] * bool(reached) + [f"{near} near the cap"] * bool(near)
    return facts + [f"{paused} paused"] * bool(paused)


def state_in_words(room: Headroom) -> str:
    """The state with a sign, so that colour alone never says it."""
    if room.state is HeadroomState.OK:
        return "✓ Room left"
    if room.state is HeadroomState.NEAR or room.limit.action is Action.ALARM:
        return _NEAR[room.limit.action]
    return "✕ At its cap"


def amount(metric: Metric, value: Decimal) -> str:
    """$12.50, or 1 200 without its unit; parts of a cent are not rounded away."""
    if metric is not Metric.COST:
        return f"{value:,.0f}".replace(",", THIN)
    whole_cents = value >= 1 or value == value.quantize(_CENT)
    return f"${value:,.2f}".replace(",", THIN) if whole_cents else f"${value:.4f}"


def with_unit(metric: Metric, value: Decimal) -> str:
    """$12.50 or 1 200 tokens."""
    return amount(metric, value) if metric is Metric.COST else f"{amount(metric, value)} {metric}"


def percent(share: float) -> str:
    """80 %."""
    return f"{share * 100:.0f}\u00a0%"


def counted(limit: Limit) -> str:
    """What a limit counts: ``Each user · acme · chat``."""
    named = (limit.tenant_id, limit.user_id, limit.model or limit.provider, limit.purpose)
    parts = [EACH[limit.each]] if limit.each else []
    return " · ".join([*parts, *(name for name in named if name)]) or "All calls together"


def explanation(limit: Limit, now: datetime, zone: tzinfo | None) -> tuple[str, ...]:
    """What happens at the cap, and what is held; a sentence each."""
    sentences = [_at_the_cap(limit, now, zone)]
    if limit.metric in (Metric.COST, Metric.TOKENS):
        sentences.append(
            "A call holds its worst case until it ends: its whole question and its longest answer"
            f"{' at the dearest rate' if limit.metric is Metric.COST else ''}. What it did not take is given back."
        )
    if limit.metric is Metric.COST and limit.action is not Action.ALARM:
        sentences.append("Calls to a model without a known price are refused.")
    if limit.metric is Metric.TURNS:
        sentences.append("A turn is a call, however often it is tried.")
    if limit.each is Each.USER:
        sentences.append("Calls that are made for no user, such as evaluations, are not counted.")
    return tuple(sentences)


def usage_bars(rooms: Iterable[Headroom]) -> list[UsageBar]:
    """How far each subject used a limit, the fullest first."""
    return [_bar(room) for room in sorted(rooms, key=lambda room: -room.share)]


def _bar(room: Headroom) -> UsageBar:
    used = min(1.0, float(room.used / room.cap))
    held = min(1.0 - used, float(room.held / room.cap))
    metric = room.limit.metric
    words = f"{amount(metric, room.used + room.held)} of {with_unit(metric, room.cap)}, {percent(room.share)}"
    if room.held and metric is not Metric.STREAMS:
        words += f"; {amount(metric, room.held)} of it held by calls under way"
    kinds = {HeadroomState.OK: "", HeadroomState.NEAR: "warn", HeadroomState.REACHED: "worse"}
    kind = "warn" if room.state is not HeadroomState.OK and room.limit.action is Action.ALARM else kinds[room.state]
    return UsageBar(room.subject or _everybody(room.limit), used, held, words, kind)


def _everybody(limit: Limit) -> str:
    return "All calls together" if limit.each is None else f"{EACH[limit.each]}: nobody used it yet"


def _at_the_cap(limit: Limit, now: datetime, zone: tzinfo | None) -> str:
    cap, threshold = f"{with_unit(limit.metric, limit.cap)} {SPANS[limit.period]}", percent(limit.threshold)
    if limit.action is Action.ALARM:
        return f"Nothing is refused. From {threshold} of {cap} on, it counts as an alarm."
    resets_at = limit.resets_at(now)
    if resets_at is None:
        return f"Beyond {cap}, calls are refused with 429 and told to try again in a second."
    refused = f"calls are refused with 429 until {moment(resets_at, zone)} ({resets_at:%H:%M} UTC)"
    if limit.action is Action.REFUSE:
        return f"At {cap}, {refused}."
    return (
        f"From {threshold} of {cap} on, calls that may fall back go to the next model of their task; "
        f"all others go on to the cap, where {refused}."
    )


def _row(stored: StoredLimit, room: Headroom | None, zone: tzinfo | None) -> LimitRow:
    limit = stored.limit
    actions = {
        Action.REFUSE: "Refuse",
        Action.SWITCH: f"Switch at {percent(limit.threshold)}",
        Action.ALARM: f"Alarm at {percent(limit.threshold)}",
    }
    return LimitRow(
        id=limit.id,
        name=limit.name,
        state="Paused" if room is None else state_in_words(room),
        percent=None if room is None else min(100, int(room.share * 100)),
        used=_used(limit, room),
        counts=counted(limit),
        at_the_cap=actions[limit.action],
        resets=DASH if room is None or room.resets_at is None else moment(room.resets_at, zone),
        changed=f"{stored.author}, {moment(stored.changed_at, zone)}",
    )


def _used(limit: Limit, room: Headroom | None) -> str:
    cap = f"{_short(limit.metric, limit.cap)}{'' if limit.metric is Metric.COST else f' {limit.metric}'}"
    spanned = f"{cap} {SPANS[limit.period]}"
    return spanned if room is None else f"{_short(limit.metric, room.used + room.held)} of {spanned}"


def _short(metric: Metric, value: Decimal) -> str:
    return f"{value / _MILLION:.2f} M" if metric is Metric.TOKENS and value >= _MILLION else amount(metric, value)


def _fullest(headroom: Iterable[Headroom]) -> dict[str, Headroom]:
    found: dict[str, Headroom] = {}
    for room in headroom:
        if room.limit.id not in found or room.share > found[room.limit.id].share:
            found[room.limit.id] = room
    return found


def _share(room: Headroom | None) -> float:
    return -1.0 if room is None else room.share
