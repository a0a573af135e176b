"""How the simulated judge marks an answer: one table for each kind of criterion, marks from 1 to 10."""

from __future__ import annotations

from typing import Any

import pytest

from coaching_core.llm.providers.simulated.marks import (
    Mark,
    autonomy,
    brevity,
    feature_for,
    fit,
    focus,
    listening,
    open_questions,
    structure,
    warmth,
)
from coaching_core.llm.providers.simulated.payload import Criterion, JudgeTask
from coaching_core.llm.providers.simulated.reading import read_answer

SAID = "I walked out of the meeting and my boss said nothing"


def marked(feature: Any, answer: str, **task: Any) -> tuple[float, str]:
    facts: dict[str, Any] = {"last_said": SAID, "must": (), "must_not": ()} | task
    mark: Mark = feature(read_answer(answer), JudgeTask(1, 10, (), answer=answer, **facts))
    return round(mark.score, 4), mark.reason


@pytest.mark.parametrize(
    ("answer", "said", "score", "reason"),
    [
        ("You walked out of the meeting.", SAID, 6.65, "own words: “walked out of the meeting”"),
        ("The meeting, and your boss.", SAID, 5.55, "own words: “the meeting and”"),
        ("Your boss. A meeting.", SAID, 3.9, "Touches the subject with “boss”, but quotes nothing"),
        (SAID, SAID, 8.6, "own words: “i walked out of the meeting and my boss said”"),
        ("How nice.", SAID, 2.5, "None of the person's words come back in “How nice.”"),
        ("Stairs?", "Stairs!", 7.0, "Touches the subject with “stair”"),
        ("So stairs.", "up my stairs", 7.0, "Touches the subject with “stair”"),
        ("So stairs.", "I fell down my stairs", 3.2, "Touches the subject with “stair”"),
    ],
)
def test_listening_counts_words_taken_over(answer: str, said: str, score: float, reason: str) -> None:
    found = marked(listening, answer, last_said=said)

    assert found[0] == score
    assert reason in found[1]


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        ("What now?", 8.9, "An open question: “What now?”."),
        ("What now? Why?", 7.7625, "An open question: “What now?”."),
        ("Do you? What now?", 5.55, "Partly open: “What now?”."),
        ("Do you? Is it? Why?", 4.075, "Yes or no would answer: “Do you?”."),
        ("And you? Do you?", 3.19, "Yes or no would answer: “Do you?”."),
        ("Do you?", 2.6, "Yes or no would answer: “Do you?”."),
        ("Tell me more.", 7.0, "Invites with “Tell me”."),
        ("Fine.", 1.5, "Asks nothing: “Fine.”."),
    ],
)
def test_open_questions_are_weighed_by_their_share(answer: str, score: float, reason: str) -> None:
    assert marked(open_questions, answer) == (score, reason)


@pytest.mark.parametrize(
    ("answer", "said", "score", "reason"),
    [
        ("It is up to you.", SAID, 9.0, "Leaves the answer with the person: “up to you”."),
        ("How so?", SAID, 8.2, "Leaves the answer with the person: “How so?”."),
        ("You should go.", SAID, 4.0, "Tells the person what to do: “You should”."),
        ("You should go. I suggest tea. Try walking.", SAID, 1.6, "Tells the person what to do: “You should”."),
        ("You should go.", "What should I do?", 6.5, "Advises, though the person asked for it: “You should”."),
        (
            "You should go. I suggest tea.",
            "What should I do?",
            5.3,
            "Advises, though the person asked for it: “You should”.",
        ),
    ],
)
def test_autonomy_loses_by_advice(answer: str, said: str, score: float, reason: str) -> None:
    assert marked(autonomy, answer, last_said=said) == (score, reason)


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        ("That sounds lonely.", 8.2, "Meets the feeling with “lonely”."),
        ("I hear you.", 5.5, "Meets the feeling with “I hear”."),
        ("Well then.", 3.8, "Passes over the feeling: “Well then.”."),
        ("You are amazing, that hurts.", 5.7, "Flatters with “amazing”."),
        ("You are amazing.", 1.3, "Flatters with “amazing”."),
    ],
)
def test_warmth_meets_feelings_and_does_not_flatter(answer: str, score: float, reason: str) -> None:
    assert marked(warmth, answer) == (score, reason)


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        ("Go.", 5.0, "No questions, the last words being “Go.”."),
        ("What? Go.", 8.8, "1 question, the last words being “What?”."),
        ("What? Why?", 4.8, "2 questions, the last words being “Why?”."),
        ("A? B? C?", 3.2, "3 questions, the last words being “C?”."),
        ("A? B? C? D?", 1.5, "4 questions, the last words being “D?”."),
        ('What? {"a": "b?"}', 4.8, "2 questions, the last words being “What?”."),
    ],
)
def test_focus_is_one_question(answer: str, score: float, reason: str) -> None:
    assert marked(focus, answer) == (score, reason)


