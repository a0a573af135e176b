"""AWS Signature Version 4, as the receiving end computes it: over the request as it arrived, not as it was meant.

A model id has colons in it; a client that signs ``%3A`` and sends ``:``, or the other way round, fails here as it
fails at AWS.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote

from tests.wire.http_reader import Request

ACCESS_KEY_ID, SECRET_ACCESS_KEY = "AKIDWIRE", "wire-secret-4711"
"""The one pair of keys that the server knows; what is signed with others it cannot check."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>[^,]+), ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def is_signed(request: Request) -> bool:
    """Whether there is a signature at all."""
    return request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")


def is_forged(request: Request) -> bool:
    """Whether it names our key and yet is wrong."""
    authorization = request.headers.get("authorization", "")
    if f"Credential={ACCESS_KEY_ID}/" not in authorization:
        return False
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        return True
    wanted = _signature(request, found["scope"], found["headers"])
    return not hmac.compare_digest(found["signature"], wanted)


def _signature(request: Request, scope: str, names: str) -> str:
    fields = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    path, body = quote(request.path, safe="/-_.~"), hashlib.sha256(request.raw_body).hexdigest()
    canonical = f"{request.method}\n{path}\n\n{fields}\n{names}\n{body}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{request.headers.get('x-amz-date', '')}\n{scope}\n{digest}"
    key = f"AWS4{SECRET_ACCESS_KEY}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
