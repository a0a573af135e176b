"""Reads the documents people write by hand, and says in their words what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from coaching_core.errors import InvalidDatasetError
from coaching_core.yaml_text import load_yaml


def first_problem(error: ValidationError) -> str:
    """What pydantic found first, in words for the person who wrote the file."""
    found = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in found["loc"])
    if found["type"] == "missing":
        return f"field “{where}” is missing"
    if found["type"] == "extra_forbidden":
        return f"field “{where}” is not known"
    if found["type"] == "literal_error":
        return f"{where} is “{found['input']}”; it must be {found['ctx']['expected']}"
    message = found["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def read_yaml(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        InvalidDatasetError: It is not UTF-8, not YAML or not a mapping; names the line where YAML knows it.
    """
    try:
        document = load_yaml(read_bytes(file).decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidDatasetError(str(file), line, "not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidDatasetError(str(file), at, f"not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidDatasetError(str(file), None, f"not YAML: {error}") from error
    if not isinstance(document, dict):
        raise InvalidDatasetError(str(file), None, "it must hold “name: value” lines")
    return {str(key): value for key, value in document.items()}


def read_bytes(file: Path) -> bytes:
    """All of a file.

    Raises:
        InvalidDatasetError: It cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidDatasetError(str(file), None, f"cannot be read: {error.strerror}") from error
