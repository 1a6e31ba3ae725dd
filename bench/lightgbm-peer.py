"""LightGBM's side of `npm run bench -- gbdt`: reads the rows that the bench wrote, fits once, prints one line of JSON.

Its Python is that of tests/peers/install.sh; PEER_PYTHON names another one.
"""

import json
import pathlib
import resource
import sys
import time

import lightgbm
import numpy as np

folder, width, parameters = pathlib.Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
trees = parameters.pop("trees")


def rows(name):
    x = np.fromfile(folder / f"{name}.x", dtype=np.float32).reshape(-1, width)
    return x, np.fromfile(folder / f"{name}.y", dtype=np.float64)


x, y = rows("train")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cpu = time.process_time()
start = time.perf_counter()
booster = lightgbm.train(parameters, lightgbm.Dataset(x, y), num_boost_round=trees)
seconds = time.perf_counter() - start
cpu = time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
test, _ = rows("test")
booster.predict(test, raw_score=True).astype(np.float64).tofile(folder / "scores.peer")
memory = {"peakKb": peak, "beforeKb": before}
print(json.dumps({"version": lightgbm.__version__, "seconds": seconds, "cpuSeconds": cpu, **memory}))
