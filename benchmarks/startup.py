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
_LATER = {name: name for name in ("Topics", "Datasets", "Runs", "Usage & cost", "Progression", "Playground")} | {
    "Home": "Today"
}
"""Names in the sidebar and the headings of their screens, each shown for the first time by this server but the last."""

_WATCH = """({heading, link}) => new Promise((resolve, reject) => {
    const main = () => document.querySelector('[data-testid="stMainBlockContainer"]');
    const begun = link === null ? 0 : performance.now();
    let changed = performance.now();
    new MutationObserver(records => {
        if (main() && records.some(record => main().contains(record.target))) changed = performance.now();
    }).observe(document, {subtree: true, childList: true, characterData: true});
    if (link !== null) link.click();
    const timer = setInterval(() => {
        const shown = main() && [...main().querySelectorAll('h1')].some(each => each.innerText.trim() === heading);
        const app = document.querySelector('[data-testid="stApp"]');
        const still = app && app.getAttribute('data-test-script-state') === 'notRunning';
        const late = performance.now() - begun > 15000;
        if (!late && !(shown && still && performance.now() - changed > 400)) return;
        clearInterval(timer);
        if (late) reject(new Error(`“${heading}” had not settled after 15 s`)); else resolve(changed - begun);
    }, 20);
})"""
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
        page.goto(url, wait_until="commit")
        yield Measurement("first screen in Chromium", _seconds(page, "Today", None), "s", FIRST_SCREEN_TARGET)
        for name, heading in _LATER.items():
            yield Measurement(f"later screen: {name}", _seconds(page, heading, name), "s", LATER_SCREEN_TARGET)
        browser.close()


def _seconds(page: Page, heading: str, link: str | None) -> float:
    """From the click on a link of the sidebar (None: from the request for the page) to the screen's last change."""
    found = None
    if link is not None:
        found = page.get_by_test_id("stSidebarNav").get_by_role("link", name=link, exact=True).element_handle()
    return float(page.evaluate(_WATCH, {"heading": heading, "link": found})) / 1000
