"""Starts ``python app.py`` on a free port with a home of its own, and says when it serves."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_OURS = ("DATABASE_URL", "RUNS_DIR", "BIND_ADDRESS", "EXTRA_MODELS", "PRICE_OVERRIDES", "LOG_LEVEL", "AUTHOR")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def variables(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a process of the workbench: no keys, simulated models at full speed."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY") and name not in _OURS}
    ours = {
        "WORKBENCH_HOME": str(home),
        "DATASETS_DIR": str(PROJECT / "datasets"),
        "PYTHONPATH": str(PROJECT),
        "SIMULATED_PACE": "0",
        "AUTHOR": "tester",
    }
    return kept | ours | changes


@dataclass(frozen=True)
class Server:
    """A running workbench. ``greeting`` is what it printed first; ``log`` is its stderr."""

    url: str
    home: Path
    greeting: str
    log: Path
    process: subprocess.Popen[str]

    def health(self) -> dict[str, object]:
        """What ``/api/health`` answers; waits until the server serves."""
        with _DIRECT.open(f"{self.url}/api/health", timeout=60) as response:
            document: dict[str, object] = json.load(response)
            return document

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C; returns the exit code and what it printed after its greeting."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest


def launch(environment: dict[str, str], log: Path, script: Path = PROJECT / "app.py") -> subprocess.Popen[str]:
    """Start a server process without waiting for anything."""
    with log.open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, str(script)],
            cwd=log.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


def start_server(home: Path, log: Path, **changes: str) -> Server:
    """Start a server and wait until it has printed its greeting: from then on it takes connections."""
    port = free_port()
    process = launch(variables(home, PORT=str(port), **changes), log)
    assert process.stdout is not None
    greeting = process.stdout.readline()
    if not greeting:
        process.communicate(timeout=60)
        raise AssertionError(f"The server did not start: {log.read_text()}")
    return Server(f"http://localhost:{port}", home, greeting, log, process)
