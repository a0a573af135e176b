"""The one metadata that all tables hang on, and the column types both databases agree about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()
"""Every feature's ``tables.py`` adds its tables here."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. Stored without zone, so that both databases give back what was put in."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Aware to naive UTC. A naive datetime is a bug of the caller and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without zone reached the store")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Naive to aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def money() -> sa.Numeric[Any]:
    """USD, exact to 1e-12: the price of a single token fits without rounding."""
    return sa.Numeric(24, 12)
