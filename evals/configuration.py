"""Settings as a process reads them when it starts: whatever is wrong with them is said in words."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from coaching_core.errors import InvalidInputError
from coaching_core.settings import Settings


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        InvalidInputError: A value cannot be used; names every variable that is wrong.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        problems = (_in_words(problem) for problem in error.errors(include_url=False))
        raise InvalidInputError("; ".join(problems)) from error
    except SettingsError as error:
        cause = error.__cause__ or error
        raise InvalidInputError(f"A setting cannot be read: {error}. It must be JSON ({cause}).") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"The file .env is not UTF-8 (byte {error.start + 1}).") from error
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        raise InvalidInputError(f"LOG_LEVEL={settings.log_level}: use DEBUG, INFO, WARNING or ERROR.")
    return settings


def _in_words(problem: ErrorDetails) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    return message if not name or message.startswith(name) else f"{name}: {message}"
