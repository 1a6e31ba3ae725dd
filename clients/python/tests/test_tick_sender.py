"""Batches, retries and back-pressure of an ingest, with a gateway in memory and a clock that tests move."""

from __future__ import annotations

import json
import random

import pytest
from fake_gateway import FakeGateway, again

from volgate.errors import GatewayError, IngestIncomplete, Refused, Unavailable, Unreachable
from volgate.flow import Request, Response
from volgate.retry import RetryPolicy
from volgate.tick_json import encode_tick
from volgate.tick_sender import MAX_BYTES, MAX_TICKS, TickSender


def ticks(count, symbols=("A",)):
    return [{"symbol": symbols[i % len(symbols)], "ts": 1_764_979_200_000 + i, "price": 1 + i} for i in range(count)]


def encoded(values):
    return (encode_tick(tick, position) for position, tick in enumerate(values))


def sender_of(gateway, buffer_ticks=10_000):
    return TickSender(RetryPolicy(60, gateway.clock), buffer_ticks)


def applied_prices(gateway, symbol):
    return [tick["price"] for tick in gateway.applied.get(symbol, [])]


def test_batches_hold_at_most_5000_ticks_and_a_megabyte():
    gateway = FakeGateway()
    values = [{**tick, "note": "x" * (400 if i % 2 else 10)} for i, tick in enumerate(ticks(12_000))]
    report = gateway.run(sender_of(gateway).send_all(encoded(values)))
    sizes = [len(json.loads(request.body)) for request in gateway.requests]
    assert report.accepted == sum(sizes) == 12_000
    assert max(sizes) <= MAX_TICKS
    assert max(len(request.body) for request in gateway.requests) <= MAX_BYTES + 2
    assert [request.headers["X-Producer-Seq"] for request in gateway.requests] == [
        str(number) for number in range(1, len(sizes) + 1)
    ]
    assert len({request.headers["X-Producer-Id"] for request in gateway.requests}) == 1


def test_a_symbol_that_fails_is_sent_again_under_its_number_while_others_go_on():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(2) if symbol == "B" and attempt < 3 else None)
    report = gateway.run(sender_of(gateway).send_all(encoded(ticks(12_000, ("A", "B")))))
    assert report.accepted == 12_000
    assert applied_prices(gateway, "A") == list(range(1, 12_000, 2))
    assert applied_prices(gateway, "B") == list(range(2, 12_001, 2))
    numbers = [request.headers["X-Producer-Seq"] for request in gateway.requests]
    assert numbers.count("1") > 1
    assert max(gateway.waits) >= 1


@pytest.mark.parametrize("seed", range(30))
def test_each_tick_is_applied_once_and_in_the_order_of_its_symbol_whatever_fails(seed):
    rng = random.Random(seed)
    symbols = ("A", "B", "C", "D")
    # A response that is lost after the ticks were applied, too.
    lost = {attempt for attempt in range(60) if rng.random() < 0.15}
    gateway = FakeGateway(fails=lambda symbol, attempt: again(rng.choice([0, 1, 5])) if rng.random() < 0.3 else None)
    plain = gateway.ingest
    gateway.ingest = lambda request: (
        Response(0, "lost") if plain(request) and len(gateway.requests) in lost else plain(request)
    )
    values = [{"symbol": rng.choice(symbols), "ts": 1_764_979_200_000 + i, "price": 1 + i} for i in range(17_000)]
    report = gateway.run(sender_of(gateway, buffer_ticks=rng.choice([1, 500, 10_000])).send_all(encoded(values)))
    assert report.given_up == {}
    for symbol in symbols:
        assert applied_prices(gateway, symbol) == [t["price"] for t in values if t["symbol"] == symbol]


def test_no_more_ticks_are_read_than_the_buffer_and_a_batch_hold():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(1) if attempt < 4 else None)
    read_at_last_request = []

    def source():
        for position, tick in enumerate(ticks(30_000)):
            taken = sum(len(its) for its in gateway.applied.values())
            read_at_last_request.append(position - taken)
            yield encode_tick(tick, position)

    gateway.run(sender_of(gateway, buffer_ticks=6_000).send_all(source()))
    assert max(read_at_last_request) <= 6_000 + MAX_TICKS
    assert applied_prices(gateway, "A") == list(range(1, 30_001))


def test_symbols_that_fail_one_after_the_other_are_held_within_the_buffer_too():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(0) if attempt < 30 else None)
    most_held = 0

    def source():
        nonlocal most_held
        for position in range(50_000):
            taken = sum(len(its) for its in gateway.applied.values())
            most_held = max(most_held, position - taken)
            yield encode_tick({"symbol": f"S{position // 5_000}", "ts": 1_764_979_200_000, "price": position}, position)

    gateway.run(sender_of(gateway, buffer_ticks=8_000).send_all(source()))
    # The batch in hand, and one that was sent when less than the buffer was held.
    assert most_held <= 8_000 + 2 * MAX_TICKS
    assert sum(len(its) for its in gateway.applied.values()) == 50_000


