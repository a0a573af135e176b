"""Makes assessments for tests: a valid one, with whatever a test wants otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from coaching_core.assessments.models import Assessment

START = datetime(2026, 9, 1, 9, tzinfo=UTC)


def fields(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The fields of a valid progress assessment of one interaction."""
    return {
        "id": f"a-{number:05d}",
        "tenant_id": "acme",
        "user_id": "u1",
        "session_id": "s1",
        "interaction_ids": (f"i-{number}",),
        "focus_id": "f1",
        "kind": "interaction",
        "category": "progress",
        "score": 5,
        "explanation_text": "Asked one clear question.",
        "created_at": START + timedelta(hours=number),
    } | changes


def assessment(number: int = 1, **changes: Any) -> Assessment:
    """A valid progress assessment of one interaction, with changes."""
    return Assessment.create(**fields(number, **changes))


def summary(number: int, **changes: Any) -> Assessment:
    """A session summary."""
    return assessment(number, **{"kind": "session_summary", "interaction_ids": (), "focus_id": None} | changes)


def mistake(number: int, *keys: str, **changes: Any) -> Assessment:
    """An error assessment that names these mistakes."""
    errors = [{"key": key, "message": f"This is {key}.", "severity": "low"} for key in keys]
    return assessment(number, **{"category": "error", "score": None, "errors": errors} | changes)
