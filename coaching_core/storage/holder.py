"""Who holds the store: a small file beside a DuckDB file, so that a second process knows whom to ask.

DuckDB lets one process at a time open a file for writing. That process writes ``holder.json`` with its pid, its URL
when it serves one, and a random token that opens ``/api/local`` to other processes of the same person.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has the store open.

    Attributes:
        pid: Its process id.
        url: Where it serves, or None when it is a shell command that will soon be done.
        token: Opens its local API; never logged.
    """

    pid: int
    url: str | None
    token: str


def holder_file(store: Path) -> Path:
    """Where the holder of a DuckDB file writes its name."""
    return store.with_name("holder.json")


def write_holder(store: Path, url: str | None) -> Holder:
    """Sign the store as held by this process. The file is readable by its owner only (mode 0600)."""
    holder = Holder(pid=os.getpid(), url=url, token=secrets.token_urlsafe(32))
    target = holder_file(store)
    draft = target.with_suffix(f".{holder.pid}.tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(holder), file)
    draft.replace(target)
    return holder


def read_holder(store: Path) -> Holder | None:
    """The holder that signed last, or None. It may be gone: only a failed open proves it is there."""
    try:
        return Holder(**json.loads(holder_file(store).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remove_holder(store: Path, holder: Holder) -> None:
    """Take our own signature away; somebody else's stays."""
    if read_holder(store) == holder:
        holder_file(store).unlink(missing_ok=True)
