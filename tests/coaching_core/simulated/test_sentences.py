"""A prompt cut into sentences, list entries and headings."""

from __future__ import annotations

import pytest

from coaching_core.llm.providers.simulated.sentences import sentences


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "# Title\nAsk open\nquestions. Be brief!",
            [("Title", True, ""), ("Ask open questions.", False, ""), ("Be brief!", False, "")],
        ),
        ("# Title\nlower text", [("Title", True, ""), ("lower text", False, "")]),
        (
            "- one\n- Two. three\n1. four\n(2) five",
            [("one", False, ""), ("Two.", False, ""), ("three", False, ""), ("four", False, ""), ("five", False, "")],
        ),
        ("> - [x] quoted", [("quoted", False, "")]),
        (
            "Avoid:\n- advice. fixes\nGood.\n- tips",
            [
                ("Avoid:", False, ""),
                ("advice.", False, "Avoid"),
                ("fixes", False, "Avoid"),
                ("Good.", False, ""),
                ("tips", False, ""),
            ],
        ),
        ("**Avoid:**\n\n* tips", [("**Avoid:**", False, ""), ("tips", False, "Avoid")]),
        ("## Never\n- advice", [("Never", True, ""), ("advice", False, "Never")]),
        ("## Always\n- advice", [("Always", True, ""), ("advice", False, "")]),
        ("Never\n- advice", [("Never", False, ""), ("advice", False, "")]),
        (
            "Exactly eight words in this small line here:\n- y",
            [
                ("Exactly eight words in this small line here:", False, ""),
                ("y", False, "Exactly eight words in this small line here"),
            ],
        ),
        (
            "There are nine words now in this line here:\n- y",
            [("There are nine words now in this line here:", False, ""), ("y", False, "")],
        ),
        ("| a | b |\nlower", [("a", False, ""), ("b", False, ""), ("lower", False, "")]),
        (
            "wrapped,\ncontinues lower.\nlower again",
            [("wrapped, continues lower.", False, ""), ("lower again", False, "")],
        ),
        ("wrapped line\nContinues here", [("wrapped line", False, ""), ("Continues here", False, "")]),
        ("wrapped line\n- bullet\nof two lines", [("wrapped line", False, ""), ("bullet of two lines", False, "")]),
        (
            "a line\n# small heading\ngoes on",
            [("a line", False, ""), ("small heading", True, ""), ("goes on", False, "")],
        ),
        ("line one\n\nline two", [("line one", False, ""), ("line two", False, "")]),
        ("ends:\nlower", [("ends:", False, ""), ("lower", False, "")]),
        (
            "Use e.g. stories, max. 80 words. Do it; now — go - on -- out",
            [
                ("Use e.g. stories, max. 80 words.", False, ""),
                ("Do it", False, ""),
                ("now", False, ""),
                ("go", False, ""),
                ("on", False, ""),
                ("out", False, ""),
            ],
        ),
        (" \n\n", []),
    ],
)
def test_prompts_are_cut_as_written(prompt: str, expected: list[tuple[str, bool, str]]) -> None:
    assert [(one.text, one.heading, one.lead) for one in sentences(prompt)] == expected
