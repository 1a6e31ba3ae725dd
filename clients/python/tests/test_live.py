"""The client against a running gateway, which VOLGATE_URL names: what its fakes promise is what it answers."""

from __future__ import annotations

import asyncio
import math
import os
import uuid
from typing import get_type_hints

import httpx
import pandas as pd
import pytest

import volgate

URL = os.environ.get("VOLGATE_URL")
pytestmark = pytest.mark.skipif(URL is None, reason="VOLGATE_URL names no gateway")
TS = 1_764_979_200_000


def name():
    return f"T{uuid.uuid4().hex[:12].upper()}"


def market(symbol, count, first=0):
    return [
        {"symbol": symbol, "ts": TS + 1000 * i, "price": 89_000 + 40 * math.sin(i / 7) + (i * 7919) % 31}
        for i in range(first, first + count)
    ]


@pytest.fixture
def gateway():
    with volgate.Gateway(URL) as opened:
        yield opened


def test_ticks_of_two_symbols_are_predicted_from(gateway):
    first, second = name(), name()
    pairs = zip(market(first, 6_000), market(second, 6_000))
    report = gateway.ingest(tick for pair in pairs for tick in pair)
    assert (report.accepted, report.rejected, report.steps_closed) == (12_000, 0, 11_998)
    assert report.symbols[second]["accepted"] == 6_000
    found = gateway.predict_many([second, "NOBODY", first])
    assert [prediction["symbol"] for prediction in found] == [second, "NOBODY", first]
    assert found[1]["code"] == "unknown_symbol"
    assert 0 <= found[0]["probability"] <= 1
    assert set(found[0]) <= set(get_type_hints(volgate.Prediction))
    assert gateway.predict(first)["prediction_id"] == found[2]["prediction_id"]


def test_labels_are_taken_and_quality_is_told(gateway):
    symbol = name()
    gateway.ingest(market(symbol, 5_000))
    prediction = gateway.predict(symbol)
    results = gateway.feedback([(prediction["prediction_id"], True), {"prediction_id": "x", "label": False}])
    assert [result["outcome"] for result in results] == ["accepted", "malformed"]
    assert gateway.feedback([(prediction["prediction_id"], True)])[0]["outcome"] == "duplicate"
    assert gateway.feedback([("x", True)])[0]["outcome"] == "malformed"
    quality = gateway.quality(symbol, "30d")
    assert quality["labels"][0]["scored_steps"] > 0


def test_a_request_that_is_sent_again_is_applied_once():
    """The answer to each first attempt is lost, after the gateway has applied it."""

    class LosesAnswers(httpx.HTTPTransport):
        lost = set()

        def handle_request(self, request):
            response = super().handle_request(request)
            number = request.headers.get("X-Producer-Seq")
            if number not in self.lost:
                self.lost.add(number)
                response.read()
                raise httpx.ReadError("connection reset")
            return response

    symbol = name()
    with volgate.Gateway(URL, transport=LosesAnswers()) as gateway:
        report = gateway.ingest(market(symbol, 7_000))
    assert (report.accepted, report.duplicate) == (0, 7_000)
    with volgate.Gateway(URL) as gateway:
        report = gateway.ingest(market(symbol, 1, first=7_000))
        assert (report.accepted, report.late) == (1, 0)


def test_missing_and_refused_values_of_a_frame(gateway):
    symbol = name()
    ticks = market(symbol, 4)
    frame = pd.DataFrame(ticks).assign(bid=[1.0, None, math.inf, None], size=[None, 2.0, 1.0, -1.0], note="x")
    report = gateway.ingest(frame)
    # The first tick's price lies far outside a quote of 1.
    reasons = {error.position: error.reason for error in report.errors}
    assert reasons[2] == "bid_not_finite"
    assert reasons[3] == "size_negative"
    assert 1 not in reasons
    assert report.ignored == {"note"}


def test_asyncio_sends_and_asks_the_same():
    symbol = name()

    async def stream():
        for tick in market(symbol, 1_200):
            yield tick

    async def use():
        async with volgate.AsyncGateway(URL) as gateway:
            report = await gateway.ingest(stream(), trace=True)
            return report, await gateway.predict(symbol)

    report, prediction = asyncio.run(use())
    assert report.accepted == 1_200
    assert sum(part["count"] for part in report.traces[symbol]) == 1_199
    assert prediction["symbol"] == symbol


def test_a_symbol_that_is_refused_has_code_and_detail(gateway):
    with pytest.raises(volgate.Refused) as caught:
        gateway.predict("not a symbol")
    assert (caught.value.code, caught.value.status) == ("symbol_malformed", 400)
    assert caught.value.problem["request_id"]
