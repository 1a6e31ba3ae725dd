"""The gateway's answers as types. They are the JSON itself: a newer gateway may add members."""

from __future__ import annotations

from typing import Any, Literal, Optional, TypedDict

Window = Literal["1h", "24h", "30d"]


class ServedModel(TypedDict):
    """The model that answered."""

    name: str
    version: str
    sha256: str
    # What it was trained on; absent in answers of older gateways.
    evidence: Literal["simulated", "recorded", "unknown"]


class Warmth(TypedDict):
    """A past that a symbol began with: `GET /symbols/:symbol` tells more of it."""

    source: str
    # Closed steps of that past.
    steps: int


class Recalibration(TypedDict):
    """What recalibrates a model from the labels of its symbol; `since` is the `ts` of its state's first prediction."""

    state: str
    slope: float
    level: float
    labels: int
    e_value: float
    since: Optional[int]


class Prediction(TypedDict, total=False):
    """`GET /predict`: the last closed step of a symbol. Times are ms since 1970 UTC; volatilities are basis points."""

    symbol: str
    # In lower case; `None` for a symbol without one.
    venue: Optional[str]
    prediction_id: Optional[str]
    ts: int
    horizon_s: float
    probability: Optional[float]
    probability_raw: Optional[float]
    recalibration: Recalibration
    threshold: Optional[float]
    # Where the threshold comes from, and what it is for; absent in answers of older gateways.
    threshold_source: Optional[Literal["manifest", "operator", "followed"]]
    goal: Optional[str]
    alert: Optional[bool]
    sigma_bps: Optional[float]
    # By level: `0.1`, `0.5`, `0.9`; `None` with the reason beside it.
    sigma_quantiles_bps: Optional[dict[str, float]]
    sigma_quantiles_missing: str
    tau_bps: Optional[float]
    model: Optional[ServedModel]
    variant: Literal["champion", "challenger"]
    stand_in: bool
    baselines: dict[str, Optional[float]]
    age_ms: int
    stale: bool
    expired: bool
    warming_up: bool
    # `None` for a symbol that began with live ticks.
    warm: Optional[Warmth]
    missing: list[str]
    # Of a symbol that `predict_many` has no prediction for, and of one whose ticks are too sparse or hardly move.
    code: str
    observed_share: float
    # The smallest step that would do, 0 for none.
    smallest_step_s: float
    error: str


class LabelResult(TypedDict, total=False):
    """What became of one label of `POST /feedback`."""

    prediction_id: Optional[str]
    outcome: str
    detail: str


class Quality(TypedDict, total=False):
    """`GET /symbols/:symbol/quality`: how good each served model was in the window."""

    symbol: str
    window: str
    step_ms: int
    tau_bps: Optional[float]
    labels: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    # Forecasts of the volatility: QLIKE, and the coverage of their quantiles.
    volatility: list[dict[str, Any]]
    # What recalibrates each served model, and the calibration of its months.
    recalibrations: list[dict[str, Any]]
    feedback: list[dict[str, Any]]
    missing: list[str]
