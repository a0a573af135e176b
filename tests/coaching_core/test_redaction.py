"""Masking: what has the form of a secret or an address goes, everything else stays as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coaching_core.redaction import EMAIL, SECRET, Redactor

OURS = 'hunter2"\\ü&42'


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        ("Incorrect API key provided: sk-proj-canary7731abcdef.", "canary7731"),
        ("sk-ant-api03-canary7731_AAAA", "canary7731"),
        ("key AKIACANARY7731ABCDEF is not valid", "CANARY7731"),
        ("ASIACANARY7731ABCDEF", "CANARY7731"),
        ("Authorization: Bearer canary7731abcdef", "canary7731"),
        ("authorization=Basic Y2FuYXJ5Nzczmore", "Y2FuYXJ5"),
        ('{"x-api-key": "canary7731"}', "canary7731"),
        ("{'api_key': 'canary7731'}", "canary7731"),
        ('{\\"api_key\\": \\"canary7731\\"}', "canary7731"),
        ("x-api-key: canary7731", "canary7731"),
        ("/v1/models?api_key=canary7731&x=1", "canary7731"),
        ("OPENAI_API_KEY=canary7731", "canary7731"),
        ("AWS_SECRET_ACCESS_KEY=canary7731", "canary7731"),
        ("password=canary7731", "canary7731"),
        ("postgresql+psycopg://app:canary7731@db.internal/coach", "canary7731"),
        ("redis://:canary@7731@cache/0", "7731"),
        ("https://hook.example.com/?token=canary7731", "canary7731"),
        ("access_token=canary7731", "canary7731"),
        ("whsec_canary7731abcd", "canary7731"),
        ("AIzaCANARY7731AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "CANARY7731"),
        ("ghp_canary7731abcdefghijkl", "canary7731"),
        ("eyJhbGciOi.eyJjYW5hcnk3NzMx.c2lnbmF0dXJl", "eyJjYW5hcnk3NzMx"),
        ("-----BEGIN RSA PRIVATE KEY-----\ncanary7731\n-----END RSA PRIVATE KEY-----", "canary7731"),
        ("write to canary.7731+x@example.co.uk today", "canary"),
        ("<canary7731@example.com>", "canary7731"),
        ("?mail=canary7731%40example.com", "canary7731"),
        ("zoë.canary@exämple.org", "canary"),
        ("CANARY7731@EXAMPLE.COM", "CANARY7731"),
        ("SK-PROJ-CANARY7731ABC", "CANARY7731"),
    ],
)
def test_what_has_the_form_of_a_secret_or_an_address_is_masked(text: str, canary: str) -> None:
    masked = Redactor().text(text)
    assert canary not in masked
    assert SECRET in masked or EMAIL in masked


@pytest.mark.parametrize(
    "text",
    [
        "The limit “month” has no room for this call: $20.00 of $20.00 are used or held.",
        "max_tokens must be below 4096; tokensIn 120, tokensOut 30",
        "Costliest: claude-sonnet-4-5 at 12:30, https://localhost:8501/usage?by=model",
        "task-force, risk_score, desk-based, the key of this topic, a basic idea, monkey",
        "The text “@” stands alone, and so does a @mention",
        "Set OPENAI_API_KEY and start again.",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_secret_of_this_installation_is_masked_in_every_spelling() -> None:
    redactor = Redactor([OURS, "abc", ""])
    for spelling in (OURS, json.dumps({"a": OURS}), json.dumps(OURS, ensure_ascii=False), f"x{OURS}y"):
        assert "hunter2" not in redactor.text(spelling)
    assert redactor.text("abc") == "abc"


def test_nested_values_and_names_are_masked() -> None:
    masked = Redactor().value(
        {
            "headers": {"X-Api-Key": "canary", "accessToken": "canary", "Content-Type": "text/plain"},
            "rows": [("a", {"who": "canary@example.com"}), {"canary@example.com"}],
            "canary@example.com": 1,
            "tokensIn": 12,
            "error": ValueError("canary@example.com"),
            "password": b"canary",
        }
    )
    assert "canary" not in json.dumps(masked)
    assert masked["headers"]["Content-Type"] == "text/plain"
    assert masked["tokensIn"] == 12


def test_a_value_nested_without_end_is_masked_all_the_same() -> None:
    value: object = "canary@example.com"
    for _ in range(40):
        value = [value]
    assert "canary" not in json.dumps(Redactor().value(value))


@given(some.text(max_size=60), some.text(max_size=60))
def test_a_quick_no_is_a_true_no(before: str, after: str) -> None:
    redactor = Redactor([OURS])
    for canary in ("sk-proj-canary7731abc", "canary7731@example.com", OURS, "x-api-key: canary7731"):
        assert redactor.is_suspect(f"{before}{canary}{after}")


@given(some.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = Redactor().text(text)
    assert Redactor().text(once) == once


def test_a_very_long_text_takes_no_quadratic_time() -> None:
    text = "a" * 300_000 + "@" + "b." * 100_000
    assert len(Redactor().text(text)) <= len(text)
