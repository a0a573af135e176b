"""The bridge between threads and models: answers fill by themselves, can be stopped, and none goes unrecorded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator

import pytest

from coaching_core.errors import ProviderDownError
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.model_loop import LiveReply, ModelLoop
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.types import CompletionRequest, Provider, ProviderReply, RunStatus, TextDelta
from coaching_core.settings import Settings
from tests.coaching_core.llm.scripted import ANSWER, REPLY, SECRET, Hang, Notebook, Scripted, question

PATIENCE = 20.0
"""Seconds until a test gives up; none of them takes that long."""


@pytest.fixture
def loop() -> Iterator[ModelLoop]:
    running = ModelLoop()
    yield running
    running.close()


def make_gateway(settings: Settings, provider: Provider, notebook: Notebook | None = None) -> Gateway:
    return Gateway(
        Equipment(
            build_catalogue(settings), {"simulated": provider}, notebook or Notebook(), retries=RetryPolicy(attempts=1)
        )
    )


def ended(reply: LiveReply) -> LiveReply:
    assert reply.wait(PATIENCE)
    assert reply.done
    return reply


def test_a_coroutine_runs_on_the_loop_and_its_result_comes_back(loop: ModelLoop) -> None:
    async def where(text: str) -> tuple[str, int]:
        await asyncio.sleep(0)
        return text, threading.get_ident()

    text, thread = loop.run(where, "x")
    assert text == "x"
    assert thread != threading.get_ident()
    assert loop.run(where, "y")[1] == thread


def test_an_error_comes_back_to_the_thread_that_asked(loop: ModelLoop) -> None:
    async def fail() -> None:
        raise ProviderDownError("The provider answered 500.")

    with pytest.raises(ProviderDownError, match="500"):
        loop.run(fail)


def test_an_answer_fills_by_itself(loop: ModelLoop, settings: Settings) -> None:
    notebook, ends = Notebook(), []
    gateway = make_gateway(settings, Scripted(), notebook)
    reply = ended(loop.stream(gateway, question(), on_end=lambda: ends.append(1)))
    assert reply.text == ANSWER
    assert reply.completion is not None
    assert reply.completion.prompt_run_id == notebook.only.id
    assert reply.ttft_ms is not None
    assert (reply.error, reply.stopped, ends) == (None, False, [1])


def test_what_has_arrived_can_be_read_while_more_arrives(loop: ModelLoop, settings: Settings) -> None:
    provider = Scripted((ANSWER[:10], Hang()))
    reply = loop.stream(make_gateway(settings, provider), question())
    loop.run(provider.hanging.wait)
    assert reply.text == ANSWER[:10]
    assert (reply.done, reply.completion, reply.error) == (False, None, None)
    assert reply.ttft_ms is not None
    assert reply.wait(0) is False
    reply.stop()


def test_stopping_keeps_what_has_arrived_and_records_the_call(loop: ModelLoop, settings: Settings) -> None:
    provider, notebook, ends = Scripted((ANSWER[:10], Hang())), Notebook(), []
    reply = loop.stream(make_gateway(settings, provider, notebook), question(), on_end=lambda: ends.append(1))
    loop.run(provider.hanging.wait)
    reply.stop()
    ended(reply)
    reply.stop()
    loop.run(notebook.arrived.wait)
    assert (reply.text, reply.stopped, reply.error, reply.completion) == (ANSWER[:10], True, None, None)
    assert ends == [1]
    assert (notebook.only.status, provider.closed) == (RunStatus.CANCELLED, 1)


def test_stopping_one_answer_leaves_the_others_alone(loop: ModelLoop, settings: Settings) -> None:
    hanging, gate = Scripted((Hang(),)), Gate()
    stopped = loop.stream(make_gateway(settings, hanging), question())
    other = loop.stream(make_gateway(settings, gate), question())
    loop.run(hanging.hanging.wait)
    stopped.stop()
    ended(stopped)
    assert not other.done
    loop.run(gate.open)
    assert ended(other).text == ANSWER
    assert other.stopped is False


def test_stopping_an_answer_that_is_whole_changes_nothing(loop: ModelLoop, settings: Settings) -> None:
    notebook = Notebook()
    reply = ended(loop.stream(make_gateway(settings, Scripted(), notebook), question()))
    reply.stop()
    assert (reply.stopped, reply.text, notebook.only.status) == (False, ANSWER, RunStatus.OK)


class Gate:
    """A provider that answers all who wait at once, when it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self._opened = asyncio.Event()

    async def open(self) -> None:
        self._opened.set()

    async def until(self, number: int) -> None:
        while self.waiting < number:
            await asyncio.sleep(0)

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        raise NotImplementedError

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
        self.waiting += 1
        await self._opened.wait()
        yield REPLY


