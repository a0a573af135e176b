"""Single-shot answers: the figures of the request compared, or its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coaching_core.llm.providers.simulated.analyst import analyse, wants_json
from coaching_core.llm.providers.simulated.draws import Draws
from coaching_core.llm.types import Message


def answered(asked: str, system: str = "Answer as JSON.") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(analyse([Message("system", system), Message("user", asked)], Draws(b"k" * 16)))
    return answer


@pytest.mark.parametrize(
    ("asked", "finding", "severity"),
    [
        (
            "Revenue: 85000\nThreshold: 100000",
            "Revenue stands at 85,000, 15,000 (-15.0 percent) below the threshold of 100,000.",
            "critical",
        ),
        (
            "| **Sales** | 1,250.50 |\n| Target | 1000 |",
            "Sales stands at 1,250.5, 250.5 (+25.1 percent) above the threshold of 1,000.",
            "info",
        ),
        ("Value = 90\nFloor = 100", "Value stands at 90, 10 (-10.0 percent) below the threshold of 100.", "warning"),
        (
            "Value = 89.99\nFloor = 100",
            "Value stands at 89.99, 10.01 (-10.0 percent) below the threshold of 100.",
            "critical",
        ),
        ("Value: 100\nFloor: 100", "Value stands at 100, exactly at the threshold of 100.", "info"),
        ("Value: -5\nLimit: -3", "Value stands at -5, 2 (-66.7 percent) below the threshold of -3.", "critical"),
        ("Value: 5\nBudget: 0", "Value stands at 5, 5 above the threshold of 0.", "info"),
        ("Value: -1\nBudget: 0", "Value stands at -1, 1 below the threshold of 0.", "critical"),
        ("Sales threshold: 9\nSales: 8", "Sales stands at 8, 1 (-11.1 percent) below the threshold of 9.", "critical"),
        (
            "Current reading: 12\nPlan: 10\nActual: 3\nTarget: 1",
            "Current reading stands at 12, 2 (+20.0 percent) above the threshold of 10.",
            "info",
        ),
        (
            "Costs 50 (49). Orders 110 this month (100).",
            "Orders stands at 110, 10 (+10.0 percent) above the earlier 100.",
            "warning",
        ),
        ("Orders 90 (100)", "Orders stands at 90, 10 (-10.0 percent) below the earlier 100.", "warning"),
        ("Orders 109 (100)", "Orders stands at 109, 9 (+9.0 percent) above the earlier 100.", "info"),
        ("Orders 10 (0)", "Orders stands at 10, 10 above the earlier 0.", "info"),
    ],
)
def test_two_figures_are_compared(asked: str, finding: str, severity: str) -> None:
    answer = answered(asked)

    assert answer["analysis"].startswith(f"{finding} ")
    assert answer["severity"] == severity
    assert list(answer) == ["analysis", "recommendations", "severity"]


def test_the_steps_name_the_figures() -> None:
    assert answered("Revenue: 1500.5\nThreshold: 2000")["recommendations"] == [
        "Check the records behind Revenue (1,500.5) within two working days.",
        "Ask the owner of Revenue which events explain the distance to 2,000.",
        "Look at Revenue again at the end of the next period.",
    ]


def test_figures_of_the_system_prompt_count_when_the_request_has_none() -> None:
    assert answered("Look.", "Revenue: 5\nThreshold: 4")["analysis"].startswith("Revenue stands at 5")
    assert answered("Revenue: 7\nThreshold: 4", "Revenue: 5\nThreshold: 4")["analysis"].startswith(
        "Revenue stands at 7"
    )


def test_words_are_taken_up_where_there_are_no_figures() -> None:
    answer = answered(
        "1. The team met on Monday, and " + "so on " * 7 + ", late.\n"
        "**The project is three weeks late.**\nOK then\nNothing else happened in all of that time:\n"
        "- We should talk about it again.\nA fourth line is here too."
    )

    assert answer["analysis"] == (
        "The material speaks of “The team met on Monday, and so on so on so on so on so on”; "
        "“The project is three weeks late”; “We should talk about it again”. On the whole these belong together, "
        "with open points that the text leaves unsaid."
    )
    assert answer["recommendations"] == [
        "Say how “The team met on Monday, and so on so on” will be measured, and by when.",
        "Say how “The project is three weeks late” will be measured, and by when.",
        "Say how “We should talk about it again” will be measured, and by when.",
    ]
    assert answer["severity"] == "warning"


@pytest.mark.parametrize("asked", ["", "Hi", "Threshold: 5", "word " * 41])
def test_too_little_material_is_said(asked: str) -> None:
    assert answered(asked) == {
        "analysis": "The request holds too little material for a finding.",
        "recommendations": ["Supply the facts and ask again."],
        "severity": "warning",
    }


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("Answer as JSON.", True),
        ("Give JSON without comments.", True),
        ("Answer in plain text.", False),
        ("Never use JSON.", False),
        ("Do not answer in any such JSON.", False),
        ("Not that it matters to us, use JSON.", True),
        ("Use JSONL.", False),
    ],
)
def test_whether_json_is_wanted(system: str, wanted: bool) -> None:
    assert wants_json([Message("system", system)]) is wanted
    assert not wants_json([Message("user", system)])
