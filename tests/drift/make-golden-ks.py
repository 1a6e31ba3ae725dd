"""Prints the golden rows of kolmogorov-smirnov.test.ts: n, m, shift, digits to round to, scipy's statistic.

    /tmp/venv/bin/pip install scipy==1.17.1 && /tmp/venv/bin/python tests/drift/make-golden-ks.py
"""

from scipy.stats import ks_2samp


def uniform(n, seed):
    values = []
    for _ in range(n):
        seed = (seed * 1664525 + 1013904223) % 2**32
        values.append(seed / 2**32)
    return values


for n, m, shift, steps in [
    (5, 3, 0, 0),
    (10, 10, 0.3, 0),
    (100, 73, 0.1, 0),
    (500, 500, 0.05, 0),
    (1000, 999, 0.25, 0),
    (300, 200, 0.1, 8),
    (12000, 300, 0.05, 0),
    (12000, 11000, 0.01, 0),
    (12000, 60, 0.2, 0),
    (10001, 20, 0.1, 0),
]:
    a, b = uniform(n, 1), [x + shift for x in uniform(m, 2)]
    if steps:
        a, b = [int(x * steps) for x in a], [int(x * steps) for x in b]
    print(f"  [{n}, {m}, {shift}, {steps}, {float(ks_2samp(a, b).statistic)!r}],")
