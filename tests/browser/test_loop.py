"""The whole loop as one person walks it: edit, diff, try, score, publish, watch.

With SCREENSHOTS=folder the walk leaves the pictures of the README there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from coaching_core.llm.tables import prompt_runs
from coaching_core.storage.database import open_database
from tests.browser.conftest import RunningWorkbench, start_workbench
from tests.conftest import make_settings

pytestmark = pytest.mark.browser

_LONG = 60_000
_SENTENCE = "Ask open questions that begin with what or how."


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[RunningWorkbench]:
    """A server of this walk's own, because it is stopped within."""
    running = start_workbench(tmp_path / "home", SIMULATED_PACE="0.5")
    yield running
    if running.process.poll() is None:
        running.stop()


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=_LONG)
        page.screenshot(path=Path(folder) / f"{name}.png")


def _edit(page: Page) -> None:
    page.goto("/editor?topic=core_values")
    prompt = page.get_by_role("textbox", name="System prompt")
    expect(prompt).to_have_value(re.compile(re.escape(_SENTENCE)))
    expect(page.get_by_text("Open questions", exact=True)).to_be_visible()
    prompt.fill(prompt.input_value().replace(f"- {_SENTENCE}\n", ""))
    page.get_by_role("textbox", name="What did you change, and why?").fill("No open questions")
    page.get_by_role("button", name="Review changes").click()
    expect(page.locator("del", has_text=_SENTENCE)).to_be_visible()
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_text("Version 2 is saved as a draft.")).to_be_visible()


def _try(page: Page) -> None:
    models = "simulated/coach-steady,simulated/coach-steady,simulated/coach-brief"
    page.goto(f"/playground?topic=core_values&versions=1,2,1&models={models}")
    for number, message in enumerate(
        (
            "I think honesty matters to me. And family, I guess.",
            "Last month I told a client their launch date was not realistic. My boss was not happy.",
            "I would do it again. I just wish it had cost me less.",
        ),
        start=1,
    ):
        composer = page.get_by_test_id("stChatInputTextArea")
        composer.fill(message)
        composer.press("Enter")
        expect(page.locator(".cw-run b", has_text=" / ")).to_have_count(3 * number, timeout=_LONG)
        expect(page.get_by_role("button", name="Stop all")).to_have_count(0, timeout=_LONG)
    _picture(page, "playground")


def _score(page: Page) -> None:
    page.goto("/runs?topic=core_values&versions=1,2&new=1")
    figures = page.locator(".st-key-plan_figures")
    expect(figures).to_contain_text(re.compile(r"Items\s*60"), timeout=_LONG)
    page.get_by_role("button", name="Start run").click()
    live = page.locator(".st-key-live_run")
    expect(live).to_contain_text(re.compile(r"[1-9]\d* of 120 answers done"), timeout=_LONG)
    page.get_by_role("button", name="Stop run").click()
    page.get_by_role("button", name="Resume run").click(timeout=_LONG)
    verdict = page.locator(".cw-verdict")
    expect(verdict).to_contain_text("60 paired items", timeout=_LONG)
    expect(verdict).to_contain_text("lower")
    _picture(page, "run")
    page.get_by_test_id("stDataFrame").last.locator(".dvn-scroller").click(position={"x": 120, "y": 36 + 17})
    expect(page.locator(".cw-judge")).to_contain_text("Open questions", timeout=_LONG)


def _publish_and_roll_back(page: Page) -> None:
    page.goto("/editor?topic=core_values&view=diff&from=1&to=2")
    expect(page.locator("del", has_text=_SENTENCE)).to_be_visible()
    expect(page.get_by_text("Evidence")).to_be_visible()
    _picture(page, "editor")
    page.get_by_role("button", name="Publish v2…").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    page.locator(".st-key-history_menu_1").get_by_role("button").click()
    page.get_by_text("Roll back to this version").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back to v1").click()
    expect(page.get_by_text("Version 3 is published; it has the content of v1.")).to_be_visible()


def _watch(page: Page) -> Decimal:
    page.goto("/usage")
    total = page.get_by_text(re.compile(r"Sum of \d+ rows?: .* exactly the totals above"))
    expect(total).to_be_visible(timeout=_LONG)
    said = re.search(r"\$([\d.,]+\d)", total.inner_text())
    assert said is not None
    return Decimal(said.group(1).replace(",", ""))


def test_the_whole_loop(page: Page, workbench: RunningWorkbench) -> None:
    _edit(page)
    _try(page)
    _score(page)
    _publish_and_roll_back(page)
    shown = _watch(page)
    page.close()
    assert workbench.stop() == 0
    database = open_database(make_settings(workbench.home))
    with database.read() as connection:
        cost = connection.scalar(sa.select(sa.func.sum(prompt_runs.c.cost_usd)))
        calls = connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs))
        ids = connection.scalar(sa.select(sa.func.count(sa.distinct(prompt_runs.c.id))))
    database.close()
    assert cost == shown
    assert calls == ids == 9 + 240
