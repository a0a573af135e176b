"""Whole conversations with a simulated coachee: who says what to whom, where they end; a kill changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coaching_core.errors import ProviderRejectedError
from coaching_core.llm.types import CompletionRequest, Purpose
from coaching_core.settings import Settings
from evals.dataset import Persona, Turn
from evals.judge_spec import JudgeKind
from evals.plan import RunPlan
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.running.journal import TURN, read_journal
from evals.running.persona import FAREWELL, coachee_prompt, is_farewell
from tests.conftest import make_settings
from tests.evals.desk import Desk, carried_out, scored, taken_up
from tests.evals.making import make_plan, make_runner

ADA = Persona(name="Ada", description="Counts everything.", goal="sleep", resistance="high", style="terse")
OPENING = (Turn(role="user", content="I can't sleep."),)
COACHEE = "simulated/coachee"


def planned(settings: Settings, turns: int = 3, opening: tuple[Turn, ...] = OPENING, items: int = 1) -> RunPlan:
    plan = make_plan(settings, dataset="coaching_dialogue", limit=items, turns=turns, prompts=("published",))
    changed = [item.model_copy(update={"conversation": opening, "persona": ADA}) for item in plan.dataset.items]
    dataset = plan.dataset.model_copy(update={"items": tuple(changed)})
    return plan.model_copy(update={"dataset": dataset, "concurrency": 1})


@pytest.fixture
def begun(settings: Settings, tmp_path: Path) -> Callable[..., RunFolder]:
    numbers = count()

    def begin(**changes: object) -> RunFolder:
        plan = planned(settings, **changes)  # type: ignore[arg-type]
        folder = RunFolder(tmp_path / f"{next(numbers)}" / plan.run_id)
        folder.create(plan)
        return folder

    return begin


def talking(plan: RunPlan, said: Callable[[int], str] = lambda number: f"Person {number}.") -> Desk:
    """The coach and the person each count what they say."""
    persons, coaches = count(1), count(1)

    def reply(request: CompletionRequest) -> str:
        if request.context.purpose is Purpose.JUDGE:
            return scored(plan)
        return said(next(persons)) if request.model == COACHEE else f"Coach {next(coaches)}?"

    return Desk(reply)


def lines(turns: tuple[Turn, ...]) -> list[str]:
    return [turn.content for turn in turns]


def test_they_speak_in_turn_until_the_coach_has_said_its_share(begun: Callable[..., RunFolder]) -> None:
    folder = begun(turns=3)
    desk = talking(folder.plan())
    assert carried_out(folder, desk).state is RunState.FINISHED
    (answer,) = load_results(folder).answers
    assert lines(answer.turns) == ["I can't sleep.", "Coach 1?", "Person 1.", "Coach 2?", "Person 2.", "Coach 3?"]
    assert answer.text == "Coach 3?"
    assert len(answer.prompt_runs) == 5
    assert len(desk.asked) == folder.plan().calls == 6


def test_the_coach_hears_the_person_and_the_person_hears_the_coach(begun: Callable[..., RunFolder]) -> None:
    folder = begun(turns=2)
    desk = talking(folder.plan())
    carried_out(folder, desk)
    coach, person, again, judge = desk.asked
    assert [message.role for message in coach.messages] == ["system", "user"]
    assert "Coach" not in coach.messages[0].content or "coach" in coach.messages[0].content
    assert ADA.description not in "".join(message.content for message in coach.messages)
    told = [(message.role, message.content) for message in person.messages[1:]]
    assert told == [("user", told[0][1]), ("assistant", "I can't sleep."), ("user", "Coach 1?")]
    assert person.messages[0].content == coachee_prompt(folder.plan().dataset.items[0])
    assert [message.content for message in again.messages[1:]] == ["I can't sleep.", "Coach 1?", "Person 1."]
    assert '"Coach 2?"' in judge.messages[1].content
    assert '"task": "conversation"' in judge.messages[1].content


@pytest.mark.parametrize("opening", [(), (Turn(role="assistant", content="Welcome."),)])
def test_without_the_persons_first_words_the_coachee_begins(
    begun: Callable[..., RunFolder], opening: tuple[Turn, ...]
) -> None:
    folder = begun(turns=1, opening=opening)
    desk = talking(folder.plan())
    carried_out(folder, desk)
    (answer,) = load_results(folder).answers
    assert lines(answer.turns) == [*lines(opening), "Person 1.", "Coach 1?"]
    assert desk.asked[0].model == COACHEE
    assert desk.asked[0].messages[1].role == "user"


def test_a_goodbye_of_the_person_ends_it(begun: Callable[..., RunFolder]) -> None:
    folder = begun(turns=5)
    desk = talking(folder.plan(), lambda number: "Thanks, That’s enough for today!" if number == 2 else "Hm.")
    carried_out(folder, desk)
    (answer,) = load_results(folder).answers
    assert lines(answer.turns)[-2:] == ["Coach 2?", "Thanks, That’s enough for today!"]
    assert answer.text == "Coach 2?"


def test_a_goodbye_before_the_coach_has_spoken_is_not_the_end(begun: Callable[..., RunFolder]) -> None:
    folder = begun(turns=1, opening=())
    carried_out(folder, talking(folder.plan(), lambda _: f"Hello, {FAREWELL}."))
    (answer,) = load_results(folder).answers
    assert lines(answer.turns) == [f"Hello, {FAREWELL}.", "Coach 1?"]
    assert is_farewell("so THAT'S ENOUGH FOR TODAY then")


def test_a_model_that_fails_in_the_middle_fails_the_answer_and_is_never_scored(begun: Callable[..., RunFolder]) -> None:
    folder = begun(turns=3)
    plan, calls = folder.plan(), count()
    desk = Desk(lambda _: ProviderRejectedError("No.") if next(calls) == 3 else "Hm.")
    assert carried_out(folder, desk).progress.failed_answers == 1
    results = load_results(folder)
    (answer,) = results.answers
    assert (answer.text, answer.verdict, answer.reason) == (None, None, "ProviderRejectedError: No.")
    assert len({run.id for run in results.prompt_runs()}) == len(desk.asked) == 4
    assert plan.judges[0].kind is JudgeKind.CONVERSATION


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.integers(0, 12))
def test_cut_off_anywhere_it_goes_on_and_is_the_same_conversation(stop_after: int) -> None:
    with TemporaryDirectory() as home:
        plan = planned(make_settings(Path(home)), turns=4)
        folder, desk = RunFolder(Path(home) / plan.run_id), talking(plan)
        folder.create(plan)
        _cut_after(folder, desk, stop_after)
        assert carried_out(folder, desk).state is RunState.FINISHED
        results = load_results(folder)
        (answer,) = results.answers
        spoken = [text for number in range(1, 5) for text in (f"Coach {number}?", f"Person {number}.")]
        assert lines(answer.turns) == [*lines(OPENING), *spoken[:-1]]
        assert len(desk.asked) == plan.calls
        numbers = [line.body["number"] for line, _ in read_journal(folder.journal) if line.kind == TURN]
        assert numbers == list(range(1, 8))
        assert len({run.id for run in results.prompt_runs()}) == len(list(results.prompt_runs())) == len(desk.asked)


def _cut_after(folder: RunFolder, desk: Desk, calls: int) -> None:
    """As a kill does between two lines: the journal stands, the process does not."""
    real, (_, carry_out) = desk.reply, taken_up(folder, desk)

    def reply(request: CompletionRequest) -> str | Exception:
        if len(desk.asked) > calls:
            raise KeyboardInterrupt
        return real(request)

    desk.reply = reply
    try:
        carry_out()
    except KeyboardInterrupt:
        desk.asked.pop()
    desk.reply = real


def test_scores_of_whole_conversations_move_with_the_prompt(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, dataset="coaching_dialogue")
    assert plan.rubric.name == "coaching_conversation"
    assert plan.dialogue is not None
    folder = RunFolder(tmp_path / plan.run_id)
    folder.create(plan)
    assert asyncio.run(make_runner(folder, settings).run()).state is RunState.FINISHED
    results = load_results(folder)
    assert all(answer.verdict is not None and answer.verdict.score is not None for answer in results.answers)
    comparison = results.comparison()
    assert comparison is not None
    assert comparison.verdict == "worse", comparison.sentence
    (questions,) = [one for one in comparison.criteria if one.name == "open_questions"]
    assert questions.difference.mean is not None
    assert questions.difference.mean < -1
    spoken = Counter(answer.turns for answer in results.answers)
    assert len(spoken) == 2 * len(plan.dataset.items), "each variant has a conversation of its own"


def test_the_dataset_of_whole_conversations_is_as_its_card_says(settings: Settings) -> None:
    plan = make_plan(settings, dataset="coaching_dialogue", all_topics=True)
    people = [item.persona for item in plan.dataset.items if item.persona is not None]
    assert len(people) == len(plan.dataset.items) == 48
    for topic in ("core_values", "purpose", "vision", "goals"):
        levels = [item.persona.resistance for item in plan.dataset.items if item.topic == topic and item.persona]
        assert sorted(levels) == ["high"] * 4 + ["low"] * 4 + ["medium"] * 4
    assert len({person.description for person in people}) == 48
    assert all(item.conversation[-1].role == "user" for item in plan.dataset.items)
