"""The process: screens, API and jobs on one port. Start it with ``make run`` (or ``python app.py``)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

os.environ.setdefault("STREAMLIT_SERVER_FILE_WATCHER_TYPE", "none")

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Mount

from api.application import create_api
from api.security import LoopbackOnly
from coaching_core.errors import InvalidInputError, WorkbenchError
from coaching_core.jobs.scheduler import Scheduler
from coaching_core.logs import configure_logging, installation_salt, take_over
from coaching_core.settings import Settings, load_settings
from coaching_core.telemetry.instruments import secret_values
from evals.bootstrap import build_workbench
from evals.current import running, set_running
from evals.jobs import schedule_jobs
from pages.deep_links import DeepLinks
from pages.navigation import load_screens

PROJECT = Path(__file__).resolve().parent


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Build the workbench unless :func:`main` did, run its jobs, and close it at the end."""
    take_over("streamlit", "uvicorn")
    workbench = running()
    if workbench is None:
        settings = load_settings()
        _log_as_set(settings)
        workbench = build_workbench(settings, settings.url)
        set_running(workbench)
    scheduler = Scheduler()
    schedule_jobs(scheduler, workbench)
    scheduler.later(0, "load-screens", load_screens)
    try:
        yield
    finally:
        scheduler.close()
        workbench.close()


app = st.App(
    PROJECT / "pages" / "shell.py",
    lifespan=lifespan,
    routes=[Mount("/api", app=create_api())],
    middleware=[Middleware(LoopbackOnly), Middleware(DeepLinks)],
)


def main() -> int:
    """Serve until Ctrl-C; returns the exit code."""
    os.chdir(PROJECT)
    try:
        settings = load_settings()
        _log_as_set(settings)
        listener = _listen(settings)
        set_running(build_workbench(settings, settings.url))
    except InvalidInputError as error:
        return _refuse(str(error), 2)
    except (WorkbenchError, OSError) as error:
        return _refuse(str(error), 1)
    print(f"Coaching Workbench is at {settings.url} (Ctrl-C stops it).", flush=True)  # noqa: T201
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2, ws="websockets-sansio")
    take_over("uvicorn")
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    print("Stopped.", flush=True)  # noqa: T201
    return 0 if server.started else 1


def _log_as_set(settings: Settings) -> None:
    configure_logging(settings.log_level, secret_values(settings), installation_salt(settings.home))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.bind_address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.bind_address, settings.port))
    except OSError as error:
        raise WorkbenchError(
            f"Port {settings.port} is taken ({error.strerror}). Choose another: PORT={settings.port + 1} make run"
        ) from error
    listener.listen(2048)
    return listener


def _refuse(message: str, code: int) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
