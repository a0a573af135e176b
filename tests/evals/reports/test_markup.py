"""Markup: what is not markup is escaped, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evals.reports.markup import Html, element, fragment, stored_text


def test_an_element() -> None:
    assert element("p", "a < b", class_="m") == '<p class="m">a &lt; b</p>'
    assert element("th", "x", scope="col", class_=None, text_anchor=1) == '<th scope="col" text-anchor="1">x</th>'
    assert element("td") == "<td></td>"
    assert element("td", 0) == "<td>0</td>"


def test_children_stand_side_by_side_and_none_is_left_out() -> None:
    assert fragment("a", None, Html("<b>"), 2, "&") == "a<b>2&amp;"


def test_markup_joined_with_text_is_text_again() -> None:
    assert fragment(Html("<b>") + "<i>") == "&lt;b&gt;&lt;i&gt;"
    assert isinstance(element("p", Html("<b>x</b>")), Html)
    assert element("p", Html("<b>x</b>")) == "<p><b>x</b></p>"


def test_stored_text_keeps_its_lines_and_direction() -> None:
    assert stored_text("div", "a\nb<") == '<div class="stored" dir="auto">a\nb&lt;</div>'
    assert stored_text("span", "x", "m") == '<span class="stored m" dir="auto">x</span>'


@given(st.text())
def test_no_text_opens_an_element_or_leaves_an_attribute(text: str) -> None:
    markup = element("p", text, title=text)
    assert markup.count("<") == markup.count(">") == 2
    assert markup.count('"') == 2
