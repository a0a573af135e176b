"""The HTTP API, mounted at ``/api`` beside the screens."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware

from api import health, local, metrics
from api.errors import UnknownErrors, add_error_handlers
from api.request_ids import RequestIds
from coaching_core import __version__


def create_api() -> FastAPI:
    """The API of the workbench this process runs."""
    api = FastAPI(
        title="Coaching Workbench",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(RequestIds), Middleware(UnknownErrors)],
    )
    add_error_handlers(api)
    api.include_router(health.router)
    api.include_router(metrics.router)
    api.include_router(local.router)
    return api
