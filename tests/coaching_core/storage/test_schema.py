"""Times and money as both databases hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.storage.schema import UtcDateTime, money

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1), timezones=ZONES))  # noqa: DTZ001 - bounds are naive
def test_a_time_is_stored_in_utc_without_zone_and_comes_back_with_it(at: datetime) -> None:
    kind = UtcDateTime()
    stored = kind.process_bind_param(at, None)

    assert stored is not None
    assert stored.tzinfo is None
    assert kind.process_result_value(stored, None) == at
    assert stored.replace(tzinfo=UTC) == at


def test_no_time_stays_none_and_one_without_zone_is_a_mistake() -> None:
    kind = UtcDateTime()

    assert kind.process_bind_param(None, None) is None
    assert kind.process_result_value(None, None) is None
    with pytest.raises(ValueError, match="without zone"):
        kind.process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001 - that is the point


def test_money_is_exact_to_a_trillionth() -> None:
    kind = money()

    assert (kind.precision, kind.scale, kind.asdecimal) == (24, 12, True)
    assert Decimal("0.000000000001") == Decimal(1).scaleb(-(kind.scale or 0))
