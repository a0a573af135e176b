from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.prompts.diff import DiffRow, FieldChange, Segment, TextDiff, diff_text, diff_versions
from coaching_core.prompts.models import ModelSettings, Parameter, TopicVersion, Validation

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


def _shown(side: tuple[Segment, ...]) -> str:
    """A side of a row with its marks in brackets."""
    return "".join(f"[{one.text}]" if one.changed else one.text for one in side)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("a b c\n", "a b  c\n", "a b[ ]c\n", "a b[  ]c\n"),
        ("a b c", "a b c\n", "a b c", "a b c[\n]"),
        ("a b c\r\n", "a b c\n", "a b c[\r\n]", "a b c[\n]"),
        ("a b c\r\n", "a b d\r\n", "a b [c]\r\n", "a b [d]\r\n"),
        ("a b c d", "a c d", "a [b ]c d", "a c d"),
        ("a c d", "a b c d", "a c d", "a [b ]c d"),
        ("a b, c d e", "a x, c d e", "a [b], c d e", "a [x], c d e"),
        ("a b c d", "a x y c d", "a [b] c d", "a [x y] c d"),
        ("a b c d", "a x  c d", "a [b ]c d", "a [x  ]c d"),
        ("  a b c", "    a b c", "[  ]a b c", "[    ]a b c"),
        ("a b c ", "a b c", "a b c[ ]", "a b c"),
        ("a b c\t", "a b c  ", "a b c[\t]", "a b c[  ]"),
        ("a! b c", "a? b c", "a[!] b c", "a[?] b c"),
        ("a b c d e\n", "a b x y z\n", "a b [c d e]\n", "a b [x y z]\n"),
    ],
)
def test_what_is_marked_in_a_changed_line(old: str, new: str, left: str, right: str) -> None:
    (row,) = diff_text(old, new).rows

    assert (row.kind, row.left_number, row.right_number, row.count) == ("changed", 1, 1, 0)
    assert (_shown(row.left), _shown(row.right)) == (left, right)


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("", "", []),
        ("", "a\nb", ["+1 [a\n]", "+2 [b]"]),
        ("a\nb", "", ["-1 [a\n]", "-2 [b]"]),
        ("a\n\nb", "a\nb", ["=1,1 a\n", "-2 [\n]", "=3,2 b"]),
        ("x\na b c d\ny\n", "a b c e\nz\n", ["-1 [x\n]", "~2,1 a b c [d]\n", "-3 [y\n]", "+2 [z\n]"]),
        ("p\nq\nk\n", "r\nk\n", ["-1 [p\n]", "-2 [q\n]", "+1 [r\n]", "=3,2 k\n"]),
        ("k\np\n", "k\na b c\nq\n", ["=1,1 k\n", "-2 [p\n]", "+2 [a b c\n]", "+3 [q\n]"]),
        ("a b c d e f\n", "a b x y z\n", ["-1 [a b c d e f\n]", "+1 [a b x y z\n]"]),
    ],
)
def test_rows_in_their_order_with_their_numbers(old: str, new: str, rows: list[str]) -> None:
    found = []
    for row in diff_text(old, new).rows:
        sign = {"equal": "=", "changed": "~", "removed": "-", "added": "+"}[row.kind]
        numbers = ",".join(str(number) for number in (row.left_number, row.right_number) if number is not None)
        found.append(f"{sign}{numbers} {_shown(row.left) or _shown(row.right)}")

    assert found == rows


def test_a_fold_needs_more_than_four_lines_and_keeps_both_ends() -> None:
    lines = [f"{number}\n" for number in range(1, 13)]
    old, new = "".join(lines[:5]) + "x\n" + "".join(lines[5:9]), "".join(lines[:9])

    rows = diff_text(old, new).rows
    assert [(row.kind, row.left_number, row.count) for row in rows] == [
        ("equal", 1, 0),
        ("skipped", None, 3),
        ("equal", 5, 0),
        ("removed", 6, 0),
        *[("equal", number, 0) for number in (7, 8, 9, 10)],
    ]
    assert not diff_text(old, new).is_empty
    assert diff_text(new, new).is_empty
    assert len(diff_text(new, new, fold=False).rows) == 9


def test_everything_about_a_parameter_is_described() -> None:
    full = Parameter(
        name="a",
        type="number",
        required=True,
        description="Years.",
        default=1,
        example=2.5,
        validation=Validation(type="range", minimum=0, maximum=9),
    )
    empty = Parameter(name="a", default="", example=False)
    diff = diff_versions(_version(parameters=(full,)), _version(parameters=(empty,)))

    assert diff.parameters == (
        FieldChange(
            "a",
            "number, required, Years., default 1, example 2.5, "
            'validation {"type": "range", "minimum": 0, "maximum": 9}',
            'string, optional, default "", example false',
        ),
    )


def test_settings_are_compared_as_they_read() -> None:
    old = ModelSettings(default_model="größe", max_tokens=5, streaming=True, stop=["ä"])
    new = ModelSettings(default_model="größe", streaming=False, stop=["ö"])
    diff = diff_versions(_version(settings=old), _version(settings=new))

    assert diff.settings == (
        FieldChange("max_tokens", "5", None),
        FieldChange("streaming", "true", "false"),
        FieldChange("stop", '["ä"]', '["ö"]'),
    )


def test_versions_count_their_lines_over_all_prompts() -> None:
    old = _version(prompts={"system": "a b c\ngone\n", "user": "u\n"})
    new = _version(prompts={"system": "a b d\n", "assistant": "x\ny\n"})
    diff = diff_versions(old, new)

    assert (diff.changed_lines, diff.removed_lines, diff.added_lines) == (1, 2, 2)
    assert list(diff.prompts) == ["system", "user", "assistant"]
    assert (diff.added_prompts, diff.removed_prompts) == (("assistant",), ("user",))
    folded = diff_versions(_version(prompts={"system": "x\n" * 9}), _version(prompts={"system": "x\n" * 9}))
    assert folded.prompts["system"].lines("skipped") == 1
    unfolded = diff_versions(_version(prompts={"system": "x\n" * 9}), _version(prompts={"system": "x\n" * 9}), False)
    assert unfolded.prompts["system"].lines("equal") == 9
