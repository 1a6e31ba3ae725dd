"""How requests reach a gateway: its address, the tokens, and what httpx's failures mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from .flow import Request, Response


@dataclass(frozen=True)
class Connection:
    """Where a gateway is. `read_token` opens its reading routes where that differs from `token`."""

    url: str
    token: str | None = None
    read_token: str | None = None
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")) or not httpx.URL(self.url).host:
            raise ValueError(f"url: got {self.url}, expected http://… or https://…")

    def arguments(self, request: Request) -> dict[str, Any]:
        """Arguments of httpx's `request`."""
        token = self.token if request.writes else self.read_token or self.token
        headers = dict(request.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return {
            "method": request.method,
            "url": self.url.rstrip("/") + request.path,
            "content": request.body,
            "headers": headers,
            "timeout": self.timeout_s,
        }


def response_of(answer: httpx.Response) -> Response:
    """An answer whose body was read."""
    return Response(answer.status_code, answer.text, answer.headers.get("Retry-After"))


def no_response(error: httpx.HTTPError) -> Response:
    """What stands for an answer that never came."""
    return Response(0, f"{type(error).__name__}: {error}".rstrip(": "))
