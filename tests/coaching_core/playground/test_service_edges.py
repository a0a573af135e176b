"""The edges of a side-by-side conversation: what is just allowed, what is just refused."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from coaching_core.errors import ConflictError, InvalidInputError, NotFoundError, RateLimitedError
from coaching_core.llm.types import Purpose
from coaching_core.playground.models import Column
from coaching_core.playground.service import MOST_COLUMNS
from coaching_core.prompts.models import VersionChange
from tests.coaching_core.test_playground_service import BRIEF, KEEN, STEADY, House, house

__all__ = ["house"]


@pytest.mark.parametrize("length", [1, 20_000])
def test_messages_up_to_the_limit_are_sent(house: House, length: int) -> None:
    message = "x" * length

    assert house.say(house.session((STEADY, 1)), message).turns[0].message == message


def test_a_message_past_the_limit_is_refused_by_its_field(house: House) -> None:
    for message in ("x" * 20_001, "\t"):
        with pytest.raises(InvalidInputError) as caught:
            house.service.send(house.session(), message)
        assert caught.value.field == "message"


def test_four_columns_are_the_most(house: House) -> None:
    assert MOST_COLUMNS == 4
    session = house.session(*[(STEADY, 1)] * 4)
    assert len({column.id for column in session.columns}) == 4
    for columns in ((), (*session.columns, house.service.new_column(STEADY, 1))):
        with pytest.raises(InvalidInputError, match="one to 4 columns") as caught:
            house.service.arrange(session, columns, session.parameters)
        assert caught.value.field == "columns"


def test_nobody_can_be_asked_again_who_is_not_there(house: House) -> None:
    fresh = house.session((STEADY, 1))
    with pytest.raises(NotFoundError, match="nothing this column could answer"):
        house.service.ask_again(fresh, fresh.columns[0].id)
    spoken = house.say(fresh, "Hello.")
    with pytest.raises(NotFoundError, match="nothing this column could answer"):
        house.service.ask_again(spoken, "nobody")
    assert len(house.provider.requests) == 1


def test_an_answer_asked_again_takes_the_place_of_the_old_one(house: House) -> None:
    house.provider.failing[STEADY] = RateLimitedError("Slow down.")
    session = house.say(house.say(house.session((STEADY, 1), (KEEN, 1)), "First."), "Second.")
    house.provider.failing.clear()
    steady, keen = session.columns
    again = house.settle(house.service.ask_again(session, steady.id))

    assert [turn.replies[steady.id].status for turn in again.turns] == ["failed", "ok"]
    assert again.turns[1].replies[keen.id] == session.turns[1].replies[keen.id]
    asked = house.provider.asked(STEADY)[-1]
    assert [(one.role, one.content) for one in asked.messages[1:]] == [("user", "Second.")]


def test_a_call_says_what_it_is_for(house: House) -> None:
    session = house.say(house.session((STEADY, 1)), "Hello.")
    context = house.provider.requests[0].context

    assert (context.tenant_id, context.user_id, context.purpose) == ("local", "Ada", Purpose.CHAT)
    assert (context.session_id, context.topic_id, context.prompt_version) == (session.id, "talk", 1)


def test_a_version_without_a_system_prompt_has_no_system_message(house: House) -> None:
    house.prompts.save_version(
        "talk", 1, VersionChange(prompts={"system": None}, message="Only the user's", author="Ada")
    )
    house.say(house.session((STEADY, 2)), "Hello.")

    assert [one.role for one in house.provider.requests[0].messages] == ["user"]


def test_columns_without_a_user_prompt_have_no_opening(house: House) -> None:
    for base, text in ((1, None), (2, "")):
        change = VersionChange(prompts={"user": text}, message="None", author="Ada")
        house.prompts.save_version("talk", base, change)
    session = house.session((STEADY, 1), (KEEN, 2), (BRIEF, 3))

    assert house.service.opening(session) == {session.columns[0].id: "Greet Amara."}


def test_only_new_columns_are_asked_for_their_model(house: House) -> None:
    session = house.session((STEADY, 1))
    gone = session.model_copy(update={"columns": (Column(id="old", model="simulated/gone", version=1),)})

    kept = house.service.arrange(gone, gone.columns, {"name": "Wei"})
    assert kept.parameters == {"name": "Wei"}
    with pytest.raises(NotFoundError, match="simulated/gone"):
        house.service.arrange(gone, (house.service.new_column("simulated/gone", 1),), {"name": "Wei"})


def test_what_is_rearranged_is_kept_with_its_time(house: House) -> None:
    session = house.say(house.session((STEADY, 1), (KEEN, 1)), "Hello.")
    changed = house.service.arrange(session, session.columns[:1], {"name": "Bo"})

    assert house.service.load("local", session.id) == changed
    assert changed.updated_at > session.updated_at
    assert changed.created_at == session.created_at
    assert len(changed.turns[0].replies) == 2


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_branch_keeps_so_many_turns(house: House, kept: int) -> None:
    session = house.say(house.say(house.session((STEADY, 1)), "First."), "Second.")
    branch = house.service.branch(session, kept)

    assert branch.turns == session.turns[:kept]
    assert (branch.branched_from, branch.columns, branch.parameters) == (
        (session.id, kept),
        session.columns,
        session.parameters,
    )
    assert branch.id != session.id
    assert branch.created_at == branch.updated_at > session.created_at
    listed = {entry.id for entry in house.service.latest("local")}
    assert listed == ({session.id, branch.id} if kept else {session.id})


def test_the_list_ends_somewhere(house: House) -> None:
    ids = [house.say(house.session((STEADY, 1)), f"Message {number}.").id for number in range(14)]

    assert [entry.id for entry in house.service.latest("local")] == ids[:1:-1]
    assert [entry.id for entry in house.service.latest("local", 2)] == ids[:-3:-1]
    (entry,) = house.service.latest("local", 1)
    assert (entry.topic_id, entry.author, entry.updated_at) == (
        "talk",
        "Ada",
        house.service.load("local", ids[-1]).updated_at,
    )


def test_a_conversation_that_was_removed_takes_no_answer(house: House) -> None:
    session = house.say(house.session((STEADY, 1)), "Hello.")
    other = session.model_copy(update={"id": "never-stored"})
    with pytest.raises(ConflictError, match="changed or removed"):
        house.service.send(other, "Next.")
    moved = session.model_copy(update={"updated_at": session.updated_at - timedelta(microseconds=1)})
    with pytest.raises(ConflictError, match="changed or removed"):
        house.service.send(moved, "Next.")
    foreign = session.model_copy(update={"tenant_id": "elsewhere"})
    with pytest.raises(ConflictError, match="changed or removed"):
        house.service.send(foreign, "Next.")


def test_a_turn_is_done_when_every_answer_has_ended(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1), (KEEN, 1)), "Hello.")
    steady, keen = live.session.columns
    assert live.replies[keen.id].wait(10)

    assert (live.message, live.index, live.done, live.problem) == ("Hello.", 0, False, None)
    assert set(live.replies) == {steady.id, keen.id}
    waiting = live.session.turns[0].replies[steady.id]
    assert (waiting.text, waiting.status, waiting.model, waiting.version) == ("", "interrupted", STEADY, 1)
    house.provider.held[STEADY].set()
    assert live.replies[steady.id].wait(10)
    assert live.done
