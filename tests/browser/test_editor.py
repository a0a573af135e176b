"""The main path of an editor, in a real browser: find a topic, edit, review, save, publish, roll back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningWorkbench

pytestmark = pytest.mark.browser


def open_dialog(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_from_the_list_to_a_published_version_and_back(page: Page, workbench: RunningWorkbench) -> None:
    page.goto("/topics")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    table.locator(".dvn-scroller").click(position={"x": 120, "y": 34 + 17})

    prompt = page.get_by_role("textbox", name="System prompt")
    expect(prompt).to_have_value(re.compile("^# Core values"))
    size = page.get_by_role("status").filter(has_text="bytes")
    before = size.inner_text()
    prompt.press("Control+End")
    page.keyboard.type("\nAlways ask {{mood}}.")
    expect(size).not_to_have_text(before)

    page.get_by_role("textbox", name="What did you change, and why?").fill("Asks for the mood")
    page.get_by_role("button", name="Declare mood").click()
    expect(page.get_by_text("Unsaved edits")).to_be_visible()
    page.get_by_role("radio", name="Preview").click()
    expect(page.get_by_text("As a model gets your unsaved edits")).to_be_visible()
    page.get_by_role("radio", name="Edit").click()
    expect(prompt).to_have_value(re.compile(r"Always ask \{\{mood\}\}\.$"))

    page.get_by_role("button", name="Review changes").click()
    expect(page.locator("ins", has_text="Always ask {{mood}}.")).to_be_visible()
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Version 2 is saved as a draft.")).to_be_visible()
    assert "view=diff" in page.url

    open_dialog(page, "Publish v2…")
    page.get_by_role("dialog").get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()

    page.locator(".st-key-history_menu_1").get_by_role("button").click()
    page.get_by_text("Roll back to this version").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back to v1").click()
    expect(page.get_by_text("Version 3 is published; it has the content of v1.")).to_be_visible()


def test_a_sent_link_shows_the_same_diff(page: Page, workbench: RunningWorkbench) -> None:
    page.goto("/editor?topic=core_values&view=diff&from=1&to=2&columns=1")
    expect(page.locator("ins", has_text="Always ask {{mood}}.")).to_be_visible()
    expect(page.get_by_role("switch", name="One column")).to_be_checked()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_test_id("stCode")).to_contain_text("from=1&to=2&columns=1")