def test_many_models_answer_at_once(loop: ModelLoop, settings: Settings) -> None:
    gate, notebook = Gate(), Notebook()
    gateway = make_gateway(settings, gate, notebook)
    replies = [loop.stream(gateway, question()) for _ in range(12)]
    loop.run(gate.until, 12)
    assert not any(reply.done for reply in replies)
    loop.run(gate.open)
    assert [ended(reply).text for reply in replies] == [ANSWER] * 12
    assert len({run.id for run in notebook.runs}) == 12


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ProviderDownError("The provider answered 500."), "The provider answered 500."),
        (RuntimeError(SECRET), "The call failed: RuntimeError."),
    ],
)
def test_a_failure_is_told_in_words_for_a_person(
    loop: ModelLoop, settings: Settings, error: Exception, words: str
) -> None:
    ends: list[int] = []
    provider = Scripted((ANSWER[:10], error))
    reply = ended(loop.stream(make_gateway(settings, provider), question(), on_end=lambda: ends.append(1)))
    assert (reply.error, reply.completion, reply.stopped) == (words, None, False)
    assert reply.text == ANSWER[:10]
    assert ends == [1]


def test_a_model_nobody_knows_is_an_error_of_the_answer(loop: ModelLoop, settings: Settings) -> None:
    reply = ended(loop.stream(make_gateway(settings, Scripted()), question(model="simulated/coach-stedy")))
    assert reply.error is not None
    assert "simulated/coach-steady" in reply.error
    assert (reply.completion, reply.text) == (None, "")


def test_a_record_that_cannot_be_kept_is_an_error_of_the_answer(loop: ModelLoop, settings: Settings) -> None:
    notebook = Notebook(error=ProviderDownError("The store is gone."))
    reply = ended(loop.stream(make_gateway(settings, Scripted(), notebook), question()))
    assert (reply.error, reply.completion) == ("The store is gone.", None)


def test_an_answer_is_not_done_before_its_record_is_durable(loop: ModelLoop, settings: Settings) -> None:
    notebook = Notebook(gate=asyncio.Event())
    reply = loop.stream(make_gateway(settings, Scripted(), notebook), question())
    loop.run(notebook.arrived.wait)
    assert (reply.done, reply.completion, reply.text) == (False, None, ANSWER)

    async def open_gate() -> None:
        assert notebook.gate is not None
        notebook.gate.set()

    loop.run(open_gate)
    assert ended(reply).completion is not None


class SlowNotebook(Notebook):
    """A recorder that needs a while for each record."""

    async def record(self, run: object) -> None:
        for _ in range(200):
            await asyncio.sleep(0)
        await super().record(run)  # type: ignore[arg-type]


def test_closing_records_every_call_under_way(settings: Settings) -> None:
    loop, notebook = ModelLoop(), SlowNotebook()
    providers = [Scripted((ANSWER[:10], Hang())) for _ in range(5)]
    replies = [loop.stream(make_gateway(settings, provider, notebook), question()) for provider in providers]
    for provider in providers:
        loop.run(provider.hanging.wait)
    loop.close()
    assert [ended(reply).text for reply in replies] == [ANSWER[:10]] * 5
    assert [(reply.stopped, reply.error) for reply in replies] == [(False, None)] * 5
    assert [run.status for run in notebook.runs] == [RunStatus.CANCELLED] * 5
    assert all(provider.closed == 1 for provider in providers)


def test_closing_with_nothing_under_way_ends_the_thread() -> None:
    before = set(threading.enumerate())
    loop = ModelLoop()
    (thread,) = set(threading.enumerate()) - before
    loop.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
