"""The only place that maps our errors to HTTP."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from coaching_core.errors import (
    ConflictError,
    InvalidInputError,
    ModelCallError,
    NotFoundError,
    RateLimitedError,
    StoreError,
    WorkbenchError,
)

_STATUS: tuple[tuple[type[WorkbenchError], int], ...] = (
    (InvalidInputError, 422),
    (NotFoundError, 404),
    (ConflictError, 409),
    (RateLimitedError, 429),
    (ModelCallError, 502),
    (StoreError, 503),
    (WorkbenchError, 500),
)
_log = logging.getLogger(__name__)


def http_status(error: WorkbenchError) -> int:
    """The status code an error is answered with."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def add_error_handlers(api: FastAPI) -> None:
    """Answer every error as ``{"error": {"type", "message"}}``; unknown ones without their text."""

    @api.exception_handler(WorkbenchError)
    def known(_: Request, error: WorkbenchError) -> JSONResponse:
        return _body(http_status(error), type(error).__name__, str(error))

    @api.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors()[:5])
        return _body(422, "InvalidInputError", problems)

    @api.exception_handler(Exception)
    def unknown(request: Request, error: Exception) -> JSONResponse:
        _log.error("unexpected error", exc_info=error, extra={"route": request.url.path})
        return _body(500, "InternalError", "Something went wrong here. The log has the details.")


def _body(status: int, kind: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"type": kind, "message": message}}, status_code=status)
