"""Which calls health looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from coaching_core.llm.tables import prompt_runs

_runs = prompt_runs.c


@dataclass(frozen=True, slots=True)
class Scope:
    """Which calls are looked at.

    Attributes:
        since, until: When they were begun.
        tenant_id: Those of one tenant; None for all.
        without_tenant: One whose calls do not count, when simulated ones do not.
    """

    since: datetime
    until: datetime
    tenant_id: str | None = None
    include_simulated: bool = True
    without_tenant: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As conditions on ``prompt_runs``."""
        found: list[sa.ColumnElement[bool]] = [_runs.created_at >= self.since, _runs.created_at < self.until]
        if self.tenant_id is not None:
            found.append(_runs.tenant_id == self.tenant_id)
        if not self.include_simulated:
            found.append(_runs.simulated.is_(False))
            if self.without_tenant is not None:
                found.append(_runs.tenant_id != self.without_tenant)
        return found
