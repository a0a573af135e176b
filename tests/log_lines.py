"""Logging as the running process has it, into memory."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from coaching_core import logs


class Lines(io.StringIO):
    """What was written."""

    def all(self) -> list[dict[str, Any]]:
        """Line by line; each must be JSON."""
        return [json.loads(line) for line in self.getvalue().splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        """The one line there is."""
        (line,) = self.all()
        return line


@contextmanager
def recorded_logs(secrets: Iterable[str] = ()) -> Iterator[Lines]:
    """Log as ``app.py`` does, but into memory; everything is put back afterwards."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (*logs.OUR_LOGGERS, *logs._TALKATIVE)}
    handlers, level = root.handlers, root.level
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    stream = Lines()
    logs.configure_logging("INFO", secrets)
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    try:
        yield stream
    finally:
        logging.captureWarnings(False)
        root.handlers = handlers
        root.setLevel(level)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        for name, value in levels.items():
            logging.getLogger(name).setLevel(value)
