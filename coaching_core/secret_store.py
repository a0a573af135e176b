"""Keys kept in AWS Secrets Manager: one secret, a JSON object of the variables they would be set as."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from coaching_core.errors import InvalidInputError

Fetch = Callable[[str, str | None], str]
"""The text of a secret, from its id and region."""


def read_secret(secret_id: str, region: str | None, fetch: Fetch | None = None) -> Mapping[str, SecretStr]:
    """The variables in a secret, such as ``OPENAI_API_KEY``; empty ones are left out.

    Args:
        secret_id: Name or ARN.
        region: Where it lies; None takes that of the AWS configuration.
        fetch: Asks AWS Secrets Manager, unless a test brings its own.

    Raises:
        InvalidInputError: It cannot be read, or is no such object. The message never has its content.
    """
    text = (fetch or _fetch)(secret_id, region)
    try:
        document: Any = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        raise InvalidInputError(
            f'The secret {secret_id} is not a JSON object of texts, such as {{"OPENAI_API_KEY": "…"}}.'
        ) from None
    return {name: SecretStr(value) for name, value in document.items() if value}


def _fetch(secret_id: str, region: str | None) -> str:
    """Ask AWS. Its library is loaded here, by those who use it only."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import get_session

    limits = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3})
    try:
        client = get_session().create_client("secretsmanager", region_name=region, config=limits)
        return str(client.get_secret_value(SecretId=secret_id)["SecretString"])
    except (BotoCoreError, ClientError, KeyError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise InvalidInputError(
            f"The secret {secret_id} cannot be read from AWS Secrets Manager ({code}). Check SECRETS_MANAGER_ID, "
            "AWS_REGION and the AWS credentials, or set the keys in the environment."
        ) from None
