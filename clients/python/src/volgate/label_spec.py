"""The label specification: from the canonical text in a file's metadata to the values that a manifest has."""

from __future__ import annotations

from typing import Any

# Names in the text, and the fields that they stand for.
NUMBERS = {"horizon": "horizonSteps", "window": "windowSteps", "min": "minCount"}
LEVELS = {"quantile": "quantile", "ratio": "ratio", "bps": "levelBps"}
CHOICES = ("source", "measure")


def parse_label_text(text: str) -> dict[str, Any]:
    """A label spec as `--label FILE` takes it. Raises `ValueError` for a text that is none.

    Example: `ratio source=last measure=rv horizon=60 window=3600 min=900 quantile=0.9 ratio=2` has the kind `ratio`
    and `horizonSteps` 60.
    """
    kind, *pairs = text.split(" ")
    spec: dict[str, Any] = {"kind": kind}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name in CHOICES:
            spec[name] = value
        elif name in NUMBERS:
            spec[NUMBERS[name]] = int(value)
        elif name in LEVELS:
            spec[LEVELS[name]] = float(value)
        else:
            raise ValueError(f"got {pair}, expected one of {', '.join([*CHOICES, *NUMBERS, *LEVELS])}")
    missing = [name for name in (*CHOICES, *NUMBERS.values(), "quantile") if name not in spec]
    if missing:
        raise ValueError(f"got no {missing[0]} in {text[:80]}")
    return spec