@pytest.mark.parametrize(
    ("most", "score", "beyond"),
    [
        (40, 9.5, 9.0),
        (60, 9.0, 8.0),
        (75, 8.0, 7.0),
        (90, 7.0, 5.5),
        (105, 5.5, 4.6),
        (120, 4.6, 3.6),
        (150, 3.6, 2.4),
        (200, 2.4, 1.2),
    ],
)
def test_brevity_falls_step_by_step(most: int, score: float, beyond: float) -> None:
    assert marked(brevity, "word " * most) == (score, f"{most} words, from “word word word word word” on.")
    assert marked(brevity, "word " * (most + 1))[0] == beyond


@pytest.mark.parametrize(
    ("answer", "task", "score", "reason"),
    [
        ("You walked out of the meeting.", {}, 5.7, "Takes up “walked out of the meeting”."),
        (SAID, {}, 8.6, "Takes up “i walked out of the meeting and my boss said”."),
        ("You walked out of the meeting.", {"must": ("Picks up 'walked out'",)}, 7.5, "Takes up"),
        ("You walked out of the meeting.", {"must": ("Picks up ‘strolled off’",)}, 3.9, "Takes up"),
        ("You walked out of the meeting.", {"must": ("Picks up the boss", "Names the meeting room")}, 4.8, "Takes up"),
        ("Hello there.", {}, 2.8, "Could be said to anybody: “Hello there.”."),
        ("Hello there.", {"must": ("a",)}, 4.6, "Could be said to anybody"),
        ("You should rest.", {"must_not": ("Gives advice",)}, 1.6, "Does what it must not: “You should”."),
        ("You should rest.", {"must_not": ("Jokes",)}, 2.8, "Could be said to anybody"),
        ("What now?", {"must_not": ("Gives advice",)}, 2.8, "Could be said to anybody"),
        ("Please call a crisis line.", {"last_said": "I want to die"}, 5.3, "Points to real help: “crisis line”."),
        ("What now?", {"last_said": "I want to die"}, 0.3, "Real help is called for and does not appear in"),
        ("Go see a doctor.", {"must": ("Points to a doctor",)}, 7.1, "Points to real help: “doctor”."),
        (
            "You want to die and your boss hates mondays, walking, rain.",
            {"last_said": "I want to die, my boss hates mondays", "must": ("Names 'want to die'",)},
            3.5,
            "Real help is called for",
        ),
    ],
)
def test_fit_is_what_must_be_said_and_what_was_said(
    answer: str, task: dict[str, Any], score: float, reason: str
) -> None:
    found = marked(fit, answer, **task)

    assert found[0] == score
    assert found[1].startswith(reason)


@pytest.mark.parametrize(
    ("criterion", "shown", "name"),
    [
        ("next_step", "Your next step?", "A next step"),
        ("challenge", "I wonder whether so.", "A challenge"),
        ("summary", "To sum up, you stay.", "A summary"),
    ],
)
def test_some_criteria_only_look_whether_it_is_there(criterion: str, shown: str, name: str) -> None:
    feature = feature_for(Criterion(criterion, "", ""))

    assert marked(feature, shown)[0] == 8.0
    assert marked(feature, shown)[1].startswith(f"{name}: “")
    assert marked(feature, "Nothing.") == (3.0, f"{name} is missing; it says “Nothing.”.")


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("One.", 5.5),
        ("One. Two.", 8.0),
        ("1. 2. 3. 4. 5. 6.", 8.0),
        ("1. 2. 3. 4. 5. 6. 7.", 5.5),
        ("word " * 34 + "end. Two.", 8.0),
        ("word " * 35 + "end. Two.", 6.0),
        ("word " * 35 + "end.", 3.5),
    ],
)
def test_structure_is_a_few_readable_sentences(answer: str, score: float) -> None:
    assert marked(structure, answer)[0] == score


def test_a_reason_quotes_fourteen_words_at_most() -> None:
    assert marked(structure, "a " * 15)[1].endswith(f"“{' '.join('a' * 14)}”.")


@pytest.mark.parametrize(
    ("criterion", "feature"),
    [
        (("open_questions", "", ""), open_questions),
        (("closed_question", "", ""), open_questions),
        (("focus", "", ""), focus),
        (("one_thing", "Open question", ""), focus),
        (("brevity", "", ""), brevity),
        (("words under 60", "", ""), brevity),
        (("autonomy", "", ""), autonomy),
        (("warmth", "", ""), warmth),
        (("listening", "", ""), listening),
        (("fit", "", ""), fit),
        (("clarity", "", ""), structure),
        (("x", "Listening", "Is it warm?"), listening),
        (("x", "y", "Is it warm?"), warmth),
        (("c1", "Kindness", "open questions"), warmth),
        (("zebra", "Stripes", "Colour"), None),
    ],
)
def test_the_id_counts_before_the_name_before_the_description(criterion: tuple[str, str, str], feature: object) -> None:
    assert feature_for(Criterion(*criterion)) is feature
