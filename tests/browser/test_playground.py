"""Side by side in a real browser: streaming, stopping, failing, voting, and coming back after a reload."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningWorkbench, start_workbench
from tests.wire import Behaviour, Fault
from tests.wire.client import WireServer

pytestmark = pytest.mark.browser

_ARRIVED = 30_000
"""Milliseconds within which slow answers are there, on a busy machine too."""
_MODEL = "openai/gpt-5-mini"
"""Answered by our own wire server."""


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    """A provider that does what the test orders."""
    with WireServer() as server:
        yield server


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory, wire: WireServer) -> Iterator[RunningWorkbench]:
    """A workbench with one real provider beside the simulated ones."""
    home = tmp_path_factory.mktemp("playground")
    running = start_workbench(home, OPENAI_API_KEY="key", OPENAI_BASE_URL=wire.base_url)
    yield running
    running.stop()


def say(page: Page, message: str) -> None:
    composer = page.get_by_test_id("stChatInputTextArea")
    composer.fill(message)
    composer.press("Enter")


def test_a_turn_survives_a_reload_and_can_be_stopped_tried_again_and_branched(page: Page, wire: WireServer) -> None:
    wire.configure(Behaviour(faults=(Fault("hang", after_chunks=4),)))
    page.goto(f"/playground?topic=core_values&versions=1,1&models=simulated/coach-brief,{_MODEL}")
    expect(page.get_by_role("heading", name="Nothing said yet")).to_be_visible()
    say(page, "I think honesty matters to me. And family, I guess.")
    expect(page.locator(".cw-ans").nth(1)).to_contain_text("What would be a", timeout=_ARRIVED)
    expect(page.locator(".cw-caret")).to_have_count(1, timeout=_ARRIVED)
    expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"session=\w{26}"))
    address = page.url

    page.reload()
    expect(page.locator(".cw-ans").nth(1)).to_contain_text("What would be a", timeout=_ARRIVED)
    page.get_by_role("button", name="Stop answer").click()
    expect(page.get_by_text("You stopped this answer")).to_be_visible(timeout=_ARRIVED)
    expect(page.get_by_role("button", name="Stop all")).to_have_count(0, timeout=_ARRIVED)
    expect(page.get_by_text("2 columns, 1 turn")).to_be_visible()

    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("You stopped this answer")).to_have_count(0, timeout=_ARRIVED)
    expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(2, timeout=_ARRIVED)
    answers = page.locator(".cw-ans").all_inner_texts()
    page.reload()
    expect(page.locator(".cw-ans")).to_have_text(answers, timeout=_ARRIVED)

    page.get_by_role("button", name="Branch here").click()
    expect(page).not_to_have_url(address)
    expect(page.locator(".cw-ans")).to_have_text(answers)


def test_one_column_fails_in_words_and_the_others_go_on(page: Page, wire: WireServer) -> None:
    wire.configure(Behaviour(faults=(Fault("status", status=400),)))
    page.goto(f"/playground?topic=core_values&versions=1,1&models={_MODEL},simulated/coach-brief")
    expect(page.get_by_role("heading", name="Nothing said yet")).to_be_visible()
    say(page, "What should I do first?")
    expect(page.get_by_text("refused the request")).to_be_visible(timeout=_ARRIVED)
    expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(1, timeout=_ARRIVED)
    expect(page.get_by_text(re.compile(r"at least \$0\.0\d+ so far"))).to_be_visible(timeout=_ARRIVED)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(2, timeout=_ARRIVED)


def test_a_blind_vote_reveals_the_names(page: Page) -> None:
    page.goto("/playground?topic=vision")
    expect(page.get_by_role("heading", name="Nothing said yet")).to_be_visible()
    page.get_by_text("Blind", exact=True).click()
    expect(page.get_by_text("Answer A").first).to_be_visible()
    page.get_by_role("button", name="Open with the user prompt").click()
    expect(page.get_by_role("button", name="A is best")).to_be_enabled(timeout=_ARRIVED)
    expect(page.get_by_text("Steady coach")).to_have_count(0)
    expect(page.locator(".cw-run b")).to_have_count(0)
    page.get_by_role("button", name="A is best").press("Enter")
    expect(page.get_by_text(re.compile(r"You chose answer A in turn 1: \w+ coach, v1 published\."))).to_be_visible()
    expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(3, timeout=_ARRIVED)


def test_columns_stack_on_a_narrow_window(page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 1000})
    page.goto("/playground?topic=purpose")
    expect(page.get_by_role("heading", name="Nothing said yet")).to_be_visible()
    page.get_by_role("button", name="Open with the user prompt").click()
    expect(page.get_by_role("button", name="Branch here")).to_be_visible(timeout=_ARRIVED)
    boxes = [box.bounding_box() for box in page.locator('[class*="st-key-answer_0_"]').all()]
    assert len(boxes) == 3
    assert all(box is not None and box["width"] > 500 for box in boxes)
    expect(page.locator(".cw-stacked").first).to_be_visible()
