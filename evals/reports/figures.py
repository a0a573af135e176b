"""How numbers are written in a report (guide: the look, Tables): a real minus sign, and a dash for what is unknown."""

from __future__ import annotations

from decimal import Decimal

from evals.statistics import Interval

UNKNOWN = "—"
_MINUS = "\u2212"
_THIN_SPACE = "\u2009"


def score(value: float | None) -> str:
    """A single score, one decimal: ``7.4``."""
    return UNKNOWN if value is None else _plain(value, 1)


def mean(value: float | None) -> str:
    """A mean of scores, two decimals: ``7.42``."""
    return UNKNOWN if value is None else _plain(value, 2)


def signed(value: float | None, decimals: int = 2) -> str:
    """A difference with its sign: ``+0.31``, ``−0.10``; what rounds to nothing has none."""
    if value is None:
        return UNKNOWN
    text = _plain(value, decimals)
    return f"+{text}" if float(text.replace(_MINUS, "-")) > 0 else text


def is_nothing(text: str) -> bool:
    """Whether a signed figure, as written, says that nothing changed."""
    return text[:1] not in ("+", _MINUS)


def criterion(value: float | None) -> str:
    """A judge's score of one criterion: ``9``, or ``8.5`` where it is not whole."""
    return UNKNOWN if value is None else _plain(value, 0 if float(value).is_integer() else 1)


def interval(value: Interval | None) -> str:
    """Where a mean lies: ``[7.20, 7.64]``."""
    return UNKNOWN if value is None else f"[{mean(value.low)}, {mean(value.high)}]"


def signed_interval(value: Interval | None) -> str:
    """Where a difference lies: ``[+0.12, +0.50]``."""
    return UNKNOWN if value is None else f"[{signed(value.low)}, {signed(value.high)}]"


def money_per_call(value: Decimal | None) -> str:
    """USD of one answer: ``$0.0041``; what would read as nothing, though it is not, is ``under $0.0001``."""
    if value is None:
        return UNKNOWN
    return "under $0.0001" if 0 < value < Decimal("0.0001") else f"${value:.4f}"


def money_total(value: Decimal) -> str:
    """USD of many calls: ``$212.40``; below a cent as of one call."""
    if 0 < value < Decimal("0.01"):
        return money_per_call(value)
    return f"${value:,.2f}".replace(",", _THIN_SPACE)


def p_value(value: float) -> str:
    """A p-value: ``p = 0.023``, ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def seconds(milliseconds: float | None) -> str:
    """A duration: ``0.84 s``."""
    return UNKNOWN if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 item``, ``2 400 items``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", _THIN_SPACE)


def _plain(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", _MINUS)