def test_a_symbol_that_cannot_be_sent_again_is_given_up_and_named_with_its_places():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(None) if symbol == "B" else None)
    with pytest.raises(IngestIncomplete, match="2 ticks of B were given up: sequence_conflict: told to fail") as caught:
        gateway.run(sender_of(gateway).send_all(encoded(ticks(4, ("A", "B")))))
    report = caught.value.report
    assert report.accepted == 2
    assert report.given_up["B"].positions == [1, 3]
    assert caught.value.code == "sequence_conflict"


def test_a_symbol_that_keeps_failing_is_given_up_after_a_minute_with_all_that_waited():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(5) if symbol == "B" else None)
    sender = sender_of(gateway)
    with pytest.raises(IngestIncomplete) as caught:
        gateway.run(sender.send_all(encoded(ticks(6_000, ("A", "B")))))
    assert len(caught.value.report.given_up["B"].positions) == 3_000
    assert applied_prices(gateway, "A") == list(range(1, 6_000, 2))
    assert 50 <= gateway.clock.now <= 61
    # The next call begins anew: B is tried again.
    gateway.fails = lambda symbol, attempt: None
    assert gateway.run(sender.send_all(encoded(ticks(2, ("A", "B"))))).accepted == 2


def test_a_gateway_that_does_not_answer_is_tried_for_a_minute():
    gateway = FakeGateway(refuses=lambda attempt: Response(0, "ConnectError: refused"))
    with pytest.raises(Unreachable, match=r"unreachable: ConnectError: refused, after \d+ attempts") as caught:
        gateway.run(sender_of(gateway).send_all(encoded(ticks(3))))
    assert gateway.waits[:6] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert 50 <= gateway.clock.now <= 60
    assert caught.value.report.given_up["A"].positions == [0, 1, 2]
    assert caught.value.status == 0


def test_retry_after_is_obeyed_for_a_minute_at_most():
    busy = Response(429, json.dumps({"code": "rate_limited", "detail": "wait"}), "3600")
    gateway = FakeGateway(refuses=lambda attempt: busy if attempt == 1 else None)
    sender = TickSender(RetryPolicy(600, gateway.clock))
    assert gateway.run(sender.send_all(encoded(ticks(1)))).accepted == 1
    assert gateway.waits == [60.0]


def test_what_cannot_be_helped_by_repeating_is_raised_at_once_with_code_and_detail():
    problem = {"code": "unauthorized", "detail": "Authorization: got none, expected a token", "status": 401}
    gateway = FakeGateway(refuses=lambda attempt: Response(401, json.dumps(problem)))
    with pytest.raises(Refused) as caught:
        gateway.run(sender_of(gateway).send_all(encoded(ticks(1))))
    assert (caught.value.code, caught.value.status, caught.value.detail) == ("unauthorized", 401, problem["detail"])
    assert len(gateway.requests) == 1


def test_a_gateway_without_tokens_is_not_asked_twice_but_a_busy_one_is():
    def only(code):
        response = Response(503, json.dumps({"code": code, "detail": "no"}))
        return FakeGateway(refuses=lambda attempt: response)

    closed = only("not_configured")
    with pytest.raises(Refused):
        closed.run(sender_of(closed).send_all(encoded(ticks(1))))
    assert len(closed.requests) == 1
    busy = only("directory_unavailable")
    with pytest.raises(Unavailable):
        busy.run(sender_of(busy).send_all(encoded(ticks(1))))
    assert len(busy.requests) > 5


def test_refused_ticks_are_values_with_their_place_in_what_was_sent():
    gateway = FakeGateway()
    error = {"index": 1, "reason": "price_missing", "field": "price", "expected": "a number"}
    answer = {"accepted": 1, "duplicate": 0, "late": 0, "rejected": 1, "symbols": {}, "errors": [error]}
    gateway.refuses = lambda attempt: Response(200, json.dumps(answer))
    values = [{"symbol": "A", "price": float("inf")}, *ticks(2)]
    report = gateway.run(sender_of(gateway).send_all(encoded(values)))
    assert [(e.position, e.reason) for e in report.errors] == [(0, "price_not_finite"), (2, "price_missing")]
    assert report.rejected == 2


def test_a_failed_symbol_that_was_not_sent_is_an_error_and_no_loss():
    gateway = FakeGateway()
    symbols = {"OTHER": {"failed": {"code": "symbol_failed", "detail": "x", "retry_after_s": 1}}}
    answer = {"accepted": 0, "duplicate": 0, "late": 0, "symbols": symbols, "errors": []}
    gateway.refuses = lambda attempt: Response(207, json.dumps(answer))
    with pytest.raises(GatewayError, match="OTHER failed, which was not sent") as caught:
        gateway.run(sender_of(gateway).send_all(encoded(ticks(2))))
    assert caught.value.report.given_up["A"].positions == [0, 1]


