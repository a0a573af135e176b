"""What LiteLLM raised, as our errors, by what happened on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coaching_core.errors import (
    IncompleteReplyError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.providers.failures import PASSING_STATUSES, retry_after

_NEVER_CONNECTED = {"ClientConnectorError", "ClientConnectorDNSError", "ConnectError"}


@dataclass(frozen=True, slots=True)
class LiteLLMFailure:
    """Turns what LiteLLM raised for a model into our errors.

    Attributes:
        outer: What our caller was handling when it called us: no cause of ours.
    """

    model: str
    outer: BaseException | None

    def translate(self, error: Exception, begun: bool, partial_text: str = "") -> ModelCallError:
        """Our error for it; ``begun`` says that part of an answer had arrived."""
        if isinstance(error, ModelCallError):
            return error
        causes = self._causes(error)
        names = {type(cause).__name__ for cause in causes}
        status = next((it.response.status_code for it in causes if type(it).__name__.endswith("HTTPStatusError")), None)
        if status is None and any("Timeout" in name for name in names):
            return ModelTimeoutError(f"{self.model} did not answer within the time allowed.", partial_text)
        if status is None and (begun or names & {"JSONDecodeError", "ClientPayloadError"}):
            return IncompleteReplyError(f"{self.model} sent an answer that breaks off or is garbled.", partial_text)
        unbilled = status is not None or bool(names & _NEVER_CONNECTED)
        return self._by_status(status or getattr(error, "status_code", None) or 500, causes, unbilled)

    def _by_status(self, status: int, causes: list[Any], unbilled: bool) -> ModelCallError:
        about = f"({status}, {type(causes[0]).__name__})"
        all_headers = (getattr(cause, "litellm_response_headers", None) for cause in causes)
        wait = next((retry_after(headers) for headers in all_headers if headers), None)
        if status == 429:
            return RateLimitedError(f"{self.model} asks us to slow down {about}.", wait)
        if 400 <= status < 500 and status not in PASSING_STATUSES:
            return ProviderRejectedError(f"{self.model} refused the request {about}. Check key, name and parameters.")
        message = f"{self.model} failed or cannot be reached {about}. Try again later."
        return ProviderDownError(message, retry_after=wait, unbilled=unbilled)

    def _causes(self, error: Any) -> list[Any]:
        found = [error]
        for cause in found:  # grows as it is read
            for link in (getattr(cause, "original_exception", None), cause.__cause__, cause.__context__):
                if isinstance(link, BaseException) and link is not self.outer and link not in found:
                    found.append(link)
        return found
