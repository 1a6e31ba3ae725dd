"""Writes golden-river.json: where river's detectors fire on sequences that golden-river.test.ts makes again, number for
number: a linear congruential generator, sums of four of its values, and a mean that changes.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install river==0.26.1
    /tmp/venv/bin/python tests/drift/make-golden-river.py > tests/drift/golden-river.json
"""

import json

from river import drift

# Length, seed, mean of a third of the length each, slope per value, size of the noise.
SEQUENCES = {
    "stationary": dict(n=3000, seed=1, means=[0.3, 0.3, 0.3], slope=0, noise=0.2),
    "up and down": dict(n=3000, seed=2, means=[0.3, 0.8, 0.2], slope=0, noise=0.2),
    "small steps": dict(n=6000, seed=3, means=[0.3, 0.35, 0.45], slope=0, noise=0.3),
    "slope": dict(n=3000, seed=4, means=[0, 0, 0], slope=0.0005, noise=0.1),
    "large": dict(n=1500, seed=5, means=[1000, 900, 1500], slope=0, noise=50),
    "constant, then another": dict(n=900, seed=6, means=[0, 1, 1], slope=0, noise=0),
}

PAGE_HINKLEY = [
    dict(),
    dict(threshold=5),
    dict(threshold=1, delta=0.05, min_instances=10, mode="up"),
    dict(threshold=1, delta=0.05, alpha=0.99, mode="down"),
    dict(threshold=3, delta=0.02, alpha=0.999, min_instances=60, mode="both"),
]

ADWIN = [
    dict(),
    dict(delta=0.05, clock=1),
    dict(delta=0.2, clock=8, max_buckets=3, min_window_length=2, grace_period=5),
    dict(delta=1e-6, clock=16, max_buckets=7, min_window_length=10, grace_period=100),
]


def sequence(n, seed, means, slope, noise):
    state = seed

    def uniform():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state / 2**32

    values = []
    for i in range(n):
        centred = uniform() + uniform() + uniform() + uniform() - 2
        values.append(means[3 * i // n] + slope * i + noise * centred)
    return values


def firing(detector, values):
    fired = []
    for i, x in enumerate(values):
        detector.update(x)
        if detector.drift_detected:
            fired.append(i)
    return fired


def page_hinkley(options, values):
    return dict(options=options, fired=firing(drift.PageHinkley(**options), values))


def adwin(options, values):
    detector = drift.ADWIN(**options)
    fired = firing(detector, values)
    return dict(options=options, fired=fired, width=detector.width, estimation=detector.estimation)


golden = {
    name: dict(
        parameters=parameters,
        pageHinkley=[page_hinkley(options, sequence(**parameters)) for options in PAGE_HINKLEY],
        adwin=[adwin(options, sequence(**parameters)) for options in ADWIN],
    )
    for name, parameters in SEQUENCES.items()
}
print(json.dumps(golden))
