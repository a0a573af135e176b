"""How figures and times are written: one way for all screens. Unknown is a dash, never 0."""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

DASH = "—"
MINUS = "−"
THIN = "\u202f"


def count(value: int | None) -> str:
    """4 860 with a narrow no-break space in thousands."""
    return DASH if value is None else f"{value:,}".replace(",", THIN)


def money_total(value: Decimal | None) -> str:
    """$212.40; small totals keep four digits."""
    if value is None:
        return DASH
    return f"${value:,.2f}".replace(",", THIN) if value == 0 or abs(value) >= 1 else f"${value:.4f}"


def money_call(value: Decimal | None) -> str:
    """$0.0041, the cost of one call; very small ones keep six digits."""
    if value is None:
        return DASH
    return f"${value:.4f}" if value == 0 or value >= Decimal("0.001") else f"${value:.6f}"


def seconds(milliseconds: float | None) -> str:
    """0.84 s from milliseconds."""
    return DASH if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def score(value: float | None, digits: int = 1) -> str:
    """A score: one decimal, means two."""
    return DASH if value is None else f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 2) -> str:
    """+0.31 or −0.12, with a real minus sign."""
    if value is None:
        return DASH
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def interval(low: float, high: float, digits: int = 2) -> str:
    """[+0.12, +0.50]"""
    return f"[{signed(low, digits)}, {signed(high, digits)}]"


def moment(value: datetime, zone: tzinfo | None) -> str:
    """20 Nov, 07:42 in the viewer's zone."""
    local = value.astimezone(zone)
    return f"{local.day} {local:%b, %H:%M}"


def day(value: datetime, zone: tzinfo | None) -> str:
    """20 Nov 2026 in the viewer's zone."""
    local = value.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """1 topic, 8 topics."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
