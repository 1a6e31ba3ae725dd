"""Writes betting-golden.json: the process of src/quality/evidence/betting.ts, computed anew from all gains at each step,
as its text says it. Plain Python: `python3 tests/quality/evidence/make-golden.py`."""

import json
import math
import os

MAX_STAKE, PRIOR, MEAN, DEVIATION = 0.9, 10, 0.05, 0.4
LENGTHS, CORRELATION, FEWEST, FAR_BEYOND = (1, 2, 4, 8), 0.1, 16, 1.8


def series(name, count):
    """Whole thousandths from a linear congruence, so that every language has the same numbers."""
    state, before, gains = {"noise": 7, "alike": 11, "better": 13}[name], 0, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        own = state // 65536 % 601 - 300
        before = own if name != "alike" else (before + own) // 2
        gains.append((before + (60 if name == "better" else 0)) / 1000)
    return gains


def group(before):
    for length in LENGTHS:
        means = [sum(before[k : k + length]) / length for k in range(0, len(before) - length + 1, length)]
        weight = PRIOR / length
        total = math.fsum(means) + weight * MEAN
        second = math.fsum(g * g for g in means) + weight * (DEVIATION**2 / length + MEAN**2)
        wanted = max(total, 0) / second
        last = length == LENGTHS[-1] or wanted >= FAR_BEYOND or len(means) < FEWEST
        if not last:
            mean = math.fsum(means) / len(means)
            variance = math.fsum(g * g for g in means) / len(means) - mean**2
            covariance = math.fsum(a * b for a, b in zip(means, means[1:])) / (len(means) - 1) - mean**2
            last = covariance <= CORRELATION * variance
        if last:
            return length, min(wanted, MAX_STAKE)


def path(gains):
    log_e, at, points = 0.0, 0, []
    while at < len(gains):
        length, stake = group(gains[:at])
        if at + length > len(gains):
            break
        log_e += math.log1p(stake * sum(gains[at : at + length]) / length)
        at += length
        points.append([at, length, log_e])
    return points


golden = {}
for name in ("noise", "alike", "better"):
    gains = series(name, 300)
    golden[name] = {"gains": gains, "path": path(gains)}
with open(os.path.join(os.path.dirname(__file__), "betting-golden.json"), "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
print({name: [len(one["path"]), max(p[1] for p in one["path"]), one["path"][-1]] for name, one in golden.items()})
