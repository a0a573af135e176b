"""A prompt engineer's hour in a real browser, in one go: from a CSV to a version published with evidence."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningWorkbench
from tests.browser.test_labelling import ready
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser

_LONG = 90_000
_FIRST_ROW = {"x": 120, "y": 36 + 17}
_EXAMPLE = "Ask for a concrete example from a recent moment."
_HEADER = ("Nr", "Client says", "Stage", "What a good answer does", "What it must not do", "Client")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Fifty things people said, as a spreadsheet with column names of somebody's own."""
    lines = (PROJECT / "datasets" / "golden" / "coaching_reply" / "items.jsonl").read_text("utf-8").splitlines()
    items = [item for item in map(json.loads, lines) if item["topic"] == "core_values"][:50]
    file = tmp_path / "my clients.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.writer(stream, delimiter=";")
        table.writerow(_HEADER)
        for number, item in enumerate(items, start=1):
            points = (" | ".join(item["must"]), " | ".join(item["must_not"]))
            table.writerow((number, item["conversation"][-1]["content"], item["phase"], *points, f"client {number}"))
    return file


def take(page: Page, label: str, option: str) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    box = page.get_by_role("combobox", name=label, exact=True)
    box.scroll_into_view_if_needed()
    box.press("ArrowDown")
    box.press_sequentially(option)
    expect(page.get_by_role("option", name=option).first).to_be_visible()
    box.press("Enter")


def test_an_hour(page: Page, workbench: RunningWorkbench, file: Path) -> None:
    import_items(page, file)
    draft_a_version_under_a_rule(page)
    run = run_both_versions(page)
    read_the_worst_regression(page)
    label_twenty_items(page)
    see_how_far_the_judge_agrees(page, run)
    publish_through_the_gate(page, run)


def import_items(page: Page, file: Path) -> None:
    page.goto("/datasets?import=1")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("50 of 50 rows can be items.")).to_be_visible()
    expect(page.get_by_text("1 · honesty. family i guess")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Suggests values she has not named")).to_be_visible()
    take(page, "Topic of rows that name none", "core")
    expect(page.get_by_text("Core values, introduction, test split").first).to_be_visible()
    page.get_by_role("button", name="Save 50 items").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My clients")


def draft_a_version_under_a_rule(page: Page) -> None:
    page.goto("/editor?topic=core_values")
    prompt = page.get_by_role("textbox", name="System prompt")
    expect(prompt).to_have_value(re.compile(re.escape(_EXAMPLE)))
    prompt.fill(prompt.input_value().replace(_EXAMPLE, "Challenge contradictions kindly."))
    prompt.press("Control+Enter")
    expect(page.get_by_text("Unsaved edits")).to_be_visible()
    page.get_by_role("textbox", name="What did you change, and why?").fill("Challenge instead of asking for examples")
    page.get_by_role("button", name="Review changes").click()
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Version 2 is saved as a draft.")).to_be_visible()
    page.get_by_role("button", name="Set publishing rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Not worse").click()
    margin = dialog.get_by_role("spinbutton", name="Margin, points")
    margin.fill("3")
    margin.press("Tab")
    expect(dialog.get_by_text("lies above −3.00")).to_be_visible()
    dialog.get_by_role("button", name="Save rule").click()
    expect(page.get_by_text("Publishing rule: not worse by more than 3.00")).to_be_visible()
    expect(page.get_by_text("No run compares these two yet.")).to_be_visible()


def run_both_versions(page: Page) -> str:
    page.get_by_role("button", name="Plan run").or_(page.get_by_role("link", name="Plan run")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan run")
    take(page, "Dataset", "My clients")
    expect(page.get_by_text("Calls, answers and verdicts").locator("..")).to_contain_text("200")
    page.get_by_role("button", name="Start run").click()
    expect(page.locator(".st-key-verdict")).to_contain_text("on 50 paired items", timeout=_LONG)
    found = re.search(r"run=([\w-]+)", page.url)
    assert found is not None
    return found.group(1)


def read_the_worst_regression(page: Page) -> None:
    expect(page.get_by_role("heading", name="Worse in v2, largest first")).to_be_visible()
    page.get_by_test_id("stDataFrame").first.locator(".dvn-scroller").click(position=_FIRST_ROW)
    opened = page.locator(".st-key-opened_item")
    expect(opened).to_contain_text("worse")
    expect(opened.locator(".cw-judge").first).to_contain_text("Open questions")


def label_twenty_items(page: Page) -> None:
    page.get_by_role("button", name="Label answers").or_(page.get_by_role("link", name="Label answers")).first.click()
    items = page.get_by_role("spinbutton", name="Items")
    items.fill("20")
    items.press("Tab")
    expect(page.get_by_text("20 items, 40 answers to score")).to_be_visible()
    page.get_by_role("button", name="Make queue").click()
    for done in range(40):
        ready(page, f"{done} of 40 done")
        expect(page.get_by_text(re.compile(r"\bv[12]\b|simulated/"))).to_have_count(0)
        page.keyboard.type(f"{5 + done % 4}{4 + done % 5}87698")
        page.keyboard.press("Enter")
    expect(page.get_by_text("Ada has labelled all 40 tasks")).to_be_visible()


def see_how_far_the_judge_agrees(page: Page, run: str) -> None:
    expect(page.get_by_text(re.compile(r"Judge .*people: .*40 labels"))).to_be_visible()
    page.get_by_role("button", name="Open judge").or_(page.get_by_role("link", name="Open judge")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Judges")
    expect(page.get_by_text("40 answers with 40 labels of 1 person")).to_be_visible()
    page.goto(f"/runs?run={run}")
    expect(page.get_by_text(re.compile(r"Judge .*people: .*40 labels"))).to_be_visible()


def publish_through_the_gate(page: Page, run: str) -> None:
    page.get_by_role("link", name="Editor", exact=True).click()
    expect(page.get_by_text("Met", exact=True)).to_be_visible()
    page.get_by_role("button", name="Publish v2…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("Not worse by more than 3.00 at 95.%: met"))).to_be_visible()
    dialog.get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    page.goto("/audit?subject=core_values")
    page.get_by_test_id("stDataFrame").locator(".dvn-scroller").click(position={"x": 240, "y": 34 + 17})
    expect(page.get_by_role("paragraph").filter(has_text=f"on 50 items (run {run})")).to_be_visible()
