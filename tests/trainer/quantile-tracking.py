"""Quantile tracking with delayed labels, recomputed with NumPy from its definition (Angelopoulos, Candès and Tibshirani
2023, "Conformal PID control", quantile tracking): each level's offset at a step is its first offset plus the step size
times the sum, over the labels that had arrived, of level - 1[residual <= offset answered].

Reads {"residuals": [...], "first": [3], "step": x, "horizon": H}; writes {"offsets": [[3], ...]} as answered, in the
32 bits in which they wait for their labels.
"""

import json
import sys

import numpy as np

LEVELS = np.array([0.1, 0.5, 0.9])

problem = json.load(sys.stdin)
residuals = np.array(problem["residuals"])
first = np.array(problem["first"])
answered = np.empty((len(residuals), 3), dtype=np.float32)
errors = np.zeros((len(residuals), 3))
for k in range(len(residuals)):
    o = k - problem["horizon"]
    if o >= 0:
        errors[o] = LEVELS - (residuals[o] <= answered[o].astype(np.float64))
    answered[k] = (first + problem["step"] * errors[: max(o + 1, 0)].sum(axis=0)).astype(np.float32)
json.dump({"offsets": answered.astype(float).tolist(), "numpy": np.__version__}, sys.stdout)
