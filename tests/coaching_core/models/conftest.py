"""A model service over either database, with a clock and ids of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.prices import load_price_table
from coaching_core.models.service import ModelService
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from tests.conftest import PROJECT


@dataclass
class House:
    """The service, the catalogue it tells, and the hands of its clock."""

    service: ModelService
    catalogue: Catalogue
    database: Database
    settings: Settings
    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def later(self, **by: float) -> datetime:
        """Move the clock."""
        self.now += timedelta(**by)
        return self.now

    def another_process(self) -> ModelService:
        """A service over the same store with a catalogue of its own."""
        table = load_price_table(PROJECT / "datasets", None)
        return ModelService(self.database, Catalogue(self.settings, table), self.settings)


@pytest.fixture
def house(database: Database, store_settings: Settings) -> House:
    catalogue = Catalogue(store_settings, load_price_table(PROJECT / "datasets", None))
    numbers = count(1)
    built: list[House] = []
    service = ModelService(
        database, catalogue, store_settings, clock=lambda: built[0].now, ids=lambda: f"P{next(numbers):03}"
    )
    built.append(House(service, catalogue, database, store_settings))
    return built[0]
