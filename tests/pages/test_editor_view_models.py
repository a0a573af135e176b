"""What the Topics and Editor screens think, without Streamlit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import InvalidPromptError
from coaching_core.prompts.diff import diff_text, diff_versions
from coaching_core.prompts.models import Parameter, Topic, TopicVersion, Validation
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.components.diff_table import Heads, diff_table
from pages.components.messages import plain_markdown
from pages.view_models.diff import count_line, field_rows, summary_line
from pages.view_models.editing import check_placeholders, start_working, would_be
from pages.view_models.evidence import ended, evidence, kept_comparison, pairs, strip, under_way
from pages.view_models.instructions import heard
from pages.view_models.parameter_rows import ParameterRow, cells_of, parameters_from, rows_after, rows_of
from pages.view_models.place import prompt_types, read_place
from pages.view_models.topics import latest_scores, spoken

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = Parameter(name="user_name", required=True, example="Amara")
MOOD = Parameter(name="mood", default="", validation=Validation(type="enum", enum_values=("", "calm")))


def make_version(number: int = 1, **changes: Any) -> TopicVersion:
    facts: dict[str, Any] = {
        "topic_id": "goals",
        "number": number,
        "message": "m",
        "author": "Ada",
        "created_at": NOW,
        "prompts": {"system": "Coach {{user_name}}.\n", "user": "Hello.\n"},
        "parameters": (NAME, MOOD),
    }
    return TopicVersion(**(facts | changes))


def make_topic(latest: int = 3, published: int | None = 1) -> Topic:
    return Topic(
        topic_id="goals",
        name="Goals",
        topic_type="single_shot",
        category="kpi",
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


def make_run(versions: tuple[int | None, ...], status: RunState = RunState.FINISHED, **changes: Any) -> RunSummary:
    variants = tuple(
        {"id": f"{n}-m{at}", "label": f"v{n}", "model": "simulated/coach-steady", "topic_version": n}
        for at, n in enumerate(versions)
    )
    figures = [{"id": each["id"], "mean": 7.0 + at, "cost_per_answer": "0.0041"} for at, each in enumerate(variants)]
    facts: dict[str, Any] = {
        "run_id": "r1",
        "tenant_id": "local",
        "folder": Path("nowhere"),
        "status": status,
        "topic_id": "goals",
        "dataset": "d 1",
        "rubric": "r",
        "judge": "simulated/judge",
        "variants": variants,
        "simulated": True,
        "items": 10,
        "calls_planned": 40,
        "answers_done": 5,
        "verdicts_done": 4,
        "failed": 0,
        "cost": Decimal(0),
        "summary": {"variants": figures, "comparison": make_comparison(variants[0]["id"], variants[-1]["id"])},
        "created_at": NOW,
        "updated_at": NOW,
    }
    return RunSummary(**(facts | changes))


def make_comparison(baseline: Any, candidate: Any) -> dict[str, Any]:
    return {
        "baseline": {"variant": baseline, "cost_per_answer": "0.0041"},
        "candidate": {"variant": candidate, "cost_per_answer": None},
        "overall": {"mean": 0.31, "interval": {"low": 0.12, "high": 0.5, "level": 0.95}, "n": 10},
        "verdict": "better",
        "margin": 0.1,
        "better": 6,
        "worse": 2,
        "left_out": [
            {"item_id": "a", "variant": baseline, "status": "unscored", "reason": "x"},
            {"item_id": "b", "variant": baseline, "status": "failed", "reason": "x"},
        ],
    }


class TestEvidence:
    def test_a_run_in_the_asked_direction(self) -> None:
        pair = pairs([make_run((1, 3))], 1, 3)[0]
        found = evidence(pair, kept_comparison(pair) or {}, "demo")
        assert (found.mean, found.low, found.high, found.word) == (0.31, 0.12, 0.5, "better")
        assert (found.better, found.worse, found.failed_judgements, found.failed_answers) == (6, 2, 1, 1)
        assert (found.baseline_cost, found.candidate_cost) == (Decimal("0.0041"), None)

    def test_a_run_the_other_way_is_turned_round(self) -> None:
        pair = pairs([make_run((3, 1))], 1, 3)[0]
        found = evidence(pair, kept_comparison(pair) or {}, "demo")
        assert (found.mean, found.low, found.high, found.word) == (-0.31, -0.5, -0.12, "worse")
        assert (found.better, found.worse) == (2, 6)
        assert (found.baseline_cost, found.candidate_cost) == (None, Decimal("0.0041"))

    def test_a_comparison_of_other_versions_is_not_taken_for_this_one(self) -> None:
        pair = pairs([make_run((1, 2, 3))], 1, 2)[0]
        assert kept_comparison(pair) is None

    def test_a_run_without_both_versions_says_nothing(self) -> None:
        assert pairs([make_run((1, None)), make_run((1, 1))], 1, 3) == ()

    def test_a_run_under_way_is_told_apart_from_one_that_ended(self) -> None:
        found = pairs([make_run((1, 3), RunState.RUNNING, summary={}), make_run((1, 3), RunState.STOPPED)], 1, 3)
        assert under_way(found) is not None
        assert [pair.run.status for pair in ended(found)] == [RunState.STOPPED]

    def test_the_strip_puts_zero_in_the_middle(self) -> None:
        pair = pairs([make_run((1, 3))], 1, 3)[0]
        places = strip(evidence(pair, kept_comparison(pair) or {}, "demo"))
        assert places is not None
        assert 50 < places.low < places.mean < places.high < 100
        assert places.zone_low + places.zone_high == pytest.approx(100)


class TestTopicScores:
    def test_the_newest_finished_run_counts(self) -> None:
        runs = [make_run((2,), RunState.RUNNING), make_run((None, 1)), make_run((1,))]
        scores = latest_scores(runs)
        assert scores[("goals", 1)].score == 8.0
        assert ("goals", 2) not in scores

    def test_an_unknown_cost_stays_unknown(self) -> None:
        run = make_run((1,), summary={"variants": [{"id": "1-m0", "mean": None, "cost_per_answer": None}]})
        assert latest_scores([run])[("goals", 1)].cost is None

    def test_ids_as_people_read_them(self) -> None:
        assert [spoken(each) for each in ("conversation_coaching", "kpi")] == ["Conversation coaching", "KPI"]


class TestParameterRows:
    def test_parameters_survive_the_table(self) -> None:
        parameters = (
            NAME,
            MOOD,
            Parameter(name="n", type="number", default=1.5),
            Parameter(name="on", type="boolean", default=False),
            Parameter(name="list", type="array", example=["ä", 1]),
        )
        assert parameters_from(rows_of(parameters)) == parameters

    def test_what_a_table_reports_is_applied(self) -> None:
        edits = {
            "edited_rows": {0: {"name": "person"}},
            "added_rows": [{"name": "age", "type": "number", "default": "7"}, {}],
            "deleted_rows": [1],
        }
        rows = rows_after(rows_of((NAME, MOOD)), edits)
        assert [(row.name, row.type, row.default) for row in rows] == [
            ("person", "string", None),
            ("age", "number", "7"),
        ]

    def test_unreadable_values_are_named(self) -> None:
        rows = (ParameterRow("a", "number", default="seven"), ParameterRow("b", rule="{"), ParameterRow("c", "array"))
        with pytest.raises(InvalidPromptError) as refused:
            parameters_from(rows)
        assert "default of “a” cannot be read as number" in str(refused.value)
        assert "rule of “b” is not JSON" in str(refused.value)

    def test_not_a_number_is_refused(self) -> None:
        with pytest.raises(InvalidPromptError):
            parameters_from((ParameterRow("a", "number", default="NaN"),))

    def test_cells_hold_every_field(self) -> None:
        assert cells_of(rows_of((NAME,)))[0]["example"] == "Amara"


class TestWorking:
    def test_untouched_edits_are_clean(self) -> None:
        assert not start_working(make_version()).is_dirty

    def test_only_changed_parts_are_saved(self) -> None:
        working = start_working(make_version()).with_prompt("system", "New.\n").with_prompt("user", None)
        change = working.change("Bo")
        assert change.prompts == {"system": "New.\n", "user": None}
        assert change.parameters is None
        assert change.settings is None

    def test_on_top_of_somebody_elses_version_their_other_parts_stay(self) -> None:
        theirs = make_version(2, prompts={"system": "Coach.\n", "user": "Theirs.\n"})
        change = start_working(make_version()).with_prompt("system", "Mine.\n").change("Bo")
        assert would_be(theirs, change).prompts == {"system": "Mine.\n", "user": "Theirs.\n"}
        assert would_be(theirs, change).number == 3

    def test_placeholders_are_checked_against_the_rows(self) -> None:
        found = check_placeholders("{{user_name}} {{other}} {{ spaced }}", rows_of((NAME,)))
        assert (found.declared, found.unknown) == (("user_name",), ("other",))


class TestPlace:
    def test_the_draft_stands_against_the_published_version(self) -> None:
        place = read_place({}, make_topic())
        assert (place.old, place.new, place.view, place.note) == (1, 3, "edit", "")

    def test_a_link_is_read_back(self) -> None:
        query = {"topic": "goals", "view": "diff", "prompt": "user", "from": "2", "to": "3", "columns": "1"}
        assert read_place(query, make_topic()).link() == query

    @pytest.mark.parametrize("wrong", ["9", "0", "x", "", "²", "99999999999999999999"])
    def test_a_version_that_is_not_there_is_said(self, wrong: str) -> None:
        place = read_place({"from": wrong, "view": "nonsense"}, make_topic())
        assert (place.old, place.view) == (1, "edit")
        assert "Showing v1" in place.note

    def test_prompt_types_keep_the_order_of_the_settings(self) -> None:
        assert prompt_types(["system", "user"], {"own": "", "user": ""}, {"system": ""}) == ("system", "user", "own")


class TestHeard:
    def test_do_avoid_and_limit(self) -> None:
        told = heard("Ask open questions. Do not give advice. Keep each reply under 60 words.").told
        assert [(one.kind, one.tag) for one in told] == [
            ("do", "do"),
            ("avoid", "avoid"),
            ("limit", "at most 60 words"),
        ]

    def test_what_is_new_and_what_is_lost(self) -> None:
        found = heard("Keep each reply under 60 words.", "Keep each reply under 90 words. Do not give advice.")
        assert [one.is_new for one in found.told] == [True]
        assert found.lost == ("Advice",)
        assert "Advice" not in found.untold


class TestDiff:
    def test_markup_in_a_prompt_is_escaped(self) -> None:
        for one_column in (False, True):
            table = diff_table(diff_text("<script>a b c\n", "<script>a b d\n"), Heads("<v1>", "v2"), one_column)
            assert "<script>" not in table
            assert "<v1>" not in table
            assert "<del>c</del>" in table
            assert "<ins>d</ins>" in table

    def test_a_missing_line_end_is_visible(self) -> None:
        assert "<del>↵</del>" in diff_table(diff_text("one two three\n", "one two three"), Heads("v1", "v2"))

    def test_long_equal_stretches_fold(self) -> None:
        text = "".join(f"line {n}\n" for n in range(9))
        assert "7 unchanged lines" in diff_table(diff_text(text, text), Heads("v1", "v2"))

    def test_the_count_line_names_undeclared_placeholders(self) -> None:
        line = count_line(diff_text("a\n", "{{b}}\n"), "a\n", "{{b}}\n", ["c"])
        assert (line.removed, line.added) == ("1 line removed", "1 line added")
        assert line.facts[0] == "1 placeholder, b not declared"

    def test_a_setting_is_compared_as_a_whole(self) -> None:
        new = make_version(2, settings={"temperature": 0.5}, parameters=(NAME,))
        diff = diff_versions(make_version(settings={"temperature": 0.7}), new)
        row = field_rows(diff.settings)[0]
        assert row.old is not None
        assert [segment.text for segment in row.old] == ["0.7"]
        assert summary_line(diff) == "1 parameter · 1 setting"


def test_messages_are_not_taken_for_markdown() -> None:
    assert plain_markdown("a_b *c*\n$d$") == "a\\_b \\*c\\*\n\n\\$d\\$"
