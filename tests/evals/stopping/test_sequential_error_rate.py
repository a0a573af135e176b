"""How often a run that may stop early claims a difference that is not there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evals.plan import Stopping
from evals.planning import LOOKS
from evals.statistics import paired_difference
from evals.stopping.always_valid import always_valid
from tests.conftest import make_settings
from tests.evals.making import make_plan

_RUNS, _ITEMS, _FIRST, _TAU = 4_000, 240, 30, 0.27
_SCORES = np.arange(1, 11)
_SKEWED = np.array([0.01, 0.01, 0.02, 0.03, 0.05, 0.10, 0.20, 0.30, 0.20, 0.08])
_LOOKS_AT = np.arange(_FIRST, _ITEMS, _ITEMS // LOOKS)


Scores = Callable[[np.random.Generator], np.ndarray]


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> Stopping:
    """How a run of 240 items on a scale from 1 to 10 looks."""
    plan = make_plan(make_settings(tmp_path_factory.mktemp("home")), all_topics=True, stop_when_clear=True)
    assert plan.stopping is not None
    assert (plan.stopping.tau, plan.stopping.least, plan.stopping.every) == (pytest.approx(_TAU), _FIRST, 12)
    return plan.stopping


def _alarms(differences: np.ndarray, unseen: float) -> float:
    """Share of rows whose interval excludes 0 at any look; the formula once more, over all rows at a time."""
    found = np.zeros(len(differences), dtype=bool)
    for n in _LOOKS_AT:
        seen = differences[:, :n]
        mean, variance = seen.mean(axis=1), (seen.var(axis=1) * n + unseen**2) / (n if unseen else n - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = n * _TAU**2 / variance
            half = np.sqrt(variance * 2 * (1 + 1 / grown) * (0.5 * np.log1p(grown) - np.log(0.05)) / n)
        found |= (variance > 0) & (np.abs(mean) > half)
    return float(found.mean())


def _whole_scores(draw: np.random.Generator) -> np.ndarray:
    """Whole scores from 1 to 10, skewed as judges give them, with an item's own level in both arms."""
    level = draw.choice([-2, -1, 0], p=[0.1, 0.3, 0.6], size=(_RUNS, _ITEMS))
    first, second = (
        np.clip(draw.choice(_SCORES, p=_SKEWED, size=(_RUNS, _ITEMS)) + level, 1, 10).astype(float) for _ in range(2)
    )
    return second - first


def _mostly_alike(draw: np.random.Generator) -> np.ndarray:
    """Two prompts whose answers are the same but for one in eight."""
    return np.where(draw.random((_RUNS, _ITEMS)) < 1 / 8, _whole_scores(draw), 0.0)


def _one_arm_wider(draw: np.random.Generator) -> np.ndarray:
    """The candidate is as good on average, and less even: seven or nine for eight."""
    baseline = draw.choice([7.0, 8.0, 9.0], p=[0.1, 0.8, 0.1], size=(_RUNS, _ITEMS))
    return draw.choice([6.0, 8.0, 10.0], p=[0.25, 0.5, 0.25], size=(_RUNS, _ITEMS)) - baseline


def _rare_losses(draw: np.random.Generator) -> np.ndarray:
    """Small gains that make up for large losses on one item in fifty: nothing on average."""
    return draw.choice([-8.0, 0.0, 1.0], p=[0.02, 0.82, 0.16], size=(_RUNS, _ITEMS))


def _losses_of_two_sizes(draw: np.random.Generator) -> np.ndarray:
    return draw.choice([-8.0, -3.0, 0.0, 1.0], p=[0.02, 0.06, 0.58, 0.34], size=(_RUNS, _ITEMS))


@pytest.mark.parametrize("scores", [_whole_scores, _mostly_alike, _one_arm_wider, _rare_losses, _losses_of_two_sizes])
def test_twenty_looks_raise_no_more_than_one_false_alarm_in_twenty(scores: Scores, rule: Stopping) -> None:
    assert len(_LOOKS_AT) <= LOOKS
    assert _alarms(scores(np.random.default_rng(20261121)), rule.unseen) <= 0.05


def test_without_the_unseen_loss_rare_ones_would_raise_many(rule: Stopping) -> None:
    assert _alarms(_rare_losses(np.random.default_rng(1)), 0.0) > 0.2


def test_looking_twenty_times_with_students_interval_would_not_do() -> None:
    draw = np.random.default_rng(7)
    differences = _whole_scores(draw)
    wrong = np.zeros(_RUNS, dtype=bool)
    for n in _LOOKS_AT:
        seen = differences[:, :n]
        wrong |= np.abs(seen.mean(axis=1)) > 2 * seen.std(axis=1, ddof=1) / np.sqrt(n)
    assert wrong.mean() > 0.12


@pytest.mark.parametrize("unseen", [0.0, 6.75])
def test_the_interval_of_a_look_is_that_of_the_formula(rule: Stopping, unseen: float) -> None:
    differences = _whole_scores(np.random.default_rng(3))[0][:90]
    n, mean = 90, differences.mean()
    variance = (differences.var() * n + unseen**2) / (n if unseen else n - 1)
    grown = n * _TAU**2 / variance
    half = np.sqrt(variance * 2 * (1 + 1 / grown) * (0.5 * np.log1p(grown) - np.log(0.05)) / n)
    looking = rule.model_copy(update={"unseen": unseen})
    found = always_valid(paired_difference(list(differences), [0.0] * n), looking)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((mean - half, mean + half))


def test_a_handful_of_clusters_is_never_surer_than_student(rule: Stopping) -> None:
    plain = paired_difference([3.0, 2.0, 4.0], [1.0, 1.0, 1.0])
    found = always_valid(plain, rule.model_copy(update={"tau": 100.0, "unseen": 0.0}))
    assert plain.interval is not None
    assert found.interval is not None
    assert found.interval.low <= plain.interval.low
    assert found.p_value is not None
    assert plain.p_value is not None
    assert found.p_value >= plain.p_value
