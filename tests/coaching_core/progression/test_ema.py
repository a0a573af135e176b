"""The moving average and its bands (ledger A4, statistics.md)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import InvalidInputError
from coaching_core.progression.ema import BAND_TOLERANCE, Band, ProgressionSettings, band, ema, ema_series, next_band

scores = st.lists(st.floats(1, 10), max_size=60)
alphas = st.floats(0.01, 1)
windows = st.integers(1, 30)
LIVE = ProgressionSettings()


@pytest.mark.parametrize(
    ("history", "average", "level"),
    [
        ([2, 4, 5, 7, 8, 9, 8, 9, 9, 10], 8.608317, Band.MASTERY),
        ([2, 9, 10, 10], 7.109, Band.DEVELOPING),
        ([3], 3, Band.NOVICE),
    ],
)
def test_the_pinned_examples(history: list[float], average: float, level: Band) -> None:
    value = ema(history)

    assert value == pytest.approx(average, abs=5e-7)
    assert value is not None
    assert band(value, LIVE) is level


def test_no_history_has_no_average() -> None:
    assert ema([]) is None
    assert ema_series([]) == ()


@given(value=st.floats(1, 10), length=st.integers(1, 60), alpha=alphas, window=windows)
def test_constants_stay_what_they_are(value: float, length: int, alpha: float, window: int) -> None:
    assert ema([value] * length, alpha, window) == value


@given(history=scores.filter(bool), alpha=alphas, window=windows)
def test_only_the_window_counts_and_the_average_lies_within(history: list[float], alpha: float, window: int) -> None:
    value = ema(history, alpha, window)
    kept = history[-window:]

    assert value == ema(kept, alpha, window)
    assert value is not None
    assert min(kept) - 1e-9 <= value <= max(kept) + 1e-9


@given(history=scores, alpha=alphas, window=windows)
def test_the_series_is_the_average_up_to_each_score(history: list[float], alpha: float, window: int) -> None:
    expected = tuple(ema(history[:end], alpha, window) for end in range(1, len(history) + 1))

    assert ema_series(history, alpha, window) == expected


@given(history=scores.filter(bool))
def test_alpha_one_is_the_newest_score(history: list[float]) -> None:
    assert ema(history, alpha=1) == pytest.approx(history[-1])


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (3.99, Band.NOVICE),
        (4 - 1e-12, Band.DEVELOPING),
        (4, Band.DEVELOPING),
        (7.99, Band.DEVELOPING),
        (8, Band.MASTERY),
    ],
)
def test_a_threshold_belongs_to_the_band_above(value: float, level: Band) -> None:
    assert band(value, LIVE) is level


def test_the_way_to_the_next_band() -> None:
    assert next_band(7.2, LIVE) == (Band.MASTERY, pytest.approx(0.8))
    assert next_band(3.5, LIVE) == (Band.DEVELOPING, pytest.approx(0.5))
    assert next_band(8, LIVE) is None


@pytest.mark.parametrize(
    "wrong", [{"alpha": 0}, {"alpha": 1.1}, {"window": 0}, {"developing": 8.0}, {"alpha": float("nan")}]
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        ProgressionSettings(**wrong)  # type: ignore[arg-type]


def test_the_defaults_are_those_of_the_ledger() -> None:
    assert (LIVE.alpha, LIVE.window, LIVE.developing, LIVE.mastery) == (0.3, 20, 4.0, 8.0)
    history = [float(1 + number % 10) for number in range(30)]
    assert ema(history) == ema(history, 0.3, 20) != ema(history, 0.3, 21)
    assert ema_series(history) == ema_series(history, 0.3, 20)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"alpha": 0.0}, "alpha"), ({"alpha": 1.01}, "alpha"), ({"window": 0}, "window")]
)
def test_wrong_arguments_are_named(wrong: dict[str, Any], field: str) -> None:
    for call in (lambda: ema([1], **wrong), lambda: ema_series([], **wrong), lambda: ProgressionSettings(**wrong)):
        with pytest.raises(InvalidInputError) as caught:
            call()
        assert caught.value.field == field
    with pytest.raises(InvalidInputError) as caught:
        ProgressionSettings(developing=8, mastery=8)
    assert caught.value.field == "developing"


def test_the_edges_of_the_settings_are_accepted() -> None:
    edge = ProgressionSettings(alpha=1, window=1, developing=7.999, mastery=8)

    assert ema([3, 9], edge.alpha, edge.window) == 9


def test_just_below_a_threshold_is_not_there() -> None:
    for threshold, below, above in ((4, Band.NOVICE, Band.DEVELOPING), (8, Band.DEVELOPING, Band.MASTERY)):
        assert band(threshold - 1e-8, LIVE) is below
        assert band(threshold - BAND_TOLERANCE / 2, LIVE) is above
    assert next_band(4, LIVE) == (Band.MASTERY, 4)
