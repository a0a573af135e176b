"""Limits as people set them, and how far they are used."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from coaching_core.llm.limits import EVERYTHING, Action, Each, Limit, Metric, Period


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """A limit as a person fills it in; fields as in :class:`~coaching_core.llm.limits.Limit`.

    Attributes:
        name: What a refusal calls it; empty: a name is made of what it counts.
    """

    metric: Metric
    period: Period
    cap: Decimal
    action: Action = Action.REFUSE
    threshold: float = 0.8
    name: str = ""
    tenant_id: str | None = None
    user_id: str | None = None
    provider: str | None = None
    model: str | None = None
    purpose: str | None = None
    each: Each | None = None

    @classmethod
    def of(cls, limit: Limit) -> LimitDraft:
        """What was filled in for a limit that is there."""
        return cls(**{field.name: getattr(limit, field.name) for field in fields(cls)})

    def limit(self, limit_id: str) -> Limit:
        """The limit that this draft asks for."""
        return Limit(id=limit_id, **{field.name: getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True, slots=True)
class StoredLimit:
    """A limit, whether it is in force, and who set it so.

    Attributes:
        enabled: False: it is paused, counts nothing and refuses nothing.
    """

    limit: Limit
    enabled: bool
    author: str
    changed_at: datetime


class HeadroomState(StrEnum):
    """How near a limit is to its cap. ``near``: its threshold is passed. ``reached``: nothing fits any more."""

    OK = "ok"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Headroom:
    """How far a limit is used in its present period, by one of its subjects.

    Attributes:
        subject: Whose use it is: a tenant, ``tenant/user``, a provider or a model; empty for all calls together, or
            where nobody used a limit for each of them so far.
        used: Settled, in the limit's unit; unknown costs with their bound.
        held: By calls under way, in the limit's unit.
        resets_at: When the period ends; None for what is counted at once.
    """

    limit: Limit
    subject: str = EVERYTHING
    used: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    resets_at: datetime | None = None

    @property
    def cap(self) -> Decimal:
        """The most that may be used and held, in the limit's unit."""
        return self.limit.cap

    @property
    def share(self) -> float:
        """Used and held of the cap, from 0; above 1 where calls had been made before the limit was set."""
        return float((self.used + self.held) / self.cap)

    @property
    def state(self) -> HeadroomState:
        """Whether it is near its cap."""
        if self.used + self.held >= self.cap:
            return HeadroomState.REACHED
        return HeadroomState.NEAR if self.share >= self.limit.threshold else HeadroomState.OK
