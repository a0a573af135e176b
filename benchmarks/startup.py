"""From ``python app.py`` to an answer, and to the first and later screens in a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measurement import Measurement
from benchmarks.workplace import PROJECT, environment_of, free_port, workplace

if TYPE_CHECKING:
    from playwright.sync_api import Page

START_TARGET, FIRST_SCREEN_TARGET, LATER_SCREEN_TARGET = 6.0, 3.0, 1.0
_LONGEST_START = 40.0
_LATER = ("Topics", "Datasets", "Runs", "Usage & cost", "Progression", "Playground", "Home")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def measure() -> Iterator[Measurement]:
    """The second start on a home, then its screens."""
    with workplace() as home:
        with _server(home):
            pass
        with _server(home) as (url, seconds):
            yield Measurement("python app.py to /api/health, second start", seconds, "s", START_TARGET)
            yield from _screens(url)


@contextmanager
def _server(home: Path) -> Iterator[tuple[str, float]]:
    """A running workbench: its URL and how long it took to answer."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=PROJECT,
        env=environment_of(home, PORT=str(port), BIND_ADDRESS="127.0.0.1", LOG_LEVEL="ERROR"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://localhost:{port}"
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - begun > _LONGEST_START:
                raise RuntimeError("the workbench did not start")
            time.sleep(0.01)
        yield url, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with _DIRECT.open(f"{url}/api/health", timeout=2) as response:
            return isinstance(json.load(response), dict)
    except (OSError, ValueError):
        return False


def _screens(url: str) -> Iterator[Measurement]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        yield Measurement("screens", None, "s", note="no Chromium here")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(15_000)
        begun = time.perf_counter()
        page.goto(url)
        _settled(page, "")
        yield Measurement("first screen in Chromium", time.perf_counter() - begun, "s", FIRST_SCREEN_TARGET)
        yield from _later(page)
        browser.close()


def _later(page: Page) -> Iterator[Measurement]:
    """Each later screen from the click to its last element, the first time this server shows it."""
    for name in _LATER:
        before = page.url
        begun = time.perf_counter()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
        _settled(page, before)
        yield Measurement(f"later screen: {name}", time.perf_counter() - begun, "s", LATER_SCREEN_TARGET)


def _settled(page: Page, before: str) -> None:
    """Wait until the address has changed and the script behind it has run to its end."""
    page.wait_for_url(lambda url: url != before)
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            const main = document.querySelector('[data-testid="stMain"]');
            return app && main && app.getAttribute('data-test-script-state') === 'notRunning'
                && main.innerText.trim().length > 0 && !main.querySelector('[data-stale="true"]');
        }""",
        polling=20,
    )