def test_what_a_source_gave_before_it_failed_is_sent_and_nothing_stays_in_hand():
    def broken():
        yield from encoded(ticks(7_000))
        raise KeyError("the file ended")

    gateway = FakeGateway(fails=lambda symbol, attempt: again(1) if attempt == 1 else None)
    sender = sender_of(gateway)
    with pytest.raises(KeyError):
        gateway.run(sender.send_all(broken()))
    assert applied_prices(gateway, "A") == list(range(1, 7_001))
    assert (sender.report.read, sender.report.accepted, sender.report.given_up) == (7_000, 7_000, {})
    assert gateway.run(sender.send_all(encoded(ticks(1, ("B",))))).accepted == 1
    assert list(gateway.applied) == ["A", "B"]


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_each_tick_of_a_request_that_fails_is_accepted_given_up_or_unread(failing):
    refused = Response(400, json.dumps({"code": "bad", "detail": "x"}))
    gateway = FakeGateway(refuses=lambda attempt: refused if attempt == failing else None)
    source = iter(ticks(12_000))
    with pytest.raises(Refused) as caught:
        gateway.run(sender_of(gateway).send_all(encoded(source)))
    report = caught.value.report
    given_up = report.given_up["A"].positions
    assert sorted(given_up) == list(range(report.accepted, report.read))
    assert report.read + len(list(source)) == 12_000


def test_the_next_call_has_nothing_of_one_that_was_abandoned_in_its_middle():
    gateway = FakeGateway(fails=lambda symbol, attempt: again(2) if symbol == "A" and attempt == 1 else None)
    sender = sender_of(gateway)
    abandoned = sender.send_all(encoded(ticks(3)))
    gateway.perform(abandoned.send(None))
    report = gateway.run(sender.send_all(encoded(ticks(5, ("B",)))))
    assert (report.accepted, list(report.symbols)) == (5, ["B"])
    assert list(gateway.applied) == ["B"]


class RefusingGateway(FakeGateway):
    """Refuses prices below 0 each time that they are sent, and names a hundred of them."""

    def ingest(self, request):
        body = json.loads(request.body)
        valid = [tick for tick in body if tick["price"] > 0]
        refused = [place for place, tick in enumerate(body) if tick["price"] <= 0]
        plain = super().ingest(Request("POST", "/ingest", json.dumps(valid).encode(), request.headers))
        answer = json.loads(plain.text)
        for place in refused:
            answer["symbols"][body[place]["symbol"]]["rejected"] += 1
        reason = {"symbol": "A", "reason": "price_not_positive", "field": "price", "got": "-1", "expected": "above 0"}
        errors = [{"index": place, **reason} for place in refused[:100]]
        answer.update(rejected=len(refused), errors=errors, errors_omitted=len(refused) - len(errors))
        return Response(plain.status, json.dumps(answer))


@pytest.mark.parametrize("bad", [1, 250])
def test_a_refused_tick_of_a_symbol_that_fails_counts_once_and_is_sent_again_as_it_was(bad):
    gateway = RefusingGateway(fails=lambda symbol, attempt: again(1) if symbol == "A" and attempt < 4 else None)
    values = [{"symbol": "A", "price": 1}, *[{"symbol": symbol, "price": -1} for symbol in "AB" for _ in range(bad)]]
    values += [{"symbol": "B", "price": 1}, {"symbol": "A", "price": 2}]
    report = gateway.run(sender_of(gateway).send_all(encoded(values)))
    assert report.accepted == 3
    assert report.rejected == 2 * bad == len(report.errors) + report.errors_omitted
    assert {symbol: its["rejected"] for symbol, its in report.symbols.items()} == {"A": bad, "B": bad}
    assert len({error.position for error in report.errors}) == len(report.errors)
    # Else the gateway would take the batch's number for used twice, had it applied these ticks after all.
    of_a = [[tick for tick in json.loads(request.body) if tick["symbol"] == "A"] for request in gateway.requests]
    assert len(of_a) == 4
    assert of_a.count(of_a[0]) == 4


@pytest.mark.parametrize("retry_after_s", [5, None])
def test_a_refused_tick_of_a_symbol_that_is_given_up_is_not_given_up(retry_after_s):
    gateway = RefusingGateway(fails=lambda symbol, attempt: again(retry_after_s) if symbol == "A" else None)
    values = [{"symbol": "A", "price": 1}, {"symbol": "A", "price": -1}, {"symbol": "B", "price": 1}]
    with pytest.raises(IngestIncomplete) as caught:
        gateway.run(sender_of(gateway).send_all(encoded(values)))
    report = caught.value.report
    assert report.given_up["A"].positions == [0]
    assert [error.position for error in report.errors] == [1]
    assert (report.accepted, report.rejected) == (1, 1)
