"""Which key each provider needs, whether it is there, and where it is looked for; never the key itself."""

from __future__ import annotations

import os
from typing import Literal

from coaching_core.settings import Settings

_BEDROCK = ("bedrock", "bedrock_converse")


def key_variable(provider: str) -> str | None:
    """The variable that opens a provider; None for the simulated ones, which need none."""
    if provider == "simulated":
        return None
    return "AWS_REGION" if provider in _BEDROCK else f"{provider.upper().replace('-', '_')}_API_KEY"


def key_source(settings: Settings, provider: str) -> Literal["environment", "secret store"] | None:
    """Where the key of a provider is from; None when there is none, or none is needed."""
    variable = key_variable(provider)
    if variable is None:
        return None
    if provider in _BEDROCK:
        credentials = os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE")
        return "environment" if settings.aws_region and credentials else None
    if settings.provider_key(variable) is None:
        return None
    return "secret store" if variable in settings.secret_keys else "environment"


def missing_key(settings: Settings, provider: str) -> str | None:
    """What is missing to ask a provider, in words for a person; None when nothing is."""
    variable = key_variable(provider)
    if variable is None or key_source(settings, provider) is not None:
        return None
    wanted = "AWS_REGION and AWS credentials," if provider in _BEDROCK else variable
    return f"Set {wanted} and start again."
