"""What every wire can do: read its requests and write its answers, whole, streamed, refused or spoilt."""

from __future__ import annotations

from typing import Protocol

from tests.wire.http_reader import Request
from tests.wire.question import Answer, Frames, Question

Headers = tuple[tuple[str, str], ...]


class Wire(Protocol):
    """One provider's form.

    Attributes:
        stream_type: Content type of its streams.
        request_id_header: In which it names the call.
        caches_by_itself: Whether every prompt is cached, or the prefixes that the caller marks.
    """

    stream_type: str
    request_id_header: str
    caches_by_itself: bool

    def __hash__(self) -> int:
        """Each wire is itself only."""
        ...

    def read(self, request: Request) -> Question:
        """What is asked; raises RefusedError for a request that this provider would refuse."""
        ...

    def whole(self, answer: Answer) -> bytes:
        """The answer as one JSON body."""
        ...

    def frames(self, answer: Answer) -> Frames:
        """The answer as a stream."""
        ...

    def garbage(self) -> bytes:
        """A frame that cannot be read."""
        ...

    def failure(self, name: str | None) -> bytes:
        """A frame that reports a failure in mid-stream."""
        ...

    def refusal(self, status: int, message: str, name: str | None) -> tuple[bytes, Headers]:
        """Body and headers of a refusal."""
        ...
