"""What the runner asks, counts and writes down: nothing else asked, nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from coaching_core.errors import MissingKeyError
from coaching_core.llm.types import CompletionRequest, Message, Purpose
from evals.asking import messages_for
from evals.running.events import Progress
from evals.running.folder import RunFolder, RunState
from evals.running.journal import read_journal
from tests.evals.desk import Desk, carried_out, plain, scored

Make = Callable[..., RunFolder]


def figures(progress: Progress) -> tuple[Any, ...]:
    return (
        *(progress.cells, progress.answers, progress.verdicts, progress.failed_answers, progress.unscored),
        *(progress.cost, progress.unknown_costs),
    )


def test_what_a_run_counts_is_what_its_journal_says_in_every_sitting(make: Make) -> None:
    folder = make()
    plan = folder.plan()

    def now_and_then(request: CompletionRequest) -> str | Exception:
        if request.context.purpose is Purpose.JUDGE:
            return MissingKeyError("No key.") if desk.count(Purpose.JUDGE) % 3 == 0 else scored(plan)
        return MissingKeyError("No key.") if desk.count(Purpose.EVALUATION) % 4 == 0 else "What matters?"

    desk = Desk(now_and_then, lambda number: None if number % 5 == 0 else "0.01")
    ended = carried_out(folder, desk)
    assert ended.state is RunState.FINISHED
    calls = len(desk.asked)
    assert figures(ended.progress) == (8, 8, 6, 2, 2, Decimal("0.01") * (calls - 3), 3)
    assert (ended.progress.calls, calls, ended.progress.done, ended.progress.done_before) == (14, 14, 8, 0)
    again = carried_out(folder, desk)
    assert figures(again.progress) == figures(ended.progress)
    assert (again.progress.calls, again.progress.done_before, len(desk.asked)) == (0, 8, calls)


def test_a_coach_is_asked_with_the_variants_prompt_settings_and_nothing_else(make: Make) -> None:
    folder = make(limit=1)
    plan = folder.plan()
    first, second = plan.variants
    warm = first.model_copy(update={"settings": first.settings.model_copy(update={"temperature": 0.25})})
    bare = second.model_copy(
        update={"prompts": {}, "settings": second.settings.model_copy(update={"temperature": None, "max_tokens": 99})}
    )
    (folder.path / "plan.json").write_text(plan.model_copy(update={"variants": (warm, bare)}).model_dump_json())
    desk = Desk(plain(plan))
    carried_out(folder, desk)
    with_prompt, without = (one for one in desk.asked if one.context.purpose is Purpose.EVALUATION)
    (item,) = plan.dataset.items
    turns = tuple(Message(turn.role, turn.content) for turn in item.conversation)
    assert with_prompt.messages == messages_for(warm, item)
    assert with_prompt.messages[1:] == turns
    assert without.messages == turns
    assert (with_prompt.temperature, with_prompt.max_tokens) == (0.25, first.settings.max_tokens)
    assert (without.temperature, without.max_tokens) == (None, 99)
    assert {(one.model, one.seed) for one in (with_prompt, without)} == {(first.model, plan.call_seed(0))}
    assert not with_prompt.json_object


def test_every_call_says_whom_and_what_it_is_for(make: Make) -> None:
    folder = make(limit=2)
    plan = folder.plan()
    desk = Desk(plain(plan))
    carried_out(folder, desk)
    for purpose in (Purpose.EVALUATION, Purpose.JUDGE):
        contexts = [request.context for request in desk.asked if request.context.purpose is purpose]
        assert sorted(context.prompt_version or 0 for context in contexts) == [1, 1, 2, 2]
        assert {
            (one.tenant_id, one.user_id, one.topic_id, one.rubric_version, one.eval_run_id) for one in contexts
        } == {("local", "test", "core_values", "coaching_quality 1", plan.run_id)}


def test_the_journal_says_what_was_answered_and_judged(make: Make) -> None:
    folder = make(limit=1, prompts=("published",))
    plan = folder.plan()
    carried_out(folder, Desk(plain(plan)))
    (answer, _), (verdict, _) = read_journal(folder.journal)
    (cell,) = plan.cells()
    assert (answer.kind, answer.cell, verdict.kind, verdict.cell) == ("answer", cell, "verdict", cell)
    runs = answer.body.pop("prompt_runs"), verdict.body.pop("prompt_runs")
    assert [[run["id"] for run in some] for some in runs] == [["run-0"], ["run-1"]]
    assert answer.body == {"status": "ok", "text": "What matters?", "finish_reason": "stop"}
    assert (verdict.body["judge"], verdict.body["order"]) == ("simulated/judge", 1)
    assert verdict.body["verdict"]["score"] == pytest.approx(7)
    assert verdict.body["verdict"]["prompt_run_ids"] == ["run-1"]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_at_once_as_the_plan_says(make: Make, concurrency: int) -> None:
    folder = make(limit=6, concurrency=concurrency)
    desk = Desk(plain(folder.plan()))
    carried_out(folder, desk)
    assert desk.most_at_once == concurrency


def test_more_hands_than_cells_do_no_harm(make: Make) -> None:
    folder = make(limit=1, concurrency=40)
    assert carried_out(folder, Desk(plain(folder.plan()))).state is RunState.FINISHED
