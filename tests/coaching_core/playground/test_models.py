"""A side-by-side conversation as a value: histories, costs, changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from coaching_core.playground.models import Column, PlaygroundSession, Reply, Turn

NOW = datetime(2026, 1, 2, 10, tzinfo=UTC)
LEFT, RIGHT = Column(id="a", model="m", version=1), Column(id="b", model="n", version=2)


def reply(text: str = "R", **changes: Any) -> Reply:
    return Reply(text=text, **changes)


def session(*turns: Turn) -> PlaygroundSession:
    return PlaygroundSession(
        id="s",
        tenant_id="local",
        author="Ada",
        topic_id="goals",
        columns=(LEFT, RIGHT),
        parameters={"name": "Amara"},
        turns=turns,
        created_at=NOW,
        updated_at=NOW,
    )


THREE = session(
    Turn(message="One", replies={"a": reply("A1"), "b": reply("B1")}, sent={"b": "One for b"}),
    Turn(message="Two", replies={"a": reply("A2")}),
    Turn(message="Three", replies={"a": reply("A3"), "b": reply("B3")}),
)


def test_a_column_is_found_by_its_id() -> None:
    assert THREE.column("b") == RIGHT
    assert THREE.column("c") is None


def test_a_history_is_what_a_column_was_sent_and_answered() -> None:
    assert THREE.history("a") == [("One", "A1"), ("Two", "A2"), ("Three", "A3")]
    assert THREE.history("b") == [("One for b", "B1"), ("Three", "B3")]
    assert THREE.history("b", 2) == [("One for b", "B1")]
    assert THREE.history("a", 0) == []
    assert THREE.history("c") == []


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (reply(status="ok"), True),
        (reply(status="stopped"), True),
        (reply("", status="stopped"), False),
        (reply("", status="ok"), False),
        (reply("half", status="failed"), False),
        (reply("half", status="interrupted"), False),
    ],
)
def test_only_what_was_answered_is_history(answer: Reply, kept: bool) -> None:
    assert bool(session(Turn(message="One", replies={"a": answer})).history("a")) is kept


def test_replies_are_put_into_their_turn_and_nowhere_else() -> None:
    later = NOW + timedelta(minutes=1)
    changed = THREE.with_replies(1, {"b": reply("B2"), "a": reply("A2b")}, later)

    assert changed.turns[::2] == THREE.turns[::2]
    assert {key: one.text for key, one in changed.turns[1].replies.items()} == {"a": "A2b", "b": "B2"}
    assert changed.turns[1].message == "Two"
    assert (changed.updated_at, changed.created_at) == (later, NOW)
    assert "b" not in THREE.turns[1].replies
    assert len(THREE.with_replies(2, {}, later).turns) == len(THREE.with_replies(0, {}, later).turns) == 3


def test_costs_are_added_as_far_as_they_are_known() -> None:
    spent = session(
        Turn(message="One", replies={"a": reply(cost=Decimal("0.10")), "b": reply(cost=None)}),
        Turn(message="Two", replies={"a": reply(cost=Decimal("0.02")), "b": reply(cost=Decimal(0))}),
    )

    assert (spent.cost, spent.unknown_costs) == (Decimal("0.12"), 1)
    assert (session().cost, session().unknown_costs) == (Decimal(0), 0)


def test_what_a_reply_does_not_say_is_unknown() -> None:
    said = {"text": "R", "status": "ok", "simulated": False}

    assert reply().model_dump() == dict.fromkeys(Reply.model_fields) | said


def test_sessions_come_back_from_json_as_they_were_and_cannot_be_changed() -> None:
    assert PlaygroundSession.model_validate(THREE.model_dump(mode="json")) == THREE
    with pytest.raises(ValidationError, match="frozen"):
        THREE.author = "Eve"  # type: ignore[misc]
