"""What a gateway is asked, as flows: predictions, quality, and labels from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, Union
from urllib.parse import quote

from .answers import LabelResult, Prediction, Quality
from .errors import GatewayError
from .flow import Flow, Request, Response
from .retry import RetryPolicy, deliver, failure, problem_of

# Limits of the gateway.
SYMBOLS_A_REQUEST = 100
LABELS_A_REQUEST = 1_000
# Spikes as they are told. `True` and `False` are 1 and 0 in Python.
LABELS: Mapping[int | str, bool] = {0: False, 1: True, "0": False, "1": True}
WINDOWS = ("1h", "24h", "30d")

Label = Union[tuple[str, Any], Mapping[str, Any]]
T = TypeVar("T")


def predict(symbol: str, policy: RetryPolicy) -> Flow[Prediction]:
    """The live prediction of a symbol."""
    answer = yield from ask(Request("GET", f"/predict?symbol={quote(symbol, safe='')}"), policy)
    return answer  # type: ignore[return-value]


def predict_many(symbols: Iterable[str], policy: RetryPolicy) -> Flow[list[Prediction]]:
    """Predictions in the order of `symbols`, a hundred a request."""
    predictions: list[Prediction] = []
    for part in parts_of(list(symbols), SYMBOLS_A_REQUEST):
        answer = yield from ask(json_request("/predict", {"symbols": part}), policy)
        predictions.extend(answer["predictions"])
    return predictions


def quality(symbol: str, window: str, policy: RetryPolicy) -> Flow[Quality]:
    """How good the served models were on a symbol."""
    if window not in WINDOWS:
        raise ValueError(f"window: got {window}, expected one of {', '.join(WINDOWS)}")
    request = Request("GET", f"/symbols/{quote(symbol, safe='')}/quality?window={window}")
    answer = yield from ask(request, policy)
    return answer  # type: ignore[return-value]


def feedback(labels: Iterable[Label], policy: RetryPolicy) -> Flow[list[LabelResult]]:
    """What became of each label, in order. Labels that the gateway could not keep are sent again."""
    results: list[LabelResult] = []
    encoded = [label_json(label, place) for place, label in enumerate(labels)]
    for part in parts_of(encoded, LABELS_A_REQUEST):
        request = json_request("/feedback", part, writes=True)
        # Labels that were kept by an attempt that failed in part come back as `duplicate`.
        response = yield from deliver(request, policy, is_feedback_answer)
        found = problem_of(response.text)["results"]
        if len(found) != len(part):
            # Which result is of which label could not be told.
            detail = f"got {len(found)} results, expected {len(part)}, one a label"
            message = f"POST /feedback: unreadable: {detail}"
            raise GatewayError(message, code="unreadable", status=response.status, detail=detail)
        results.extend(found)
    return results


def is_feedback_answer(response: Response) -> bool:
    """Whether a body has results, none of them `failed`."""
    return response.status in (200, 422) and isinstance(problem_of(response.text).get("results"), list)


def label_json(label: Label, place: int = 0) -> dict[str, Any]:
    """One label as JSON: `(prediction_id, spike)`, or a mapping with the gateway's names, which goes out as it is.

    `spike` is a bool, 0 or 1, also of numpy, or `"0"` or `"1"`. Raises `TypeError` for all else: NaN and `"0"` are true
    in Python.
    """
    if isinstance(label, Mapping):
        return dict(label)
    prediction_id, spike = label
    plain = spike.item() if hasattr(spike, "item") else spike
    if isinstance(plain, (bool, int, str)) and plain in LABELS:
        return {"prediction_id": prediction_id, "label": LABELS[plain]}
    raise TypeError(f'label {place}: got {spike!r}, expected True, False, 0, 1, "0" or "1"')


def ask(request: Request, policy: RetryPolicy) -> Flow[dict[str, Any]]:
    """The JSON object that answers a question. Raises `GatewayError` for anything but 200 with one."""
    response = yield from deliver(request, policy, lambda response: response.status == 200)
    answer = dict(problem_of(response.text))
    if not answer:
        raise failure(request, response, 1)
    return answer


def json_request(path: str, value: Any, writes: bool = False) -> Request:
    """A POST of JSON without NaN. Raises `ValueError` for one."""
    body = json.dumps(value, allow_nan=False).encode()
    return Request("POST", path, body, {"Content-Type": "application/json"}, writes)


def parts_of(values: Sequence[T], size: int) -> Iterator[list[T]]:
    """Consecutive parts of at most `size`."""
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
