"""Twenty answers labelled by keyboard alone, in a real browser; left and taken up again; taken out and in."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningWorkbench, start_workbench
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser

_RUN = (
    "run --dataset coaching_reply --topic core_values --prompt v1 --model simulated/coach-steady "
    "--model simulated/coach-brief --judge simulated/judge --limit 10"
)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkbench]:
    """A workbench with one run of two models over ten items."""
    running = start_workbench(tmp_path_factory.mktemp("labelling"), SIMULATED_PACE="0")
    variables = os.environ | {"WORKBENCH_HOME": str(running.home), "AUTHOR": "Ada", "SIMULATED_PACE": "0"}
    subprocess.run([sys.executable, "-m", "evals", *_RUN.split()], cwd=PROJECT, env=variables, check=True, timeout=200)
    yield running
    running.stop()


def ready(page: Page, done: str) -> None:
    """The next task stands there and takes keys."""
    expect(page.get_by_text(done)).to_be_visible()
    expect(page.locator(".cw-sheet")).to_have_attribute("aria-busy", "false")


def make_queue(page: Page, kind: str, items: int) -> None:
    page.goto("/labelling")
    page.get_by_role("button", name="Make queue").click()
    page.get_by_text(kind).click()
    field = page.get_by_role("spinbutton", name="Items")
    field.fill(str(items))
    field.press("Tab")
    expect(page.get_by_text(f"{items} items" if kind.startswith("Score") else f"{items} pairs")).to_be_visible()
    page.get_by_role("button", name="Make queue").click()


def test_twenty_answers_are_labelled_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    make_queue(page, "Score each answer by the rubric", 10)
    ready(page, "0 of 20 done")
    address = page.url
    page.keyboard.press("Enter")
    expect(page.get_by_text("Score every criterion first")).to_be_visible()
    for done in range(1, 21):
        page.keyboard.type("786x")
        page.keyboard.press("k")
        page.keyboard.type("9540")
        if done == 3:
            page.keyboard.press("n")
            page.keyboard.type("Says 1 thing, unclear")
            page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        if done == 10:
            ready(page, "10 of 20 done")
            page.goto(address)
        if done < 20:
            ready(page, f"{done} of 20 done")
    expect(page.get_by_text("Ada has labelled all 20 tasks")).to_be_visible()
    expect(page.get_by_role("button", name="Undo last")).to_be_visible()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.keyboard.press("u")
    ready(page, "19 of 20 done")
    expect(page.get_by_role("radio", name="Fits the moment: 7")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ada has labelled all 20 tasks")).to_be_visible()

    page.reload()
    page.get_by_role("button", name="Download labels").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == 20 * 7
    assert {row["labeller"] for row in rows} == {"Ada"}
    first = {row["criterion"]: row["score"] for row in rows[:7]}
    assert list(first.values()) == ["7", "8", "6", "9", "5", "4", "10"]
    assert sum(row["note"] == "Says 1 thing, unclear" for row in rows) == 7

    file = tmp_path / "labels.csv"
    file.write_text(content.replace(",Ada,", ",Cy,"), encoding="utf-8")
    page.goto("/labelling?import=1")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("20 answers labelled by 1 person")).to_be_visible()
    page.get_by_role("button", name="Keep labels").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("labels.csv")


def test_pairs_are_compared_by_keyboard_and_a_skip_is_taken_back(page: Page) -> None:
    make_queue(page, "Say which of two answers is better", 3)
    ready(page, "0 of 3 done")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Right is better")).to_be_checked()
    page.keyboard.press("Enter")
    ready(page, "1 of 3 done")
    page.keyboard.press("s")
    ready(page, "2 of 3 done")
    page.keyboard.press("u")
    ready(page, "1 of 3 done")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    ready(page, "2 of 3 done")
    page.get_by_role("textbox", name="Labeller").fill("Bo 1")
    page.get_by_role("textbox", name="Labeller").press("Enter")
    ready(page, "0 of 3 done")
    expect(page.get_by_role("radio", name="Left is better")).not_to_be_checked()
