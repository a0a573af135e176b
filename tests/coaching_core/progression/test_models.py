"""Counts read off a cohort and a what-if."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.progression.ema import Band, ProgressionSettings
from coaching_core.progression.models import BandMove, Cohort, LevelChange, TopError, WhatIf

NOVICE, DEVELOPING, MASTERY = Band
NOW = datetime(2026, 1, 2, tzinfo=UTC)
STARTS: list[Band | None] = [None, *Band]


def cohort(*moves: BandMove) -> Cohort:
    return Cohort(NOW, NOW, moves)


def change(now: Band, then: Band) -> LevelChange:
    return LevelChange("u", "U", "f", 5.0, 6.0, now, then)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, NOVICE, "joined"),
        (None, MASTERY, "joined"),
        (NOVICE, NOVICE, "stayed"),
        (MASTERY, MASTERY, "stayed"),
        (NOVICE, DEVELOPING, "up"),
        (NOVICE, MASTERY, "up"),
        (DEVELOPING, MASTERY, "up"),
        (DEVELOPING, NOVICE, "down"),
        (MASTERY, DEVELOPING, "down"),
        (MASTERY, NOVICE, "down"),
    ],
)
def test_every_move_is_of_one_kind(before: Band | None, after: Band, kind: str) -> None:
    counted = cohort(BandMove(before, after, 3))

    kinds = {name: getattr(counted, name) for name in ("joined", "stayed", "up", "down")}
    assert kinds == {"joined": 0, "stayed": 0, "up": 0, "down": 0} | {kind: 3}


@given(st.lists(st.tuples(st.sampled_from(STARTS), st.sampled_from(list(Band)), st.integers(1, 9)), max_size=9))
def test_rows_and_columns_add_up(moves: list[tuple[Band | None, Band, int]]) -> None:
    counted = cohort(*(BandMove(*move) for move in moves))
    total = sum(move[2] for move in moves)

    assert sum(counted.before(band) for band in STARTS) == total
    assert sum(counted.after(band) for band in Band) == total
    assert counted.up + counted.down + counted.stayed + counted.joined == total
    for before in STARTS:
        assert counted.before(before) == sum(counted.count(before, after) for after in Band)
    for after in Band:
        assert counted.after(after) == sum(counted.count(before, after) for before in STARTS)


def test_a_what_if_counts_who_would_rise_and_who_would_fall() -> None:
    changes = (change(NOVICE, MASTERY), change(DEVELOPING, MASTERY), change(MASTERY, DEVELOPING))
    outcome = WhatIf(ProgressionSettings(), changes, 9)

    assert (outcome.up, outcome.down) == (2, 1)
    assert (WhatIf(ProgressionSettings(), (), 9).up, WhatIf(ProgressionSettings(), (), 9).down) == (0, 0)


@pytest.mark.parametrize(("before", "more"), [(None, None), (0, 3), (3, 0), (5, -2)])
def test_a_mistake_is_compared_with_the_period_before(before: int | None, more: int | None) -> None:
    assert TopError("k", "K", 3, before, "m").change == more
