from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coaching_core.prompts.diff import DiffRow, FieldChange, TextDiff, diff_text, diff_versions
from coaching_core.prompts.models import ModelSettings, Parameter, TopicVersion

TEXTS = st.lists(st.sampled_from(["a b c d", "a b x d", "e", "", "  f g", "a", "h\ti", "é ß", "x\r"]), max_size=12).map(
    "\n".join
) | st.text(alphabet="ab .\n\r\t\x1c{}", max_size=60)


def _version(**changes: Any) -> TopicVersion:
    facts: dict[str, Any] = {
        "topic_id": "goals",
        "number": 1,
        "message": "m",
        "author": "a",
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
        "prompts": {"system": "One.\n"},
        "parameters": (Parameter(name="a"), Parameter(name="b")),
        "settings": ModelSettings(default_model="simulated/coach-steady", temperature=0.5),
    }
    return TopicVersion(**(facts | changes))


def _joined(diff: TextDiff) -> tuple[str, str]:
    left = "".join(segment.text for row in diff.rows for segment in row.left)
    return left, "".join(segment.text for row in diff.rows for segment in row.right)


def _marked(row: DiffRow) -> tuple[list[str], list[str]]:
    return [one.text for one in row.left if one.changed], [one.text for one in row.right if one.changed]


@given(old=TEXTS, new=TEXTS)
def test_the_segments_joined_are_the_two_texts(old: str, new: str) -> None:
    diff = diff_text(old, new, fold=False)
    assert _joined(diff) == (old, new)
    assert diff.is_empty == (old == new)


@given(old=TEXTS, new=TEXTS)
def test_line_numbers_rise_one_by_one_and_unmarked_text_is_shared(old: str, new: str) -> None:
    rows = diff_text(old, new, fold=False).rows
    for numbers in ([row.left_number for row in rows], [row.right_number for row in rows]):
        present = [number for number in numbers if number is not None]
        assert present == list(range(1, len(present) + 1))
    for row in rows:
        if row.kind in ("equal", "changed"):
            kept = ["".join(one.text for one in side if not one.changed) for side in (row.left, row.right)]
            assert kept[0] == kept[1]


@given(old=TEXTS, new=TEXTS)
def test_folding_hides_equal_lines_only(old: str, new: str) -> None:
    folded, full = diff_text(old, new), diff_text(old, new, fold=False)
    assert [row for row in folded.rows if row.kind not in ("equal", "skipped")] == [
        row for row in full.rows if row.kind != "equal"
    ]
    assert folded.lines("equal") + sum(row.count for row in folded.rows) == full.lines("equal")


def test_changed_words_are_marked_within_their_line() -> None:
    (row,) = diff_text("Keep replies under 60 words.\n", "Keep all replies under 90 words.\n").rows
    assert row.kind == "changed"
    assert _marked(row) == (["60"], ["all ", "90"])


def test_neighbouring_changed_words_are_one_mark() -> None:
    (row,) = diff_text("say the old red word and stop now", "say the new blue word and stop now").rows
    assert _marked(row) == (["old red"], ["new blue"])


def test_a_line_keeps_its_partner_when_a_new_one_comes_before_it() -> None:
    rows = diff_text(
        "Ask one question at a time.\nBe brief.", "Never give advice!\nAsk only one question.\nBe brief."
    ).rows
    assert [(row.kind, row.left_number, row.right_number) for row in rows] == [
        ("added", None, 1),
        ("changed", 1, 2),
        ("equal", 2, 3),
    ]


def test_lines_that_share_little_are_removed_and_added() -> None:
    rows = diff_text("Ask open questions.", "Reply within sixty words, always!").rows
    assert [row.kind for row in rows] == ["removed", "added"]


def test_the_same_words_in_another_order_are_not_the_same_line() -> None:
    rows = diff_text("one two three four five six", "six five four three two one").rows
    assert [row.kind for row in rows] == ["removed", "added"]


def test_long_equal_stretches_fold_to_their_ends() -> None:
    lines = [f"line {number}" for number in range(1, 8)]
    rows = diff_text("\n".join([*lines, "x"]), "\n".join([*lines, "y"])).rows
    assert [(row.kind, row.count) for row in rows[:3]] == [("equal", 0), ("skipped", 5), ("equal", 0)]
    assert (rows[2].left_number, rows[2].right_number) == (7, 7)
    four = "a\nb\nc\nd\n"
    assert [row.kind for row in diff_text(four, four).rows] == ["equal"] * 4


def test_big_hostile_texts_are_still_compared_whole() -> None:
    half = 25_600
    for old, new in (
        ("a\n" * half, "a\nb\n" * (half // 2)),
        ("a " * half, "b a " * (half // 2)),
        ("\n" * 2 * half, "x\n" * half),
        (".!" * half, "!." * half),
    ):
        assert _joined(diff_text(old, new, fold=False)) == (old, new)


def test_equal_versions_have_an_empty_diff() -> None:
    diff = diff_versions(_version(), _version(number=2, message="other"))
    assert diff.is_empty
    assert (diff.removed_lines, diff.added_lines, diff.changed_lines) == (0, 0, 0)


def test_versions_are_compared_prompt_by_prompt_and_field_by_field() -> None:
    new = _version(
        prompts={"system": "One and only.\nTwo.\n", "user": "Hi.\n"},
        parameters=(Parameter(name="a", required=True, default=3, type="number"), Parameter(name="c")),
        settings=ModelSettings(default_model="openai/gpt-4o", temperature=0.5, top_p=0.9),
    )
    diff = diff_versions(_version(), new)
    assert (diff.removed_lines, diff.added_lines, diff.changed_lines) == (0, 2, 1)
    assert (diff.added_prompts, diff.removed_prompts) == (("user",), ())
    assert diff.parameters == (
        FieldChange("a", "string, optional", "number, required, default 3"),
        FieldChange("b", "string, optional", None),
        FieldChange("c", None, "string, optional"),
    )
    assert diff.settings == (
        FieldChange("default_model", "simulated/coach-steady", "openai/gpt-4o"),
        FieldChange("top_p", None, "0.9"),
    )
    assert not diff.is_empty


def test_the_first_version_is_all_new() -> None:
    diff = diff_versions(None, _version())
    assert diff.added_prompts == ("system",)
    assert diff.added_lines == 1
    assert [change.old for change in (*diff.parameters, *diff.settings)] == [None] * 5


def test_what_leaves_no_line_behind_is_still_a_change() -> None:
    empty_prompt_removed = diff_versions(_version(prompts={"system": "One.\n", "user": ""}), _version())
    assert empty_prompt_removed.removed_prompts == ("user",)
    assert not empty_prompt_removed.is_empty
    reordered = diff_versions(_version(), _version(parameters=(Parameter(name="b"), Parameter(name="a"))))
    assert reordered.parameters == (FieldChange("(order)", "a, b", "b, a"),)
