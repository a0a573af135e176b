"""From columns to items: what is guessed from their names, what a person says instead, and what a bad row is told."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError
from evals.golden.importing import Table, build_items, mapping_from, preview, propose_mapping, read_table


def table_of(*rows: dict[str, Any]) -> Table:
    return read_table("\n".join(map(json.dumps, rows)).encode(), "x.jsonl")


def csv_of(header: list[str], *rows: list[str]) -> Table:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return read_table(stream.getvalue().encode(), "x.csv")


def built(table: Table, **options: Any) -> Any:
    return build_items(table, propose_mapping(table), **options)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("ID", "id"),
        ("User Message", "user"),
        ("Prompt", "user"),
        ("question", "user"),
        ("Input", "user"),
        ("Coach", "coach"),
        ("Transcript", "conversation"),
        ("messages", "conversation"),
        ("Ideal Answer", "reference"),
        ("expected_output", "reference"),
        ("Tags", "tags"),
        ("Must", "must"),
        ("must 2", "must"),
        ("Must not", "must_not"),
        ("mustn't", "must_not"),
        ("expected.phase", "expected.phase"),
        ("Label: Severity", "expected.severity"),
        ("parameters.userName", "parameters.userName"),
        ("param_role", "parameters.role"),
        ("user_name", "parameters.user_name"),
        ("expected", "expected"),
        ("Subset", "split"),
        ("Theme", "topic"),
    ],
)
def test_columns_are_recognised(column: str, field: str) -> None:
    table = csv_of([column, "zzz", "conversation " if field != "conversation" else "q"], ["x", "y", "z"])
    assert propose_mapping(table).fields[column] == field


SAID = ("I am so tired of it all", "My boss again, as ever")


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Client says", "user"),
        ("What the coachee said", "user"),
        ("Client", "user"),
        ("Coach asked", "coach"),
        ("What a good answer does", "must"),
        ("The reply should", "must"),
        ("What it must not do", "must_not"),
        ("A good answer never", "must_not"),
        ("Best reply", "reference"),
        ("Good answer", "reference"),
    ],
)
def test_longer_names_are_heard_where_the_cells_are_sentences(column: str, field: str) -> None:
    rows = [[cell, "What did you try so far?"] for cell in SAID]
    assert propose_mapping(csv_of([column, "Prompt" if field != "user" else "zzz"], *rows)).fields[column] == field


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("should_refuse", ("yes", "no")),
        ("user message count", ("3", "4")),
        ("customer_message_id", ("m1", "m2")),
        ("best response time", ("0.3", "0.5")),
        ("number", ("1", "1")),
    ],
)
def test_what_only_sounds_like_a_field_is_left_out(column: str, cells: tuple[str, str]) -> None:
    rows = [[cell, said] for cell, said in zip(cells, SAID, strict=True)]
    assert dict(propose_mapping(csv_of([column, "Prompt"], *rows)).fields) == {"Prompt": "user"}


def test_vague_names_give_way_to_plain_ones() -> None:
    header, row = ["No", "id", "client", "cluster", "Prompt"], ["1", "a1", "c1", "g1", SAID[0]]
    fields = propose_mapping(csv_of(header, row)).fields
    assert dict(fields) == {"id": "id", "cluster": "cluster", "Prompt": "user"}
    header, row = ["Nr", "Client", "Prompt"], ["1", "c1", SAID[0]]
    assert dict(propose_mapping(csv_of(header, row)).fields) == {"Nr": "id", "Client": "cluster", "Prompt": "user"}


def test_a_known_name_goes_before_a_sounding_one() -> None:
    table = csv_of(["What the client says", "question"], ["It is hard.", "Why?"])
    assert dict(propose_mapping(table).fields) == {"question": "user"}


def test_a_field_is_given_once_and_unknown_columns_are_left_out() -> None:
    table = csv_of(["prompt", "question", "shoe size"], ["a", "b", "43"])
    assert dict(propose_mapping(table).fields) == {"prompt": "user"}


def test_where_nobody_speaks_the_columns_are_parameters() -> None:
    table = csv_of(["id", "KPI value", "threshold"], ["a", "3.5", "007"])
    assert dict(propose_mapping(table).fields) == {
        "id": "id",
        "KPI value": "parameters.kpi_value",
        "threshold": "parameters.threshold",
    }
    assert built(table).items[0].parameters == {"kpi_value": 3.5, "threshold": "007"}


def test_a_row_becomes_an_item() -> None:
    header = ["id", "coach", "prompt", "tags", "must 1", "must 2", "must not", "expected.ready", "topic", "reference"]
    cells = ["q1", "What is up?", "My boss", "work; boss", "asks", "is short", "advises\njudges", "TRUE", "", "So?"]
    (item,) = built(csv_of(header, cells), topic="goals").items
    assert [(turn.role, turn.content) for turn in item.conversation] == [
        ("assistant", "What is up?"),
        ("user", "My boss"),
    ]
    assert (item.id, item.topic, item.tags, item.reference) == ("q1", "goals", ("work", "boss"), "So?")
    assert (item.must, item.must_not, item.expected) == (("asks", "is short"), ("advises", "judges"), {"ready": True})


@pytest.mark.parametrize(
    ("cell", "turns"),
    [
        ("Just me", [("user", "Just me")]),
        ("Coach: Hi\nPerson: Hello\nmore\n\nCoach: So?", [("a", "Hi"), ("user", "Hello\nmore"), ("a", "So?")]),
        ("**Coach:** Hi\n**Client:** Hello", [("a", "Hi"), ("user", "Hello")]),
        ("AI: Hi\nHuman: Note: I am late", [("a", "Hi"), ("user", "Note: I am late")]),
        ("Coach: Hi Ada\nAda: Hello", [("a", "Hi Ada"), ("user", "Hello")]),
        ("User: a\nUser: b", [("user", "a\nb")]),
        ("Remember: be kind\nThen go", [("user", "Remember: be kind\nThen go")]),
        ([{"role": "user", "content": "x"}], [("user", "x")]),
        ([{"from": "gpt", "value": "x"}, {"from": "human", "value": "y"}], [("a", "x"), ("user", "y")]),
        ('[{"role": "assistant", "content": "x"}]', [("a", "x")]),
        ("[shrugs] no idea", [("user", "[shrugs] no idea")]),
    ],
)
def test_conversations_are_read(cell: Any, turns: list[tuple[str, str]]) -> None:
    (item,) = built(table_of({"conversation": cell})).items
    read = [("a" if turn.role == "assistant" else "user", turn.content) for turn in item.conversation]
    assert read == turns


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"conversation": [{"role": "system", "content": "x"}]}, "turn 1 has the role “system”"),
        ({"conversation": [{"role": "user"}]}, "turn 1 has no text"),
        ({"conversation": ["x"]}, "turn 1 is no object"),
        ({"conversation": "hello\nCoach: x"}, "begins without a speaker"),
        ({"conversation": "Coach: x\nPerson:"}, "turn 2 of the transcript has no text"),
        ({"conversation": "Coach: x\nAda: y\nBob: z"}, "who is the person: “ada”, “bob”"),
        ({"conversation": 7}, "a list of turns or a text"),
        ({"prompt": "x", "must": [1]}, "must (column “must”): must be a text or a list of texts"),
        ({"prompt": "x", "parameters": [1]}, "parameters: must be an object"),
        ({"prompt": "x", "persona": {"name": "A"}}, "persona.description” is missing"),
        ({"prompt": "x", "case": {"a": 1}}, "case: must be a text"),
        ({"id": "x"}, "there is nothing to answer"),
    ],
)
def test_a_bad_row_is_told_why_and_nothing_is_kept(row: dict[str, Any], words: str) -> None:
    table = table_of({"conversation": "fine", "prompt": "x"}, row)
    mapping = propose_mapping(table_of({"prompt": 1}, row))
    done = build_items(table, mapping)
    assert done.items == ()
    assert [problem.row for problem in done.problems] == [2]
    assert words in done.problems[0].words
    left = build_items(table, mapping, leave_out=True)
    assert (len(left.items), left.left_out) == (1, 1)


def test_an_id_used_twice_names_the_first_row() -> None:
    done = built(csv_of(["id", "prompt"], ["a", "x"], ["a", "y"], ["b", "z"], ["b", "z"]), leave_out=True)
    assert [(problem.row, problem.words) for problem in done.problems] == [
        (3, "id “a” is used twice; it was first used in row 2"),
        (5, "says the same as row 4"),
    ]
    assert [item.id for item in done.items] == ["a", "b"]


def test_cells_that_only_look_like_json_stay_text() -> None:
    header = ["id", "parameters.a", "parameters.b", "parameters.c", "parameters.d"]
    (item,) = built(csv_of(header, ["x", "1e400", "[" * 90 + "]" * 90, "{no", "-"])).items
    assert item.parameters == {"a": "1e400", "b": "[" * 90 + "]" * 90, "c": "{no", "d": "-"}


def test_made_ids_follow_the_content() -> None:
    first = built(csv_of(["prompt", "n"], ["x", "1"], ["y", "2"])).items
    again = built(csv_of(["n", "prompt"], ["2", "y"], ["1", "x"])).items
    assert {item.id for item in first} == {item.id for item in again}
    assert len({item.id for item in first}) == 2
    assert first[0].cluster == first[0].id


def test_a_preview_keeps_nothing_and_says_all() -> None:
    table = csv_of(["prompt", "shoe size"], *([f"q{n}", "43"] for n in range(9)), ["", "1"])
    shown = preview(table, propose_mapping(table), "goals", first=2)
    assert [item.topic for item in shown.items] == ["goals", "goals"]
    assert (shown.good, shown.unused) == (9, ("shoe size",))
    assert [problem.row for problem in shown.problems] == [11]


def test_a_person_changes_the_mapping() -> None:
    table = csv_of(["prompt", "answer", "kind"], ["a", "b", "c"])
    proposed = propose_mapping(table)
    changed = mapping_from([("coach", "prompt"), ("user", "answer"), ("expected.kind", "kind")], table, proposed)
    assert dict(changed.fields) == {"prompt": "coach", "answer": "user", "kind": "expected.kind"}
    assert dict(mapping_from([("reference", "")], table, proposed).fields) == {"prompt": "user"}
    for pairs in (
        [("colour", "prompt")],
        [("expected.", "prompt")],
        [("user", "nope")],
        [("id", "kind"), ("case", "kind")],
    ):
        with pytest.raises(InvalidInputError):
            mapping_from(pairs, table, proposed)


@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("listens\nasks", ("listens", "asks")),
        ("stays short | asks one thing", ("stays short", "asks one thing")),
        ('["listens", "asks"]', ("listens", "asks")),
        ("goal | reality | options", ("goal | reality | options",)),
        ("stays short |asks one thing", ("stays short |asks one thing",)),
    ],
)
def test_points_stand_one_a_line_or_phrases_apart_by_bars(cell: str, points: tuple[str, ...]) -> None:
    (item,) = built(csv_of(["question", "must", "topic"], ["Why?", cell, "goals"])).items
    assert item.must == points
