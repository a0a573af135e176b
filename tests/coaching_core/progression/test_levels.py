"""The averages made by the database equal those made in Python, on both databases."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

import pytest

from coaching_core.assessments.models import Assessment
from coaching_core.assessments.service import AssessmentService
from coaching_core.progression.ema import ProgressionSettings, ema
from coaching_core.progression.levels import Scope
from coaching_core.progression.repository import select_levels
from coaching_core.storage.database import Database
from tests.coaching_core.assessments.records import START, assessment, mistake, summary


def _random_history(seed: int, rows: int = 700) -> list[Assessment]:
    """Scores of a few people on a few focuses, many at the same moment, in no order, with rows that do not count."""
    dice = random.Random(seed)
    history = []
    for number in dice.sample(range(rows), rows):
        whose = {
            "user_id": f"u{dice.randrange(6)}",
            "focus_id": f"f{dice.randrange(3)}",
            "created_at": START + timedelta(minutes=dice.randrange(40)),
        }
        score = dice.choice([dice.randint(1, 10), round(dice.uniform(1, 10), 3)])
        kind = dice.random()
        if kind < 0.1:
            history.append(summary(number, **whose, score=score))
        elif kind < 0.2:
            history.append(mistake(number, "closed_question", **whose))
        elif kind < 0.25:
            history.append(mistake(number, "closed_question", **whose | {"score": score}))
        elif kind < 0.3:
            history.append(assessment(number, **whose, score=None))
        elif kind < 0.35:
            history.append(assessment(number, **whose | {"focus_id": None}, score=score))
        elif kind < 0.4:
            history.append(assessment(number, **whose, score=score, tenant_id="other"))
        else:
            history.append(assessment(number, **whose, score=score))
    return history


def _in_python(history: list[Assessment], settings: ProgressionSettings) -> dict[tuple[str, str], float | None]:
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in sorted(history, key=lambda one: (one.created_at, one.id)):
        counts = one.tenant_id == "acme" and one.category == "progress" and one.kind != "session_summary"
        if counts and one.score is not None and one.focus_id is not None:
            scores[one.user_id, one.focus_id].append(one.score)
    return {pair: ema(values, settings.alpha, settings.window) for pair, values in scores.items()}


SETTINGS = [
    ProgressionSettings(),
    *(ProgressionSettings(alpha=alpha, window=window) for alpha in (0.05, 0.5, 0.99, 1) for window in (1, 2, 7, 500)),
]


@pytest.mark.parametrize("seed", range(3))
def test_the_twins_agree(database: Database, seed: int) -> None:
    history = _random_history(seed)
    AssessmentService(database).record(history)

    for settings in SETTINGS:
        expected = _in_python(history, settings)
        with database.analytic() as connection:
            found = select_levels(connection, Scope("acme"), settings)

        assert {(level.user_id, level.focus_id) for level in found} == expected.keys()
        for level in found:
            assert level.ema == pytest.approx(expected[level.user_id, level.focus_id], abs=1e-9)


def test_a_long_history_with_a_large_alpha_does_not_underflow(database: Database) -> None:
    history = [assessment(number, score=1 + number % 10) for number in range(1, 401)]
    AssessmentService(database).record(history)
    settings = ProgressionSettings(alpha=0.999, window=400)

    with database.analytic() as connection:
        (level,) = select_levels(connection, Scope("acme", "f1"), settings)

    assert level.ema == pytest.approx(_in_python(history, settings)["u1", "f1"], abs=1e-9)


def test_a_moment_in_the_past_sees_what_was_there_then(database: Database) -> None:
    history = [assessment(number, score=number) for number in range(1, 11)]
    AssessmentService(database).record(history)

    with database.analytic() as connection:
        (level,) = select_levels(connection, Scope("acme", until=history[4].created_at), ProgressionSettings())

    assert level.ema == pytest.approx(ema([1, 2, 3, 4, 5]), abs=1e-9)
