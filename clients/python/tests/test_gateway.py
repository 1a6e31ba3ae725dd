"""Both clients over HTTP: addresses, tokens, bodies, answers and errors."""

from __future__ import annotations

import asyncio
import gc
import json

import httpx
import numpy as np
import pandas as pd
import pytest
from fake_gateway import FakeGateway, again

import volgate
from volgate.flow import Request
from volgate.questions import label_json

TS = 1_764_979_200_000
PREDICTION = {"symbol": "BTC/USD", "probability": 0.25}


class Server:
    """Answers by path, and remembers what it was asked."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.asked = []
        self.gateway = FakeGateway()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.raw_path.decode()
        if path == "/ingest":
            answer = self.gateway.perform(Request("POST", path, request.content, dict(as_sent(request))))
            return httpx.Response(answer.status, text=answer.text)
        found = self.answers[path]
        status, body = found.pop(0) if isinstance(found, list) else found
        return httpx.Response(status, json=body)


def as_sent(request):
    return {"X-Producer-Seq": request.headers["X-Producer-Seq"], "X-Producer-Id": request.headers["X-Producer-Id"]}


def both(server, use):
    """What `use` gives with the one client and with the other, which must be the same."""
    with volgate.Gateway("http://gw:1/", "write", read_token="read", transport=httpx.MockTransport(server)) as gateway:
        plain = use(gateway)

    async def ask():
        transport = httpx.MockTransport(server)
        async with volgate.AsyncGateway("http://gw:1/", "write", read_token="read", transport=transport) as gateway:
            return await use(gateway)

    assert asyncio.run(ask()) == plain
    return plain


def test_predict_asks_with_the_symbol_percent_encoded_and_the_token_that_reads():
    server = Server({"/predict?symbol=BTC%2FUSD": (200, PREDICTION)})
    assert both(server, lambda gateway: gateway.predict("BTC/USD")) == PREDICTION
    assert [request.headers["Authorization"] for request in server.asked] == ["Bearer read"] * 2


def test_predict_many_asks_a_hundred_at_a_time_and_keeps_the_order():
    def answer(request):
        symbols = json.loads(request.content)["symbols"]
        return httpx.Response(200, json={"predictions": [{"symbol": symbol} for symbol in symbols]})

    names = [f"S{i}" for i in range(250)]
    found = both(answer, lambda gateway: gateway.predict_many(names))
    assert [prediction["symbol"] for prediction in found] == names


def test_an_unknown_symbol_is_refused_with_code_and_detail():
    detail = "symbol: got NOBODY, which has received no tick"
    problem = {"status": 404, "code": "unknown_symbol", "detail": detail, "request_id": "r1"}
    server = Server({"/predict?symbol=NOBODY": (404, problem)})
    with volgate.Gateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
        with pytest.raises(volgate.Refused, match="404 unknown_symbol: symbol: got NOBODY") as caught:
            gateway.predict("NOBODY")
    assert (caught.value.code, caught.value.status, caught.value.problem["request_id"]) == ("unknown_symbol", 404, "r1")
    assert "Authorization" not in server.asked[0].headers


def test_a_question_is_repeated_while_the_gateway_is_busy():
    busy = (503, {"code": "symbol_timeout", "detail": "no answer"})
    path = "/symbols/A/quality?window=1h"
    server = Server({path: [busy, (200, {"symbol": "A"}), busy, (200, {"symbol": "A"})]})
    assert both(server, lambda gateway: gateway.quality("A", "1h")) == {"symbol": "A"}
    assert len(server.asked) == 4


def test_an_answer_of_something_else_is_refused():
    server = Server({"/predict?symbol=A": (200, ["a page"])})
    with volgate.Gateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
        with pytest.raises(volgate.Refused, match="unreadable"):
            gateway.predict("A")


def test_another_window_is_refused_before_it_is_asked_for():
    with volgate.Gateway("http://gw", transport=httpx.MockTransport(Server())) as gateway:
        with pytest.raises(ValueError, match="window: got 2h, expected one of 1h, 24h, 30d"):
            gateway.quality("A", "2h")


def test_feedback_is_sent_a_thousand_at_a_time_with_the_token_that_writes():
    def answer(request):
        assert request.headers["Authorization"] == "Bearer write"
        labels = json.loads(request.content)
        assert len(labels) <= 1000
        results = [{"prediction_id": label["prediction_id"], "outcome": "accepted"} for label in labels]
        return httpx.Response(200, json={"accepted": len(labels), "results": results})

    labels = [(f"A:{i}:3f1c0a9be27d", i % 2 == 0) for i in range(2_300)]
    results = both(answer, lambda gateway: gateway.feedback(labels))
    assert [result["prediction_id"] for result in results] == [name for name, _ in labels]


def test_refused_labels_are_results_and_no_exception():
    result = {"prediction_id": "A:1:3f1c0a9be27d", "outcome": "expired", "detail": "too old"}
    server = Server({"/feedback": (422, {"code": "no_valid_label", "results": [result]})})
    assert both(server, lambda gateway: gateway.feedback([("A:1:3f1c0a9be27d", True)])) == [result]


def test_ingest_sends_ticks_and_counts_them():
    server = Server()
    ticks = [{"symbol": "A", "ts": TS + i, "price": 1.0} for i in range(6_000)]
    counts = []
    for report in (both_ingest(server, lambda: ticks), both_ingest(server, lambda: iter(ticks))):
        counts.append((report.accepted, report.symbols["A"]["accepted"]))
    assert counts == [(6_000, 6_000)] * 2
    assert {request.headers["Authorization"] for request in server.asked} == {"Bearer write"}
    assert all("X-Volgate-Trace" not in request.headers for request in server.asked)


def both_ingest(server, source):
    def fresh(gateway):
        # Each client is a producer of its own, and the server knows numbers only.
        server.gateway.seen.clear()
        return gateway.ingest(source())

    return both(server, fresh)


def test_an_async_stream_is_sent_while_it_comes():
    server = Server()

    async def stream():
        for i in range(12_000):
            yield {"symbol": "A", "ts": TS + i, "price": 1.0}
            if i == 11_999:
                assert len(server.asked) == 2

    async def send():
        async with volgate.AsyncGateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
            return await gateway.ingest(stream(), trace=True)

    assert asyncio.run(send()).accepted == 12_000
    assert [json.loads(request.content)[0]["ts"] - TS for request in server.asked] == [0, 5_000, 10_000]
    assert all(request.headers["X-Volgate-Trace"] == "steps" for request in server.asked)


def test_what_an_async_stream_gave_before_it_failed_is_sent():
    server = Server()

    async def broken():
        yield {"symbol": "A", "ts": TS, "price": 1.0}
        raise KeyError("gone")

    async def send():
        async with volgate.AsyncGateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
            with pytest.raises(KeyError):
                await gateway.ingest(broken())
            assert (gateway.last_report.read, gateway.last_report.accepted) == (1, 1)
            return await gateway.ingest([{"symbol": "B", "ts": TS, "price": 1.0}])

    report = asyncio.run(send())
    assert (report.accepted, list(report.symbols)) == (1, ["B"])
    assert list(server.gateway.applied) == ["A", "B"]


def some_of(symbol, count):
    return [{"symbol": symbol, "ts": TS + i, "price": 1.0} for i in range(count)]


def test_a_call_that_is_interrupted_leaves_nothing_to_the_next_and_says_what_was_not_taken(monkeypatch):
    server = Server()
    server.gateway.fails = lambda symbol, attempt: again(1) if symbol == "A" else None

    def interrupt(seconds):
        raise KeyboardInterrupt

    held = []

    def source():
        # The first call's error is let go in the middle of the second, as an interactive session does.
        for tick in some_of("B", 10):
            yield tick
            held.clear()
            gc.collect()

    with volgate.Gateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
        with monkeypatch.context() as patch:
            patch.setattr("volgate.gateway.time.sleep", interrupt)
            try:
                gateway.ingest(some_of("A", 3))
            except KeyboardInterrupt as error:
                held.append(error)
        given_up = gateway.last_report.given_up["A"]
        assert (given_up.code, given_up.detail, given_up.positions) == ("interrupted", "KeyboardInterrupt", [0, 1, 2])
        report = gateway.ingest(source())
    assert (report.accepted, report.given_up) == (10, {})
    assert {symbol: len(ticks) for symbol, ticks in server.gateway.applied.items()} == {"B": 10}


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_call_that_is_cancelled_leaves_nothing_to_the_next(is_stream):
    server = Server()
    server.gateway.fails = lambda symbol, attempt: again(60) if symbol == "A" else None

    async def stream(ticks):
        for tick in ticks:
            yield tick

    def source(ticks):
        return stream(ticks) if is_stream else ticks

    async def send():
        async with volgate.AsyncGateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
            task = asyncio.create_task(gateway.ingest(source(some_of("A", 3))))
            while not server.asked:
                await asyncio.sleep(0)
            # Let it come to its pause.
            await asyncio.sleep(0.05)
            task.cancel()
            # The error is held, and with it all that the call left.
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert gateway.last_report.given_up["A"].positions == [0, 1, 2]
            report = await gateway.ingest(source(some_of("B", 5)))
            del caught
            return report

    report = asyncio.run(send())
    assert (report.accepted, list(report.symbols)) == (5, ["B"])
    assert list(server.gateway.applied) == ["B"]


def label_of(value):
    return label_json(("A:1:3f1c0a9be27d", value))["label"]


def test_labels_are_what_says_so_plainly():
    assert [label_of(value) for value in (True, 1, "1", np.bool_(True), np.int8(1))] == [True] * 5
    assert [label_of(value) for value in (False, 0, "0", np.bool_(False), np.int8(0))] == [False] * 5


@pytest.mark.parametrize("value", [float("nan"), np.float32("nan"), None, 2, 0.7, 1.0, "true", "", "0.0", pd.NA, [1]])
def test_a_label_that_is_none_is_a_mistake_of_the_caller(value):
    with pytest.raises(TypeError, match=r'label 0: got .*, expected True, False, 0, 1, "0" or "1"'):
        label_of(value)


def test_another_number_of_results_than_of_labels_is_an_error():
    server = Server({"/feedback": (200, {"results": [{"prediction_id": "b", "outcome": "accepted"}]})})
    with volgate.Gateway("http://gw", transport=httpx.MockTransport(server)) as gateway:
        with pytest.raises(volgate.GatewayError, match="got 1 results, expected 2, one a label") as caught:
            gateway.feedback([("a", True), ("b", False)])
    assert (caught.value.code, caught.value.status) == ("unreadable", 200)


def test_nobody_at_the_address_is_unreachable():
    with volgate.Gateway("http://127.0.0.1:9", give_up_after_s=0.1) as gateway:
        with pytest.raises(volgate.Unreachable, match="unreachable: ConnectError"):
            gateway.predict("A")


def test_an_address_that_is_none_is_refused():
    for url in ("localhost:8787", "ftp://x", "http://"):
        with pytest.raises(ValueError, match="expected http://… or https://…"):
            volgate.Gateway(url)
