"""The page is told where its server is; everything else passes as it was."""

from __future__ import annotations

import pytest
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.deep_links import DeepLinks
from tests.api.asking import ask, websocket

PAGE = "<!doctype html><html><head><title>Coaching – Workbench</title></head><body><head></body></html>"
SCRIPT = "<script>window.__streamlit={BACKEND_BASE_URL:"


def behind(response: Response) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.clear()
        seen.update({name.decode(): value.decode() for name, value in scope["headers"]})
        await response(scope, receive, send)

    return DeepLinks(app)


seen: dict[str, str] = {}


@pytest.mark.parametrize("path", ["/", "/editor", "/runs?run=x", "/a/b"])
def test_a_page_gets_its_script_once_and_first(path: str) -> None:
    answer = ask(behind(HTMLResponse(PAGE)), path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.text.count(SCRIPT) == 1
    assert answer.text.index(SCRIPT) == answer.text.index("<head>") + len("<head>")
    assert answer.text.replace(answer.text[answer.text.index(SCRIPT) : answer.text.index("<title>")], "") == PAGE
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert len(answer.headers.get_list("content-length")) == 1
    assert "accept-encoding" not in seen


def test_a_page_that_comes_in_pieces() -> None:
    pieces = [PAGE[:20], PAGE[20:24], PAGE[24:60], "", PAGE[60:]]
    answer = ask(behind(StreamingResponse(iter(pieces), media_type="text/html")), "/editor")
    assert answer.text.count(SCRIPT) == 1
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    "path", ["/api/health", "/_stcore/health", "/static/js/a.js", "/app/static/a.woff2", "/media/x"]
)
def test_what_is_no_page_passes_untouched(path: str) -> None:
    answer = ask(behind(HTMLResponse(PAGE)), path, headers={"Accept-Encoding": "gzip"})
    assert answer.text == PAGE
    assert seen["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "response",
    [
        Response(b"<head>\x00\xff", media_type="application/octet-stream"),
        Response('{"a": "<head>"}', media_type="application/json"),
        HTMLResponse("<head>not found", status_code=404),
        Response(status_code=304, headers={"etag": "x"}),
        HTMLResponse("no opening here"),
    ],
)
def test_other_answers_pass_untouched(response: Response) -> None:
    answer = ask(behind(response), "/somewhere")
    assert answer.status_code == response.status_code
    assert answer.content == response.body
    for name in ("content-type", "etag", "content-length"):
        assert answer.headers.get(name) == response.headers.get(name)


def test_head_and_post_pass_untouched() -> None:
    answer = ask(behind(HTMLResponse(PAGE)), "/editor", "HEAD")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert SCRIPT not in ask(behind(HTMLResponse(PAGE)), "/editor", "POST").text


def test_a_stream_that_is_no_page_is_not_held_back() -> None:
    answer = ask(behind(StreamingResponse(iter(["a", "b"]), media_type="text/event-stream")), "/events")
    assert answer.text == "ab"
    assert "content-length" not in answer.headers


def test_websockets_pass() -> None:
    async def accept(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    assert websocket(DeepLinks(accept)) == [{"type": "websocket.accept"}]
