"""Own datasets on the screen: imported, looked over, versioned, split, copied, archived; turns added to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.playground.models import Column, PlaygroundSession, Reply, Turn
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.dataset import GoldenItem, load_dataset
from evals.golden.difference import difference
from evals.golden.from_conversation import item_from_turns
from evals.golden.importing import propose_mapping, read_table
from pages.view_models.dataset_changes import change_line, item_changes, merged_items
from pages.view_models.dataset_collecting import columns_to_choose, found_pieces, lines_of, turns_until
from pages.view_models.dataset_import import LEFT_OUT, chosen_mapping, field_choices, proposed_name
from pages.view_models.datasets import page_of
from tests.conftest import PROJECT, make_settings

CSV = b"""id,Prompt,must,Stage,expected mood,remark
a1,"My boss shouted at me, again.",Reflects the hurt,exploration,sad,x
a2,I got the job!,Shares the joy,introduction,glad,y
a2,Somebody else,,,,
a3,,,,,
"""
GOOD = b"id,user,must\na1,My boss yelled at me.,Reflects\na9,<b>New</b> here.,\n"


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.datasets import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def opened(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def named(elements: Any, label: str) -> Any:
    return next(each for each in elements if each.label == label)


def imported(content: bytes, filename: str = "My Set.csv") -> AppTest:
    screen = opened(**{"import": "1"})
    screen.file_uploader[0].upload(filename, content, "text/csv").run()
    return screen


def save_mine(workbench: Workbench) -> tuple[GoldenItem, ...]:
    items = load_dataset(PROJECT / "datasets", "coaching_reply").items[:12]
    workbench.datasets.save("mine", items, {"task": "next coach turn"}, "First", "Ada")
    return items


def test_wrong_rows_are_named_and_keep_all_out_until_they_are_left_out(workbench: Workbench) -> None:
    screen = imported(CSV)
    assert "2 of 4 rows can be items" in shown(screen)
    problems = screen.dataframe[-1].value
    assert list(problems["row"]) == [4, 5]
    assert "used twice" in problems["words"][0]
    assert "keeps all of them out" in screen.caption[-1].value
    screen.checkbox[0].check().run()
    assert named(screen.text_input, "Name").value == "my_set"
    named(screen.text_area, "Purpose").set_value("To try").run()
    named(screen.button, "Save 2 items").click().run()
    kept = workbench.datasets.load("my_set")
    assert [item.id for item in kept.items] == ["a1", "a2"]
    assert kept.items[0].expected == {"mood": "sad"}
    assert kept.card["purpose"] == "To try"
    assert kept.card["provenance"] == "Imported from My Set.csv."


def test_a_mapping_that_is_changed_changes_the_items_at_once(workbench: Workbench) -> None:
    screen = imported(b"id,Prompt,other\na1,One,Two\n")
    assert "One" in shown(screen)
    assert not screen.warning
    key = f"mapping_{screen.session_state['dataset_file'].file_id}"
    screen.session_state[key] = {
        "edited_rows": {1: {"field": LEFT_OUT}, 2: {"field": "user"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    screen.run()
    assert "Two" in shown(screen)
    assert "One" not in shown(screen)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b'id,user\n"a,b\n', b"\x00\x01\x02"])
def test_a_file_that_cannot_be_read_is_said_in_words_and_changes_nothing(content: bytes, workbench: Workbench) -> None:
    screen = imported(content)
    assert not screen.exception
    assert "Nothing was changed" in screen.error[0].value
    assert not any(info.own for info in workbench.datasets.list())


def test_a_taken_name_is_refused_in_words(workbench: Workbench) -> None:
    screen = imported(GOOD)
    named(screen.text_input, "Name").set_value("coaching_reply").run()
    named(screen.button, "Save 2 items").click().run()
    assert "comes with the product" in screen.error[0].value
    assert not any(info.own for info in workbench.datasets.list())


def test_a_new_version_shows_what_changes_before_it_is_saved(workbench: Workbench) -> None:
    items = (
        GoldenItem.model_validate(
            {"id": "a1", "conversation": [{"role": "user", "content": "My boss shouted at me."}], "must": ["Reflects"]}
        ),
        GoldenItem.model_validate({"id": "a2", "conversation": [{"role": "user", "content": "Hello."}]}),
    )
    workbench.datasets.save("mine", items, {}, "First", "Ada")
    screen = imported(GOOD)
    named(screen.selectbox, "Save as").select("mine").run()
    assert "1 item added, 1 item changed, 1 item unchanged" in shown(screen)
    assert "<del>shouted</del>" in shown(screen).replace("shouted </del>", "shouted</del>")
    screen.radio[0].set_value("Take their place").run()
    assert "1 item added, 1 item removed, 1 item changed" in shown(screen)
    assert "&lt;b&gt;New&lt;/b&gt;" in shown(screen)
    assert workbench.datasets.load("mine").version == "1"
    named(screen.button, "Save version 2").click().run()
    assert [item.id for item in workbench.datasets.load("mine").items] == ["a1", "a9"]


def test_versions_are_listed_with_their_difference_and_an_old_one_opens(workbench: Workbench) -> None:
    items = save_mine(workbench)
    workbench.datasets.save("mine", items[:-1], {"task": "next coach turn"}, "One less", "Bo", 1)
    screen = opened(dataset="mine", view="versions")
    assert list(screen.dataframe[0].value["message"]) == ["One less", "First"]
    assert "1 item removed, 11 items unchanged" in shown(screen)
    old = opened(dataset="mine", version="1")
    assert "This is version 1; 2 is the newest" in old.warning[0].value
    assert len(old.dataframe[0].value) == 12
    assert "Split" not in [each.label for each in old.button]
    assert "no version 9" in opened(dataset="mine", version="9").error[0].value


def test_checks_are_shown_with_what_is_not_met(workbench: Workbench) -> None:
    items = save_mine(workbench)
    twin = items[0].model_copy(update={"id": "twin", "cluster": "twin", "split": "other"})
    workbench.datasets.save("mine", (*items, twin), {"task": "next coach turn"}, "Twin", "Ada", 1)
    screen = opened(dataset="mine", view="checks")
    named(screen.button, "Check dataset").click().run()
    assert "checks not met" in shown(screen)
    assert f"{items[0].id} and twin: 1.00" in shown(screen)


def test_an_archived_set_leaves_the_list_and_comes_back(workbench: Workbench) -> None:
    save_mine(workbench)
    screen = opened(dataset="mine")
    named(screen.button, "Archive").click().run()
    assert "mine" not in list(opened().dataframe[0].value["name"])
    screen = opened()
    named(screen.button, "Restore").click().run()
    assert "mine" in list(opened().dataframe[0].value["name"])


def test_own_sets_stand_first_and_can_be_looked_at_alone(workbench: Workbench) -> None:
    save_mine(workbench)
    screen = opened()
    rows = screen.dataframe[0].value
    assert (rows["name"][0], rows["origin"][0], rows["checked"][0]) == ("mine", "Own", "not checked")
    assert dict(zip(rows["name"], rows["checked"], strict=True))["coaching_reply"] == "passed"


def _talk(workbench: Workbench) -> PlaygroundSession:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    return PlaygroundSession(
        id="talk",
        tenant_id="local",
        author="Ada",
        topic_id="core_values",
        columns=(Column(id="x", model="simulated/a", version=1), Column(id="y", model="simulated/b", version=1)),
        parameters={"user_name": "Marta"},
        turns=(
            Turn(
                message="I'm Marta Novak, my boss is Anna Keller.",
                replies={"x": Reply(text="What hurts, Marta?"), "y": Reply(text="", status="failed")},
            ),
            Turn(message="Write to marta@example.org.", replies={}),
        ),
        created_at=now,
        updated_at=now,
    )


def test_a_turn_becomes_an_item_without_personal_data_as_looked_over(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_mine(workbench)
    talk = _talk(workbench)
    monkeypatch.setattr(type(workbench.core.playground), "load", lambda *_: talk)
    screen = opened(session="talk", turn="2")
    assert "Marta" not in shown(screen)
    assert "[e-mail 1]" in shown(screen)
    named(screen.selectbox, "Save as").select("mine").run()
    next(each for each in screen.checkbox if "Anna Keller" in each.label).uncheck().run()
    assert "Anna Keller" in shown(screen)
    named(screen.text_area, "A good reply").set_value("Names the hurt\n\n  Asks one question ").run()
    named(screen.text_input, "Case").set_value("Shouted at").run()
    named(screen.button, "Add item").click().run()
    made = workbench.datasets.load("mine")
    item = made.items[-1]
    assert (made.version, len(made.items), item.case) == ("2", 13, "Shouted at")
    assert item.must == ("Names the hurt", "Asks one question")
    assert [turn.role for turn in item.conversation] == ["user", "assistant", "user"]
    text = item.model_dump_json()
    assert "Anna Keller" in text
    assert "Marta" not in text
    assert "marta@" not in text


def test_a_talk_that_is_not_there_is_said(workbench: Workbench) -> None:
    screen = opened(session="nowhere", turn="1")
    assert not screen.exception
    assert screen.error


def test_only_columns_that_were_told_other_things_are_offered(workbench: Workbench) -> None:
    talk = _talk(workbench)
    assert list(columns_to_choose(talk, 1)) == ["x"]
    assert columns_to_choose(talk, 2) == {"x": "Answer A", "y": "Answer B"}
    assert [turn.content for turn in turns_until(talk, "y", 2)] == ["Write to marta@example.org."]


def test_each_piece_is_listed_once_and_makes_no_link() -> None:
    turns = turns_until_text("I'm Marta Novak. Marta Novak, marta@example.org.")
    pieces = found_pieces(item_from_turns(turns, "core_values", {}).findings)
    assert [piece.text for piece in pieces] == ["Marta Novak", "marta@example.org"]
    assert "2 times" in pieces[0].words
    assert "marta@" not in pieces[1].words


def turns_until_text(text: str) -> tuple[Any, ...]:
    from evals.dataset import Turn as GoldenTurn

    return (GoldenTurn(role="user", content=text),)


def test_a_mapping_with_two_columns_for_one_field_is_said() -> None:
    table = read_table(CSV, "x.csv")
    proposed = propose_mapping(table)
    mapping, problems = chosen_mapping(table, {**proposed.fields, "remark": "user"})
    assert "remark" not in mapping.fields
    assert "Two columns are “user”" in problems[0]
    _, nothing = chosen_mapping(table, {"id": "id"})
    assert "Nothing is asked yet" in nothing[0]
    assert {"expected.mood", "parameters.remark", LEFT_OUT} <= set(field_choices(table, proposed))


def test_items_that_are_added_take_the_place_of_those_with_their_id(workbench: Workbench) -> None:
    items = save_mine(workbench)
    changed = items[3].model_copy(update={"case": "New", "must": ("One", "Two")})
    other = items[0].model_copy(update={"id": "z"})
    merged = merged_items(items, (changed, other))
    assert [item.id for item in merged] == [*(item.id for item in items), "z"]
    found = difference(items, merged)
    assert change_line(found) == "1 item added, 1 item changed, 11 items unchanged"
    assert {change.field: change.after for change in item_changes(found.changed[0])} == {
        "case": "New",
        "must": "One ↵ Two",
    }


def test_pages_of_a_long_list() -> None:
    assert (page_of(9, 1_001, 500).number, page_of(9, 1_001, 500).first, page_of(9, 1_001, 500).last) == (3, 1001, 1001)
    assert (page_of(0, 0, 500).pages, page_of(0, 0, 500).first) == (1, 0)
    assert proposed_name("Mes données (v2).jsonl") == "mes_donn_es_v2"
    assert lines_of(" a \n\n b") == ("a", "b")
