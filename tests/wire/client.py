"""The handle on a wire server: starts the process, gives orders, tells what arrived, stops it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from coaching_core.settings import Settings
from tests.wire import Behaviour, Counts, MeteredCall, ReceivedCall
from tests.wire.signature import ACCESS_KEY_ID, SECRET_ACCESS_KEY

KEY = "sk-never-shown-4711"
TEXT = "My secret is that I am afraid of Monday."
"""The key and the text of every question; neither may appear in an error."""

REGION = "eu-central-1"
AWS_ENVIRONMENT = {"AWS_ACCESS_KEY_ID": ACCESS_KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY}
"""Credentials for Bedrock, to be set in the environment; the server takes others too, but can check only these."""

PROJECT = Path(__file__).resolve().parents[2]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(**changes: Any) -> CompletionRequest:
    """A question to ``openai/gpt-4o``, with these fields changed."""
    values: dict[str, Any] = {
        "model": "openai/gpt-4o",
        "messages": (Message("system", "You are a coach."), Message("user", TEXT)),
        "context": CallContext(tenant_id="t", purpose=Purpose.CHAT),
        "timeout_seconds": 5.0,
    }
    return CompletionRequest(**(values | changes))


class WireServer:
    """A wire server of one's own, as a context manager.

    Attributes:
        url: Root of the server, ``http://127.0.0.1:<port>``; empty before it is started.
    """

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> WireServer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.wire.server", "--port", "0", "--with-parent"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._stop()
            raise RuntimeError("The wire server did not start; its own message is above.")
        self.url = json.loads(line)["url"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def base_url(self) -> str:
        """Root of the OpenAI routes, with ``/v1``; the other wires start at ``url``."""
        return f"{self.url}/v1"

    def settings(self, **changes: Any) -> Settings:
        """Settings that send the calls of every wire here, with these fields changed; nothing from a ``.env``.

        Bedrock's credentials are no settings: see :data:`AWS_ENVIRONMENT`.
        """
        values: dict[str, Any] = {
            "openai_api_key": KEY,
            "openai_base_url": self.base_url,
            "anthropic_api_key": KEY,
            "anthropic_base_url": self.url,
            "aws_region": REGION,
            "bedrock_base_url": self.url,
        }
        return Settings(_env_file=None, **(values | changes))

    def configure(self, behaviour: Behaviour | None = None, /, **orders: Any) -> None:
        """Order how to answer from now on; what is not named goes back to its default, counts start at 0.

        Args:
            behaviour: A whole order, or None for the default one.
            **orders: Fields of :class:`tests.wire.Behaviour` to change in it.
        """
        order = dataclasses.replace(behaviour or Behaviour(), **orders)
        self._ask("/_control", dataclasses.asdict(order))

    def counts(self) -> Counts:
        """What the server has seen since it was last configured."""
        return Counts(**self._ask("/_counts"))

    def requests(self) -> list[ReceivedCall]:
        """The calls since it was last configured, oldest first."""
        return [ReceivedCall(**call) for call in self._ask("/_requests")]

    def meter(self) -> list[MeteredCall]:
        """What a provider would bill for each call since the meter was reset, in order of arrival."""
        with self._open("/_meter") as response:
            return [MeteredCall(**json.loads(line)) for line in response]

    def reset_meter(self) -> None:
        """Begin a new bill; orders do not."""
        self._ask("/_meter/reset", {})

    def _ask(self, path: str, document: object = None) -> Any:
        try:
            with self._open(path, document) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"The wire server refused the order: {error.read().decode()}") from error

    def _open(self, path: str, document: object = None) -> Any:
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Content-Type": "application/json"})
        return _DIRECT.open(request, timeout=30)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait(timeout=10)
