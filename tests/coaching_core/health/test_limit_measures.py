"""Limits as alerts see them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from coaching_core.health.limit_measures import limit_samples
from coaching_core.limits.models import Headroom
from coaching_core.llm.limits import Action, Each, Limit, Metric, Period


def limit(action: Action, each: Each | None = None) -> Limit:
    return Limit("l1", "Money a day", Metric.COST, Period.DAY, Decimal(20), action, 0.8, each=each)


def test_one_is_the_level_at_which_a_limit_alarms() -> None:
    (sample,) = limit_samples([Headroom(limit(Action.ALARM), used=Decimal(12), held=Decimal(4))])
    assert sample.value == pytest.approx(1.0)
    assert sample.subject == "Money a day"
    assert sample.detail == "80% of $20.00; its level is 80%"


def test_limits_that_only_refuse_raise_no_alarm() -> None:
    assert limit_samples([Headroom(limit(Action.REFUSE), used=Decimal(19))]) == []
    assert len(limit_samples([Headroom(limit(Action.SWITCH), used=Decimal(19))])) == 1


def test_people_are_digests_and_models_are_named() -> None:
    person, model = limit_samples(
        [
            Headroom(limit(Action.ALARM, Each.USER), "acme/ada@example.com", Decimal(1)),
            Headroom(limit(Action.ALARM, Each.MODEL), "openai/x", Decimal(1)),
        ]
    )
    assert "ada" not in person.subject
    assert person.subject.startswith("Money a day: ")
    assert model.subject == "Money a day: openai/x"
