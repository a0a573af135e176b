"""What the Playground shows of a conversation, and how one begins."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError
from coaching_core.llm.types import ModelInfo
from coaching_core.playground.models import Column, PlaygroundSession, Reply, Turn
from coaching_core.prompts.models import ModelSettings, Parameter, Topic, TopicVersion
from pages.view_models.parameter_values import read_values, value_text
from pages.view_models.playground import BlindState, Vote, answer, cost_words, heads, is_blind, opening_words
from pages.view_models.playground_setup import choose_setup, next_column, union_of_parameters

NOW = datetime(2026, 11, 20, tzinfo=UTC)
STEADY, KEEN, REAL, NO_KEY = "simulated/coach-steady", "simulated/coach-keen", "openai/gpt", "anthropic/claude"
MODELS = {
    STEADY: ModelInfo(STEADY, "Steady coach (simulated)", "simulated", True, True),
    KEEN: ModelInfo(KEEN, "Keen coach (simulated)", "simulated", True, True),
    REAL: ModelInfo(REAL, "GPT", "openai", False, True),
    NO_KEY: ModelInfo(NO_KEY, "Claude", "anthropic", False, False),
}


def topic(published: int | None = 1, latest: int = 1) -> Topic:
    return Topic(
        topic_id="talk",
        name="Talk",
        topic_type="conversation_coaching",
        category="coaching",
        description="",
        display_order=0,
        is_active=True,
        published_version=published,
        latest_version=latest,
        created_at=NOW,
        created_by="Ada",
        updated_at=NOW,
        updated_by="Ada",
    )


def version(number: int, model: str | None = None, *names: str) -> TopicVersion:
    return TopicVersion(
        topic_id="talk",
        number=number,
        message="m",
        author="Ada",
        created_at=NOW,
        parameters=tuple(Parameter(name=name) for name in names),
        settings=ModelSettings(default_model=model),
    )


def session(*models: str, turns: tuple[Turn, ...] = (), name: str = "s") -> PlaygroundSession:
    columns = tuple(Column(id=f"c{place}", model=model, version=1) for place, model in enumerate(models))
    return PlaygroundSession(
        id=name,
        tenant_id="local",
        author="Ada",
        topic_id="talk",
        columns=columns,
        parameters={},
        turns=turns,
        created_at=NOW,
        updated_at=NOW,
    )


def chosen(about: Topic, **query: str) -> tuple[tuple[str, int], ...]:
    versions = {number: version(number) for number in range(1, about.latest_version + 1)}
    return choose_setup(about, versions, list(MODELS.values()), query).columns


def test_a_conversation_begins_with_what_readers_get_or_with_draft_against_published() -> None:
    assert chosen(topic()) == ((STEADY, 1), (KEEN, 1))
    assert chosen(topic(1, 3)) == ((STEADY, 3), (STEADY, 1))
    assert chosen(topic(None, 2)) == ((STEADY, 2), (KEEN, 2))


def test_a_link_names_versions_and_models() -> None:
    about = topic(1, 3)
    assert chosen(about, versions="v2,1,9,x") == ((STEADY, 2), (STEADY, 1))
    assert chosen(about, versions="2,2", models=f"{REAL},{KEEN}") == ((REAL, 2), (KEEN, 2))
    assert chosen(about, versions="1,1,1,1,1") == ((STEADY, 1),) * 4


def test_the_next_column_has_a_model_that_is_not_there_yet() -> None:
    models = list(MODELS.values())
    assert next_column(session(STEADY), models) == (KEEN, 1)
    assert next_column(session(STEADY, KEEN, REAL), models) == (REAL, 1)


def test_parameters_of_all_versions_are_asked_for_once() -> None:
    both = union_of_parameters([version(1, None, "name"), version(2, None, "name", "mood")])
    assert [parameter.name for parameter in both] == ["name", "mood"]


def test_simulated_models_are_marked_one_by_one_beside_real_ones() -> None:
    alone = heads(session(STEADY, KEEN), topic(), MODELS, BlindState())
    assert [head.name for head in alone] == ["Steady coach", "Keen coach"]
    mixed = heads(session(STEADY, REAL, "gone/model"), topic(), MODELS, BlindState())
    assert [head.name for head in mixed] == ["Steady coach (simulated)", "GPT", "gone/model"]


def test_blind_order_is_stable_and_differs_between_conversations() -> None:
    orders = set()
    for number in range(40):
        talk = session(STEADY, KEEN, REAL, name=f"s{number}")
        first, again = (heads(talk, topic(), MODELS, BlindState(on=True)) for _ in range(2))
        assert first == again
        assert [head.name for head in first] == ["Answer A", "Answer B", "Answer C"]
        voted = BlindState(on=True, votes={talk.id: Vote(1, "c0")})
        assert [head.column for head in heads(talk, topic(), MODELS, voted)] == [head.column for head in first]
        orders.add(tuple(head.column.id for head in first))
    assert len(orders) == 6


def test_one_column_cannot_be_blind() -> None:
    assert not is_blind(BlindState(on=True), session(STEADY))
    assert is_blind(BlindState(on=True), session(STEADY, KEEN))


def test_a_failure_does_not_give_the_model_away_while_it_is_blind() -> None:
    reply = Reply(text="", status="failed", error="Keen coach did not answer.", model=KEEN, version=1)
    talk = session(STEADY, KEEN, turns=(Turn(message="Hi", replies={"c1": reply}),))
    head = next(h for h in heads(talk, topic(), MODELS, BlindState(on=True)) if h.column.id == "c1")
    hidden, shown = (answer(talk.turns[0], head, MODELS, blind) for blind in (True, False))
    assert "Keen" not in hidden.note + hidden.by + hidden.hidden
    assert (shown.note, shown.can_ask) == ("Keen coach did not answer.", True)
    assert [value for _, value in shown.figures] == ["—"] * 4


def test_who_answered_is_said_when_the_column_has_changed_since() -> None:
    reply = Reply(text="Hello", cost=Decimal("0.01"), model=KEEN, version=1)
    talk = session(STEADY, turns=(Turn(message="Hi", replies={"c0": reply}),))
    (head,) = heads(talk, topic(), MODELS, BlindState())
    assert answer(talk.turns[0], head, MODELS, False).by == "Answered by Keen coach, v1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"attempts": 1}, ""),
        ({"attempts": 2}, "2 attempts"),
        ({"attempts": 3, "restarted": "GPT broke off. Try again."}, "Began anew: GPT broke off. 3 attempts"),
        ({"model": KEEN, "asked": STEADY}, "Answered by Keen coach, because Steady coach did not answer"),
        (
            {"model": STEADY, "asked": KEEN, "attempts": 2},
            "Answered by Steady coach, v1, because Keen coach did not answer. 2 attempts",
        ),
    ],
)
def test_how_an_answer_came_about_is_said_in_words(changes: dict[str, Any], words: str) -> None:
    reply = Reply(text="Hello", **{"model": STEADY, "version": 1} | changes)
    talk = session(STEADY, KEEN, turns=(Turn(message="Hi", replies={"c0": reply}),))
    head = next(h for h in heads(talk, topic(), MODELS, BlindState()) if h.column.id == "c0")
    assert answer(talk.turns[0], head, MODELS, False).by == words
    assert answer(talk.turns[0], head, MODELS, True).by == "", "it would give the model away"


def test_an_unknown_cost_makes_the_sum_a_lower_bound() -> None:
    known, unknown = Reply(text="a", cost=Decimal("0.0217")), Reply(text="b")
    assert cost_words(session(STEADY, turns=(Turn(message="", replies={"c0": known}),))) == "$0.0217 so far"
    both = session(STEADY, turns=(Turn(message="", replies={"c0": known, "c1": unknown}),))
    assert cost_words(both) == "at least $0.0217 so far"
    retried = Reply(text="a", cost=Decimal("0.0217"), attempts=2)
    twice = session(STEADY, turns=(Turn(message="", replies={"c0": retried}),))
    assert cost_words(twice) == "at least $0.0217 so far", "the attempt that failed may be billed too"
    none = session(STEADY, turns=(Turn(message="", replies={"c0": unknown}),))
    assert cost_words(none) == "cost unknown"


@pytest.mark.parametrize("message", ["short", "x" * 2000, "word " * 400, "line\n" * 40, "one\n\ntwo"])
def test_a_folded_message_loses_nothing(message: str) -> None:
    shown, rest = opening_words(message)
    assert "".join((shown + rest).split()) == "".join(message.split())
    assert len(shown) <= 600


def test_values_are_read_by_their_type() -> None:
    kinds = ("string", "number", "boolean", "array", "object")
    parameters = tuple(Parameter(name=f"p_{kind}", type=kind) for kind in kinds)
    typed = {"p_string": "a", "p_number": " 2.50 ", "p_boolean": True, "p_array": '["x"]', "p_object": ""}
    assert read_values(parameters, typed) == {
        "p_string": "a",
        "p_number": 2.5,
        "p_boolean": True,
        "p_array": ["x"],
        "p_object": None,
    }
    assert value_text(parameters[3], ["x"]) == '[\n "x"\n]'
    with pytest.raises(InvalidInputError, match=r"p_number.*p_array"):
        read_values(parameters, typed | {"p_number": "nan", "p_array": "{}"})
