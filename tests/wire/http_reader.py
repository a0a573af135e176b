"""Requests of HTTP/1.1 out of the bytes of a connection, with bodies by length or in chunks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MAX_HEAD_BYTES = 64 * 2**10
MAX_BODY_BYTES = 64 * 2**20


class MalformedRequestError(Exception):
    """The bytes are no request that this server takes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case, ``path`` is as sent, still percent-encoded, without the query."""

    method: str
    path: str
    headers: dict[str, str]
    raw_body: bytes = b""
    keep_alive: bool = True

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; raises ValueError for anything else."""
        document = json.loads(self.raw_body)
        if not isinstance(document, dict):
            raise ValueError("The body is not a JSON object.")
        return document


class RequestReader:
    """Collects bytes and gives out whole requests, however they were cut or joined on the way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Request | None = None
        self._length: int | None = 0
        self._chunks: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._buffer += data

    @property
    def awaits_continue(self) -> bool:
        """Whether the caller holds its body back until it is told to go on."""
        return self._head is not None and self._head.headers.get("expect", "").lower() == "100-continue"

    def next_request(self) -> Request | None:
        """The next request that is complete, or None. Raises MalformedRequestError."""
        if self._head is None and not self._read_head():
            return None
        body = self._chunked_body() if self._length is None else self._plain_body(self._length)
        if body is None:
            return None
        head, self._head, self._chunks = self._head, None, []
        assert head is not None
        return Request(head.method, head.path, head.headers, body, head.keep_alive)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise MalformedRequestError("The head is too long.")
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        try:
            method, target, version = first.split(" ")
            fields = (line.split(":", 1) for line in lines)
            headers = {name.lower(): value.strip() for name, value in fields}
            chunked = headers.get("transfer-encoding", "").lower() == "chunked"
            self._length = None if chunked else int(headers.get("content-length", "0"))
        except ValueError as error:
            raise MalformedRequestError("The head is malformed.") from error
        if self._length is not None and not 0 <= self._length <= MAX_BODY_BYTES:
            raise MalformedRequestError("The body is too long.")
        keep_alive = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        self._head = Request(method, target.partition("?")[0], headers, b"", keep_alive)
        return True

    def _plain_body(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _chunked_body(self) -> bytes | None:
        while (end := self._buffer.find(b"\r\n")) >= 0:
            try:
                size = int(self._buffer[:end].partition(b";")[0], 16)
            except ValueError as error:
                raise MalformedRequestError("A chunk is malformed.") from error
            if not 0 <= size <= MAX_BODY_BYTES:
                raise MalformedRequestError("A chunk is too long.")
            if len(self._buffer) < end + 2 + size + 2:
                return None
            self._chunks.append(bytes(self._buffer[end + 2 : end + 2 + size]))
            del self._buffer[: end + 2 + size + 2]
            if size == 0:
                return b"".join(self._chunks)
        return None
