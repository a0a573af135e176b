"""Masks secrets and e-mail addresses in what leaves the process as a log line, a span or a webhook: the last resort.

Nothing of the kind should get here. What does is masked by its form (``sk-…``, ``Bearer …``), by the name it stands
under (``api_key``), or because it is a secret of this installation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

SECRET = "[secret]"
"""What stands for a secret."""

EMAIL = "[e-mail]"
"""What stands for an e-mail address."""

_SHORTEST_SECRET = 6
_DEEPEST = 12

_NAMES = (
    r"(?:x[-_])?(?:api|access|private)[-_ ]?key|authori[sz]ation|passw(?:or)?d|secret|signature|cookie|"
    r"(?:access|refresh|auth)?[-_]?token"
)
_NAMED_FIELD = re.compile(rf"(?:^|[-_.\s]|(?<=[a-z])(?=[A-Z]))(?:{_NAMES})$", re.IGNORECASE)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"://[^\s/@:\"']*:[^\s/\"']*@"), f"://{SECRET}@"),
    (re.compile(r"\b(bearer|basic)(\s+|%20)[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1\2{SECRET}"),
    (
        re.compile(
            rf"\b((?:\w{{1,40}}[-_])?(?:{_NAMES})(?:\\?[\"'])?\s{{0,3}}(?:=>|[=:]|%3D)\s{{0,3}}(?:b?\\?[\"'])?)"
            rf"(?!\[secret\])[^\s\"',;&}}\\]+",
            re.IGNORECASE,
        ),
        rf"\1{SECRET}",
    ),
    (re.compile(r"\b(?:sk|pk|rk|gsk|whsec|xai|hf|r8)[-_][A-Za-z0-9_-]{8,}", re.IGNORECASE), SECRET),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), SECRET),
    (re.compile(r"\bAIza[\w-]{30,}"), SECRET),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|xox[abeoprs]-)[\w-]{10,}"), SECRET),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"), SECRET),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"), SECRET),
)
_EMAIL = re.compile(r"[\w.!#$&'*+/=?^`{|}~%-]{1,64}(?:@|%40)\[?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\]?")
_TRACES = (
    *("@", "%40", "k-", "k_", "whsec", "xai", "hf", "r8", "akia", "asia", "aiza", "xox", "eyj"),
    *("github_pat", "ghp_", "gho_", "ghs_", "ghu_", "ghr_"),
    *("bearer", "basic", "key", "authori", "passw", "secret", "signature", "cookie"),
)
"""What a text must contain, in lower case, to have any of the forms: looking for these is many times quicker."""

_HARMLESS = ("tokensin", "tokensout")
"""Names of fields that stand in every line of a call."""


class Redactor:
    """Masks texts and nested values.

    Args:
        secrets: Values that are secrets here, whatever they look like. Those under six characters are left out: they
            would mask half of every text.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None
        self._plain = tuple(known)

    def is_suspect(self, text: str) -> bool:
        """Whether a text may contain something to mask. Quick; True too often, never too seldom."""
        lowered = text.lower()
        for trace in _TRACES:  # a generator would take twice as long, and this is done for every line
            if trace in lowered:
                return True
        for secret in self._plain:
            if secret in text:
                return True
        return lowered.count("token") > sum(map(lowered.count, _HARMLESS))

    def text(self, text: str) -> str:
        """The text with everything masked that has the form of a secret or an address, or is a known secret."""
        if not self.is_suspect(text):
            return text
        if self._known is not None:
            text = self._known.sub(SECRET, text)
        for form, replacement in _FORMS:
            text = form.sub(replacement, text)
        return _EMAIL.sub(EMAIL, text) if "@" in text or "%40" in text else text

    def value(self, value: Any, depth: int = 0) -> Any:
        """The same for mappings and sequences of texts; what stands under the name of a secret is masked whole."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth >= _DEEPEST:
            return self.text(str(value))
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._field(str(name), each, depth + 1) for name, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(each, depth + 1) for each in value]
        return self.text(str(value))

    def _field(self, name: str, value: Any, depth: int) -> Any:
        if isinstance(value, str | bytes) and value and _NAMED_FIELD.search(name):
            return SECRET
        return self.value(value, depth)


def _forms(secret: str) -> Iterable[str]:
    """A secret as it is, and as it stands in JSON, in a URL and in a Python literal."""
    if len(secret) < _SHORTEST_SECRET:
        return ()
    return (secret, json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe=""))
