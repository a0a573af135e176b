"""A workbench of the test's own on a free port, and a Chromium that notices what a person would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.conftest import PROJECT

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_PATIENCE = 40_000
"""Milliseconds to wait for what a person would see at once; only a busy machine needs them."""


@pytest.fixture(autouse=True)
def clicks_like_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody clicks into a screen that is still being drawn."""
    click = Locator.click

    def settle_and_click(locator: Locator, **options: Any) -> None:
        app = locator.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        with suppress(PlaywrightTimeout):
            app.wait_for(timeout=5_000)
        click(locator, **options)

    monkeypatch.setattr(Locator, "click", settle_and_click)


def chromium_path() -> str | None:
    """The Chromium of this machine."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip with a clear word where there is no Chromium; CI treats that as a failure. A busy machine gets patience."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.timeout(300))
    if chromium_path() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.exit("No Chromium: the browser tests cannot run, and CI does not go without them.", returncode=1)
    skip = pytest.mark.skip(reason="No Chromium. Install it (apt-get install chromium) or set CHROMIUM.")
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(skip)


@dataclass
class RunningWorkbench:
    """A server process with a home of its own."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def get_json(self, path: str) -> object:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as response:
            return json.load(response)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_workbench(home: Path, **environment: str) -> RunningWorkbench:
    port = free_port()
    variables = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    variables |= {"WORKBENCH_HOME": str(home), "PORT": str(port), "AUTHOR": "Ada", "SIMULATED_PACE": "0.2"}
    variables |= environment
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=PROJECT, env=variables, stdout=log, stderr=log)
    running = RunningWorkbench(home, port, process)
    for _ in range(300):
        try:
            running.get_json("/api/health")
            return running
        except (OSError, urllib.error.URLError, ValueError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
    process.kill()
    raise AssertionError((home / "server.log").read_text())


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkbench]:
    """A fresh, empty workbench for the tests of one module."""
    running = start_workbench(tmp_path_factory.mktemp("workbench") / "my home")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for one module: while Playwright is open, its thread has a running event loop."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path(), args=_FLAGS)
        yield opened
        opened.close()


@dataclass
class Watch:
    """What went wrong behind the page: console errors and requests to other hosts."""

    own_host: str
    problems: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def on_page_error(self, error: object) -> None:
        self.problems.append(f"page error: {error}")

    def on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.own_host:
            self.problems.append(f"request to {request.url}")


@pytest.fixture
def page(browser: Browser, workbench: RunningWorkbench) -> Iterator[Page]:
    """A page on the home screen; the test fails on console errors and on requests to other hosts."""
    context: BrowserContext = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=workbench.url)
    context.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    opened = context.new_page()
    watch = Watch(urlsplit(workbench.url).netloc)
    opened.on("console", watch.on_console)
    opened.on("pageerror", watch.on_page_error)
    opened.on("request", watch.on_request)
    yield opened
    context.close()
    assert watch.problems == []
