"""Side-by-side conversations: histories of their own, failures that stay alone, nothing lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from coaching_core.bootstrap import build_ledger
from coaching_core.clock import utc_now
from coaching_core.errors import (
    ConflictError,
    InvalidInputError,
    InvalidPromptError,
    MissingKeyError,
    NotFoundError,
    RateLimitedError,
    StoreError,
)
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.equipment import DEFAULT_MAX_TOKENS
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.model_loop import ModelLoop
from coaching_core.llm.prices import load_price_table
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.types import CompletionRequest, ProviderReply, TextDelta, Usage
from coaching_core.playground.live import LiveTurn
from coaching_core.playground.models import PlaygroundSession
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.playground.service import PlaygroundService
from coaching_core.prompts.models import ModelSettings, Parameter, TopicDraft, VersionChange
from coaching_core.prompts.service import PromptService
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from coaching_core.storage.writer import AppendQueue
from coaching_core.usage.models import UsageFilter
from coaching_core.usage.service import UsageService

STEADY, KEEN, BRIEF = "simulated/coach-steady", "simulated/coach-keen", "simulated/coach-brief"


@dataclass
class ScriptedProvider:
    """Answers ``model: last message``; a model in ``failing`` raises, one in ``held`` waits after its first word."""

    failing: dict[str, Exception] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    requests: list[CompletionRequest] = field(default_factory=list)

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        raise NotImplementedError

    async def stream(self, request: CompletionRequest) -> AsyncIterator[TextDelta | ProviderReply]:
        self.requests.append(request)
        if request.model in self.failing:
            raise self.failing[request.model]
        yield TextDelta("I heard: ")
        if request.model in self.held:
            while not self.held[request.model].is_set():
                await asyncio.sleep(0.005)
        yield TextDelta(request.messages[-1].content)
        yield ProviderReply(f"I heard: {request.messages[-1].content}", "stop", Usage(100, 10))

    def asked(self, model: str) -> list[CompletionRequest]:
        return [request for request in self.requests if request.model == model]


@dataclass
class House:
    """The service with what stands around it."""

    service: PlaygroundService
    provider: ScriptedProvider
    prompts: PromptService
    database: Database
    loop: ModelLoop
    appends: AppendQueue
    settings: Settings

    def session(self, *columns: tuple[str, int], **parameters: object) -> PlaygroundSession:
        chosen = columns or ((STEADY, 1), (KEEN, 1), (BRIEF, 1))
        return self.service.start("local", "Ada", "talk", chosen, {"name": "Amara", **parameters})

    def say(self, session: PlaygroundSession, message: str) -> PlaygroundSession:
        return self.settle(self.service.send(session, message))

    def settle(self, live: LiveTurn) -> PlaygroundSession:
        """Wait until nothing is under way, then read the conversation from the store."""
        keeper = self.service._keepers.get(live.session.id)
        if keeper is not None:
            keeper.join(10)
        assert live.done
        return self.service.load(live.session.tenant_id, live.session.id)


@pytest.fixture
def house(store_settings: Settings, database: Database) -> Iterator[House]:
    prompts = PromptService(database, store_settings)
    parameters = (Parameter(name="name", required=True, example="Amara"),)
    draft = TopicDraft(
        topic_id="talk",
        name="Talk",
        topic_type="conversation_coaching",
        category="coaching",
        prompts={"system": "Coach {{name}}.", "user": "Greet {{name}}."},
        parameters=parameters,
    )
    prompts.create_topic(draft, "Ada", publish=True)
    provider, appends, loop = ScriptedProvider(), AppendQueue(database), ModelLoop()
    catalogue = Catalogue(store_settings, load_price_table(store_settings.datasets_dir, None))
    ledger = build_ledger(store_settings, database, appends)
    gateway = Gateway(Equipment(catalogue, {"simulated": provider}, ledger, retries=RetryPolicy(attempts=1)))
    service = PlaygroundService(PlaygroundRepository(database), prompts, gateway, loop)
    yield House(service, provider, prompts, database, loop, appends, store_settings)
    for event in provider.held.values():
        event.set()
    with suppress(RuntimeError):  # a test has closed it
        loop.close()
    service.close()
    appends.close()


def test_a_message_goes_to_every_column_with_its_own_history(house: House) -> None:
    session = house.say(house.session(), "First.")
    session = house.say(session, "Second.")
    assert [turn.message for turn in session.turns] == ["First.", "Second."]
    for column in session.columns:
        roles = [(m.role, m.content) for m in house.provider.asked(column.model)[-1].messages]
        assert roles == [
            ("system", "Coach Amara."),
            ("user", "First."),
            ("assistant", "I heard: First."),
            ("user", "Second."),
        ]


def test_an_answer_is_kept_with_what_it_took(house: House) -> None:
    session = house.say(house.session((STEADY, 1)), "Hello.")
    (reply,) = session.turns[0].replies.values()
    assert (reply.text, reply.status, reply.model, reply.version) == ("I heard: Hello.", "ok", STEADY, 1)
    assert (reply.input_tokens, reply.output_tokens, reply.simulated) == (100, 10, True)
    assert reply.cost == session.cost == Decimal("0.00014")
    assert reply.ttft_ms is not None
    assert reply.latency_ms is not None
    assert session.unknown_costs == 0


def test_one_that_fails_says_why_and_the_others_go_on(house: House) -> None:
    house.provider.failing[KEEN] = RateLimitedError("Keen asks us to slow down.")
    session = house.say(house.session(), "Hello.")
    steady, keen, brief = (session.turns[0].replies[column.id] for column in session.columns)
    assert (steady.status, brief.status) == ("ok", "ok")
    assert (keen.status, keen.error, keen.cost) == ("failed", "Keen asks us to slow down.", None)
    assert session.unknown_costs == 1


def test_a_column_that_failed_can_be_asked_again_while_the_others_are_at_it(house: House) -> None:
    house.provider.failing[KEEN] = RateLimitedError("Slow down.")
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session(), "Hello.")
    keen = live.session.columns[1]
    assert live.replies[keen.id].wait(10)
    house.provider.failing.clear()
    again = house.service.ask_again(live.session, keen.id)
    assert again is live
    assert live.replies[keen.id].wait(10)
    with pytest.raises(ConflictError):
        house.service.ask_again(live.session, live.session.columns[0].id)
    house.provider.held[STEADY].set()
    session = house.settle(live)
    assert {reply.status for reply in session.turns[0].replies.values()} == {"ok"}


def test_a_column_added_later_can_answer_the_last_message(house: House) -> None:
    session = house.say(house.session((STEADY, 1)), "Hello.")
    added = house.service.new_column(BRIEF, 1)
    session = house.service.arrange(session, (*session.columns, added), session.parameters)
    session = house.settle(house.service.ask_again(session, added.id))
    assert session.turns[0].replies[added.id].text == "I heard: Hello."
    assert len(session.turns) == 1


def test_stopping_keeps_what_had_arrived(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1)), "Hello.")
    (reply,) = live.replies.values()
    while not reply.text:
        assert not reply.wait(0.005)
    live.stop()
    session = house.settle(live)
    (kept,) = session.turns[0].replies.values()
    assert (kept.text, kept.status, kept.cost) == ("I heard: ", "stopped", None)
    house.provider.held.clear()
    house.say(session, "Go on.")
    heard = [(m.role, m.content) for m in house.provider.requests[-1].messages[1:]]
    assert heard == [("user", "Hello."), ("assistant", "I heard: "), ("user", "Go on.")]


def test_a_finished_answer_is_in_the_store_while_others_still_arrive(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1), (KEEN, 1)), "Hello.")
    steady, keen = live.session.columns
    assert live.replies[keen.id].wait(10)
    statuses: dict[str, str] = {}
    for _ in range(1000):
        replies = house.service.load("local", live.session.id).turns[0].replies
        statuses = {key: reply.status for key, reply in replies.items()}
        if statuses[keen.id] == "ok":
            break
        live.replies[steady.id].wait(0.005)
    assert statuses == {steady.id: "interrupted", keen.id: "ok"}


def test_another_page_finds_the_turn_under_way(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session(), "Hello.")
    assert house.service.live(live.session.id) is live
    house.provider.held[STEADY].set()
    house.settle(live)
    assert house.service.live(live.session.id) is None


def test_when_the_workbench_ends_what_had_arrived_is_kept(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1), (KEEN, 1)), "Hello.")
    steady, keen = live.session.columns
    assert live.replies[keen.id].wait(10)
    while not live.replies[steady.id].text:
        assert not live.replies[steady.id].wait(0.005)
    house.loop.close()
    house.service.close()
    house.appends.close()
    replies = house.service.load("local", live.session.id).turns[0].replies
    assert (replies[steady.id].text, replies[steady.id].status) == ("I heard: ", "interrupted")
    assert replies[keen.id].status == "ok"


def test_a_call_that_was_stopped_is_accounted_for(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1), (KEEN, 1)), "Hello.")
    assert live.replies[live.session.columns[1].id].wait(10)
    live.stop()
    house.settle(live)
    house.loop.close()
    house.appends.close()
    runs = _calls(house)
    assert {(run.model, str(run.status)) for run in runs} == {(STEADY, "cancelled"), (KEEN, "ok")}
    assert {(run.session_id, run.user_id, run.topic_id, run.prompt_version) for run in runs} == {
        (live.session.id, "Ada", "talk", 1)
    }


def test_while_answers_arrive_nothing_else_changes_the_conversation(house: House) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session(), "Hello.")
    with pytest.raises(ConflictError, match="still arriving"):
        house.service.send(live.session, "And another.")
    with pytest.raises(ConflictError, match="still arriving"):
        house.service.arrange(live.session, live.session.columns[:1], live.session.parameters)


def test_a_page_that_looks_at_an_old_state_overwrites_nothing(house: House) -> None:
    old = house.say(house.session(), "First.")
    house.say(old, "Second.")
    with pytest.raises(ConflictError, match="another window"):
        house.service.send(old, "Third.")
    with pytest.raises(ConflictError, match="another window"):
        house.service.arrange(old, old.columns[:1], old.parameters)
    assert [turn.message for turn in house.service.load("local", old.id).turns] == ["First.", "Second."]


def test_answers_the_store_does_not_take_stay_on_the_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.provider.held[STEADY] = threading.Event()
    live = house.service.send(house.session((STEADY, 1)), "Hello.")
    keeper = house.service._keepers[live.session.id]

    def refuse(*_: object) -> None:
        raise StoreError("No room.")

    with monkeypatch.context() as broken:
        broken.setattr(house.service._repository, "replace", refuse)
        house.provider.held[STEADY].set()
        keeper.join(10)
        found = house.service.live(live.session.id)
        assert found is live
        assert found.problem == "No room."
        assert [reply.text for reply in found.replies.values()] == ["I heard: Hello."]
    with pytest.raises(ConflictError):
        house.service.send(live.session, "Next.")
    session = house.service.load("local", live.session.id)
    assert [reply.text for reply in session.turns[0].replies.values()] == ["I heard: Hello."]
    assert house.service.live(session.id) is None


def test_a_conversation_without_a_word_is_not_stored(house: House) -> None:
    session = house.session()
    session = house.service.arrange(session, session.columns[:2], session.parameters)
    assert house.service.latest("local") == ()
    with pytest.raises(NotFoundError):
        house.service.load("local", session.id)


def test_the_latest_conversations_come_first(house: House) -> None:
    first = house.say(house.session(), "One.")
    second = house.say(house.session((STEADY, 1)), "Two.")
    house.say(first, "One more.")
    found = house.service.latest("local")
    assert [(entry.id, entry.opening, entry.turns, entry.columns) for entry in found] == [
        (first.id, "One.", 2, 3),
        (second.id, "Two.", 1, 1),
    ]
    assert house.service.latest("elsewhere") == ()


def test_a_conversation_of_another_tenant_is_not_found(house: House) -> None:
    session = house.say(house.session(), "Hello.")
    with pytest.raises(NotFoundError):
        house.service.load("elsewhere", session.id)


def test_a_branch_goes_its_own_way(house: House) -> None:
    session = house.say(house.say(house.session(), "First."), "Second.")
    branch = house.service.branch(session, 1)
    assert branch.branched_from == (session.id, 1)
    branch = house.say(branch, "Instead.")
    assert [turn.message for turn in branch.turns] == ["First.", "Instead."]
    assert [turn.message for turn in house.service.load("local", session.id).turns] == ["First.", "Second."]


def test_each_column_opens_with_the_user_prompt_of_its_own_version(house: House) -> None:
    change = VersionChange(prompts={"user": "Welcome {{name}} warmly."}, message="Warmer", author="Ada")
    house.prompts.save_version("talk", 1, change)
    session = house.session((STEADY, 1), (STEADY, 2))
    opening = house.service.opening(session)
    assert list(opening.values()) == ["Greet Amara.", "Welcome Amara warmly."]
    session = house.settle(house.service.send(session, "Greet Amara.", opening))
    assert [reply.text for reply in session.turns[0].replies.values()] == [
        "I heard: Greet Amara.",
        "I heard: Welcome Amara warmly.",
    ]
    house.say(session, "Next.")
    assert house.provider.requests[-1].messages[1].content == "Welcome Amara warmly."


def test_each_column_asks_with_the_settings_of_its_own_version(house: House) -> None:
    settings = ModelSettings(temperature=0.2, max_tokens=77)
    house.prompts.save_version("talk", 1, VersionChange(settings=settings, message="Shorter", author="Ada"))
    house.say(house.session((STEADY, 1), (KEEN, 2)), "Hello.")
    asked = {request.model: (request.temperature, request.max_tokens) for request in house.provider.requests}
    first = house.prompts.version("talk", 1).settings
    assert asked == {STEADY: (first.temperature, first.max_tokens or DEFAULT_MAX_TOKENS), KEEN: (0.2, 77)}


def test_versions_may_declare_different_parameters(house: House) -> None:
    more = (Parameter(name="name", required=True), Parameter(name="mood", required=True))
    change = VersionChange(
        prompts={"system": "Coach {{name}}, who is {{mood}}."}, parameters=more, message="Mood", author="Ada"
    )
    house.prompts.save_version("talk", 1, change)
    with pytest.raises(InvalidPromptError, match="mood"):
        house.session((STEADY, 1), (STEADY, 2))
    house.say(house.session((STEADY, 1), (KEEN, 2), mood="glad"), "Hello.")
    systems = {request.model: request.messages[0].content for request in house.provider.requests}
    assert systems == {STEADY: "Coach Amara.", KEEN: "Coach Amara, who is glad."}


def test_what_cannot_be_asked_is_refused_before_anything_is_sent(house: House) -> None:
    with pytest.raises(MissingKeyError):
        house.session((_without_a_key(house), 1))
    with pytest.raises(NotFoundError):
        house.session((STEADY, 9))
    with pytest.raises(InvalidInputError):
        house.session(*[(STEADY, 1)] * 5)
    with pytest.raises(InvalidInputError):
        house.service.start("local", "Ada", "talk", (), {})
    session = house.session()
    for message in ("", " \n", "x" * 20_001):
        with pytest.raises(InvalidInputError):
            house.service.send(session, message)
    assert house.provider.requests == []


def _without_a_key(house: House) -> str:
    return next(info.name for info in house.service._gateway.catalogue.models() if not info.available)


def _calls(house: House) -> tuple[PromptRun, ...]:
    now = utc_now()
    window = UsageFilter("local", now.replace(year=now.year - 1), now.replace(year=now.year + 1))
    return UsageService(house.database).prompt_runs(window).runs
