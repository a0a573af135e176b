"""The two things pure code must be given from outside: the time and fresh ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ulid import ULID

Clock = Callable[[], datetime]
"""Returns the present as an aware datetime in UTC."""

IdFactory = Callable[[], str]
"""Returns a fresh id: a ULID, 26 characters, sortable by time of making."""


def utc_now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh ULID as text."""
    return str(ULID())
