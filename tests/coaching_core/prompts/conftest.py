"""A prompt service over a fresh store, once on each database, with a clock that ticks a minute at each look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from coaching_core.clock import Clock
from coaching_core.prompts.service import PromptService
from coaching_core.settings import Settings
from coaching_core.storage.database import Database


@pytest.fixture
def clock() -> Clock:
    """2 January 2026, 10:00 UTC, and a minute later at each further look."""
    minutes: Iterator[int] = count()
    return lambda: datetime(2026, 1, 2, 10, 0, tzinfo=UTC) + timedelta(minutes=next(minutes))


@pytest.fixture
def service(database: Database, store_settings: Settings, clock: Clock) -> PromptService:
    """The service under test."""
    return PromptService(database, store_settings, clock)
