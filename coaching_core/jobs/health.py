"""Jobs that watch: look at the alert rules, tell the webhook, probe the workbench from its own machine."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

from coaching_core.health.service import HealthService
from coaching_core.jobs.scheduler import Scheduler

LOOK_SECONDS = 15.0
_DELIVER_SECONDS = 5.0
_PROBE_TIMEOUT_SECONDS = 5.0
_FIRST_PROBE_SECONDS = 30.0
_TIDY_SECONDS = 3_600.0


def schedule_health(scheduler: Scheduler, health: HealthService, url: str | None) -> None:
    """Begin to watch.

    Args:
        url: Where this process serves; None when it does not, and there is nothing to probe.
    """

    def look() -> None:
        health.evaluate()

    def tell() -> None:
        health.deliver()

    scheduler.every(LOOK_SECONDS, "look-at-alerts", look)
    scheduler.every(_TIDY_SECONDS, "tidy-alerts", health.tidy)
    if health.webhook is not None:
        scheduler.every(_DELIVER_SECONDS, "tell-webhook", tell)
    if url is not None:
        serves_from = time.monotonic() + _FIRST_PROBE_SECONDS

        def probe_now() -> None:
            if time.monotonic() >= serves_from:
                health.note_probe(*probe(url))

        scheduler.every(LOOK_SECONDS, "probe", probe_now)


def probe(url: str, timeout: float = _PROBE_TIMEOUT_SECONDS) -> tuple[bool, float]:
    """Whether the workbench says that it is well, and how many milliseconds that took."""
    begun = time.perf_counter()
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/api/health", timeout=timeout) as answer:
            ok = json.loads(answer.read(65_536)).get("status") == "ok"
    except (OSError, ValueError, AttributeError, urllib.error.URLError):
        ok = False
    return ok, (time.perf_counter() - begun) * 1000
