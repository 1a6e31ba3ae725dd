"""From public bars to a challenger that shadows the champion: train with your own library, serve with the gateway.

    pip install './clients/python[lightgbm,sklearn]'
    python examples/bring-your-own-model/bring_your_own_model.py [BARS.csv]

Without BARS it makes a file of its own. All it writes goes into a temporary folder, or the one that VOLGATE_EXAMPLE
names. Each `# %%` begins a cell, as Jupyter, VS Code and PyCharm run them.
"""

# %% The bars: one file of one-minute bars, stamped with their end.
from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import lightgbm
import numpy as np
from local_gateway import local_gateway, run
from make_bars import make_bars
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import volgate

folder = Path(os.environ.get("VOLGATE_EXAMPLE") or tempfile.mkdtemp(prefix="volgate-example-"))
symbol = "XBTUSD"
if len(sys.argv) > 1:
    bars = Path(sys.argv[1]).resolve()
else:
    bars = folder / "XBTUSD_1m_2025.csv"
    make_bars(bars)

# %% Rows: features, labels and purged folds. A spike: the next bar's range is among the widest tenth of a day's.
STEP_MS = 60_000
LABEL = {"measure": "parkinson", "horizonSteps": 1, "windowSteps": 1440}
folds = ["--test-from", os.environ.get("VOLGATE_TEST_FROM", "2025-03-06"), "--fold-length", "2d"]
run("rows", str(bars), "--step", "60s", "--label", json.dumps(LABEL), *folds, "--out", str(folder / "rows"))

# %% The dataset. Bars have no quotes, so some features are empty for good, which not every library takes.
rows = volgate.rows(folder / "rows")
rows = rows.only(rows.filled)
print(rows)
print(f"{len(rows.y)} rows, {len(rows.features)} features, base rate {rows.y.mean():.3f}, {rows.folds()}")

# %% Train: what would have been known at the time, tested on what came later, with a purge between.
models = {
    "my-logistic": make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000)),
    "my-lightgbm": lightgbm.LGBMClassifier(n_estimators=100, num_leaves=15, learning_rate=0.05, seed=7, verbose=-1),
}
for name, model in models.items():
    scores = cross_val_score(model, rows.X, rows.y, cv=rows.folds(), scoring="average_precision")
    print(f"{name}: PR-AUC {scores.mean():.3f}, by fold {np.round(scores, 3)}")
    model.fit(rows.X, rows.y)

# %% Export: ONNX, a golden table, the label. Import: the gateway's runtime is compared with the library.
hashes = {}
for name, model in models.items():
    exported = volgate.export(model, rows, folder / "exported" / name)
    run("model", "import", *exported.import_arguments, "--out", str(folder / "artifacts"))
    hashes[name] = hashlib.sha256((folder / "artifacts" / name / "model.onnx").read_bytes()).hexdigest()

# %% Publish, before the gateway starts; then the logistic model is champion, and LightGBM shadows it.
state = folder / "state"
state.mkdir(parents=True, exist_ok=True)
for name in models:
    run("model", "publish", str(folder / "artifacts" / name), "--persist", str(state))


def promote(url: str, name: str, alias: str) -> None:
    """Gives a published model an alias. An imported one has no evaluation, so somebody has to answer for it."""
    forced = ["--by", "example", "--force", "to see it serve"] if alias == "champion" else ["--by", "example"]
    at = ["--gateway", url, "--persist", str(state)]
    run("model", "promote", hashes[name], "--alias", alias, *forced, *at)


def ticks_of_file(path: Path) -> list[dict[str, object]]:
    """The ticks of all bars, as the project's own readers make them."""
    with path.open() as file:
        ticks = [volgate.ticks_of_bar(bar, symbol, int(bar["timestamp_ms"]), STEP_MS) for bar in csv.DictReader(file)]
    return [tick for ticks_of_one in ticks for tick in ticks_of_one]


with local_gateway(state, STEP_MS, LABEL) as url, volgate.Gateway(url) as gateway:
    promote(url, "my-logistic", "champion")
    promote(url, "my-lightgbm", "challenger")
    report = gateway.ingest(ticks_of_file(bars), trace=True)
    prediction = gateway.predict(symbol)
    quality = gateway.quality(symbol, "24h")
print(f"ingested: {report.accepted} accepted, {report.rejected} rejected, {report.steps_closed} steps closed")
print(f"prediction by {prediction['model']['name']}: {prediction['probability']:.4f}")
for served in quality["labels"][0]["models"]:
    if served["model"]["name"] in models:
        print(
            f"live, {served['model']['aliases']}: {served['resolved']} resolved, Brier {served['brier']['value']:.4f}"
        )


# %% The gateway's scores are the models' own, before it recalibrates them: the same rows, scored by LightGBM and
# scikit-learn here.
def traced(name: str, kind: str) -> np.ndarray:
    """One array of the trace, over all batches."""
    parts = report.traces[symbol]
    texts = [part["scores"][name]["raw"] if kind == "<f4" else part[name] for part in parts]
    return np.concatenate([np.frombuffer(base64.b64decode(text), dtype=kind) for text in texts])


steps = traced("index", "<f8").astype("int64")
table = rows.to_arrow(["step", "eligible", *rows.features])
place = {int(step): at for at, step in enumerate(steps)}
written = [place.get(step) for step in table["step"].to_pylist()]
known = np.array([at is not None for at in written]) & np.array(table["eligible"].to_pylist())
at = np.array([-1 if where is None else where for where in written])[known]
features = np.column_stack([table[name].to_numpy() for name in rows.features])[known]

worst = 0.0
for name, alias in (("my-logistic", "champion"), ("my-lightgbm", "challenger")):
    served = traced(alias, "<f4")[at]
    own = models[name].predict_proba(features)[:, 1]
    difference = float(np.max(np.abs(served - own)))
    print(f"{alias} {name}: {len(at)} served scores, largest difference from the library's own {difference:.1e}")
    worst = max(worst, difference)
if not worst <= 1e-6:
    raise SystemExit(f"served scores differ from the library's own by up to {worst}")
print("served scores equal the models' own")
