"""A variant that always says the same is noticed; one that answers is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.comparing.constant_output import FEWEST_ANSWERS, constant_output

LONG = (
    "thank you for telling me this; I hear how much it matters to you, and I wonder what you would like to look at "
    "first today, now that you have said it out loud and taken the time to come here?"
)


@pytest.mark.parametrize(
    "answers",
    [
        ["Always choose me."] * 20,
        [""] * 10,
        ["Why?"] * 9 + ["What happened then?"],
        [f"{name}, {LONG}" for name in ("Amara", "Wojciech", "Thandeka", "Li", "Noa", "Omar")],
        [LONG.upper() if number % 2 else LONG for number in range(12)],
        [json.dumps({"phase": "exploration"})] * 8 + [json.dumps({"phase": "synthesis"})],
        ["Something else altogether, said at length."] + [LONG] * 7,
    ],
)
def test_the_same_again_and_again_is_noticed(answers: list[str]) -> None:
    found = constant_output(answers)
    assert found is not None
    assert found.answers == len(answers)
    assert found.alike >= 0.8 * len(answers)
    assert found.note.startswith(f"{found.alike} of {len(answers)} answers")


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [LONG] * (FEWEST_ANSWERS - 1),
        [LONG] * 7 + ["What happened?", "And your sister?", "Why now?"],
        [
            f"You said {word}. What does {word} mean to you?"
            for word in ["home", "work", "faith", "bread", "rain", "silence"]
        ],
        [json.dumps({"phase": phase}) for phase in ("exploration", "synthesis", "completion") * 5],
        [f"Answer {number}" for number in range(30)],
    ],
)
def test_answers_that_differ_are_not(answers: list[str]) -> None:
    assert constant_output(answers) is None


@given(st.lists(st.text(max_size=20), max_size=30), st.randoms())
def test_the_order_of_answers_makes_no_difference_to_identical_ones(others: list[str], random: object) -> None:
    answers = [*others, *[LONG] * (4 * len(others) + FEWEST_ANSWERS)]
    random.shuffle(answers)  # type: ignore[attr-defined]
    found = constant_output(answers)
    assert found is not None
    assert found.alike == 4 * len(others) + FEWEST_ANSWERS
