"""Usage & cost and Progression in a browser: a call shows up by itself, every number leads to its rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RunningWorkbench
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser

SLOW = 20_000
"""Milliseconds for what loads a library or waits for the next look, on a busy machine."""


def run_two_items(workbench: RunningWorkbench) -> None:
    arguments = "run --dataset coaching_reply --topic core_values --prompt published --limit 2"
    models = "--model simulated/coach-steady --judge simulated/judge"
    subprocess.run(
        [sys.executable, "-m", "evals", *f"{arguments} {models}".split()],
        cwd=PROJECT,
        env=os.environ | {"WORKBENCH_HOME": str(workbench.home), "SIMULATED_PACE": "0"},
        capture_output=True,
        check=True,
        timeout=60,
    )


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_call_shows_up_by_itself(page: Page, workbench: RunningWorkbench) -> None:
    page.goto("/usage")
    expect(page.get_by_role("heading", name="No calls yet")).to_be_visible()
    run_two_items(workbench)
    expect(page.get_by_test_id("stMetric").nth(1)).to_contain_text("4", timeout=SLOW)
    expect(page.get_by_text("Simulated models", exact=True)).to_be_visible()
    run_two_items(workbench)
    expect(page.get_by_test_id("stMetric").nth(1)).to_contain_text("8", timeout=SLOW)
    expect(page.get_by_text(re.compile(r"8 calls, \$0\.\d+; exactly the totals above"))).to_be_visible()


def test_usage_of_the_demo(page: Page, workbench: RunningWorkbench) -> None:
    page.set_viewport_size({"width": 1440, "height": 2500})
    page.goto("/progression")
    page.get_by_role("button", name="Load the demo data").click()
    expect(page.get_by_role("heading", name=re.compile(r"Level \d"))).to_be_visible(timeout=2 * SLOW)
    page.goto("/usage?data=demo")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Demo data", exact=True).first).to_be_visible()
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 51)
    expect(page.get_by_role("heading", name=re.compile("^Calls of "))).to_be_visible()
    expect(page).to_have_url(re.compile("row="))
    page.get_by_role("button", name="Page 2", exact=True).click()
    expect(page.get_by_text(re.compile("^51 to 100 of"))).to_be_visible()
    choose(page, "Range", "Last 7 days")
    expect(page).to_have_url(re.compile("range=7"))
    expect(page.get_by_role("heading", name=re.compile("^All .* calls$"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.path().read_text(encoding="utf-8").startswith('"id","request_id","tenant_id"')


def test_progression_of_the_demo(page: Page, workbench: RunningWorkbench) -> None:
    page.goto("/progression?data=demo")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("These are the live settings.")).to_be_visible()
    page.get_by_role("slider", name=re.compile("^α")).focus()
    page.keyboard.press("End")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ people would change level"))).to_be_visible()
    page.get_by_role("button", name=re.compile("List the")).click()
    expect(page.get_by_role("dialog", name=re.compile("Who would change level"))).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reset what-if").click()
    expect(page.get_by_text("These are the live settings.")).to_be_visible()
    page.get_by_role("combobox", name="Person").click()
    page.keyboard.type("Aiko")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^Aiko .*: \d+ scores?\."))).to_be_visible()
    expect(page).to_have_url(re.compile("person=demo-coachee-"))
